"""AWS Config's documents of a world: items in the notification's spelling, diffs, messages."""

import copy
import json
from datetime import datetime
from typing import Any

from tests.worlds.kind import Thing, filled

Entry = tuple[str, Any, Any]


def stamp(moment: datetime) -> str:
    """Write a time as Config does, in milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pairs(tags: dict[str, str], key: str = "key", value: str = "value") -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


def item(
    thing: Thing, at: datetime, status: str, *, top_tags: bool = True, recorded_in: str | None = None
) -> dict[str, Any]:
    """Return the CI of a thing as it is now; of a deleted one without all that is gone."""
    gone = status == "ResourceDeleted"
    configuration, supplementary = state(thing)
    document = {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": stamp(at),
        "configurationStateId": int(at.timestamp() * 1000),
        "configurationStateMd5Hash": "",
        "configurationItemStatus": status,
        "awsAccountId": thing.account,
        "awsRegion": recorded_in or thing.region,
        "availabilityZone": "Not Applicable",
        "resourceType": thing.kind.type,
        "resourceId": thing.id,
        "resourceName": thing.name,
        "ARN": thing.arn,
        "relatedEvents": [],
        "relationships": [],
        "configuration": None if gone else configuration,
        "supplementaryConfiguration": {} if gone else supplementary,
        "tags": {} if gone or not top_tags else dict(thing.tags),
        "resourceCreationTime": None,
    }
    if thing.created_at is not None and not gone:
        document["resourceCreationTime"] = stamp(thing.created_at)
    return document


def state(thing: Thing) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return configuration and supplementary configuration with the tags where the type keeps them."""
    configuration = {
        key: value for key, value in copy.deepcopy(thing.config).items() if not key.startswith("+")
    }
    supplementary = copy.deepcopy(thing.config.get("+", {}))
    match thing.kind.tags_in.split("."):
        case ["configuration", "FileSystemTags" | "Tags" as key]:
            configuration[key] = pairs(thing.tags, "Key", "Value")
        case ["configuration", key]:
            configuration[key] = pairs(thing.tags)
        case ["supplementary", key, "map"]:
            supplementary[key] = dict(thing.tags)
        case ["supplementary", key, "list"]:
            supplementary[key] = pairs(thing.tags)
        case ["supplementary", key, "kms"]:
            supplementary[key] = pairs(thing.tags, "tagKey", "tagValue")
        case ["bucket"]:
            if thing.tags:
                supplementary["BucketTaggingConfiguration"] = {"tagSets": [{"tags": dict(thing.tags)}]}
    return configuration, supplementary


def apply(thing: Thing, entries: list[Entry], *, side: int) -> None:
    """Bring a thing into the state before (`side` 1) or after (2) some entries of a diff."""
    for entry in entries:
        section, *keys = entry[0].split(".")
        if section == "Configuration":
            _put(thing.config, keys, entry[side], entry[3 - side])
        elif section == "SupplementaryConfiguration":
            _put(thing.config.setdefault("+", {}), keys, entry[side], entry[3 - side])


def _put(place: dict[str, Any], keys: list[str], value: Any, other: Any) -> None:
    first, *rest = keys
    key = next((known for known in place if known.lower() == first.lower()), first[:1].lower() + first[1:])
    if not rest:
        if value is None:
            place.pop(key, None)
        else:
            place[key] = value
    elif rest[0].isdigit():
        held = place.get(key)
        elements = [each for each in (held if isinstance(held, list) else []) if each not in (value, other)]
        place[key] = [*elements, *([] if value is None else [value])]
    else:
        inner = place.get(key)
        place[key] = inner if isinstance(inner, dict) else {}
        _put(place[key], rest, value, other)


def tag_entries(thing: Thing, before: dict[str, str], after: dict[str, str], *, top: bool) -> list[Entry]:
    """Return the diff of a tag change: the type's own place with keys, ``Tags.N`` with values alone."""
    entries: list[Entry] = []
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    for key in changed:
        old, new = before.get(key), after.get(key)
        if top or thing.kind.tags_in == "tags":
            entries.append((f"Tags.{len(entries)}", old, new))
        match thing.kind.tags_in.split("."):
            case ["configuration", "FileSystemTags" | "Tags" as place]:
                entries += _listed(f"Configuration.{place}", key, (old, new), len(entries), ("Key", "Value"))
            case ["configuration", place]:
                name = place[:1].upper() + place[1:]
                entries += _listed(f"Configuration.{name}", key, (old, new), len(entries), ("key", "value"))
            case ["supplementary", place, "map"]:
                entries.append((f"SupplementaryConfiguration.{place}.{key}", old, new))
            case ["supplementary", place, "list"]:
                entries += _listed(
                    f"SupplementaryConfiguration.{place}", key, (old, new), len(entries), ("key", "value")
                )
            case ["supplementary", place, "kms"]:
                entries += _listed(
                    f"SupplementaryConfiguration.{place}",
                    key,
                    (old, new),
                    len(entries),
                    ("tagKey", "tagValue"),
                )
            case ["bucket"]:
                wholes = [{"tagSets": [{"tags": dict(tags)}]} if tags else None for tags in (before, after)]
                entries.append(
                    ("SupplementaryConfiguration.BucketTaggingConfiguration", wholes[0], wholes[1])
                )
    return list({entry[0]: entry for entry in entries}.values())


def _listed(
    path: str, name: str, values: tuple[str | None, str | None], place: int, keys: tuple[str, str]
) -> list[Entry]:
    (old, new), (key, value) = values, keys
    found: list[Entry] = []
    if old is not None:
        found.append((f"{path}.{place + 10}", {key: name, value: old}, None))
    if new is not None:
        found.append((f"{path}.{place + 11}", None, {key: name, value: new}))
    return found


def deletion(thing: Thing) -> list[Entry]:
    """Return the diff of a deletion: the whole state before."""
    configuration, supplementary = state(thing)
    entries: list[Entry] = [("Configuration", configuration, None)]
    entries += [(f"SupplementaryConfiguration.{key}", value, None) for key, value in supplementary.items()]
    entries += [(f"Tags.{place}", value, None) for place, value in enumerate(thing.tags.values())]
    return entries


def message(document: dict[str, Any], entries: list[Entry] | None, change_type: str) -> str:
    """Return EventBridge's message; `entries` None: it tells no diff."""
    diff = None
    if entries is not None:
        changed = {path: _entry(old, new) for path, old, new in entries}
        diff = {"changedProperties": changed, "changeType": change_type}
    return _envelope(
        document,
        {
            "recordVersion": "1.3",
            "messageType": "ConfigurationItemChangeNotification",
            "notificationCreationTime": document["configurationItemCaptureTime"],
            "configurationItemDiff": diff,
            "configurationItem": document,
        },
    )


def oversized(document: dict[str, Any], change_type: str) -> str:
    """Return the message that tells a summary alone."""
    names = (
        "configurationItemCaptureTime",
        "configurationItemStatus",
        "awsAccountId",
        "awsRegion",
        "resourceType",
        "resourceId",
        "ARN",
    )
    return _envelope(
        document,
        {
            "recordVersion": "1.0",
            "messageType": "OversizedConfigurationItemChangeNotification",
            "notificationCreationTime": document["configurationItemCaptureTime"],
            "configurationItemSummary": {
                "changeType": change_type,
                **{name: document[name] for name in names},
            },
            "s3DeliverySummary": {"s3BucketLocation": None, "errorCode": None, "errorMessage": None},
        },
    )


def _entry(old: Any, new: Any) -> dict[str, Any]:
    kind = "CREATE" if old is None else "DELETE" if new is None else "UPDATE"
    return {"previousValue": old, "updatedValue": new, "changeType": kind}


def _envelope(document: dict[str, Any], detail: dict[str, Any]) -> str:
    body = {
        "version": "0",
        "id": f"{document['resourceId']}{document['configurationItemCaptureTime']}",
        "detail-type": "Config Configuration Item Change",
        "source": "aws.config",
        "account": document["awsAccountId"],
        "time": document["configurationItemCaptureTime"][:19] + "Z",
        "region": document["awsRegion"],
        "resources": [document["ARN"]],
        "detail": detail,
    }
    return json.dumps(_without_nulls(body))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def stored(document: dict[str, Any]) -> dict[str, Any]:
    """Return an item as the history API gives it: other names, JSON texts."""
    renamed = {"configurationItemVersion": "version", "awsAccountId": "accountId", "ARN": "arn"}
    found = {renamed.get(name, name): value for name, value in document.items()}
    if found["configuration"] is not None:
        found["configuration"] = json.dumps(found["configuration"])
    found["supplementaryConfiguration"] = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in document["supplementaryConfiguration"].items()
    }
    return found


def configured(thing: Thing) -> None:
    """Give a thing the configuration of its kind."""
    thing.config = filled(copy.deepcopy(thing.kind.config), thing.facts)

"""AWS Config's documents for the demo: items, diffs in Config's own form, EventBridge's envelope."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from iacwatch.core.model import Json
from iacwatch.demo.story.thing import ACCOUNT, REGION, Thing

_NAMESPACE = uuid.UUID("5f0d3f5e-6a1c-4c8e-9d57-0b3a3e8f2c11")


def stamp(moment: datetime) -> str:
    """Write a time as Config does, in milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fixed_uuid(seed: str) -> str:
    """Return a UUID that is the same for the same seed."""
    return str(uuid.uuid5(_NAMESPACE, seed))


def item(thing: Thing, captured_at: datetime, status: str = "OK") -> dict[str, Json]:
    """Return the CI of an object that is there."""
    return {
        **_head(thing, captured_at, status),
        "availabilityZone": "Not Applicable",
        "resourceCreationTime": thing.created,
        "relationships": [dict(each) for each in thing.relationships],
        "configuration": thing.full_configuration(),
        "supplementaryConfiguration": thing.full_supplementary(),
        "tags": dict(thing.tags),
    }


def deleted_item(thing: Thing, captured_at: datetime) -> dict[str, Json]:
    """Return the CI of an object that is gone: without tags, configuration or relationships."""
    return {
        **_head(thing, captured_at, "ResourceDeleted"),
        "availabilityZone": None,
        "resourceCreationTime": None,
        "relationships": [],
        "configuration": None,
        "supplementaryConfiguration": {},
        "tags": {},
    }


def _head(thing: Thing, captured_at: datetime, status: str) -> dict[str, Json]:
    return {
        "relatedEvents": [],
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": stamp(captured_at),
        "configurationStateId": int(captured_at.timestamp() * 1000),
        "configurationStateMd5Hash": "",
        "configurationItemStatus": status,
        "awsAccountId": ACCOUNT,
        "awsRegion": thing.region,
        "resourceType": thing.type,
        "resourceId": thing.id,
        "resourceName": thing.name,
        "ARN": thing.arn,
    }


def diff(before: Thing | None, after: Thing | None) -> dict[str, Json]:
    """Return `configurationItemDiff`: leaves by path, lists as sets, a deletion with all that was before."""
    if before is None:
        return {"changedProperties": {}, "changeType": "CREATE"}
    if after is None:
        return {"changedProperties": dict(_removal(before)), "changeType": "DELETE"}
    changed = {
        **dict(_differences("Configuration", before.full_configuration(), after.full_configuration())),
        **dict(
            _differences(
                "SupplementaryConfiguration", before.full_supplementary(), after.full_supplementary()
            )
        ),
        **dict(_list("Relationships", list(before.relationships), list(after.relationships))),
        **dict(_tags(before.tags, after.tags)),
    }
    return {"changedProperties": changed, "changeType": "UPDATE"}


def _removal(before: Thing) -> Iterator[tuple[str, Json]]:
    yield "Configuration", _entry(before.full_configuration(), None)
    for name, value in before.full_supplementary().items():
        yield f"SupplementaryConfiguration.{name}", _entry(value, None)
    for index, relationship in enumerate(before.relationships):
        yield f"Relationships.{index}", _entry(relationship, None)
    for index, value in enumerate(before.tags.values()):
        yield f"Tags.{index}", _entry(value, None)


def _tags(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    """Yield the tags' own entries: they hold values alone, as Config's do."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    for index, name in enumerate(changed):
        yield f"Tags.{index}", _entry(before.get(name), after.get(name))


def _differences(path: str, before: Json, after: Json) -> Iterator[tuple[str, Json]]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**before, **after}:
            yield from _differences(f"{path}.{name[:1].upper()}{name[1:]}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list(path, before, after)
    else:
        yield path, _entry(before, after)


def _list(path: str, before: list[Json], after: list[Json]) -> Iterator[tuple[str, Json]]:
    gone = [each for each in before if each not in after]
    new = [each for each in after if each not in before]
    for index, each in enumerate(gone):
        yield f"{path}.{index}", _entry(each, None)
    for index, each in enumerate(new, start=len(gone)):
        yield f"{path}.{index}", _entry(None, each)


def _entry(before: Json, after: Json) -> dict[str, Json]:
    kind = "CREATE" if before is None else "DELETE" if after is None else "UPDATE"
    return {"previousValue": before, "updatedValue": after, "changeType": kind}


def notification(document: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, Json]:
    """Return the `detail` of a change notification."""
    captured_at = datetime.fromisoformat(document["configurationItemCaptureTime"])
    return {
        "recordVersion": "1.3",
        "messageType": "ConfigurationItemChangeNotification",
        "configurationItemDiff": changes,
        "notificationCreationTime": stamp(captured_at + timedelta(milliseconds=640)),
        "configurationItem": document,
    }


def oversized(document: Mapping[str, Json], change_type: str) -> dict[str, Json]:
    """Return the `detail` of a notification that was too big for its item: a summary alone."""
    names = (
        "configurationItemCaptureTime",
        "configurationItemStatus",
        "configurationStateId",
        "awsAccountId",
        "awsRegion",
        "resourceType",
        "resourceId",
        "ARN",
        "resourceName",
        "configurationItemVersion",
    )
    captured_at = datetime.fromisoformat(document["configurationItemCaptureTime"])
    date = f"{captured_at.year}/{captured_at.month}/{captured_at.day}"
    folder = f"AWSLogs/{ACCOUNT}/Config/{REGION}/{date}/OversizedChangeNotification"
    return {
        "recordVersion": "1.0",
        "messageType": "OversizedConfigurationItemChangeNotification",
        "notificationCreationTime": stamp(captured_at + timedelta(seconds=2)),
        "configurationItemSummary": {"changeType": change_type, **{name: document[name] for name in names}},
        "s3DeliverySummary": {
            "s3BucketLocation": f"acme-config/{folder}/{document['resourceType']}/{document['resourceId']}/"
            f"{fixed_uuid(stamp(captured_at))}.json.gz",
            "errorCode": None,
            "errorMessage": None,
        },
    }


def envelope(detail: Mapping[str, Json], arn: str, region: str) -> str:
    """Return the message's body: EventBridge's envelope, which drops null keys."""
    created = detail["notificationCreationTime"]
    document = {
        "version": "0",
        "id": fixed_uuid(f"{arn}{created}{region}"),
        "detail-type": "Config Configuration Item Change",
        "source": "aws.config",
        "account": ACCOUNT,
        "time": created.partition(".")[0] + "Z",
        "region": region,
        "resources": [arn],
        "detail": detail,
    }
    return json.dumps(_without_nulls(document), ensure_ascii=False)


def _without_nulls(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value

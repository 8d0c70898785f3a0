"""AWS Config's documents in the blind world: things, their CIs, Config's own diffs, the envelopes."""

import copy
import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.fixtures import envelopes
from tests.worlds.blind.actors import OWN

HOME = "eu-west-1"
LONG_AGO = "2025-03-02T09:14:07.000Z"


@dataclass(kw_only=True)
class Thing:
    """One AWS object, as it is now. `tag_places` are (section, name, form) beside `tags`."""

    type: str
    id: str
    arn: str | None = None
    name: str | None = None
    account: str = OWN
    region: str = HOME
    config: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    links: list = field(default_factory=list)
    tags: dict = field(default_factory=dict)
    tag_places: tuple = ()
    created: str | None = LONG_AGO
    untold_tags: bool = False
    captured: "Thing | None" = None
    told_in: str = ""

    @property
    def recorder(self):
        """Return the region whose recorder writes the CIs; IAM's have several."""
        if self.told_in:
            return self.told_in
        if self.region != "global":
            return self.region
        return "us-east-1" if "CloudFront" in self.type else HOME

    def shot(self):
        """Return the thing as Config sees it now: with the tags in its configuration or supplementary one."""
        seen = copy.deepcopy(replace(self, captured=None))
        for section, name, form in self.tag_places:
            (seen.config if section == "configuration" else seen.extra)[name] = shaped(self.tags, form)
        if not self.tags:
            seen.extra.pop("BucketTaggingConfiguration", None)
        return seen


def shaped(tags, form):
    match form:
        case "map":
            return dict(tags)
        case "tagSets":
            return {"tagSets": [{"tags": dict(tags)}]}
        case _:
            key, value = form.split("/")
            return [{key: name, value: text} for name, text in tags.items()]


def stamp(moment: datetime):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def item(thing, shot, at, status, *, daily=False):
    """Return a CI; `shot` is None for a thing that is gone."""
    gone = shot is None
    later = {"configurationItemDeliveryTime": stamp(at + timedelta(minutes=4)), "recordingFrequency": "DAILY"}
    return {
        "relatedEvents": [],
        "relationships": [] if gone else shot.links,
        "configuration": None if gone else shot.config,
        "supplementaryConfiguration": {} if gone else shot.extra,
        "tags": {} if gone or thing.untold_tags else shot.tags,
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": stamp(at),
        "configurationStateId": int(at.timestamp() * 1000),
        "awsAccountId": thing.account,
        "configurationItemStatus": status,
        "resourceType": thing.type,
        "resourceId": thing.id,
        "resourceName": thing.name,
        "ARN": thing.arn,
        "awsRegion": thing.region,
        "availabilityZone": None if gone else "Not Applicable",
        "configurationStateMd5Hash": "",
        "resourceCreationTime": None if gone else thing.created,
        **(later if daily else {}),
    }


def differences(before, after, *, bare_tags=True, tag_set=False):
    """Return `changedProperties` as Config writes them: values by path, lists as sets, tags without keys.

    `bare_tags`: write the entries of `tags`, which hold values alone. `tag_set`: ELBv2 spells the entries of
    its supplementary tags so. `after` None: the thing is gone.
    """
    old, new = before.tags, after.tags if after else {}
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)] if bare_tags else []
    changed = {f"Tags.{index}": _entry(old.get(key), new.get(key)) for index, key in enumerate(keys)}
    if after is None:
        whole = {f"SupplementaryConfiguration.{name}": value for name, value in before.extra.items()}
        whole |= {f"Relationships.{index}": link for index, link in enumerate(before.links)}
        whole["Configuration"] = before.config
        return changed | {name: _entry(value, None) for name, value in whole.items()}
    changed |= _between("Configuration", before.config, after.config)
    changed |= _between("SupplementaryConfiguration", before.extra, after.extra)
    changed |= _sets("Relationships", before.links, after.links)
    if before.arn != after.arn:
        changed["ARN"] = _entry(before.arn, after.arn)
    spelled = "Configuration.TagSet." if tag_set else "Configuration.Tags."
    return {name.replace("Configuration.Tags.", spelled): each for name, each in changed.items()}


def _between(path, before, after):
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            yield from _between(f"{path}.{name[:1].upper()}{name[1:]}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _sets(path, before, after)
    else:
        yield path, _entry(before, after)


def _sets(path, before, after):
    """Yield a list's differences: a changed element goes and comes, and the index is no position."""
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    for index, each in enumerate(gone):
        yield f"{path}.{index}", _entry(each, None)
    for index, each in enumerate(come, start=len(gone)):
        yield f"{path}.{index}", _entry(None, each)


def _entry(before, after):
    kind = "CREATE" if before is None else "DELETE" if after is None else "UPDATE"
    return {"previousValue": before, "updatedValue": after, "changeType": kind}


def notification(document, changed, change_type):
    """Return the `detail` of a notification; `changed` None: no diff came."""
    diff = None if changed is None else {"changedProperties": changed, "changeType": change_type}
    return envelopes.notification(document, diff)


def oversized(document, change_type):
    """Return the `detail` of a notification whose item was too big."""
    return envelopes.oversized(document, change_type)


def eventbridge(detail, *, account, region, arn=None):
    """Return EventBridge's body."""
    place = {"account": account, "region": region, "resources": [arn] if arn else []}
    return json.dumps({**envelopes.event_bridge(detail), "id": str(uuid.uuid4()), **place})


def sns(detail, *, account, region, raw=False):
    """Return what an SNS topic hands on to a queue; `raw` delivery leaves its envelope away."""
    topic = f"arn:aws:sns:{region}:{account}:config"
    return json.dumps(detail if raw else {**envelopes.sns(detail), "TopicArn": topic})

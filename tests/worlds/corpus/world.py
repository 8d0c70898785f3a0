"""A world made of the corpus of calls: who made which call, what Config recorded of it, and so who it was."""

import copy
import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.worlds.blind import config
from tests.worlds.blind.actors import OWN
from tests.worlds.corpus.calls import Slots, digest, rows

HOME = "eu-west-1"
KEY = "managed-by"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.65.0"
GLOBAL = frozenset({"iam", "cloudfront", "route53", "organizations"})


@dataclass(frozen=True)
class Who:
    """Somebody: as CloudTrail writes it, and as people call it."""

    name: str
    via: str
    identity: dict
    agent: str

    @classmethod
    def sso(cls, name):
        role = "AWSReservedSSO_Ops_0a1b2c3d4e5f6071"
        return cls(name, "sso", session(f"aws-reserved/sso.amazonaws.com/{HOME}/{role}", name), "Mozilla/5.0")

    @classmethod
    def user(cls, name):
        arn = f"arn:aws:iam::{OWN}:user/{name}"
        named = {"type": "IAMUser", "arn": arn, "accountId": OWN, "accessKeyId": "AKIA1", "userName": name}
        return cls(name, "iam-user", named, "Boto3/1.35.20 md/Botocore#1.35.20")

    @classmethod
    def pipeline(cls):
        provider = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
        token = {"federatedProvider": provider, "attributes": {}}
        identity = session("gha-terraform-prod", "GitHubActions", webIdFederationData=token)
        return cls("gha-terraform-prod", "oidc", identity, TERRAFORM)


def session(role, name, **context):
    short = role.rpartition("/")[2]
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{OWN}:role/{role}", "accountId": OWN, "userName": short}
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{OWN}:assumed-role/{short}/{name}",
        "accountId": OWN,
        "accessKeyId": "ASIA" + digest(role, name).hexdigest()[:16].upper(),
        "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}, **context},
    }


class Resource:
    """A resource of the corpus with the call on it."""

    def __init__(self, row, name, region=HOME):
        self.region = row.get("region") or region
        self.slots = Slots(name, self.region, OWN)
        self.row = row = self.slots.filled(row)
        self.type, self.id, self.name, self.arn = row["type"], row["id"], row.get("name"), row.get("arn")
        self.account, self.tags = OWN, {"Name": name}
        self.config, self.extra = row.get("resource", {}), row.get("extra", {})
        self.zone, self.untold_tags, self.created = "Not Applicable", False, "2025-05-05T08:00:00.000Z"
        self.status = row.get("status", "OK")

    def shot(self):
        parts = {"configuration": copy.deepcopy(self.config), "supplementaryConfiguration": dict(self.extra)}
        place, form = self.row.get("tagged", "configuration.Tags Key").split()
        section, key = place.split(".")
        if form in {"map", "tagSets"}:
            parts[section][key] = config.shaped(self.tags, form)
        else:
            parts[section][key] = config.shaped(
                self.tags, f"{form}/{form.replace('ey', 'alue').replace('K', 'V').replace('k', 'v')}"
            )
        return config.Shot(*parts.values(), [], dict(self.tags), self.name, self.arn)

    def change(self):
        self.config = {**self.config, **self.row.get("change", {})}
        self.extra = {**self.extra, **self.row.get("extra_change", {})}
        self.tags = {
            key: text for key, text in {**self.tags, **self.row.get("tags", {})}.items() if text is not None
        }


@dataclass
class Truth:
    """One change: what it is about, which call made it, by whom; nobody where it is unmanaged."""

    label: str
    resource: Resource
    captured: datetime
    event: str
    who: Who
    managed: bool

    def told(self, line):
        """Return what is wrong with a report's line about it, if anything."""
        verdict = "in-workflow" if self.who.via == "oidc" else "out-of-band"
        event, actor = line["event"] or {}, line["actor"] or {}
        said = (
            line["verdict"],
            event.get("event_id"),
            actor.get("name"),
            actor.get("via"),
            len(line["other_events"]),
        )
        right = (verdict, self.event, self.who.name, self.who.via, 0)
        return None if said == right else f"{self.label}: {(*said, event.get('event_name'))} is not {right}"


@dataclass
class World:
    """What AWS wrote down, as the runner of the blind worlds takes it; and the truth."""

    now: datetime
    events: list = field(default_factory=list)
    items: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    truths: list = field(default_factory=list)

    def __post_init__(self):
        self.now, self.random = self.now.astimezone(UTC), random.Random(3)
        self.since, self.until = self.now - timedelta(hours=2), self.now

    def call(self, who, resource, call, at, **more):
        source, region = call["source"], resource.region
        event = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        document = {
            "eventVersion": "1.10",
            "userIdentity": who.identity,
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{source}.amazonaws.com",
            "eventName": call["event"],
            "awsRegion": "us-east-1" if source in GLOBAL else region,
            "sourceIPAddress": "203.0.113.7",
            "userAgent": who.agent,
            "requestParameters": call.get("request"),
            "responseElements": call.get("response"),
            "eventID": event,
            "readOnly": False,
            "eventType": "AwsApiCall",
            "recipientAccountId": OWN,
            "eventCategory": "Management",
            **more,
        }
        if "resources" in call:
            document["resources"] = call["resources"]
        self.events.append((document, tuple((None, name) for name in call.get("lists", ())), None))
        return event

    def happens(self, row, name, who, at, *, managed=True, region=HOME, label="", asides=()):
        """Let somebody make a call, and Config record what came of it; others call aside."""
        resource = Resource(row, name, region)
        if managed:
            resource.tags[KEY] = "terraform"
        before = None
        if resource.status != "ResourceDiscovered":
            before = resource.shot()
            self.record(resource, before, self.now - timedelta(days=9), "OK", region=resource.region)
        for by, call, seconds, more in asides:
            self.call(by, resource, resource.slots.filled(call), at + timedelta(seconds=seconds), **more)
        event = self.call(who, resource, resource.row, at)
        if resource.status == "OK":
            resource.change()
        after = None if resource.status == "ResourceDeleted" else resource.shot()
        captured = (at + timedelta(seconds=self.random.uniform(30, 500))).replace(microsecond=123000)
        resource.created = None if before is None else resource.created
        document = self.record(resource, after, captured, resource.status, region=resource.region)
        kind = {"OK": "UPDATE", "ResourceDiscovered": "CREATE"}.get(resource.status, "DELETE")
        changed = config.differences(before, after) if before else {}
        detail = config.notification(document, changed, kind)
        body = config.eventbridge(detail, account=OWN, region=resource.region, arn=resource.arn)
        self.messages.append((captured, body))
        self.truths.append(Truth(label or row["label"], resource, captured, event, who, managed))

    def record(self, resource, shot, at, status, *, region):
        document = config.item(resource, shot, at, status)
        document["awsRegion"] = resource.row.get("recorded_as", region)
        self.items.append((document, region))
        return document


def corpus(now):
    """Return the world in which every call of the corpus is made by a person, and by the pipeline on a sibling."""
    world, calls = World(now), rows("calls")
    people, pipeline = [Who.sso("maria@example.com"), Who.user("pete")], Who.pipeline()
    stranger, named = Who.sso("eve@example.com"), {row["label"]: row for row in calls}
    for number, row in enumerate(calls):
        at, name = world.now - timedelta(seconds=18_000 - 30 * number), f"svc{number:03d}"
        refused = (stranger, row, -9, {"errorCode": "AccessDenied", "responseElements": None})
        first = refused if row.get("status") != "ResourceDiscovered" else None
        world.happens(row, name, people[number % 2], at)
        world.happens(row, f"{name}-2", pipeline, at + timedelta(seconds=4), asides=[first] if first else [])
        if not row.get("global") and not row.get("region") and number % 3 == 0:
            world.happens(
                row, f"{name}-2", stranger, at + timedelta(seconds=6), managed=False, region="us-west-2"
            )
    for number, row in enumerate(rows("asides")):
        at = world.now - timedelta(seconds=18_000 - 80 * number)
        asides = [(stranger, row, seconds, {}) for seconds in (-4, 9)]
        label = f"{row['of']} beside {row['source']}:{row['event']}"
        world.happens(named[row["of"]], f"thing{number:03d}", pipeline, at, label=label, asides=asides)
    return world


def misses(world, lines):
    """Compare a report with the truth: every managed change told once and rightly, and nothing else."""
    told = {
        (line["change"]["resource_type"], line["change"]["resource_id"], line["change"]["captured_at"]): line
        for line in lines
    }
    wrong = [] if len(told) == len(lines) else ["told twice"]
    for truth in world.truths:
        key = (truth.resource.type, truth.resource.id, config.stamp(truth.captured))
        line = told.pop(key, None)
        if line is None:
            wrong += [f"{truth.label}: not told"] if truth.managed else []
        elif not truth.managed:
            wrong.append(f"{truth.label}: told, though it is nobody's: {json.dumps(line['event'])}")
        elif problem := truth.told(line):
            wrong.append(problem)
    return wrong + [f"a change that never was: {key}" for key in told]

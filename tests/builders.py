"""Builders of the nouns, each with defaults that fit together: alice opens a port of a managed group.

Plain functions with keyword arguments; whatever a test does not name, it does not care about.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from iacwatch.core.model import (
    Actor,
    ActorKind,
    Change,
    ChangeType,
    Evidence,
    Finding,
    Item,
    Managed,
    Match,
    MatchKind,
    Mention,
    Principal,
    PropertyChange,
    Resource,
    TrailEvent,
    Verdict,
    Via,
)
from iacwatch.core.present.record import finding_id

ACCOUNT, REGION = "111122223333", "eu-west-1"
GROUP_ID = "sg-0a1b2c3d4e5f60718"
CALLED_AT = datetime(2026, 11, 20, 10, 11, 22, tzinfo=UTC)
CAPTURED_AT = datetime(2026, 11, 20, 10, 12, 3, 123_000, tzinfo=UTC)
ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1"
    "/AWSReservedSSO_Admin_0123456789abcdef"
)
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com"
RULE = {
    "ipProtocol": "tcp",
    "fromPort": 22,
    "toPort": 22,
    "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": "tmp debug"}],
    "ipRanges": ["0.0.0.0/0"],
}


def resource(**fields: Any) -> Resource:
    """Build a resource: the security group `web`. An `arn` is made up for it alone."""
    kind = fields.get("type", "AWS::EC2::SecurityGroup")
    group = kind == "AWS::EC2::SecurityGroup"
    given = {
        "account_id": ACCOUNT,
        "region": REGION,
        "type": kind,
        "id": GROUP_ID,
        "name": "web",
        "recorded_in": REGION,
        **fields,
    }
    if group:
        given.setdefault(
            "arn", f"arn:aws:ec2:{given['region']}:{given['account_id']}:security-group/{given['id']}"
        )
    return Resource(**given)


def item(**fields: Any) -> Item:
    """Build a configuration item, tagged ``managed-by=terraform``."""
    return Item(
        **{
            "resource": resource(),
            "captured_at": CAPTURED_AT,
            "status": "OK",
            "configuration": {"groupName": "web", "ipPermissions": [RULE]},
            "tags": {"managed-by": "terraform"},
            **fields,
        }
    )


def entry(path: str, previous: Any = None, updated: Any = None, **fields: Any) -> PropertyChange:
    """Build one entry of a diff; its change type follows from which values there are."""
    kind = ChangeType.UPDATE
    if previous is None:
        kind = ChangeType.CREATE
    elif updated is None:
        kind = ChangeType.DELETE
    return PropertyChange(path=path, previous=previous, updated=updated, **{"change_type": kind, **fields})


def change(**fields: Any) -> Change:
    """Build a change: an update that opens port 22. The item follows the resource and the time."""
    kind = fields.get("change_type", ChangeType.UPDATE)
    deleted = kind is ChangeType.DELETE
    given = {
        "resource": resource(),
        "captured_at": CAPTURED_AT,
        "change_type": kind,
        "status": "ResourceDeleted" if deleted else "OK",
        "diff": (entry("Configuration.IpPermissions.0", None, RULE),),
        **fields,
    }
    if "item" not in given:
        given["item"] = item(
            resource=given["resource"],
            captured_at=given["captured_at"],
            status=given["status"],
            **({"configuration": None, "tags": {}} if deleted else {}),
        )
    return Change(**given)


def actor(**fields: Any) -> Actor:
    """Build an actor: alice, by SSO, in the console."""
    return Actor(
        **{
            "kind": ActorKind.ASSUMED_ROLE,
            "name": "alice@example.com",
            "arn": SESSION,
            "principal": ROLE,
            "account_id": ACCOUNT,
            "via": Via.SSO,
            "source_ip": "198.51.100.7",
            "user_agent": "Mozilla/5.0",
            "tool": "console",
            "access_key_id": "ASIAEXAMPLE000000001",
            **fields,
        }
    )


def event(**fields: Any) -> TrailEvent:
    """Build a trail event: AuthorizeSecurityGroupIngress on the group, 41 s before the capture."""
    name = fields.get("name", fields.get("event_name", "AuthorizeSecurityGroupIngress"))
    return TrailEvent(
        **{
            "event_id": "8b1f0c52-9a3e-4a62-9b39-5d7f1f0f2a11",
            "event_name": name,
            "name": name,
            "event_source": "ec2.amazonaws.com",
            "occurred_at": CALLED_AT,
            "region": REGION,
            "account_id": ACCOUNT,
            "actor": actor(),
            "principal": Principal(type="AssumedRole", arn=SESSION, account_id=ACCOUNT, issuer_arn=ROLE),
            "mentions": (Mention(path=("request", "groupid"), value=GROUP_ID),),
            "read_only": False,
            **fields,
        }
    )


def match(**fields: Any) -> Match:
    """Build a match by id; the lag is that of the default capture."""
    trail_event = fields.pop("event", None) or event()
    return Match(
        **{
            "event": trail_event,
            "kind": MatchKind.ID,
            "lag": CAPTURED_AT - trail_event.occurred_at,
            "reasons": ("names the resource's id",),
            "score": (0,),
            **fields,
        }
    )


def finding(**fields: Any) -> Finding:
    """Build a finding: alice's change is out of band. The id follows from the change.

    Pass ``match=None`` for a finding that names nobody.
    """
    given = {
        "change": change(),
        "managed": Managed(value="terraform", evidence=Evidence.TAGS, tags={"managed-by": "terraform"}),
        "verdict": Verdict.OUT_OF_BAND,
        "reason": f"{ROLE} matches no workflow for managed-by=terraform",
        "match": match(),
        **fields,
    }
    given.setdefault("finding_id", finding_id(given["change"].resource, given["change"].captured_at))
    return Finding(**given)


def unattributed(**fields: Any) -> Finding:
    """Build a finding that names nobody."""
    return finding(
        **{
            "verdict": Verdict.UNATTRIBUTED,
            "match": None,
            "reason": "nobody found: 3 names tried in eu-west-1, 65 min searched",
            **fields,
        }
    )


def many(count: int, *, apart: timedelta = timedelta(seconds=10), **fields: Any) -> list[Finding]:
    """Build findings of one actor, each on its own security group, `apart` from one another."""
    return [
        finding(
            change=change(
                resource=resource(id=f"sg-{index:017x}", name=f"web-{index}"),
                captured_at=CAPTURED_AT + index * apart,
            ),
            match=match(
                event=replace(event(event_id=f"e-{index}"), occurred_at=CALLED_AT + index * apart),
            ),
            **fields,
        )
        for index in range(count)
    ]

"""The record, identity and company of findings."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from iacwatch.core.model import ActorKind, Evidence, Managed, Verdict
from iacwatch.core.present.record import cause_key, finding_id, group, record
from tests.fixtures import builders as make
from tests.fixtures.builders import ACCOUNT, CALLED_AT, CAPTURED_AT, GROUP_ID, PIPELINE, ROLE, RULE
from tests.fixtures.located import ADDRESS, FILE, FILE_URL, RECREATED, address

WINDOW = timedelta(minutes=10)
FAMILY = {"type": "AWS::ECS::TaskDefinition", "id": "web"}
TASKS = "arn:aws:ecs:eu-west-1:1:task-definition/web"


def test_a_findings_id_is_the_documented_digest_of_whole_milliseconds_in_any_zone():
    text = f"{ACCOUNT}|eu-west-1|AWS::EC2::SecurityGroup|{GROUP_ID}|1795169523123"
    assert finding_id(make.resource(), CAPTURED_AT) == hashlib.sha256(text.encode()).hexdigest()[:32]
    same = CAPTURED_AT.replace(microsecond=123_999).astimezone(timezone(timedelta(hours=9)))
    assert finding_id(make.resource(), same) == finding_id(make.resource(), CAPTURED_AT)


def test_every_part_of_a_resources_identity_counts():
    for one, other, in_id, in_cause in (
        ({}, {"account_id": "444455556666"}, True, True),
        ({}, {"region": "us-east-1"}, True, False),
        ({}, {"id": "sg-other"}, True, True),
        ({}, {"name": None, "arn": None, "recorded_in": "us-east-1"}, False, False),
        # Task definitions of one family are told apart by their ARN.
        ({**FAMILY, "arn": f"{TASKS}:1"}, {**FAMILY, "arn": f"{TASKS}:2"}, True, True),
    ):
        this, that = make.resource(**one), make.resource(**other)
        assert (finding_id(this, CAPTURED_AT) != finding_id(that, CAPTURED_AT)) is in_id
        assert (cause_key(this, ["e"]) != cause_key(that, ["e"])) is in_cause
        assert cause_key(this, ["e", "f"]) == cause_key(this, ["f", "e", "f"]) != cause_key(this, ["e"])


def at(seconds, **fields):
    moment = CALLED_AT + timedelta(seconds=seconds)
    captured = fields.pop("captured_at", moment + timedelta(seconds=40))
    what = make.change(captured_at=captured, resource=make.resource(**fields.pop("where", {})))
    called = make.event(occurred_at=moment, actor=make.actor(**fields.pop("who", {})))
    return make.finding(change=what, match=make.match(event=called), **fields)


SERVICE = {"arn": None, "principal": None, "kind": ActorKind.AWS_SERVICE}
BY_ROLE = {"name": "gha-terraform-prod", "principal": PIPELINE}
SESSIONS = [{**BY_ROLE, "arn": f"{make.PIPELINE_SESSION}{each}", "session": f"s-{each}"} for each in "ab"]


def nobody(minutes):
    return make.unattributed(change=make.change(captured_at=CAPTURED_AT + timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("findings", "sizes"),
    [
        # A group ends a window after its last call, and spans six at most.
        (map(at, [0, 300, 899, 1499, 1600]), [3, 2]),
        (map(at, range(0, 3_601, 450)), [8, 1]),
        # Calls made together may be captured apart.
        ([at(0), at(5, captured_at=CALLED_AT + timedelta(minutes=14))], [2]),
        # Another principal, person, repository, account or verdict is another group.
        ([at(0), at(1, who={"principal": "arn:aws:iam::111122223333:role/Other"})], [1, 1]),
        ([at(0), at(1, where={"account_id": "444455556666"})], [1, 1]),
        ([at(0), at(1, verdict=Verdict.IN_WORKFLOW)], [1, 1]),
        # A machine's sessions are one, a person's several roles too, apart from the role's own calls.
        ([at(place, who=who) for place, who in enumerate(SESSIONS)], [2]),
        ([make.behind("alice@example.com"), at(1), at(2, who=BY_ROLE)], [2, 1]),
        # Services without an ARN are told apart by name.
        ([at(0, who={**SERVICE, "name": name}) for name in ("a.amazonaws.com", "b.amazonaws.com")], [1, 1]),
        # Where nobody is known, the account alone counts, and never with a person's.
        ([nobody(0), nobody(9), nobody(20), at(1)], [1, 2, 1]),
    ],
)
def test_what_one_origin_did_within_a_window_is_one_group(findings, sizes):
    findings = list(findings)
    assert [len(each) for each in group(findings, WINDOW)] == sizes
    assert [len(each) for each in group(findings, timedelta(0))] == [1] * len(findings)
    assert [len(each) for each in group(findings[::-1], WINDOW)] == sizes


LINK = {"arn": make.PIPELINE_SESSION, "access_key_id": "ASIAEXAMPLE000000009", "event_id": "sts-1"}
ALICE = {
    "kind": "assumed-role", "name": "alice@example.com", "arn": make.SESSION, "principal": ROLE, "account_id": ACCOUNT,
    "via": "sso", "source_ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "tool": "console", "invoked_by": None,
    "access_key_id": "ASIAEXAMPLE000000001", "source_identity": None, "repository": None, "chain": [LINK],
    "session": "terragrunt-1718035023456789000",
}  # fmt: skip
EVENT = {
    "event_id": "8b1f0c52-9a3e-4a62-9b39-5d7f1f0f2a11", "event_name": "AuthorizeSecurityGroupIngress",
    "event_source": "ec2.amazonaws.com", "event_time": "2026-11-20T10:11:22Z", "region": "eu-west-1", "lag_s": 41,
    "match": "id", "workflow": None, "principal": PIPELINE, "arn": make.PIPELINE_SESSION,
}  # fmt: skip
LEAD = {key: EVENT[key] for key in ("event_id", "event_name", "event_time")}
RECORDED = {"captured_at": "2026-11-20T10:12:03.123Z", "previous_captured_at": "2026-11-19T08:00:00.005Z"}
CHANGED = {
    "account_id": ACCOUNT, "region": "eu-west-1", "resource_type": "AWS::EC2::SecurityGroup", "resource_id": GROUP_ID,
    "resource_name": "web", "arn": make.resource().arn, "change_type": "UPDATE", **RECORDED,
    "managed_by": "terraform", "managed_evidence": "tags",
}  # fmt: skip
CODE = {
    "engine": "terraform", "address": ADDRESS, "also": ["aws_b.c"], "stack": "live/prod/net",
    "state": "s3://acme-tfstate/live/prod/net/terraform.tfstate", "serial": 17, "seen_at": "2026-11-18T09:00:00Z",
    "repository": "acme/infra", "path": "live/prod/net", "commit": "8c1f2d3", "owner": "@acme/net",
    "evidence": "index", "precision": "instance",
}  # fmt: skip


def test_the_record_has_the_documented_keys_in_their_order():
    why = "the item does not show it"
    before = make.item(captured_at=datetime(2026, 11, 19, 8, 0, 0, 5_000, tzinfo=UTC))
    # A call just after the capture has a lag of no seconds.
    late = replace(make.behind("bob@example.com").match, workflow="ci", lag=timedelta(seconds=-0.9))
    by_alice = make.behind("alice@example.com", others=(late,))
    code = {"iac": address(also=("aws_b.c",)), "next_apply": RECREATED, "next_steps": (FILE,)}
    full = replace(by_alice, change=make.change(previous=before), leads=(make.lead(why),), **code)
    opened = {"path": "Configuration.IpPermissions.0", "change_type": "CREATE", "previous": None, "updated": RULE}  # fmt: skip
    bob = {**ALICE, "name": "bob@example.com"}
    expected = {
        "schema": "iacwatch.finding/1",
        "finding_id": full.finding_id,
        "verdict": "out-of-band",
        "reason": f"{ROLE} matches no workflow for managed-by=terraform",
        "change": {**CHANGED, "changed_properties": [opened]},
        "actor": ALICE,
        "event": EVENT,
        "other_events": [{**EVENT, "lag_s": 0, "workflow": "ci", "actor": bob}],
        "leads": [{**LEAD, "actor": "bob", "why": why}],
        "iac": CODE,
        "next_apply": {"does": "recreate", "rule": "tf-deleted", "reason": RECREATED.reason},
        "next_steps": [{"kind": "file", "text": "live/prod/net", "url": FILE_URL}],
        "links": record(full)["links"],
    }
    assert json.dumps(record(full)) == json.dumps(expected)


def test_nobody_and_no_manager_are_null_in_the_record():
    told = record(make.unattributed())
    assert [told[key] for key in ("actor", "event", "iac", "next_apply")] == [None] * 4
    assert [told[key] for key in ("other_events", "leads", "next_steps")] == [[]] * 3
    assert told["links"]["cloudtrail"] is None
    told = record(make.finding(managed=Managed(value=None, evidence=Evidence.TAGS)))["change"]
    assert (told["managed_by"], told["managed_evidence"]) == (None, None)


def linked(region=None, event_id="x", **fields):
    """Return the links of what is, and was done, in a region."""
    where = make.resource(**{"region": region, "recorded_in": region, "arn": None, **fields})
    called = make.match(event=make.event(region=region, event_id=event_id))
    return record(make.finding(change=make.change(resource=where), match=called))["links"]


def test_links_lead_to_the_console_of_partition_and_region():
    query = f"resourceId={GROUP_ID}&resourceName=web&resourceType=AWS%3A%3AEC2%3A%3ASecurityGroup"
    for region, domain in (("cn-north-1", "amazonaws.cn"), ("eusc-de-east-1", "amazonaws-eusc.eu")):
        told, home = linked(region), f"https://{region}.console.{domain}"
        assert told["config"] == f"{home}/config/home?region={region}#/resources/timeline?{query}"
        assert told["cloudtrail"] == f"{home}/cloudtrailv2/home?region={region}#/events/x"
    # A global object's timeline is in the region that recorded it.
    for recorded_in, region in (("eu-central-1", "eu-central-1"), ("", "us-east-1")):
        told = linked(type="AWS::IAM::Role", region="global", recorded_in=recorded_in)["config"]
        assert told.startswith(f"https://{region}.console.aws.amazon.com/config/home?region={region}#")


def test_odd_names_are_encoded_in_links_and_odd_event_ids_have_none():
    told = linked("eu-west-1", event_id="../x", id="a b&x=#/../|>\ud800", name='"><b>')
    assert told["config"].split("resourceId=")[1] == (
        "a%20b%26x%3D%23%2F..%2F%7C%3E%3F&resourceName=%22%3E%3Cb%3E&resourceType=AWS%3A%3AEC2%3A%3ASecurityGroup"
    )
    assert told["cloudtrail"] is None
    # A partition without a public console, and regions of an odd form, become no part of an address.
    for region in ("us-iso-east-1", "evil.example.com/", "eu-west-1@evil", "", "eu-west-1\n"):
        assert linked(region) == {"config": None, "cloudtrail": None}

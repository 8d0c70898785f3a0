"""The record, identity and company of findings."""

import hashlib
import itertools
import json
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import ActorKind, ChainLink, Evidence, Lead, Managed, Verdict, Via
from iacwatch.core.present.record import cause_key, finding_id, group, record
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    GROUP_ID,
    PIPELINE,
    PIPELINE_SESSION,
    ROLE,
    SESSION,
    actor,
    behind,
    change,
    entry,
    event,
    finding,
    item,
    many,
    match,
    resource,
    unattributed,
)

WINDOW = timedelta(minutes=10)

DOCUMENTED = {
    "": [
        "schema", "finding_id", "verdict", "reason", "change", "actor", "event", "other_events", "leads",
        "iac", "next_apply", "next_steps", "links",
    ],
    "change": [
        "account_id", "region", "resource_type", "resource_id", "resource_name", "arn", "change_type",
        "captured_at", "previous_captured_at", "managed_by", "managed_evidence", "changed_properties",
    ],
    "actor": [
        "kind", "name", "arn", "principal", "account_id", "via", "source_ip", "user_agent", "tool",
        "invoked_by", "access_key_id", "source_identity", "repository", "chain", "session",
    ],
    "event": [
        "event_id", "event_name", "event_source", "event_time", "region", "lag_s", "match", "workflow",
        "principal", "arn",
    ],
    "links": ["config", "cloudtrail"],
}  # fmt: skip


# Identity.


def test_a_findings_id_is_the_documented_digest():
    text = f"{ACCOUNT}|eu-west-1|AWS::EC2::SecurityGroup|{GROUP_ID}|1795169523123"
    assert finding_id(resource(), CAPTURED_AT) == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_the_id_looks_at_whole_milliseconds_in_any_zone():
    same = CAPTURED_AT.replace(microsecond=123_999).astimezone(timezone(timedelta(hours=9)))
    assert finding_id(resource(), same) == finding_id(resource(), CAPTURED_AT)
    later = CAPTURED_AT + timedelta(milliseconds=1)
    assert finding_id(resource(), later) != finding_id(resource(), CAPTURED_AT)


# Which fields of a resource tell it from another: in the id of a finding, and in the key of a cause.
@pytest.mark.parametrize(
    ("fields", "in_id", "in_cause"),
    [
        ({"account_id": "444455556666"}, True, True),
        ({"region": "us-east-1"}, True, False),
        ({"id": "sg-other"}, True, True),
        ({"type": "AWS::EC2::VPC"}, True, True),
        ({"name": None, "arn": None, "recorded_in": "us-east-1"}, False, False),
    ],
)
def test_every_part_of_a_resources_identity_counts(fields, in_id, in_cause):
    other = resource(**fields)
    assert (finding_id(other, CAPTURED_AT) != finding_id(resource(), CAPTURED_AT)) is in_id
    assert (cause_key(other, ["e"]) != cause_key(resource(), ["e"])) is in_cause


def test_task_definitions_of_one_family_are_told_apart_by_their_arn():
    family = {"type": "AWS::ECS::TaskDefinition", "id": "web", "name": "web"}
    one, two = (
        resource(**family, arn=f"arn:aws:ecs:eu-west-1:1:task-definition/web:{each}") for each in (1, 2)
    )
    assert finding_id(one, CAPTURED_AT) != finding_id(two, CAPTURED_AT)
    assert cause_key(one, ["e"]) != cause_key(two, ["e"])


def test_a_cause_is_the_same_in_every_order():
    assert cause_key(resource(), ["b", "a", "a"]) == cause_key(resource(), ["a", "b"])
    assert cause_key(resource(), ["a"]) != cause_key(resource(), ["a", "b"])


@given(st.text(), st.text(), st.lists(st.text()))
def test_keys_are_32_hex_digits_whatever_the_names(identity, name, events):
    odd = resource(id=identity, name=name)
    for key in (finding_id(odd, CAPTURED_AT), cause_key(odd, events)):
        assert len(key) == 32
        assert int(key, 16) >= 0


# Company.


def test_what_one_actor_did_within_the_window_is_one_group():
    findings = many(5)
    random.Random(1).shuffle(findings)
    (together,) = group(findings, WINDOW)
    assert [each.change.captured_at for each in together] == sorted(f.change.captured_at for f in findings)


def at(seconds, **fields):
    moment = CALLED_AT + timedelta(seconds=seconds)
    captured = fields.pop("captured_at", moment + timedelta(seconds=40))
    what = change(captured_at=captured, resource=resource(**fields.pop("where", {})))
    who = fields.pop("who", {})
    return finding(change=what, match=match(event=event(occurred_at=moment, actor=actor(**who))), **fields)


@pytest.mark.parametrize(
    ("seconds", "sizes"),
    [([0, 300, 899, 1499, 1600], [3, 2]), (range(0, 3_600, 500), [8]), (range(0, 4_500, 500), [8, 1])],
)
def test_a_group_ends_a_window_after_its_last_call_and_spans_six_at_most(seconds, sizes):
    assert [len(each) for each in group([at(each) for each in seconds], WINDOW)] == sizes


def test_calls_made_together_and_captured_apart_stay_together():
    findings = [at(0), at(5, captured_at=CALLED_AT + timedelta(minutes=14))]
    assert len(group(findings, WINDOW)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"who": {"principal": "arn:aws:iam::111122223333:role/Other"}},
        {"who": {"name": "bob@example.com"}},
        {"who": {"repository": "acme/infra@refs/heads/main"}},
        {"where": {"account_id": "444455556666"}},
        {"verdict": Verdict.IN_WORKFLOW},
    ],
)
def test_another_principal_person_repository_account_or_verdict_is_another_group(other):
    assert len(group([at(0), at(1, **other)], WINDOW)) == 2


def test_a_machines_role_is_one_group_whatever_its_sessions_are_called():
    role = {"name": "gha-terraform-prod", "principal": PIPELINE, "via": Via.CHAIN}
    findings = [
        at(20 * number, who={**role, "arn": f"{PIPELINE_SESSION}{number}", "session": f"session-{number}"})
        for number in range(8)
    ]
    assert [len(each) for each in group(findings, WINDOW)] == [8]


def test_what_a_person_does_through_several_roles_is_one_group_and_apart_from_the_roles_own():
    chained = [behind("alice@example.com", event_id=f"e{number}") for number in range(2)]
    by_role = finding(match=match(event=event(actor=actor(name="gha-terraform-prod", principal=PIPELINE))))
    groups = group([*chained, finding(), by_role], WINDOW)
    assert sorted(len(each) for each in groups) == [1, 3]


def test_services_without_an_arn_are_told_apart_by_name():
    service = {"arn": None, "principal": None, "kind": ActorKind.AWS_SERVICE}
    findings = [at(0, who={**service, "name": f"{name}.amazonaws.com"}) for name in "ab"]
    assert len(group(findings, WINDOW)) == 2


def test_unattributed_changes_group_by_account_alone_and_never_with_a_persons():
    times = [CAPTURED_AT + timedelta(minutes=minutes) for minutes in (0, 9, 20)]
    nobody = [unattributed(change=change(captured_at=moment)) for moment in times]
    assert sorted(len(each) for each in group([*nobody, at(1)], WINDOW)) == [1, 1, 2]


def test_without_a_window_every_finding_is_alone():
    assert [len(each) for each in group([at(0), at(0, where={"id": "sg-2"})], timedelta(0))] == [1, 1]
    assert group([], WINDOW) == []


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2), st.booleans()), max_size=12), st.randoms())
def test_grouping_loses_nothing_and_ignores_the_order_of_arrival(makings, chance):
    findings = [
        at(seconds, who={"name": f"{person}"}, where={"id": f"sg-{index}"})
        if known
        else unattributed(change=change(resource=resource(id=f"sg-{index}")))
        for index, (seconds, person, known) in enumerate(makings)
    ]
    groups = group(findings, WINDOW)
    assert sorted(f.finding_id for f in itertools.chain(*groups)) == sorted(f.finding_id for f in findings)
    shuffled = list(findings)
    chance.shuffle(shuffled)
    assert group(shuffled, WINDOW) == groups


# The record.


def test_the_record_has_the_documented_keys_in_their_order():
    full = record(finding(others=(match(),)))
    assert list(full) == DOCUMENTED[""]
    for section in ("change", "actor", "event", "links"):
        assert list(full[section]) == DOCUMENTED[section]
    (other,) = full["other_events"]
    assert list(other) == [*DOCUMENTED["event"], "actor"]
    assert list(other["actor"]) == DOCUMENTED["actor"]
    assert list(full["change"]["changed_properties"][0]) == ["path", "change_type", "previous", "updated"]


def test_the_record_tells_what_the_documentation_shows():
    told = record(finding())
    assert told["schema"] == "iacwatch.finding/1"
    assert told["verdict"] == "out-of-band"
    assert told["reason"].endswith("matches no workflow for managed-by=terraform")
    shown = {
        "captured_at": "2026-11-20T10:12:03.123Z",
        "managed_by": "terraform",
        "managed_evidence": "tags",
        "previous_captured_at": None,
    }
    assert shown.items() <= told["change"].items()
    assert told["change"]["changed_properties"][0]["path"] == "Configuration.IpPermissions.0"
    assert {"kind": "assumed-role", "via": "sso", "session": "alice@example.com"}.items() <= told[
        "actor"
    ].items()
    assert told["event"] == {
        "event_id": "8b1f0c52-9a3e-4a62-9b39-5d7f1f0f2a11",
        "event_name": "AuthorizeSecurityGroupIngress",
        "event_source": "ec2.amazonaws.com",
        "event_time": "2026-11-20T10:11:22Z",
        "region": "eu-west-1",
        "lag_s": 41,
        "match": "id",
        "workflow": None,
        "principal": ROLE,
        "arn": SESSION,
    }


def test_a_lead_tells_what_came_near_and_why_it_does_not_count():
    (lead,) = record(unattributed(leads=(Lead(event=event(), why="the item does not show it"),)))["leads"]
    assert list(lead.items()) == [
        ("event_id", "8b1f0c52-9a3e-4a62-9b39-5d7f1f0f2a11"),
        ("event_name", "AuthorizeSecurityGroupIngress"),
        ("event_time", "2026-11-20T10:11:22Z"),
        ("actor", "alice@example.com"),
        ("why", "the item does not show it"),
    ]


def test_nobody_is_null_in_the_record():
    told = record(unattributed())
    assert (told["actor"], told["event"], told["other_events"], told["leads"]) == (None, None, [], [])
    assert told["links"]["cloudtrail"] is None
    assert told["links"]["config"].startswith("https://")


@pytest.mark.parametrize(
    ("fields", "value", "evidence"),
    [
        ({"value": None, "evidence": Evidence.TAGS}, None, None),
        # The old value of a changed tag is the manager.
        (
            {"value": "terraform", "evidence": Evidence.PREVIOUS_TAGS, "new_value": "x"},
            "terraform",
            "previous-tags",
        ),
    ],
)
def test_what_was_never_managed_has_neither_manager_nor_evidence(fields, value, evidence):
    told = record(finding(managed=Managed(**fields)))["change"]
    assert (told["managed_by"], told["managed_evidence"]) == (value, evidence)


def test_previous_capture_workflow_and_chain_are_told():
    before = item(captured_at=datetime(2026, 11, 19, 8, 0, 0, 5_000, tzinfo=UTC))
    link = {"arn": "arn:aws:sts::1:assumed-role/a/b", "access_key_id": "ASIA1", "event_id": "e"}
    who = actor(via=Via.CHAIN, repository="acme/infra@refs/heads/main", chain=(ChainLink(**link),))
    # A call just after the capture has a lag of no seconds.
    made = match(event=event(actor=who), workflow="ci", lag=timedelta(seconds=-0.9))
    told = record(finding(change=change(previous=before), match=made))
    assert told["change"]["previous_captured_at"] == "2026-11-19T08:00:00.005Z"
    assert (told["event"]["workflow"], told["event"]["lag_s"]) == ("ci", 0)
    assert (told["actor"]["repository"], told["actor"]["chain"]) == ("acme/infra@refs/heads/main", [link])


def test_behind_a_chain_the_event_tells_who_the_call_itself_says_it_was():
    told = record(behind("alice@example.com", others=(behind("bob@example.com").match,)))
    (other,) = told["other_events"]
    for each, call, name in ((told, told["event"], "alice@example.com"), (other, other, "bob@example.com")):
        assert (each["actor"]["name"], each["actor"]["principal"]) == (name, ROLE)
        assert (call["principal"], call["arn"]) == (PIPELINE, PIPELINE_SESSION)
    assert told["actor"]["session"] == "terragrunt-1718035023456789000"


def test_the_record_is_json_and_hides_secrets():
    diff = (
        entry("Configuration.Environment.Variables.DB_URL", None, "postgres://u:hunter2@db/x"),
        entry("Configuration.Description", "a", "hunter2, by request"),
    )
    what = change(resource=resource(type="AWS::Lambda::Function", id="f"), diff=diff)
    text = json.dumps(record(finding(change=what), redact=["Configuration.Description"]))
    assert "hunter2" not in text
    assert "DB_URL" in text
    assert text.count("(redacted)") == 3


def test_a_huge_value_is_cut_with_a_mark():
    what = change(diff=(entry("Configuration.Policy", "x" * 40_000, {"Statement": ["y" * 40_000]}),))
    (told,) = record(finding(change=what))["change"]["changed_properties"]
    assert len(told["previous"]) < 32_100
    assert told["previous"].endswith("… (cut, 40000 characters)")
    assert told["updated"].startswith('{"Statement":["yyy')


# Links.


@pytest.mark.parametrize(
    ("region", "partition", "domain"),
    [
        ("eu-west-1", "aws", "eu-west-1.console.aws.amazon.com"),
        ("cn-north-1", "aws-cn", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "aws-us-gov", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "aws-eusc", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_links_lead_to_the_console_of_partition_and_region(region, partition, domain):
    arn = f"arn:{partition}:ec2:{region}:{ACCOUNT}:security-group/{GROUP_ID}"
    where = resource(region=region, recorded_in=region, arn=arn)
    told = record(finding(change=change(resource=where), match=match(event=event(region=region))))["links"]
    assert told["config"] == (
        f"https://{domain}/config/home?region={region}#/resources/timeline?resourceId={GROUP_ID}"
        "&resourceName=web&resourceType=AWS%3A%3AEC2%3A%3ASecurityGroup"
    )
    assert told["cloudtrail"] == (
        f"https://{domain}/cloudtrailv2/home?region={region}#/events/8b1f0c52-9a3e-4a62-9b39-5d7f1f0f2a11"
    )


def linked(region=None, event_id="x", **fields):
    """Return the links of what is, and was done, in a region."""
    where = resource(**{"region": region, "recorded_in": region, "arn": None, **fields})
    return record(
        finding(change=change(resource=where), match=match(event=event(region=region, event_id=event_id)))
    )["links"]


def test_a_global_objects_timeline_is_in_the_region_that_recorded_it():
    role = {"type": "AWS::IAM::Role", "id": "AROA1", "name": "Admin", "region": "global"}
    assert linked(**role, recorded_in="eu-central-1")["config"].startswith(
        "https://eu-central-1.console.aws.amazon.com/config/home?region=eu-central-1#"
    )
    assert "region=us-east-1#" in linked(**role, recorded_in="")["config"]


# A partition without a public console, and regions of an odd form.
@pytest.mark.parametrize(
    "region", ["us-iso-east-1", "evil.example.com/", "eu-west-1@evil", "", "EU-WEST-1", "eu-west-1\n"]
)
def test_no_other_region_becomes_part_of_an_address(region):
    assert linked(region) == {"config": None, "cloudtrail": None}


def test_odd_names_are_encoded_in_links_and_odd_event_ids_have_none():
    told = linked("eu-west-1", event_id="../x", id="a b&x=#/../|>\ud800", name='"><b>')
    assert told["config"].split("resourceId=")[1] == (
        "a%20b%26x%3D%23%2F..%2F%7C%3E%3F&resourceName=%22%3E%3Cb%3E&resourceType=AWS%3A%3AEC2%3A%3ASecurityGroup"
    )
    assert told["cloudtrail"] is None

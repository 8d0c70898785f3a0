"""What doctor makes of documents, without asking anybody: patterns, policies, recorders, workflows."""

import json
import shlex
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import Workflow
from iacwatch.doctor.checks.credentials import judge_clock
from iacwatch.doctor.checks.mapping import judge_reader, judge_speed
from iacwatch.doctor.checks.recorder import (
    judge_frequency,
    judge_global,
    judge_status,
    judge_types,
    records,
    strategy,
)
from iacwatch.doctor.checks.slack import judge_channel
from iacwatch.doctor.checks.workflow import judge as judge_workflow
from iacwatch.doctor.event_pattern import WHOLE, SampleAccount, judge
from iacwatch.doctor.queue_reader import QueueReader
from iacwatch.doctor.resource_policy import PolicyAnswer, PolicyRequest, lets, sources
from iacwatch.doctor.setup import Setup, TrailSetup
from iacwatch.errors import ParseError

ACCOUNT, REGION = "111122223333", "eu-west-1"
PLACE = SampleAccount(account_id=ACCOUNT, region=REGION)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ITEM = {"source": ["aws.config"], "detail-type": ["Config Configuration Item Change"]}
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:changes"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/changes"


def of_item(**fields):
    return {**ITEM, "detail": {"configurationItem": fields}}


OVERSIZED, DELETIONS, TAG_LOST = "oversized items", "deletions", "changes that remove the tag"
BUCKETS = of_item(resourceType=["AWS::S3::Bucket"])
IN_SUMMARY = {"detail": {"configurationItemSummary": {"awsRegion": [REGION]}}}


@pytest.mark.parametrize(
    ("pattern", "missed"),
    [
        (WHOLE, ()),
        ({"source": [{"prefix": "aws.c"}], "account": [ACCOUNT]}, ()),
        ({"source": [{"wildcard": "aws.*fig"}]}, ()),
        ({"source": [{"equals-ignore-case": "AWS.CONFIG"}]}, ()),
        ({"detail": {"messageType": [{"anything-but": {"prefix": "Scheduled"}}]}}, ()),
        ({**ITEM, "detail": {"messageType": ["ConfigurationItemChangeNotification"]}}, (OVERSIZED,)),
        (of_item(configurationItemStatus=[{"anything-but": "ResourceDeleted"}]), (DELETIONS, OVERSIZED)),
        (of_item(tags={"managed-by": ["terraform"]}), (DELETIONS, TAG_LOST, OVERSIZED)),
        (of_item(tags={"managed-by": [{"exists": False}]}), ("updates", "creations")),
        (BUCKETS, (OVERSIZED, "all types but those it names (such as AWS::EC2::SecurityGroup)")),
        ({"$or": [BUCKETS, IN_SUMMARY]}, ("some kinds of changes of some types",)),
        ({"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}, None),
        ({**ITEM, "detail": {"messageType": [{"exists": False}]}}, None),
        ({**ITEM, "detail": {"recordVersion": [{"numeric": [">", 1]}]}}, None),
    ],
)
def test_a_pattern_is_known_by_what_it_lets_pass_which_may_be_no_change(pattern, missed):
    passed = judge(json.dumps(pattern), PLACE)
    assert (passed.missed if passed.any else None) == missed


@pytest.mark.parametrize("pattern", ["[]", "{", '{"source": "x"}', '{"source": [{"like": "x"}]}', '{"source": [{"prefix": 3}]}'])  # fmt: skip
def test_a_pattern_that_cannot_be_judged_is_not_guessed(pattern):
    with pytest.raises(ParseError):
        judge(pattern, PLACE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELD = st.sampled_from(["source", "detail", "detail-type", "account", "$or", "messageType", "tags"])


@given(st.dictionaries(FIELD, JSON, max_size=3) | JSON)
def test_any_pattern_is_judged_or_refused(pattern):
    with suppress(ParseError):
        assert judge(json.dumps(pattern), PLACE).any in {True, False}


EVENTS = "events.amazonaws.com"
SENDS = "sqs:SendMessage"
ASKED = PolicyRequest(service=EVENTS, action=SENDS, resource=QUEUE, source=RULE, account_id=ACCOUNT)


def statement(**fields):
    usual = {"Effect": "Allow", "Principal": {"Service": EVENTS}, "Action": SENDS, "Resource": QUEUE}
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def when(operator, key, value, **fields):
    return statement(**fields, Condition={operator: {key: value}})


NO_TLS = when("Bool", "aws:SecureTransport", "false", Effect="Deny", Principal="*", Action="sqs:*")
ANSWERS = {
    PolicyAnswer.YES: [
        policy(statement(Principal={"Service": ["sns.amazonaws.com", EVENTS]}), NO_TLS),
        policy(statement(Principal="*", Action="SQS:*", Resource="*")),
        policy(when("ArnEquals", "aws:SourceArn", RULE)),
        policy(when("ArnLike", "AWS:SourceArn", "arn:aws:events:*:*:rule/*")),
        policy(when("StringEquals", "aws:SourceAccount", [ACCOUNT])),
        json.dumps({"Statement": statement()}),
    ],
    PolicyAnswer.NO: [
        "",
        policy(statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
        policy(statement(Resource=f"{QUEUE}-other")),
        policy(when("ArnEquals", "aws:SourceArn", f"{RULE}-other")),
        policy(when("StringEquals", "aws:SourceArn", "arn:aws:events:*")),
        policy(statement(), statement(Effect="Deny")),
        policy(statement(), when("ArnNotEquals", "aws:SourceArn", f"{RULE}-other", Effect="Deny")),
    ],
    PolicyAnswer.UNKNOWN: [
        policy(when("StringEquals", "aws:PrincipalOrgID", "o-1")),
        policy(when("ForAnyValue:StringLike", "aws:SourceArn", "*")),
        policy(statement(), when("IpAddress", "aws:SourceIp", "::/0", Effect="Deny")),
        policy(statement(Action=None, NotAction="sqs:DeleteQueue")),
        "{",
        "{}",
    ],
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_policy_says_yes_no_or_something_that_is_not_understood(answer):
    assert [text for text in ANSWERS[answer] if lets(text, ASKED) is not answer] == []


def test_the_topic_that_may_send_is_found_in_a_policy():
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:config"
    told = policy(when("ArnEquals", "aws:SourceArn", [RULE, topic], Principal="*"))
    assert sources(told, "sns") == (topic,)


def recorder(group=None, mode=None):
    return {"name": "default", "recordingGroup": group or {}, "recordingMode": mode or {}}


ALL = {"allSupported": True, "includeGlobalResourceTypes": True}
REGIONAL = {"allSupported": True, "includeGlobalResourceTypes": False}
SOME = {"allSupported": False, "resourceTypes": ["AWS::IAM::Role", "AWS::S3::Bucket"]}
NO_ROLES = {"exclusionByResourceTypes": {"resourceTypes": ["AWS::IAM::Role"]}}
NO_CARDS = {
    "exclusionByResourceTypes": {"resourceTypes": ["AWS::IAM::Role", "AWS::EC2::NetworkInterface"]},
    "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
}


def test_which_types_are_recorded_is_read_in_every_form():
    for group, by, recorded, status in (
        (ALL, "ALL_SUPPORTED", ["AWS::IAM::Role", "AWS::S3::Bucket"], "ok"),
        (REGIONAL, "ALL_SUPPORTED", ["AWS::S3::Bucket"], "ok"),
        (SOME, "INCLUSION_BY", ["AWS::IAM::Role", "AWS::S3::Bucket"], "warn"),
        (NO_CARDS, "EXCLUSION_BY", ["AWS::S3::Bucket"], "warn"),
        (NO_ROLES, "EXCLUSION_BY", ["AWS::S3::Bucket"], "ok"),
        ({}, "ALL_SUPPORTED", ["AWS::S3::Bucket"], "ok"),
    ):
        made = recorder(group)
        assert strategy(group) == f"{by}_RESOURCE_TYPES"
        assert [each for each in ("AWS::IAM::Role", "AWS::S3::Bucket") if records(made, each)] == recorded
        (check,) = judge_types(made)
        assert str(check.status) == status
        assert status == "ok" or "AWS::" in check.message


def test_iam_is_to_be_recorded_here_or_at_home_and_young_regions_never_do():
    for here, there, region, status, words in (
        (REGIONAL, ALL, "eu-west-1", "ok", "`iacwatch --region us-east-1 doctor`"),
        (REGIONAL, None, "eu-west-1", "warn", "neither in eu-west-1 nor in us-east-1"),
        (ALL, None, "eu-central-2", "warn", ""),
        (REGIONAL, None, "us-east-1", "warn", ""),
    ):
        check = judge_global(recorder(here), there and recorder(there), region=region, home="us-east-1")
        assert (str(check.status), words in check.message) == (status, True)
        assert region != "us-east-1" or check.message.count("us-east-1") == 1


def test_daily_recording_is_told_whole_or_in_part():
    for frequency, overrides, status, words in (
        (None, {}, "ok", "recording is continuous"),
        ("DAILY", {}, "warn", "recording is daily:"),
        ("DAILY", {"AWS::S3::Bucket": "CONTINUOUS"}, "warn", "recording is daily except for AWS::S3"),
        ("CONTINUOUS", {"AWS::S3::Bucket": "DAILY"}, "warn", "recording of AWS::S3::Bucket is daily"),
    ):
        rules = [{"recordingFrequency": each, "resourceTypes": [kind]} for kind, each in overrides.items()]
        mode = {"recordingFrequency": frequency, "recordingModeOverrides": rules} if frequency else None
        check = judge_frequency(recorder(mode=mode))
        assert (str(check.status), check.message.startswith(words)) == (status, True), check.message


FAILED = {"recording": True, "lastStatus": "Failure", "lastErrorCode": "X", "lastErrorMessage": "y"}


def test_what_a_recorder_says_of_itself_is_judged():
    for last, status in ((FAILED | {"lastStatus": "Pending"}, "ok"), ({}, "fail"), (FAILED, "fail")):
        (check,) = judge_status(last, name="default", region=REGION, start="start it")
        assert str(check.status) == status
    assert check.message.endswith("its last recording failed: X: y")


@pytest.mark.parametrize(
    ("seconds", "took", "status", "words"),
    [(29, 0.2, "ok", ""), (45, 0.2, "warn", "behind AWS's"), (-310, 0.2, "fail", "ahead of AWS's"), (120, 240, "ok", "")],
)  # fmt: skip
def test_a_clock_is_judged_by_the_date_of_an_answer_which_may_be_slow(seconds, took, status, words):
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    check = judge_clock(date, NOW, NOW + timedelta(seconds=took))
    assert (str(check.status), words in check.message) == (status, True)
    assert not judge_clock("yesterday", NOW, NOW).seen


NAMED = "arn:aws:iam::*:role/gha-terraform-*"


def started(origin):
    return {"principals": [NAMED], "started_by": [origin]}


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"principals": [NAMED]}, "ok", "recognised by roles or users that are named"),
        ({"user_agents": ["*Terraform*"]}, "warn", "which anybody can forge"),
        ({"invoked_by": ["cloudformation.amazonaws.com"]}, "warn", "which anybody may have asked to"),
        ({"principals": [NAMED], "source_ips": ["0.0.0.0/0"]}, "warn", "holds every address"),
        ({"principals": ["*"]}, "warn", "holds for people"),
        ({"principals": ["*:role/aws-reserved/*/AWSReservedSSO_Deploy_*"]}, "warn", "holds for people"),
        ({"principals": ["*:role/terraform"]}, "warn", "roles of any path"),
        ({"principals": ["arn:aws:sts::*:assumed-role/ci/*"]}, "fail", "names a session"),
        ({"principals": [NAMED, "arn:aws:sts::*:assumed-role/ci/*"]}, "warn", "names a session"),
        ({"principals": [NAMED], "not_after": NOW - timedelta(days=1)}, "warn", "ended at 2026-11-19 12:00Z"),
        ({"principals": [NAMED], "managed_by": ["pulumi"]}, "fail", "no value of its managed_by"),
        (started("*:repo:acme/infra:ref:refs/heads/main"), "ok", "named"),
        (started("*:repo:acme/*"), "warn", "holds for every repository of acme"),
        (
            started("token.actions.githubusercontent.com:repo:acme/infra:*"),
            "warn",
            "every branch and pull request of acme/infra",
        ),
    ],
)
def test_a_workflow_is_judged_by_who_can_pass_for_it(fields, status, words):
    (check,) = judge_workflow(Workflow(name="ci", **fields), now=NOW, values=["terraform"])
    assert (check.name, str(check.status)) == ("workflow.ci", status)
    assert words in check.message
    assert bool(check.mend) == (status != "ok")


def test_as_many_copies_as_lambda_likes_are_too_many_where_cloudtrail_is_asked():
    reader = QueueReader(mappings=({"UUID": "u", "FunctionArn": "arn:aws:lambda:r:1:function:watch"},))
    check = judge_speed(examined(), reader)
    assert str(check.status) == "warn"
    assert "as many copies of watch" in check.message
    assert shlex.split(check.mend)[-4:-2] == ["--scaling-config", '{"MaximumConcurrency": 2}']
    for trail, judged in ((TrailSetup(), True), (TrailSetup(delivered=lambda *_: None), False)):
        names = {check.name for check in judge_reader(examined(trail=trail), reader, None)}
        assert ("mapping.concurrency" in names) is judged


def examined(**more):
    return Setup(sessions=None, clock=None, rate_limit=None, region=REGION, rules=None, **more)


def test_commands_are_safe_to_copy_whatever_things_are_called():
    line = examined(profile="my team").command("events", "enable-rule", "--name", "x; rm -rf ~ $(id)")
    told = ["--name", "x; rm -rf ~ $(id)", "--region", REGION, "--profile", "my team"]
    assert shlex.split(line) == ["aws", "events", "enable-rule", *told]


def test_a_channel_is_judged_by_who_may_post_there():
    for channel, scopes, status in (
        ({"is_member": False, "is_private": True}, {"chat:write.public"}, "fail"),
        ({"is_member": False}, set(), "warn"),
        ({"is_member": True, "is_archived": True}, {"chat:write"}, "fail"),
    ):
        told = judge_channel({"name": "infra", **channel}, "C0123456789", frozenset(scopes))
        assert str(told.status) == status, told

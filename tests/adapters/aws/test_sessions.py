"""Sessions, clients and assumed roles: whose credentials ask where, and who is refused."""

import gc
import os
import weakref
from datetime import timedelta

import pytest

from iacwatch.aws import sessions as aws
from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import AccessDenied, AwsError, UsageError

OWN, OTHER = "111122223333", "222233334444"
ROLE = f"arn:aws:iam::{OTHER}:role/audit/iacwatch"
NOT_ALLOWED = r"not in \[accounts\] allowed"


@pytest.fixture
def world(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with FakeAws(rate=1000) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def called(world, operation):
    return [call for call in world.calls if call.operation == operation]


def lookups(world):
    return [call.account_id for call in called(world, "LookupEvents")]


def any_account(**more):
    return Sessions(**{"allowed": ["*"], "role_name": "audit/iacwatch", **more})


def test_of_a_thousand_accounts_only_the_newest_stay_in_memory(world, monkeypatch):
    monkeypatch.setattr(aws, "_MOST_ACCOUNTS", 2)
    accounts = [f"{number:012d}" for number in range(1, 6)]
    for account in accounts:
        world.add_role(f"arn:aws:iam::{account}:role/iacwatch")
    sessions = any_account(role_name="iacwatch")
    ours = sessions.client("config")
    made = {account: weakref.ref(sessions.client("cloudtrail", account_id=account)) for account in accounts}
    gc.collect()
    assert [account for account, each in made.items() if each() is not None] == accounts[-2:]
    assert sessions.client("config") is ours
    for account, asked in ((accounts[-1], 5), (accounts[0], 6)):
        sessions.client("cloudtrail", account_id=account)
        assert len(called(world, "AssumeRole")) == asked


def test_the_region_of_the_option_goes_before_the_environments_and_none_is_wrong_usage(world, monkeypatch):
    assert Sessions().region == "eu-west-1"
    assert Sessions(region="ap-southeast-2").client("sqs").meta.region_name == "ap-southeast-2"
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(UsageError, match=r"no AWS region is known; pass --region"):
        Sessions().client("sqs")


@pytest.mark.parametrize("region", ["eu-west-1.evil.com#", "eu-west-1\n", "x", "aws-global"])
def test_a_region_from_a_message_never_becomes_a_host_unless_it_is_one(world, region):
    with pytest.raises(AwsError, match="is not an AWS region"):
        Sessions().client("cloudtrail", region=region)


@pytest.mark.parametrize(
    ("options", "account", "words"),
    [
        ({}, OTHER, "not in [accounts] allowed; add it there"),
        ({"allowed": [OTHER]}, OTHER, "set role_name in [accounts]"),
        ({"allowed": ["*"], "role_name": "r"}, "12", "12 is not an AWS account id"),
        ({"allowed": ["*"], "role_name": "r"}, "\uff11" * 12, "is not an AWS account id"),
        ({"allowed": ["*"], "role_name": "r"}, "../222233334444", "is not an AWS account id"),
    ],
)
def test_an_account_that_is_not_ours_or_none_is_refused_with_a_hint(world, options, account, words):
    assert words in Sessions(**options).refusal(account)
    with pytest.raises(AwsError, match="account"):
        Sessions(**options).client("config", account_id=account)
    assert called(world, "AssumeRole") == []


def test_a_role_that_may_not_be_assumed_is_named_and_asked_for_again_only_after_a_while(world):
    sessions = any_account()
    for _ in range(3):
        with pytest.raises(AccessDenied, match=f"cannot assume {ROLE}") as caught:
            sessions.client("config", account_id=OTHER)
    assert "grant sts:AssumeRole to arn:aws:iam::111122223333:user/iacwatch" in str(caught.value)
    assert len(called(world, "AssumeRole")) == 1
    world.add_role(ROLE)
    sessions._refused = {arn: (error, 0.0) for arn, (error, _) in sessions._refused.items()}
    assert sessions.client("config", account_id=OTHER)
    assert len(called(world, "AssumeRole")) == 2


def test_a_roles_credentials_renew_themselves_or_that_is_one_sentence(world):
    world.add_role(ROLE)
    world.clock.advance(timedelta(minutes=-55))  # so that what is given out expires in five minutes
    kept, lost = (any_account().client("cloudtrail", account_id=OTHER) for _ in range(2))
    world.clock.advance(timedelta(minutes=55))
    for _ in range(2):
        kept.lookup_events()
    assert (len(called(world, "AssumeRole")), lookups(world)) == (3, [OTHER] * 2)
    world.sts._roles.clear()
    with pytest.raises(AccessDenied, match=f"cannot assume {ROLE}"):
        lost.lookup_events()


def test_where_sts_cannot_say_who_we_are_nobodys_changes_are_looked_into(world, monkeypatch):
    world.deny("sts", "GetCallerIdentity")
    sessions = any_account()
    for _ in range(3):
        assert "cannot tell which account the credentials belong to" in sessions.refusal(OWN)
    assert len(called(world, "GetCallerIdentity")) == 1
    world.faults._denied.clear()
    monkeypatch.setattr(aws, "_ASK_AGAIN", 0.0)
    sessions._unknown = (sessions._unknown[0], 0.0)
    assert sessions.refusal(OWN) is None


def admitted(sessions, **more):
    sessions.admit(**{"allowed": [OTHER], "role_name": "/audit/iacwatch", "external_id": "", **more})
    return sessions


def test_an_account_is_ours_as_long_as_it_is_admitted(world):
    world.add_role(ROLE)
    sessions = admitted(Sessions())
    assert sessions.refusal(OTHER) is None
    sessions.client("cloudtrail", account_id=OTHER).lookup_events()
    assert lookups(world) == [OTHER]
    admitted(sessions, allowed=[])
    with pytest.raises(AwsError, match=NOT_ALLOWED):
        sessions.client("cloudtrail", account_id=OTHER)


def test_another_external_id_is_tried_at_once_after_a_refusal(world):
    world.add_role(ROLE, "the-right-word")
    sessions = admitted(Sessions(), external_id="a-wrong-word")
    with pytest.raises(AccessDenied):
        sessions.client("config", account_id=OTHER)
    assert admitted(sessions, external_id="the-right-word").client("config", account_id=OTHER)


@pytest.mark.parametrize("sts", ["unreachable", "denied", "answers"])
def test_the_queues_account_counts_as_ours_only_where_sts_cannot_say_who_we_are(world, monkeypatch, sts):
    if sts == "unreachable":
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    elif sts == "denied":
        world.deny("sts", "GetCallerIdentity")
    likely = OTHER if sts == "answers" else OWN
    sessions = admitted(Sessions(), allowed=[], role_name="", likely_account=likely)
    assert sessions.refusal(OWN) is None
    sessions.client("cloudtrail", account_id=OWN).lookup_events()
    with pytest.raises(AwsError, match=NOT_ALLOWED):
        sessions.client("cloudtrail", account_id=OTHER)
    assert lookups(world) == [OWN]
    assert called(world, "AssumeRole") == []


@pytest.mark.parametrize("likely", ["", "queue", "1111222233334", "*"])
def test_a_queue_that_names_no_account_is_no_help(world, likely):
    world.deny("sts", "GetCallerIdentity")
    sessions = admitted(Sessions(), likely_account=likely)
    assert "cannot tell which account the credentials belong to" in sessions.refusal(OWN)
    assert sessions.refusal(OTHER) is not None

"""Sessions, clients and assumed roles; and every error of AWS's and botocore's as one sentence."""

import gc
import os
import subprocess
import sys
import threading
import weakref
from datetime import timedelta

import botocore.exceptions as botocore
import pytest
from botocore.exceptions import ClientError

from iacwatch import __version__
from iacwatch.app.container import queue_account
from iacwatch.aws import sessions as aws
from iacwatch.aws.errors import calling, explained, throttled, transient
from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import AccessDenied, AwsError, NotThere, UsageError

OWN, OTHER = "111122223333", "222233334444"
ROLE = f"arn:aws:iam::{OTHER}:role/audit/iacwatch"


@pytest.fixture
def world(monkeypatch):
    """Give an AWS that every client of this process finds, and nothing of the user's own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with FakeAws(rate=1000) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def called(world, operation):
    return [call for call in world.calls if call.operation == operation]


def refused(code, message="", status=400, operation="ReceiveMessage"):
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


# Clients.


def test_the_module_imports_neither_boto3_nor_botocore():
    code = "import sys, iacwatch.aws.sessions; sys.exit(any(name in sys.modules for name in ('boto3', 'botocore')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_client_is_made_once_for_each_service_region_and_account(world):
    sessions = Sessions()
    first = sessions.client("cloudtrail")
    assert sessions.client("cloudtrail", region="eu-west-1", account_id=OWN) is first
    assert sessions.client("cloudtrail", region="us-east-1") is not first
    assert sessions.client("config") is not first


def test_threads_share_one_client(world):
    sessions = Sessions()
    made = []
    threads = [threading.Thread(target=lambda: made.append(sessions.client("sqs"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in made}) == 1


def test_accounts_share_what_is_large_models_and_connections(world):
    world.add_role(ROLE)
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    ours, theirs = (sessions.client("cloudtrail", account_id=account) for account in (OWN, OTHER))
    assert ours._endpoint.http_session is theirs._endpoint.http_session
    assert ours.meta.service_model.operation_model("LookupEvents")._operation_model is (
        theirs.meta.service_model.operation_model("LookupEvents")._operation_model
    )
    theirs.lookup_events()
    ours.lookup_events()
    first, second = called(world, "LookupEvents")
    assert (first.account_id, second.account_id) == (OTHER, OWN)


def test_of_a_thousand_accounts_only_the_newest_stay_in_memory(world, monkeypatch):
    monkeypatch.setattr(aws, "_MOST_ACCOUNTS", 2)
    accounts = [f"{number:012d}" for number in range(1, 6)]
    for account in accounts:
        world.add_role(f"arn:aws:iam::{account}:role/iacwatch")
    sessions = Sessions(allowed=["*"], role_name="iacwatch")
    ours = sessions.client("config")
    made = {account: weakref.ref(sessions.client("cloudtrail", account_id=account)) for account in accounts}
    gc.collect()
    assert [account for account, each in made.items() if each() is not None] == accounts[-2:]
    assert sessions.client("config") is ours
    sessions.client("cloudtrail", account_id=accounts[-1])
    assert len(called(world, "AssumeRole")) == 5
    sessions.client("cloudtrail", account_id=accounts[0]).lookup_events()
    assert len(called(world, "AssumeRole")) == 6


def test_the_region_of_the_option_goes_before_the_environments(world):
    assert Sessions().region == "eu-west-1"
    sessions = Sessions(region="ap-southeast-2")
    assert sessions.region == "ap-southeast-2"
    assert sessions.client("sqs").meta.region_name == "ap-southeast-2"


def test_without_a_region_the_error_says_how_to_name_one(world, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(UsageError, match=r"no AWS region is known; pass --region"):
        Sessions().client("sqs")


@pytest.mark.parametrize(
    "region", ["evil.example.com/", "eu-west-1.evil.com#", "eu-west-1\n", "x", "aws-global"]
)
def test_a_region_from_a_message_never_becomes_a_host_unless_it_is_one(world, region):
    with pytest.raises(AwsError, match="is not an AWS region"):
        Sessions().client("cloudtrail", region=region)


def test_calls_that_are_paced_are_not_repeated_by_botocore_and_others_are(world):
    sessions = Sessions()
    world.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=9)
    with pytest.raises(ClientError):
        sessions.client("cloudtrail").lookup_events()
    assert len(called(world, "LookupEvents")) == 1
    url = world.create_queue("q")
    world.fail("sqs", "ReceiveMessage", "InternalError", status=500, times=1)
    assert "Messages" not in sessions.client("sqs").receive_message(QueueUrl=url)
    assert len(called(world, "ReceiveMessage")) == 2


def test_every_request_names_iacwatch(world):
    client = Sessions().client("sqs")
    assert f"iacwatch/{__version__}" in client.meta.config.user_agent_extra
    assert client.meta.config.read_timeout > 20


# Accounts.


def test_our_own_account_is_asked_for_once(world):
    sessions = Sessions()
    assert {sessions.own_account() for _ in range(3)} == {OWN}
    assert sessions.refusal(OWN) is None
    assert len(called(world, "GetCallerIdentity")) == 1


def test_an_account_that_is_known_is_not_asked_for(world):
    assert Sessions(account_id=OWN).own_account() == OWN
    assert called(world, "GetCallerIdentity") == []


@pytest.mark.parametrize(
    ("options", "account", "words"),
    [
        ({}, OTHER, "not in [accounts] allowed; add it there"),
        ({"allowed": ["333344445555"], "role_name": "r"}, OTHER, "not in [accounts] allowed"),
        ({"allowed": [OTHER]}, OTHER, "set role_name in [accounts]"),
        ({"allowed": ["*"]}, OTHER, "set role_name in [accounts]"),
        ({"allowed": ["*"], "role_name": "r"}, "12", "12 is not an AWS account id"),
        ({"allowed": ["*"], "role_name": "r"}, "\uff11" * 12, "is not an AWS account id"),
    ],
)
def test_a_change_of_an_account_that_is_not_ours_is_refused_with_a_hint(world, options, account, words):
    assert words in Sessions(**options).refusal(account)
    with pytest.raises(AwsError, match="account"):
        Sessions(**options).client("config", account_id=account)
    assert called(world, "AssumeRole") == []


@pytest.mark.parametrize("allowed", [[OTHER], ["*"]])
def test_an_account_that_is_allowed_is_asked_by_the_role_there(world, allowed):
    world.add_role(ROLE, "a-secret-word")
    sessions = Sessions(allowed=allowed, role_name="/audit/iacwatch", external_id="a-secret-word")
    assert sessions.refusal(OTHER) is None
    sessions.client("cloudtrail", region="us-east-1", account_id=OTHER).lookup_events()
    sessions.client("cloudtrail", account_id=OTHER).lookup_events()
    assert [(call.account_id, call.region) for call in called(world, "LookupEvents")] == [
        (OTHER, "us-east-1"),
        (OTHER, "eu-west-1"),
    ]
    (assumed,) = called(world, "AssumeRole")
    assert assumed.body["RoleArn"] == ROLE
    assert assumed.body["RoleSessionName"] == "iacwatch"
    assert sessions.client("sqs") is sessions.client("sqs", account_id=OWN)


def test_the_role_is_one_of_the_regions_own_partition(world):
    arn = f"arn:aws-cn:iam::{OTHER}:role/iacwatch"
    world.add_role(arn)
    Sessions(allowed=["*"], role_name="iacwatch").client("config", region="cn-north-1", account_id=OTHER)
    assert called(world, "AssumeRole")[0].body["RoleArn"] == arn


def test_a_role_that_may_not_be_assumed_is_named_with_the_permission(world):
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    with pytest.raises(AccessDenied) as caught:
        sessions.client("config", account_id=OTHER)
    assert f"cannot assume {ROLE}" in str(caught.value)
    assert "grant sts:AssumeRole to arn:aws:iam::111122223333:user/iacwatch" in str(caught.value)
    assert "trust policy" in str(caught.value)


def test_a_roles_credentials_renew_themselves(world):
    world.add_role(ROLE)
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    world.clock.advance(timedelta(minutes=-55))  # so that what is given out expires in five minutes
    client = sessions.client("cloudtrail", account_id=OTHER)
    world.clock.advance(timedelta(minutes=55))
    client.lookup_events()
    client.lookup_events()
    assert len(called(world, "AssumeRole")) == 2
    assert {call.account_id for call in called(world, "LookupEvents")} == {OTHER}


def test_where_sts_cannot_say_who_we_are_nobodys_changes_are_looked_into(world, monkeypatch):
    world.deny("sts", "GetCallerIdentity")
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    for _ in range(3):
        assert "cannot tell which account the credentials belong to" in sessions.refusal(OWN)
    assert len(called(world, "GetCallerIdentity")) == 1
    world.faults._denied.clear()
    monkeypatch.setattr(aws, "_ASK_AGAIN", 0.0)
    sessions._unknown = (sessions._unknown[0], 0.0)
    assert sessions.refusal(OWN) is None


def test_a_role_that_was_refused_is_asked_for_again_only_after_a_while(world):
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    for _ in range(3):
        with pytest.raises(AccessDenied, match=f"cannot assume {ROLE}"):
            sessions.client("config", account_id=OTHER)
    assert len(called(world, "AssumeRole")) == 1
    world.add_role(ROLE)
    sessions._refused = {arn: (error, 0.0) for arn, (error, _) in sessions._refused.items()}
    assert sessions.client("config", account_id=OTHER)
    assert len(called(world, "AssumeRole")) == 2


def test_a_refusal_in_one_partition_says_nothing_of_another(world):
    world.add_role(ROLE)
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    with pytest.raises(AccessDenied, match="arn:aws-cn:iam"):
        sessions.client("config", region="cn-north-1", account_id=OTHER)
    sessions.client("cloudtrail", account_id=OTHER).lookup_events()
    assert {call.account_id for call in called(world, "LookupEvents")} == {OTHER}


def test_credentials_that_cannot_be_renewed_are_one_sentence(world):
    world.add_role(ROLE)
    sessions = Sessions(allowed=["*"], role_name="audit/iacwatch")
    world.clock.advance(timedelta(minutes=-55))
    client = sessions.client("cloudtrail", account_id=OTHER)
    world.sts._roles.clear()
    with pytest.raises(AccessDenied, match=f"cannot assume {ROLE}"):
        client.lookup_events()
    assert called(world, "LookupEvents") == []


@pytest.mark.parametrize("account", ["", "*", "12", "222233334444 ", "../222233334444", "\uff12" * 12])
def test_what_is_no_account_gets_no_client_not_even_ours(world, account):
    with pytest.raises(AwsError, match="is not an AWS account id"):
        Sessions(allowed=["*"], role_name="r").client("cloudtrail", account_id=account)
    assert called(world, "AssumeRole") == []


# What the configuration says, which may itself be read with these sessions.


def admitted(sessions, **more):
    given = {"allowed": [OTHER], "role_name": "/audit/iacwatch", "external_id": "", **more}
    sessions.admit(**given)
    return sessions


def test_before_anybody_is_admitted_no_other_account_is_ours(world):
    sessions = Sessions()
    assert "not in [accounts] allowed" in sessions.refusal(OTHER)
    assert admitted(sessions).refusal(OTHER) is None
    world.add_role(ROLE)
    sessions.client("cloudtrail", account_id=OTHER).lookup_events()
    assert {call.account_id for call in called(world, "LookupEvents")} == {OTHER}


def test_an_account_that_is_no_longer_admitted_gets_no_client_that_was_made_before(world):
    world.add_role(ROLE)
    sessions = admitted(Sessions())
    sessions.client("cloudtrail", account_id=OTHER)
    admitted(sessions, allowed=[])
    with pytest.raises(AwsError, match=r"not in \[accounts\] allowed"):
        sessions.client("cloudtrail", account_id=OTHER)


@pytest.mark.parametrize("more", [{"role_name": "another"}, {"external_id": "a-word"}])
def test_another_role_or_external_id_is_assumed_anew_and_our_own_clients_stay(world, more):
    world.add_role(ROLE)
    world.add_role(f"arn:aws:iam::{OTHER}:role/another")
    sessions = admitted(Sessions())
    ours, theirs = sessions.client("config"), sessions.client("config", account_id=OTHER)
    admitted(sessions)
    assert sessions.client("config", account_id=OTHER) is theirs
    admitted(sessions, **more)
    assert sessions.client("config", account_id=OTHER) is not theirs
    assert sessions.client("config") is ours
    first, second = called(world, "AssumeRole")
    assert first.body != second.body


def test_another_external_id_is_tried_at_once_after_a_refusal(world):
    world.add_role(ROLE, "the-right-word")
    sessions = admitted(Sessions(), external_id="a-wrong-word")
    with pytest.raises(AccessDenied):
        sessions.client("config", account_id=OTHER)
    assert admitted(sessions, external_id="the-right-word").client("config", account_id=OTHER)


@pytest.mark.parametrize("unreachable", [True, False])
def test_where_sts_cannot_say_who_we_are_the_queues_account_counts_as_ours(world, monkeypatch, unreachable):
    if unreachable:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    else:
        world.deny("sts", "GetCallerIdentity")
    sessions = admitted(Sessions(), allowed=[], role_name="", likely_account=OWN)
    assert sessions.refusal(OWN) is None
    sessions.client("cloudtrail", account_id=OWN).lookup_events()
    assert "not in [accounts] allowed" in sessions.refusal(OTHER)
    with pytest.raises(AwsError, match=r"not in \[accounts\] allowed"):
        sessions.client("cloudtrail", account_id=OTHER)
    assert [call.account_id for call in called(world, "LookupEvents")] == [OWN]
    assert called(world, "AssumeRole") == []
    assert len(called(world, "GetCallerIdentity")) == (0 if unreachable else 1)


def test_where_sts_can_say_who_we_are_the_queues_account_counts_for_nothing(world):
    sessions = admitted(Sessions(), allowed=[], role_name="", likely_account=OTHER)
    assert sessions.own_account() == OWN
    assert "not in [accounts] allowed" in sessions.refusal(OTHER)


@pytest.mark.parametrize("likely", ["", "queue", "1111222233334", "*"])
def test_a_queue_that_names_no_account_is_no_help(world, likely):
    world.deny("sts", "GetCallerIdentity")
    sessions = admitted(Sessions(), likely_account=likely)
    assert "cannot tell which account the credentials belong to" in sessions.refusal(OWN)
    assert sessions.refusal(OTHER) is not None


@pytest.mark.parametrize(
    ("url", "account"),
    [
        (f"https://sqs.eu-west-1.amazonaws.com/{OWN}/changes", OWN),
        (f"https://sqs.eu-west-1.amazonaws.com/{OWN}/changes/", OWN),
        (f"http://127.0.0.1:4566/{OWN}/changes", OWN),
        ("", ""),
        ("changes", ""),
    ],
)
def test_a_queues_url_names_its_account(url, account):
    assert queue_account(url) == account


# Credentials.


def test_no_credentials_are_one_sentence(world, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsError, match="no AWS credentials were found; pass --profile"):
        Sessions().client("sqs")


def test_an_unknown_profile_is_wrong_usage(world):
    with pytest.raises(UsageError, match=r"there is no such AWS profile.*nobody.*list-profiles"):
        Sessions(profile="nobody").client("sqs")


def test_an_unknown_profile_of_the_environment_is_wrong_usage_too(world, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(UsageError, match=r"there is no such AWS profile.*nobody"):
        Sessions().client("sqs")
    with pytest.raises(UsageError, match=r"there is no such AWS profile.*nobody"):
        _ = Sessions().region


def test_an_sso_session_that_expired_says_how_to_sign_in_again(world, monkeypatch, tmp_path):
    config = tmp_path / "config"
    config.write_text(
        "[profile prod]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n"
        "region = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n"
        "sso_start_url = https://corp.awsapps.com/start\nsso_registration_scopes = sso:account:access\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsError, match="run `aws sso login --profile prod`"):
        Sessions(profile="prod").client("sqs")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    with pytest.raises(AwsError, match="run `aws sso login --profile prod`"):
        Sessions().client("sqs")


# Errors.


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (refused("AccessDeniedException"), AccessDenied, "on sqs:ReceiveMessage; grant sqs:ReceiveMessage"),
        (
            refused(
                "AccessDenied",
                "User: arn:aws:sts::111122223333:assumed-role/ci/x is not authorized to perform: "
                "sts:AssumeRole on resource: arn:aws:iam::222233334444:role/r",
            ),
            AccessDenied,
            "grant sts:AssumeRole to arn:aws:sts::111122223333:assumed-role/ci/x",
        ),
        (
            refused("AccessDeniedException", "... with an explicit deny in a service control policy"),
            AccessDenied,
            "; an explicit deny in a service control policy forbids it, so granting it does not help:"
            " whoever administers the organization can change that",
        ),
        (
            refused(
                "AccessDeniedException",
                f"User: arn:aws:sts::111122223333:assumed-role/{'r' * 64}/{'s' * 64} is not authorized to"
                f" perform: cloudtrail:LookupEvents on resource: arn:aws:x:::{'y' * 100} because no permissions"
                " boundary allows the cloudtrail:LookupEvents action",
            ),
            AccessDenied,
            "on cloudtrail:LookupEvents; no permissions boundary allows it, so granting it does not help:"
            " change the boundary of the caller's user or role",
        ),
        (
            refused(
                "AccessDenied", "... because no VPC endpoint policy allows the sqs:ReceiveMessage action"
            ),
            AccessDenied,
            "change the policy of the VPC endpoint",
        ),
        (
            refused("AccessDenied", "... with an explicit deny in a session policy"),
            AccessDenied,
            "an explicit deny in a session policy forbids it",
        ),
        (
            refused("AccessDenied", "... with an explicit deny in an identity-based policy"),
            AccessDenied,
            "an explicit deny in an identity-based policy forbids it",
        ),
        (
            refused(
                "AccessDenied", "... because no resource-based policy allows the sqs:ReceiveMessage action"
            ),
            AccessDenied,
            "change the policy of the resource itself",
        ),
        (
            refused(
                "AccessDenied", "... because no identity-based policy allows the sqs:ReceiveMessage action"
            ),
            AccessDenied,
            "on sqs:ReceiveMessage; grant sqs:ReceiveMessage",
        ),
        (refused("AccessDenied", "... with an explicit deny"), AccessDenied, "an explicit deny forbids it"),
        (refused("KMS.AccessDeniedException"), AccessDenied, "grant kms:Decrypt"),
        (refused("AWS.SimpleQueueService.NonExistentQueue"), NotThere, "does not exist"),
        (refused("ResourceNotFoundException"), NotThere, "check its name, the region and the account"),
        (refused("ExpiredToken"), AwsError, "credentials have expired (ExpiredToken); sign in again"),
        (refused("InvalidClientTokenId"), AwsError, "does not know the credentials"),
        (refused("UnrecognizedClientException"), AwsError, "the region is enabled"),
        (refused("SignatureDoesNotMatch"), AwsError, "correct this machine's clock"),
        (refused("RequestTimeTooSkewed"), AwsError, "correct this machine's clock"),
        (refused("ThrottlingException"), AwsError, "too many calls"),
        (
            refused("InternalError", status=500),
            AwsError,
            "AWS reported a fault (InternalError); try again later",
        ),
        (refused("ValidationException", "limit is wrong."), AwsError, "ValidationException (limit is wrong)"),
        (botocore.NoCredentialsError(), AwsError, "no AWS credentials were found"),
        (botocore.PartialCredentialsError(provider="env", cred_var="x"), AwsError, "are incomplete"),
        (botocore.UnauthorizedSSOTokenError(), AwsError, "run `aws sso login`"),
        (botocore.TokenRetrievalError(provider="sso", error_msg="x"), AwsError, "run `aws sso login`"),
        (botocore.LoginRefreshRequired(), AwsError, "run `aws login`"),
        (botocore.CredentialRetrievalError(provider="p", error_msg="x"), AwsError, "could not be fetched"),
        (botocore.ProfileNotFound(profile="x"), AwsError, "no such AWS profile"),
        (botocore.NoRegionError(), AwsError, "pass --region"),
        (
            botocore.EndpointConnectionError(endpoint_url="https://u:p@sqs.eu-west-9.amazonaws.com/x?y"),
            AwsError,
            "no connection to sqs.eu-west-9.amazonaws.com; check the region",
        ),
        (
            botocore.ConnectTimeoutError(endpoint_url="https://sqs.x.y/"),
            AwsError,
            "the connection to sqs.x.y timed out",
        ),
        (
            botocore.ReadTimeoutError(endpoint_url="https://sqs.x.y/"),
            AwsError,
            "sqs.x.y did not answer in time",
        ),
        (botocore.ConnectionClosedError(endpoint_url="https://sqs.x.y/"), AwsError, "broke off"),
        (botocore.SSLError(endpoint_url="https://sqs.x.y/", error="x"), AwsError, "AWS_CA_BUNDLE"),
        (botocore.ProxyConnectionError(proxy_url="http://u:p@h"), AwsError, "check HTTPS_PROXY"),
        (botocore.ParamValidationError(report="bad"), AwsError, "the request is not valid"),
        (ValueError("Invalid endpoint: x"), AwsError, "Invalid endpoint: x"),
        (KeyError(), AwsError, "KeyError"),
    ],
)
def test_an_error_is_one_sentence_that_says_what_to_do(error, kind, words):
    told = explained(error, "cannot read the queue q", action="sqs:ReceiveMessage")
    assert type(told) is kind
    assert str(told).startswith("cannot read the queue q: ")
    assert words in str(told)
    assert "\n" not in str(told)
    assert "u:p@" not in str(told)
    assert "{" not in str(told)
    assert told.code


def test_what_is_ours_already_stays_as_it_is():
    ours = NotThere("gone")
    assert explained(ours, "cannot look") is ours


def test_neither_control_characters_nor_length_of_what_aws_says_get_through():
    told = str(explained(refused("Odd", "\x1b[31mred\u202e" + "x" * 5_000), "cannot look"))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert len(told) < 400


def test_a_refused_signature_shows_nothing_of_the_request_it_signs():
    canonical = "The Canonical String should have been 'POST / host:x x-amz-security-token:IQoJb3SECRET'"
    for code in ("SignatureDoesNotMatch", "InvalidSignatureException"):
        assert "SECRET" not in str(explained(refused(code, canonical), "cannot look"))


def test_what_goes_wrong_inside_calling_is_ours(world):
    client = Sessions().client("sqs")
    with pytest.raises(NotThere, match="cannot read q: it does not exist"), calling("cannot read q"):
        client.receive_message(QueueUrl=f"{world.url}/{OWN}/none")
    world.deny("sqs", "ReceiveMessage")
    url = world.create_queue("q")
    with pytest.raises(AccessDenied, match="grant sqs:ReceiveMessage"), calling("cannot read q"):
        client.receive_message(QueueUrl=url)


def test_an_endpoint_that_makes_no_sense_is_wrong_usage(world, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    with pytest.raises(
        UsageError, match=r"cannot use sqs: Invalid endpoint: nonsense; check AWS_ENDPOINT_URL"
    ):
        Sessions().client("sqs")


def test_a_server_that_is_not_there_is_one_sentence(world, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(AwsError, match=r"no connection to 127\.0\.0\.1"), calling("cannot read the trail"):
        Sessions().client("cloudtrail").lookup_events()


def test_it_is_told_apart_what_is_worth_another_try():
    assert throttled(refused("Throttling"))
    assert throttled(refused("Whatever", status=429))
    assert not throttled(refused("AccessDenied"))
    assert transient(refused("InternalFailure", status=500))
    assert transient(botocore.EndpointConnectionError(endpoint_url="x"))
    assert transient(botocore.ReadTimeoutError(endpoint_url="x"))
    assert transient(botocore.ConnectionClosedError(endpoint_url="x"))
    assert not transient(botocore.SSLError(endpoint_url="x", error="x"))
    assert not transient(botocore.NoCredentialsError())
    assert not transient(refused("AccessDenied"))
    assert not transient(ValueError("x"))

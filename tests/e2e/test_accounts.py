"""Several accounts from outside: the real `iacwatch drain` and roles in other accounts, on loopback."""

import json
import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.fake.wire import ApiError
from tests.fixtures import command, moto_aws
from tests.fixtures.small_world import ACCOUNT as OWN
from tests.fixtures.small_world import ago, call, change, group_id, item, listed, message

PAYMENTS, SHOP, STRANGER = "222233334444", "333344445555", "666677778888"
ROLE_NAME, EXTERNAL_ID = "audit/iacwatch-read", "a-shared-word"


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def queue(aws):
    return aws.create_queue("changes", max_receives=10, dlq_url=aws.create_queue("dead"))


def role(account, name=ROLE_NAME):
    return f"arn:aws:iam::{account}:role/{name}"


def accounts(*allowed, **more):
    """Return the variables that set ``[accounts]``."""
    given = {"allowed": json.dumps(allowed), "role_name": ROLE_NAME, **more}
    return {f"IACWATCH_ACCOUNTS__{name.upper()}": value for name, value in given.items()}


def of(account, document):
    """Return a message or a record of our own account as that of another."""
    if isinstance(document, str):
        return document.replace(OWN, account)
    return json.loads(json.dumps(document).replace(OWN, account))


def happen(aws, queue, account, number, who):
    """Let somebody open a security group of an account."""
    aws.send(queue, of(account, change(number)))
    aws.add_event(of(account, call(number, who=who)), resource_names=listed(number))


def drain(aws, home, queue, *arguments, **more):
    return command.run(aws, home, "drain", "--queue-url", queue, "--format", "jsonl", *arguments, **more)


def findings(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(done):
    """Return whose change each finding is, and who made it."""
    return {
        (found["change"]["account_id"], found["change"]["resource_id"]): found["actor"]["name"]
        for found in findings(done)
    }


def called(aws, operation):
    return [each for each in aws.calls if each.operation == operation]


def failures(done):
    return [line for line in done.stderr.splitlines() if line.startswith("Error: ")]


def watched(aws, service, operation, look):
    """Let `look(scope, body)` see, hold up or refuse each call of an operation before it is answered."""
    answer = aws._operations[service][operation]

    def seen(scope, body):
        look(scope, body)
        return answer(scope, body)

    aws._operations[service] = {**aws._operations[service], operation: seen}


# Whose trail and whose history is asked.


def test_the_account_of_the_change_decides_whose_trail_is_asked(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS), EXTERNAL_ID)
    happen(aws, queue, OWN, 1, "alice@example.com")
    happen(aws, queue, PAYMENTS, 1, "bob@example.com")  # a group of the very same id, over there
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS, external_id=EXTERNAL_ID))
    assert done.returncode == 0, done.stderr
    assert told(done) == {
        (OWN, group_id(1)): "alice@example.com",
        (PAYMENTS, group_id(1)): "bob@example.com",
    }
    assert aws.messages(queue) == []
    (assumed,) = called(aws, "AssumeRole")
    assert assumed.account_id == OWN
    assert (assumed.body["RoleArn"], assumed.body["ExternalId"]) == (role(PAYMENTS), EXTERNAL_ID)


def test_in_another_account_nothing_is_called_but_what_its_role_has_to_allow(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    happen(aws, queue, PAYMENTS, 1, "bob@example.com")
    aws.send(queue, of(PAYMENTS, change(2, 60)))
    drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    there = {(each.service, each.operation) for each in aws.calls if each.account_id == PAYMENTS}
    assert there == {("cloudtrail", "LookupEvents"), ("config", "GetResourceConfigHistory")}


def test_the_account_of_the_change_decides_whose_config_history_is_asked(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    at = ago(60)
    for account, word in ((OWN, "ours"), (PAYMENTS, "theirs")):
        before = of(account, item(1, ago(4000)))
        before["configuration"] = {**before["configuration"], word: "old"}
        aws.add_item(of(account, item(1, at)))
        aws.add_item(before)
    summary = {
        name: value
        for name, value in of(PAYMENTS, item(1, at)).items()
        if name.startswith(("configurationItem", "aws", "resource", "ARN"))
    }
    body = json.loads(of(PAYMENTS, message(item(1, at))))
    body["detail"] = {
        "recordVersion": "1.0",
        "messageType": "OversizedConfigurationItemChangeNotification",
        "configurationItemSummary": {**summary, "changeType": "UPDATE"},
        "s3DeliverySummary": {"s3BucketLocation": None},
    }
    aws.send(queue, json.dumps(body))
    aws.add_event(of(PAYMENTS, call(1, who="bob@example.com")), resource_names=listed(1))
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    (found,) = findings(done)
    assert found["actor"]["name"] == "bob@example.com"
    assert [each["path"] for each in found["change"]["changed_properties"]] == ["Configuration.Theirs"]
    assert {each.account_id for each in called(aws, "GetResourceConfigHistory")} == {PAYMENTS}


def iam_role(captured_at, region, account=OWN, name="deploy"):
    """Return the message of one region's recorder about an IAM role to which a policy was attached."""
    document = item(
        1,
        captured_at,
        awsRegion="global",
        resourceType="AWS::IAM::Role",
        resourceId="AROADEPLOY0000000001",
        resourceName=name,
        ARN=f"arn:aws:iam::{OWN}:role/{name}",
        configuration={"roleName": name, "path": "/", "attachedManagedPolicies": []},
    )
    entry = {
        "previousValue": None,
        "updatedValue": {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "changeType": "CREATE",
    }
    diff = {
        "changedProperties": {"Configuration.AttachedManagedPolicies.0": entry},
        "changeType": "UPDATE",
    }
    body = json.loads(of(account, message(document, diff)))
    return json.dumps({**body, "region": region})


def attached(aws, account=OWN, name="deploy", who="alice@example.com"):
    """Let somebody attach a policy to that role; global services' calls are in us-east-1."""
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    event = call(
        1,
        who=who,
        name="AttachRolePolicy",
        eventSource="iam.amazonaws.com",
        awsRegion="us-east-1",
        requestParameters={"roleName": name, "policyArn": policy},
        responseElements=None,
    )
    aws.add_event(of(account, event), resource_names=[("AWS::IAM::Policy", policy), ("AWS::IAM::Role", name)])


def test_calls_of_global_services_are_looked_up_in_us_east_1_of_the_changes_account(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    attached(aws, PAYMENTS, who="bob@example.com")
    attached(aws, OWN, who="alice@example.com")
    aws.send(queue, iam_role(ago(60), "eu-west-1", PAYMENTS))
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    (found,) = findings(done)
    assert (found["actor"]["name"], found["event"]["region"]) == ("bob@example.com", "us-east-1")
    assert {(each.account_id, each.region) for each in called(aws, "LookupEvents")} == {
        (PAYMENTS, "us-east-1")
    }


def test_our_own_account_needs_no_role(aws, queue, tmp_path):
    aws.deny("sts", "AssumeRole")
    happen(aws, queue, OWN, 1, "alice@example.com")
    done = drain(aws, tmp_path, queue, **accounts("*"))
    assert (done.returncode, told(done)) == (0, {(OWN, group_id(1)): "alice@example.com"}), done.stderr
    assert called(aws, "AssumeRole") == []


def test_a_star_allows_any_account_that_has_the_role(aws, queue, tmp_path):
    for account, who in ((PAYMENTS, "bob@example.com"), (SHOP, "carol@example.com")):
        aws.add_role(role(account))
        happen(aws, queue, account, 1, who)
    done = drain(aws, tmp_path, queue, **accounts("*"))
    assert done.returncode == 0, done.stderr
    assert told(done) == {
        (PAYMENTS, group_id(1)): "bob@example.com",
        (SHOP, group_id(1)): "carol@example.com",
    }


# What is refused.


@pytest.mark.parametrize("reason", ["role", "external id", "lookup"])
def test_an_account_that_refuses_fails_its_own_changes_only_with_a_sentence_each(
    aws, queue, tmp_path, reason
):
    aws.add_role(role(PAYMENTS), EXTERNAL_ID)
    if reason != "role":
        aws.add_role(role(SHOP), "another word" if reason == "external id" else EXTERNAL_ID)
    if reason == "lookup":

        def refuse(scope, body):
            if scope.account_id == SHOP:
                raise ApiError("AccessDeniedException", "not authorized to perform: cloudtrail:LookupEvents")

        watched(aws, "cloudtrail", "LookupEvents", refuse)
    happen(aws, queue, OWN, 1, "alice@example.com")
    happen(aws, queue, PAYMENTS, 2, "bob@example.com")
    for number in (3, 4, 5):
        happen(aws, queue, SHOP, number, "carol@example.com")
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS, SHOP, external_id=EXTERNAL_ID))
    assert done.returncode == 1
    assert told(done) == {
        (OWN, group_id(1)): "alice@example.com",
        (PAYMENTS, group_id(2)): "bob@example.com",
    }
    left = aws.messages(queue)
    assert sorted(json.loads(each.body)["account"] for each in left) == [SHOP] * 3
    wanted = "cloudtrail:LookupEvents" if reason == "lookup" else f"cannot assume {role(SHOP)}"
    lines = failures(done)
    assert all(sum(each.id in line and wanted in line for line in lines) == 1 for each in left), done.stderr
    assert "Traceback" not in done.stderr
    assert EXTERNAL_ID not in done.stderr


def test_a_role_that_is_refused_is_asked_for_once_however_many_the_changes(aws, queue, tmp_path):
    at = ago(60)
    for number in range(1, 21):
        gone = item(number, at, configurationItemStatus="ResourceDeleted", tags={})
        aws.send(queue, of(SHOP, message(gone, {"changedProperties": {}, "changeType": "DELETE"})))
    done = drain(aws, tmp_path, queue, **accounts(SHOP))
    assert done.returncode == 1
    assert len(aws.messages(queue)) == 20
    assert len(called(aws, "AssumeRole")) == 1


def test_a_role_that_is_long_in_coming_holds_up_no_other_account(aws, queue, tmp_path):
    for account in (PAYMENTS, SHOP):
        aws.add_role(role(account))
        happen(aws, queue, account, 1, "bob@example.com")
    first, looked = [], threading.Event()

    def wait(scope, body):
        """Let whoever asks first wait until the other one has looked."""
        first.append(body["RoleArn"])
        if len(first) == 1 and not looked.wait(10):
            raise ApiError("AccessDenied", "the other account was not looked into meanwhile", status=403)

    watched(aws, "sts", "AssumeRole", wait)
    watched(aws, "cloudtrail", "LookupEvents", lambda scope, body: looked.set())
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS, SHOP))
    assert (done.returncode, len(findings(done))) == (0, 2), done.stderr


def test_what_is_allowed_is_checked_before_anything_is_assumed(aws, queue, tmp_path):
    aws.add_role(role(STRANGER))  # it would let us in
    aws.add_role(role(PAYMENTS))
    happen(aws, queue, STRANGER, 1, "mallory@example.com")
    happen(aws, queue, PAYMENTS, 2, "bob@example.com")
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    assert done.returncode == 1
    assert told(done) == {(PAYMENTS, group_id(2)): "bob@example.com"}
    (line,) = failures(done)
    assert f"account {STRANGER} is not ours and not in [accounts] allowed" in line
    assert [each.body["RoleArn"] for each in called(aws, "AssumeRole")] == [role(PAYMENTS)]
    assert STRANGER not in {each.account_id for each in aws.calls}


def test_an_account_that_is_allowed_without_a_role_to_assume_is_told_so(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    happen(aws, queue, PAYMENTS, 1, "bob@example.com")
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS, role_name=""))
    assert done.returncode == 1
    assert "set role_name in [accounts]" in failures(done)[0]
    assert called(aws, "AssumeRole") == []


def test_no_role_is_assumed_for_an_account_that_is_none(aws, queue, tmp_path):
    strange = [
        "*",
        "22223333444",
        "2222333344445",
        "222233334444 ",
        "222233334444\n",
        "\uff12" * 12,
        "222233334444:role/admin",
        "aws",
        "../" + PAYMENTS,
        "",
        [PAYMENTS],
        {"account": PAYMENTS},
        True,
    ]
    aws.add_role(role(PAYMENTS))
    sent = []
    for account in strange:
        arn = f"arn:aws:ec2:eu-west-1:{account}:security-group/x"
        body = json.loads(message(item(1, ago(60), awsAccountId=account, ARN=arn)))
        sent.append(aws.send(queue, json.dumps({**body, "account": account})))
    done = drain(aws, tmp_path, queue, **accounts("*"))
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert all(sum(each in line for line in failures(done)) == 1 for each in sent)
    assert "Traceback" not in done.stderr
    assert {each.id for each in aws.messages(queue)} == set(sent)
    assert called(aws, "AssumeRole") == []
    assert called(aws, "LookupEvents") == []


def test_a_message_of_another_partition_does_not_spoil_the_role_for_the_others(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    aws.send(
        queue, of(PAYMENTS, change(9, 61)).replace("eu-west-1", "cn-north-1").replace(":aws:", ":aws-cn:")
    )
    happen(aws, queue, PAYMENTS, 1, "bob@example.com")
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    assert done.returncode == 1
    assert told(done) == {(PAYMENTS, group_id(1)): "bob@example.com"}
    assert f"cannot assume {role(PAYMENTS).replace(':aws:', ':aws-cn:')}" in failures(done)[0]


# Two at once.


def test_accounts_are_asked_at_once_and_at_a_pace_of_their_own(aws, queue, tmp_path):
    # Each first lookup waits for the other. At a call in seven seconds, at a pace they shared, or one after the
    # other, they would not meet within five.
    for account in (PAYMENTS, SHOP):
        aws.add_role(role(account))
        happen(aws, queue, account, 1, "bob@example.com")
    meeting, came = threading.Barrier(2, timeout=5), set()

    def meet(scope, body):
        if scope.account_id in came:
            return
        came.add(scope.account_id)
        try:
            meeting.wait()
        except threading.BrokenBarrierError:
            raise ApiError("AccessDeniedException", "they were not asked at once") from None

    watched(aws, "cloudtrail", "LookupEvents", meet)
    done = drain(
        aws, tmp_path, queue, **accounts("*"), IACWATCH_TRAIL__CALLS_PER_SECOND="0.15", hurried=False
    )
    assert (done.returncode, len(findings(done))) == (0, 2), done.stderr
    assert came == {PAYMENTS, SHOP}


# Credentials that expire.


def test_the_credentials_of_a_role_are_renewed_before_they_expire(aws, queue, tmp_path):
    aws.jump(timedelta(minutes=-55))  # what is given out for an hour ends in five minutes, by the run's clock
    aws.add_role(role(PAYMENTS))
    happen(aws, queue, PAYMENTS, 1, "bob@example.com")
    keys = []
    watched(aws, "cloudtrail", "LookupEvents", lambda scope, body: keys.append(scope.access_key_id))
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    assert done.returncode == 0, done.stderr
    assert told(done) == {(PAYMENTS, group_id(1)): "bob@example.com"}
    assert len(set(keys)) == len(keys) > 1  # no call was signed with what ends so soon, if there was better


def test_a_role_that_is_taken_away_in_mid_run_is_one_sentence(aws, queue, tmp_path):
    aws.jump(timedelta(minutes=-55))
    aws.add_role(role(PAYMENTS))
    happen(aws, queue, PAYMENTS, 1, "bob@example.com")
    given = []

    def once(scope, body):
        given.append(body)
        if len(given) > 1:
            raise ApiError("AccessDenied", "not authorized to perform: sts:AssumeRole", status=403)

    watched(aws, "sts", "AssumeRole", once)
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS))
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert len(given) > 1
    assert f"cannot assume {role(PAYMENTS)}" in failures(done)[0]
    assert "Traceback" not in done.stderr
    assert len(aws.messages(queue)) == 1


# Names.


def slack(aws):
    return {
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }


def test_the_names_of_accounts_are_shown_in_the_table_and_in_slack(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    happen(aws, queue, OWN, 1, "alice@example.com")
    happen(aws, queue, PAYMENTS, 2, "bob@example.com")
    names = json.dumps({PAYMENTS: "prod-payments"})
    more = {**accounts(PAYMENTS, names=names), **slack(aws), "COLUMNS": "200"}
    done = command.run(aws, tmp_path, "drain", "--queue-url", queue, **more)
    assert done.returncode == 0, done.stderr
    assert "prod-payments" in done.stdout
    assert OWN in done.stdout
    posted = {
        "bob" if "bob@" in json.dumps(each) else "alice": json.dumps(each) for each in aws.slack_messages
    }
    assert set(posted) == {"alice", "bob"}
    assert "prod-payments" in posted["bob"]
    assert "prod-payments" not in posted["alice"]
    assert OWN in posted["alice"]


# One cause, several items.


def test_an_iam_role_that_three_regions_record_is_told_once_though_in_two_runs(aws, queue, tmp_path):
    attached(aws)
    aws.send(queue, iam_role(ago(60), "eu-west-1"))
    aws.send(queue, iam_role(ago(59.8), "us-east-1"))
    first = drain(aws, tmp_path, queue, **slack(aws))
    assert (first.returncode, len(findings(first))) == (0, 1), first.stderr
    aws.send(queue, iam_role(ago(59.5), "ap-southeast-2"))
    second = drain(aws, tmp_path, queue, **slack(aws))
    assert second.returncode == 0, second.stderr
    assert len(findings(second)) == 1  # what is printed shows everything; what is posted is posted once
    (posted,) = aws.slack_messages
    assert "alice@example.com" in posted["text"]
    assert aws.messages(queue) == []


def test_the_same_role_name_in_two_accounts_is_two_findings(aws, queue, tmp_path):
    aws.add_role(role(PAYMENTS))
    for account, who in ((OWN, "alice@example.com"), (PAYMENTS, "bob@example.com")):
        attached(aws, account, who=who)
        aws.send(queue, iam_role(ago(60), "eu-west-1", account))
    done = drain(aws, tmp_path, queue, **accounts(PAYMENTS), **slack(aws))
    assert done.returncode == 0, done.stderr
    assert set(told(done).values()) == {"alice@example.com", "bob@example.com"}
    assert len(aws.slack_messages) == 2


@pytest.mark.parametrize("runs", [1, 2])
def test_two_items_of_one_call_on_two_resources_are_two_findings(aws, queue, tmp_path, runs):
    targets = {"items": [{"resourceId": group_id(number)} for number in (1, 2)]}
    tags = {"items": [{"key": "team", "value": "shop"}]}
    event = call(1, name="CreateTags", requestParameters={"resourcesSet": targets, "tagSet": tags})
    aws.add_event(event, resource_names=[*listed(1), *listed(2)])
    entry = {"previousValue": None, "updatedValue": "shop", "changeType": "CREATE"}
    diff = {
        "changedProperties": {
            "Configuration.Tags.0": {**entry, "updatedValue": {"key": "team", "value": "shop"}},
            "SupplementaryConfiguration.Tags": entry,
        },
        "changeType": "UPDATE",
    }
    bodies = [message(item(number, ago(60)), diff) for number in (1, 2)]
    found = []
    for part in [bodies] if runs == 1 else [[body] for body in bodies]:
        for body in part:
            aws.send(queue, body)
        done = drain(aws, tmp_path, queue, **slack(aws))
        assert done.returncode == 0, done.stderr
        found += findings(done)
    assert {each["change"]["resource_id"] for each in found} == {group_id(1), group_id(2)}
    assert {each["event"]["event_id"] for each in found} == {event["eventID"]}
    assert len({each["finding_id"] for each in found}) == 2
    assert aws.messages(queue) == []
    assert all(f"web-{number}" in json.dumps(aws.slack_messages) for number in (1, 2))


def test_one_call_on_two_global_resources_is_two_findings(aws, queue, tmp_path):
    attached(aws, name="deploy")
    body = iam_role(ago(60), "eu-west-1")
    other = body.replace("AROADEPLOY0000000001", "AROADEPLOY0000000002").replace("role/deploy", "role/other")
    aws.send(queue, body)
    aws.send(queue, other.replace('"resourceName": "deploy"', '"resourceName": "other"'))
    attached(aws, name="other")
    done = drain(aws, tmp_path, queue, **slack(aws))
    assert done.returncode == 0, done.stderr
    assert len(findings(done)) == 2


# The same over another STS, which keeps its own books of whose key is whose.


class WhoseKey(FakeAws):
    """Our own AWS, which asks moto's STS whose key signed a call."""

    def _scope(self, request):
        scope = super()._scope(request)
        asked = boto3.client(
            "sts",
            endpoint_url=moto_aws.url(),
            region_name=moto_aws.REGION,
            aws_access_key_id=request.access_key_id,
            aws_secret_access_key="x",
        )
        return replace(scope, account_id=asked.get_caller_identity()["Account"])


def test_over_motos_sts_each_account_sees_its_own_trail_only(tmp_path):
    own = moto_aws.client("sts").get_caller_identity()["Account"]
    queues = moto_aws.client("sqs")
    url = queues.create_queue(QueueName=f"changes-{uuid.uuid4().hex}")["QueueUrl"]
    people = {own: "alice@example.com", PAYMENTS: "bob@example.com", STRANGER: "mallory@example.com"}
    with WhoseKey(account_id=own, rate=1000) as aws:
        for account, who in people.items():
            queues.send_message(QueueUrl=url, MessageBody=of(account, change(1)))
            aws.add_event(of(account, call(1, who=who)), resource_names=listed(1))
        more = {
            "AWS_ENDPOINT_URL": moto_aws.url(),
            "AWS_ENDPOINT_URL_CLOUDTRAIL": aws.url,
            "AWS_ENDPOINT_URL_CONFIG_SERVICE": aws.url,
        }
        done = drain(aws, tmp_path, url, **accounts(PAYMENTS, external_id=EXTERNAL_ID), **more)
        asked = {(each.service, each.account_id) for each in aws.calls}
    assert done.returncode == 1
    assert told(done) == {(own, group_id(1)): people[own], (PAYMENTS, group_id(1)): people[PAYMENTS]}
    (line,) = failures(done)
    assert f"account {STRANGER} is not ours and not in [accounts] allowed" in line
    assert asked == {("cloudtrail", own), ("cloudtrail", PAYMENTS)}

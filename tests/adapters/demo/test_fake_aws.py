"""The fake is as strict as the real services: boto3 builds every request here."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STRANGER, ELSEWHERE = "999988887777", "us-east-1"
ROLE = "arn:aws:iam::222233334444:role/path/iacwatch"
ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
SQS = "AWS.SimpleQueueService."


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def client(aws, service, *, region=REGION, account=ACCOUNT):
    return boto3.client(
        service,
        endpoint_url=aws.url,
        region_name=region,
        aws_access_key_id=f"AKIATEST{account}",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def receive(**more):
    return ("sqs", "receive_message", {"QueueUrl": "q", **more})


def delete(*ids):
    entries = [{"Id": each, "ReceiptHandle": "r"} for each in ids]
    return ("sqs", "delete_message_batch", {"QueueUrl": "q", "Entries": entries})


def by(**attributes):
    pairs = [{"AttributeKey": key, "AttributeValue": value} for key, value in attributes.items()]
    return {"LookupAttributes": pairs}


def lookup(**asked):
    return ("cloudtrail", "lookup_events", asked)


def of_group(**more):
    return {"resourceType": "AWS::EC2::SecurityGroup", "resourceId": group_id(1), **more}


def history_of(**more):
    return ("config", "get_resource_config_history", of_group(**more))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (receive(MaxNumberOfMessages=11), "InvalidParameterValue"),
        (receive(WaitTimeSeconds=21), "InvalidParameterValue"),
        (receive(QueueUrl="qx"), SQS + "NonExistentQueue"),
        (("sqs", "get_queue_url", {"QueueName": "x"}), SQS + "NonExistentQueue"),
        (("sqs", "get_queue_attributes", {"QueueUrl": "q", "AttributeNames": ["x"]}), "InvalidAttributeName"),
        (("sqs", "delete_message", {"QueueUrl": "q", "ReceiptHandle": "x"}), "ReceiptHandleIsInvalid"),
        (delete(), SQS + "EmptyBatchRequest"),
        (delete(*"abcdefghijk"), SQS + "TooManyEntriesInBatchRequest"),
        (delete("x", "x"), SQS + "BatchEntryIdsNotDistinct"),
        (("sqs", "start_message_move_task", {"SourceArn": f"{ARN}q"}), "InvalidParameterValue"),
        (("sqs", "start_message_move_task", {"SourceArn": f"{ARN}x"}), "ResourceNotFoundException"),
        (("sqs", "list_queue_tags", {"QueueUrl": "q"}), "UnknownOperationException"),
        (("dynamodb", "list_tables", {}), "UnknownOperationException"),
        (lookup(MaxResults=51), "InvalidMaxResultsException"),
        (lookup(StartTime=NOON, EndTime=NOON - timedelta(seconds=1)), "InvalidTimeRangeException"),
        (lookup(EventCategory="management"), "InvalidEventCategoryException"),
        (lookup(**by(Region="x")), "InvalidLookupAttributesException"),
        (lookup(**by(ResourceName="_" * 1001)), "InvalidLookupAttributesException"),
        (lookup(**by(ReadOnly="maybe")), "InvalidLookupAttributesException"),
        (lookup(**by(EventId="x", EventName="y")), "InvalidLookupAttributesException"),
        (lookup(NextToken="made up"), "InvalidNextTokenException"),
        (history_of(resourceId="other"), "ResourceNotDiscoveredException"),
        (history_of(limit=101), "ValidationException"),
        (history_of(chronologicalOrder="Sideways"), "ValidationException"),
        (history_of(nextToken="made up"), "InvalidNextTokenException"),
        (history_of(earlierTime=NOON, laterTime=NOON - timedelta(days=1)), "InvalidTimeRangeException"),
        (("sts", "assume_role", {"RoleArn": ROLE + "x", "RoleSessionName": "ab"}), "AccessDenied"),
        (("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "a b"}), "ValidationError"),
        (("events", "list_targets_by_rule", {"Rule": "x"}), "ResourceNotFoundException"),
        (("lambda", "get_function_configuration", {"FunctionName": "x"}), "ResourceNotFoundException"),
    ],
)
def test_what_a_service_refuses(aws, asked, code):
    service, operation, arguments = asked
    url = aws.create_queue("q")
    if "QueueUrl" in arguments:
        arguments = {**arguments, "QueueUrl": url + arguments["QueueUrl"][1:]}
    aws.add_item(item(1, ago(0)))
    assert code_of(getattr(client(aws, service), operation), **arguments) == code


# SQS.


@pytest.fixture
def queue(aws):
    return Queue(aws)


class Queue:
    """A queue with a client's calls on it."""

    def __init__(self, aws):
        self.aws, self.client = aws, client(aws, "sqs")

    def made(self, *bodies, **how):
        self.url = self.aws.create_queue("q", **how)
        for body in bodies:
            self.aws.send(self.url, body)
        return self.client

    def receive(self, url="", **more):
        return self.client.receive_message(QueueUrl=url or self.url, **more).get("Messages", [])

    def bodies(self, **more):
        return [each["Body"] for each in self.receive(**more)]


def test_a_stale_receipt_deletes_nothing_and_says_that_all_is_well(aws, queue):
    sqs = queue.made("one", visibility=30)
    (stale,) = queue.receive()
    assert queue.receive() == []
    aws.clock.advance(timedelta(seconds=31))
    (fresh,) = queue.receive()
    sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=stale["ReceiptHandle"])
    assert len(aws.messages(queue.url)) == 1
    two = [{"Id": "good", "ReceiptHandle": fresh["ReceiptHandle"]}, {"Id": "bad", "ReceiptHandle": "made up"}]
    answer = sqs.delete_message_batch(QueueUrl=queue.url, Entries=two)
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]
    assert aws.messages(queue.url) == []


def test_visibility_is_twelve_hours_in_sum_since_the_receive(aws, queue):
    sqs = queue.made("one", visibility=43_200)
    same = {"QueueUrl": queue.url, "ReceiptHandle": queue.receive()[0]["ReceiptHandle"]}
    change = sqs.change_message_visibility
    assert code_of(change, **same, VisibilityTimeout=43_201) == "InvalidParameterValue"
    aws.clock.advance(timedelta(hours=11))
    assert code_of(change, **same, VisibilityTimeout=7_200) == "InvalidParameterValue"
    change(**same, VisibilityTimeout=3_000)
    aws.clock.advance(timedelta(seconds=3_001))
    assert code_of(change, **same, VisibilityTimeout=60) == SQS + "MessageNotInflight"
    sqs.delete_message(**same)
    assert code_of(change, **same, VisibilityTimeout=1) == "InvalidParameterValue"


def test_a_queue_belongs_to_its_region_and_account(aws, queue):
    sqs = queue.made()
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == queue.url
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        queue.receive(queue.url + "x")
    elsewhere = client(aws, "sqs", region=ELSEWHERE)
    assert code_of(elsewhere.get_queue_url, QueueName="q") == SQS + "NonExistentQueue"
    stranger = client(aws, "sqs", account=STRANGER)
    assert code_of(stranger.receive_message, QueueUrl=queue.url) == "AccessDenied"


# LookupEvents.


def record(event_id="e-1", minutes=30, **fields):
    return call(1, minutes, lag=0, eventID=event_id, **fields)


def ids(answer):
    return [event["EventId"] for event in answer["Events"]]


ATTRIBUTES = {
    "EventId": "e-1",
    "EventName": "AuthorizeSecurityGroupIngress",
    "EventSource": "ec2.amazonaws.com",
    "Username": "alice@example.com",
    "AccessKeyId": "ASIAEXAMPLE000000001",
    "ResourceName": group_id(1),
    "ResourceType": "AWS::EC2::SecurityGroup",
}


def test_each_of_the_eight_attributes_matches_exactly(aws):
    trail = client(aws, "cloudtrail")
    aws.add_event(record(), resource_names=listed(1))
    other = record("e-2", eventName="Other", eventSource="iam.amazonaws.com", readOnly=True, userIdentity={})
    aws.add_event(other, resource_names=[(None, group_id(17))])
    for key, value in ATTRIBUTES.items():
        assert ids(trail.lookup_events(**by(**{key: value}))) == ["e-1"], key
        assert ids(trail.lookup_events(**by(**{key: value[:-1]}))) == [], key
    (event,) = trail.lookup_events(**by(ReadOnly="true"))["Events"]
    assert json.loads(event["CloudTrailEvent"])["eventID"] == "e-2"
    assert (event["ReadOnly"], event["Resources"]) == ("true", [{"ResourceName": group_id(17)}])


def test_start_and_end_are_inclusive_whole_seconds_and_newest_comes_first(aws):
    start = ago(60).replace(microsecond=0)
    for second in range(4):
        at = (start + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
        aws.add_event(record(f"e-{second}", eventTime=at))
    span = {"StartTime": start + timedelta(seconds=1.9), "EndTime": start + timedelta(seconds=2)}
    assert ids(client(aws, "cloudtrail").lookup_events(**span)) == ["e-2", "e-1"]


def test_a_token_is_good_for_its_own_request_only(aws):
    trail = client(aws, "cloudtrail")
    for index in range(120):
        aws.add_event(record(f"e-{index}", 200 - index))
    first = trail.lookup_events(MaxResults=50)
    second = trail.lookup_events(MaxResults=50, NextToken=first["NextToken"])
    third = trail.lookup_events(MaxResults=50, NextToken=second["NextToken"])
    assert ids(first) + ids(second) + ids(third) == [f"e-{index}" for index in reversed(range(120))]
    assert "NextToken" not in third
    for asked, most in ((trail, 49), (client(aws, "cloudtrail", region=ELSEWHERE), 50)):
        code = code_of(asked.lookup_events, MaxResults=most, NextToken=first["NextToken"])
        assert code == "InvalidNextTokenException"


def test_what_is_of_elsewhere_data_old_or_not_delivered_yet_is_not_seen(aws):
    trail = client(aws, "cloudtrail")
    for made in (
        record(),
        record("there", awsRegion=ELSEWHERE),
        record("theirs", recipientAccountId=STRANGER),
        record("data", eventCategory="Data"),
        record("old", 91 * 24 * 60),
    ):
        aws.add_event(made)
    aws.add_event(record("late", 20), delivered_at=ago(-10))
    assert ids(trail.lookup_events()) == ["e-1"]
    assert ids(client(aws, "cloudtrail", region=ELSEWHERE).lookup_events()) == ["there"]
    assert ids(client(aws, "cloudtrail", account=STRANGER).lookup_events()) == ["theirs"]
    aws.clock.advance(timedelta(minutes=11))
    assert ids(trail.lookup_events()) == ["late", "e-1"]


def test_the_third_call_within_a_second_is_throttled_for_its_account_and_region_only():
    with FakeAws(rate=2) as aws:
        trail = client(aws, "cloudtrail")
        for _ in range(2):
            trail.lookup_events()
        assert code_of(trail.lookup_events) == "ThrottlingException"
        assert [call.throttled for call in aws.calls] == [False, False, True]
        assert client(aws, "cloudtrail", region=ELSEWHERE).lookup_events()["Events"] == []


# Config history.


def test_an_item_is_told_in_the_apis_spelling_to_its_own_account_and_region(aws):
    at = ago(60).replace(microsecond=123_000)
    link = {"resourceType": "AWS::EC2::VPC", "resourceId": "v", "name": "Is contained in Vpc"}
    more = {"configurationStateId": 7, "configurationStateMd5Hash": "", "resourceCreationTime": None}
    more |= {"relationships": [link], "configuration": {"size": 1}, "configurationItemDiff": {}}
    aws.add_item(item(1, at, **more, supplementaryConfiguration={"x": {"y": 1}}))
    (found,) = client(aws, "config").get_resource_config_history(**of_group())["configurationItems"]
    assert (found["version"], found["accountId"], found["configurationStateId"]) == ("1.3", ACCOUNT, "7")
    assert (found["configurationItemMD5Hash"], found["configurationItemCaptureTime"]) == ("", at)
    assert found["arn"].endswith(group_id(1))
    assert json.loads(found["configuration"]) == {"size": 1}
    assert json.loads(found["supplementaryConfiguration"]["x"]) == {"y": 1}
    assert found["relationships"][0]["relationshipName"] == "Is contained in Vpc"
    assert not {"ARN", "awsAccountId", "configurationItemDiff", "resourceCreationTime"} & set(found)
    for other in (client(aws, "config", region=ELSEWHERE), client(aws, "config", account=STRANGER)):
        assert code_of(other.get_resource_config_history, **of_group()) == "ResourceNotDiscoveredException"


# Slack.


def posted(url, body, token):
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"] or error.read().decode()


def slack(aws, method="chat.postMessage", token="xoxb-test", **body):
    status, answer = posted(aws.slack_url + method, json.dumps(body).encode(), token)
    assert status == 200
    return json.loads(answer)


def test_slacks_refusals_are_http_200_with_ok_false(aws):
    aws.slack.channels = frozenset({"#iac"})
    assert slack(aws, "auth.test")["ok"] is True
    assert slack(aws, "auth.test", token="")["error"] == "not_authed"
    assert slack(aws, "auth.test", token="nonsense")["error"] == "invalid_auth"
    assert slack(aws, channel="#other", text="x")["error"] == "channel_not_found"
    assert slack(aws, channel="#iac")["error"] == "no_text"
    assert slack(aws, "chat.nonsense")["error"] == "unknown_method"
    aws.fail("slack", "chat.postMessage", "is_archived")
    assert slack(aws, channel="#iac", text="x")["error"] == "is_archived"
    aws.fail("slack", "chat.postMessage", "internal_error", status=503)
    assert posted(aws.slack_url + "chat.postMessage", b"{}", "xoxb-test")[0] == 503
    assert aws.slack_messages == []


def words(length, kind="mrkdwn"):
    return {"type": kind, "text": "x" * length}


def section(length, **more):
    return {"type": "section", "text": words(length), **more}


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [section(3001)],
        [section(0)],
        [{"type": "section", "fields": [words(1)] * 11}],
        [{"type": "section", "fields": [words(2001)]}],
        [{"type": "section"}],
        [{"type": "header", "text": words(151, "plain_text")}],
        [{"type": "header", "text": words(1)}],
        [section(1, block_id="same"), section(1, block_id="same")],
        [{"type": "context", "elements": []}],
        [{"type": "actions", "elements": [{"type": "button", "text": words(76, "plain_text")}]}],
        [{"type": "nonsense"}],
    ],
)
def test_blocks_beyond_slacks_limits_are_refused_with_a_pointer(aws, blocks):
    answer = slack(aws, channel="#iac", text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert "/blocks" in answer["response_metadata"]["messages"][0]


def test_a_channel_takes_one_message_a_second_where_that_is_set(aws):
    aws.slack_rate = 0.01
    assert slack(aws, channel="#iac", text="x")["ok"] is True
    again = b'{"channel": "#iac", "text": "x"}'
    assert posted(aws.slack_url + "chat.postMessage", again, "xoxb-test") == (429, "1")
    assert slack(aws, channel="#other", text="x")["ok"] is True

"""The fake is as strict as the real services: boto3 builds every request here."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item

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


def history_of(**more):
    group = {"resourceType": "AWS::EC2::SecurityGroup", "resourceId": group_id(1)}
    return ("config", "get_resource_config_history", {**group, **more})


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (receive(MaxNumberOfMessages=11), "InvalidParameterValue"),
        (receive(QueueUrl="qx"), SQS + "NonExistentQueue"),
        (("sqs", "get_queue_attributes", {"QueueUrl": "q", "AttributeNames": ["x"]}), "InvalidAttributeName"),
        (("sqs", "delete_message", {"QueueUrl": "q", "ReceiptHandle": "x"}), "ReceiptHandleIsInvalid"),
        (delete(*"abcdefghijk"), SQS + "TooManyEntriesInBatchRequest"),
        (("sqs", "start_message_move_task", {"SourceArn": f"{ARN}q"}), "InvalidParameterValue"),
        (("sqs", "list_queue_tags", {"QueueUrl": "q"}), "UnknownOperationException"),
        (lookup(MaxResults=51), "InvalidMaxResultsException"),
        (lookup(StartTime=NOON, EndTime=NOON - timedelta(seconds=1)), "InvalidTimeRangeException"),
        (lookup(**by(Region="x")), "InvalidLookupAttributesException"),
        (lookup(**by(EventId="x", EventName="y")), "InvalidLookupAttributesException"),
        (lookup(NextToken="made up"), "InvalidNextTokenException"),
        (history_of(resourceId="other"), "ResourceNotDiscoveredException"),
        (history_of(earlierTime=NOON, laterTime=NOON - timedelta(days=1)), "InvalidTimeRangeException"),
        (("sts", "assume_role", {"RoleArn": ROLE + "x", "RoleSessionName": "ab"}), "AccessDenied"),
        (("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "a b"}), "ValidationError"),
    ],
)
def test_what_a_service_refuses(aws, asked, code):
    service, operation, arguments = asked
    url = aws.create_queue("q")
    if "QueueUrl" in arguments:
        arguments = {**arguments, "QueueUrl": url + arguments["QueueUrl"][1:]}
    aws.add_item(item(1, ago(0)))
    assert code_of(getattr(client(aws, service), operation), **arguments) == code


def queue(aws, visibility):
    url = aws.create_queue("q", visibility=visibility)
    aws.send(url, "one")
    return client(aws, "sqs"), url


def test_a_stale_receipt_deletes_nothing_and_says_that_all_is_well(aws):
    sqs, url = queue(aws, 30)
    (stale,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    aws.clock.advance(timedelta(seconds=31))
    (fresh,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=stale["ReceiptHandle"])
    assert len(aws.messages(url)) == 1
    two = [{"Id": "good", "ReceiptHandle": fresh["ReceiptHandle"]}, {"Id": "bad", "ReceiptHandle": "made up"}]
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=two)
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]
    assert aws.messages(url) == []


def test_visibility_is_twelve_hours_in_sum_since_the_receive(aws):
    sqs, url = queue(aws, 43_200)
    (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
    same = {"QueueUrl": url, "ReceiptHandle": received["ReceiptHandle"]}
    change = sqs.change_message_visibility
    assert code_of(change, **same, VisibilityTimeout=43_201) == "InvalidParameterValue"
    aws.clock.advance(timedelta(hours=11))
    assert code_of(change, **same, VisibilityTimeout=7_200) == "InvalidParameterValue"
    change(**same, VisibilityTimeout=3_000)
    aws.clock.advance(timedelta(seconds=3_001))
    assert code_of(change, **same, VisibilityTimeout=60) == SQS + "MessageNotInflight"
    sqs.delete_message(**same)
    assert code_of(change, **same, VisibilityTimeout=1) == "InvalidParameterValue"


def test_what_is_of_elsewhere_data_old_or_not_delivered_yet_is_not_seen(aws):
    def record(event_id, minutes=30, late=0, **fields):
        event = call(1, minutes, lag=0, eventID=event_id, **fields)
        aws.add_event(event, delivered_at=ago(-late))

    def seen(**who):
        return [each["EventId"] for each in client(aws, "cloudtrail", **who).lookup_events()["Events"]]

    record("e-1")
    record("there", awsRegion=ELSEWHERE)
    record("theirs", recipientAccountId=STRANGER)
    record("data", eventCategory="Data")
    record("old", 91 * 24 * 60)
    record("late", 20, late=10)
    assert [seen(), seen(region=ELSEWHERE), seen(account=STRANGER)] == [["e-1"], ["there"], ["theirs"]]
    aws.clock.advance(timedelta(minutes=11))
    assert seen() == ["late", "e-1"]


def slack(aws, method="chat.postMessage", token="xoxb-test", **body):
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    asked = urllib.request.Request(aws.slack_url + method, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
        return json.load(answer)


def test_slacks_refusals_are_http_200_with_ok_false(aws):
    aws.slack.channels = frozenset({"#iac"})
    assert slack(aws, "auth.test")["ok"] is True
    assert slack(aws, "auth.test", token="")["error"] == "not_authed"
    assert slack(aws, "auth.test", token="nonsense")["error"] == "invalid_auth"
    assert slack(aws, channel="#other", text="x")["error"] == "channel_not_found"
    assert slack(aws, channel="#iac")["error"] == "no_text"
    assert aws.slack_messages == []


def section(length, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}, **more}


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [section(3001)],
        [section(1, block_id="same"), section(1, block_id="same")],
        [
            {
                "type": "actions",
                "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}],
            }
        ],
        [{"type": "nonsense"}],
    ],
)
def test_blocks_beyond_slacks_limits_are_refused_with_a_pointer(aws, blocks):
    answer = slack(aws, channel="#iac", text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert "/blocks" in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    "expression",
    [
        "SELECT resourceId FROM resources",
        "SELECT resourceId WHERE resourceName LIKE '%web'",
        "SELECT madeUp",
        "SELECT resourceId WHERE resourceName = 'it''s'",
        f"SELECT resourceId WHERE resourceName = '{'x' * 4_096}'",
    ],
)
def test_what_the_query_language_refuses(aws, expression):
    with pytest.raises(ClientError, match=r"InvalidExpressionException|4096"):
        client(aws, "config").select_resource_config(Expression=expression)


def test_rows_come_in_pages_whose_tokens_belong_to_their_own_request(aws):
    for number in range(1, 61):
        aws.add_item(item(number, ago(30)))
    config, query = client(aws, "config"), "SELECT resourceId"
    assert len(config.select_resource_config(Expression=query)["Results"]) == 25
    first = config.select_resource_config(Expression=query, Limit=40)
    second = config.select_resource_config(Expression=query, Limit=40, NextToken=first["NextToken"])
    assert (len(first["Results"]), len(second["Results"])) == (40, 20)
    assert "NextToken" not in second
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        config.select_resource_config(Expression=query, Limit=30, NextToken=first["NextToken"])
    for other in (client(aws, "config", region=ELSEWHERE), client(aws, "config", account=STRANGER)):
        assert other.select_resource_config(Expression=query)["Results"] == []

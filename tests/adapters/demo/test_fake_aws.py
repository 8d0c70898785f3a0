"""The fake is as strict as the real services: boto3 builds every request here."""

import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from iacwatch.demo.fake.server import FakeAws

ACCOUNT, REGION = "111122223333", "eu-west-1"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with FakeAws(rate=1000) as fake:
        yield fake


def client(aws: FakeAws, service: str, *, region: str = REGION, account: str = ACCOUNT) -> Any:
    return boto3.client(
        service,
        endpoint_url=aws.url,
        region_name=region,
        aws_access_key_id=f"AKIATEST{account}",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


def code_of(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def record(event_id: str = "e-1", *, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    moment = at or datetime.now(UTC) - timedelta(minutes=30)
    return {
        "eventVersion": "1.11",
        "eventID": event_id,
        "eventName": "AuthorizeSecurityGroupIngress",
        "eventSource": "ec2.amazonaws.com",
        "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "readOnly": False,
        "eventCategory": "Management",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice@example.com",
            "accessKeyId": "ASIAEXAMPLE000000001",
        },
        **fields,
    }


def ids(answer: dict[str, Any]) -> list[str]:
    return [event["EventId"] for event in answer["Events"]]


# SQS: receiving.


def test_a_message_comes_with_its_digest_and_only_the_attributes_asked_for(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.send(url, "grüße")
    plain = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"][0]
    assert "Attributes" not in plain
    assert plain["MD5OfBody"] == hashlib.md5("grüße".encode()).hexdigest()  # noqa: S324  (SQS's own digest)
    asked = ["ApproximateReceiveCount", "SentTimestamp", "ApproximateFirstReceiveTimestamp"]
    told = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=asked)["Messages"][0]["Attributes"]
    assert set(told) == set(asked)
    assert told["ApproximateReceiveCount"] == "2"


def test_at_most_ten_messages_are_received(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    for index in range(12):
        aws.send(url, str(index))
    assert len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 10
    assert (
        code_of(lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11)) == "InvalidParameterValue"
    )
    assert code_of(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=21)) == "InvalidParameterValue"


def test_a_long_poll_waits_until_a_message_comes(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        while not aws.calls:
            time.sleep(0.01)
        aws.send(url, "late")
        assert waiting.result(timeout=15)["Messages"][0]["Body"] == "late"


def test_a_long_poll_wakes_when_the_clock_jumps(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q", delay=600)
    aws.send(url, "delayed")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        while not aws.calls:
            time.sleep(0.01)
        aws.clock.advance(timedelta(minutes=10))
        assert waiting.result(timeout=15)["Messages"][0]["Body"] == "delayed"


def test_a_long_poll_ends_early_where_the_fake_has_less_patience(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.sqs.patience = 0
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    aws.send(url, "one")
    assert len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]) == 1


def test_a_short_poll_may_miss_what_is_there(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.sqs.short_polls_miss = True
    aws.send(url, "one")
    answers = [sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", []) for _ in range(4)]
    assert [len(answer) for answer in answers] == [1, 0, 1, 0]


def test_a_received_message_is_hidden_for_its_visibility(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q", visibility=30)
    aws.send(url, "one")
    sqs.receive_message(QueueUrl=url)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    aws.clock.advance(timedelta(seconds=31))
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_several_receivers_never_get_the_same_message(aws: FakeAws) -> None:
    url = aws.create_queue("q")
    for index in range(60):
        aws.send(url, str(index))

    def receive(_: int) -> list[str]:
        answer = client(aws, "sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    with ThreadPoolExecutor(4) as pool:
        bodies = [body for answer in pool.map(receive, range(8)) for body in answer]
    assert sorted(bodies, key=int) == [str(index) for index in range(60)]


# SQS: deleting and visibility.


def test_a_stale_receipt_deletes_nothing_and_says_that_all_is_well(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.send(url, "one")
    stale = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"][0]["ReceiptHandle"]
    fresh = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=stale)
    assert len(aws.messages(url)) == 1
    sqs.delete_message(QueueUrl=url, ReceiptHandle=fresh)
    assert aws.messages(url) == []
    assert (
        code_of(lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="made up")) == "ReceiptHandleIsInvalid"
    )


def test_a_batch_has_one_to_ten_entries_of_their_own_ids(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    prefix = "AWS.SimpleQueueService."

    def delete(count: int, *, same: bool = False) -> Any:
        entries = [{"Id": "x" if same else str(index), "ReceiptHandle": "r"} for index in range(count)]
        return sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    assert code_of(lambda: delete(0)) == prefix + "EmptyBatchRequest"
    assert code_of(lambda: delete(11)) == prefix + "TooManyEntriesInBatchRequest"
    assert code_of(lambda: delete(2, same=True)) == prefix + "BatchEntryIdsNotDistinct"


def test_one_entry_of_a_batch_may_fail_inside_a_200(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.send(url, "one")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    entries = [{"Id": "good", "ReceiptHandle": receipt}, {"Id": "bad", "ReceiptHandle": "made up"}]
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]


def test_visibility_is_twelve_hours_in_sum_since_the_receive(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q", visibility=43_200)
    aws.send(url, "one")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]

    def change(seconds: int) -> Any:
        return sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds)

    assert code_of(lambda: change(43_201)) == "InvalidParameterValue"
    aws.clock.advance(timedelta(hours=11))
    assert code_of(lambda: change(7_200)) == "InvalidParameterValue"
    change(3_000)
    aws.clock.advance(timedelta(seconds=3_001))
    assert code_of(lambda: change(60)) == "AWS.SimpleQueueService.MessageNotInflight"


def test_visibility_zero_gives_a_message_back_at_once(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.send(url, "one")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    entries = [{"Id": "0", "ReceiptHandle": receipt, "VisibilityTimeout": 0}]
    sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_visibility_of_a_deleted_message_cannot_be_changed(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.send(url, "one")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
    change = sqs.change_message_visibility
    assert (
        code_of(lambda: change(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=1))
        == "InvalidParameterValue"
    )


# SQS: queues, redrive, tasks.


def test_an_unknown_queue_has_its_legacy_code_and_its_class(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.receive_message(QueueUrl=url + "x")
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    elsewhere = client(aws, "sqs", region="eu-central-1")
    assert (
        code_of(lambda: elsewhere.get_queue_url(QueueName="q")) == "AWS.SimpleQueueService.NonExistentQueue"
    )
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url
    stranger = client(aws, "sqs", account="999988887777")
    assert code_of(lambda: stranger.receive_message(QueueUrl=url)) == "AccessDenied"


def test_a_message_moves_to_the_dead_letter_queue_at_the_receive_after_the_last_one(aws: FakeAws) -> None:
    sqs, dlq = client(aws, "sqs"), aws.create_queue("dlq")
    url = aws.create_queue("q", max_receives=3, dlq_url=dlq)
    sent = aws.send(url, "bad", receives=1)
    for _ in range(2):
        assert sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    assert len(aws.messages(url)) == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    dead = sqs.receive_message(QueueUrl=dlq, MessageSystemAttributeNames=["All"])["Messages"][0]
    assert dead["MessageId"] == sent
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    assert sqs.list_dead_letter_source_queues(QueueUrl=dlq)["queueUrls"] == [url]


def test_queue_attributes_tell_the_redrive_policy_and_the_counts(aws: FakeAws) -> None:
    sqs, dlq = client(aws, "sqs"), aws.create_queue("dlq")
    url = aws.create_queue("q", delay=600, visibility=90, max_receives=10, dlq_url=dlq)
    aws.send(url, "one")
    aws.send(url, "two", sent_at=datetime.now(UTC) - timedelta(hours=1))
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert json.loads(told["RedrivePolicy"]) == {
        "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dlq",
        "maxReceiveCount": 10,
    }
    assert (told["DelaySeconds"], told["VisibilityTimeout"]) == ("600", "90")
    assert told["ApproximateNumberOfMessages"] == "1"
    assert told["ApproximateNumberOfMessagesDelayed"] == "1"
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url) or not sqs.get_queue_attributes(
        QueueUrl=url
    ).get("Attributes")
    assert code_of(lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Nonsense"])) == (
        "InvalidAttributeName"
    )


def test_a_message_older_than_its_retention_is_gone(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    aws.send(url, "old", sent_at=datetime.now(UTC) - timedelta(days=5))
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def dead_letters(aws: FakeAws, count: int) -> tuple[str, str, str]:
    dlq = aws.create_queue("dlq")
    url = aws.create_queue("q", max_receives=1, dlq_url=dlq)
    for index in range(count):
        aws.send(url, str(index), receives=1)
    client(aws, "sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return url, dlq, f"arn:aws:sqs:{REGION}:{ACCOUNT}:dlq"


def task_of(aws: FakeAws, arn: str, *statuses: str) -> dict[str, Any]:
    sqs = client(aws, "sqs")
    while True:
        task: dict[str, Any] = sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]
        if task["Status"] in statuses:
            return task
        time.sleep(0.01)


def test_a_move_task_hands_the_messages_back_to_their_source(aws: FakeAws) -> None:
    url, dlq, arn = dead_letters(aws, 5)
    before = {message.id for message in aws.messages(dlq)}
    client(aws, "sqs").start_message_move_task(SourceArn=arn)
    task = task_of(aws, arn, "COMPLETED")
    assert task["ApproximateNumberOfMessagesMoved"] == 5
    assert "TaskHandle" not in task
    back = aws.messages(url)
    assert [message.receives for message in back] == [0] * 5
    assert not before & {message.id for message in back}
    assert aws.messages(dlq) == []


def test_a_queue_has_one_move_task_at_a_time_which_can_be_cancelled(aws: FakeAws) -> None:
    _, dlq, arn = dead_letters(aws, 5)
    sqs = client(aws, "sqs")
    handle = sqs.start_message_move_task(SourceArn=arn, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    assert code_of(lambda: sqs.start_message_move_task(SourceArn=arn)) == (
        "AWS.SimpleQueueService.UnsupportedOperation"
    )
    sqs.cancel_message_move_task(TaskHandle=handle)
    assert task_of(aws, arn, "CANCELLED")["ApproximateNumberOfMessagesToMove"] == 5
    assert aws.messages(dlq)
    assert code_of(lambda: sqs.cancel_message_move_task(TaskHandle=handle)) == "ResourceNotFoundException"


def test_a_move_task_needs_a_dead_letter_queue_and_a_source_to_move_to(aws: FakeAws) -> None:
    url, dlq, arn = dead_letters(aws, 0)
    sqs = client(aws, "sqs")
    no_dlq = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    assert code_of(lambda: sqs.start_message_move_task(SourceArn=no_dlq)) == "InvalidParameterValue"
    assert code_of(lambda: sqs.start_message_move_task(SourceArn=arn + "x")) == "ResourceNotFoundException"
    aws.send(dlq, "put there by hand")
    sqs.start_message_move_task(SourceArn=arn)
    assert task_of(aws, arn, "FAILED")["FailureReason"] == "CouldNotDetermineMessageSource"
    sqs.start_message_move_task(SourceArn=arn, DestinationArn=no_dlq)
    task_of(aws, arn, "COMPLETED")
    assert [message.body for message in aws.messages(url)] == ["put there by hand"]


# LookupEvents.


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventId", "e-1"),
        ("EventName", "AuthorizeSecurityGroupIngress"),
        ("EventSource", "ec2.amazonaws.com"),
        ("ReadOnly", "false"),
        ("Username", "alice@example.com"),
        ("AccessKeyId", "ASIAEXAMPLE000000001"),
        ("ResourceName", "sg-1"),
        ("ResourceType", "AWS::EC2::SecurityGroup"),
    ],
)
def test_each_of_the_eight_attributes_matches_exactly(aws: FakeAws, key: str, value: str) -> None:
    trail = client(aws, "cloudtrail")
    aws.add_event(record(), resource_names=[("AWS::EC2::SecurityGroup", "sg-1")])
    aws.add_event(
        record("e-2", eventName="Other", eventSource="iam.amazonaws.com", readOnly=True, userIdentity={}),
        resource_names=[(None, "sg-11")],
    )

    def find(sought: str) -> list[str]:
        return ids(trail.lookup_events(LookupAttributes=[{"AttributeKey": key, "AttributeValue": sought}]))

    assert find(value) == ["e-1"]
    if key != "ReadOnly":
        assert find(value[:-1]) == []


def test_an_event_shows_its_record_as_text_and_its_flag_as_a_string(aws: FakeAws) -> None:
    aws.add_event(record(), resource_names=[(None, "sg-1")])
    event = client(aws, "cloudtrail").lookup_events()["Events"][0]
    assert json.loads(event["CloudTrailEvent"])["eventID"] == "e-1"
    assert event["ReadOnly"] == "false"
    assert event["Resources"] == [{"ResourceName": "sg-1"}]
    assert event["EventTime"].tzinfo is not None


def test_start_and_end_are_inclusive_whole_seconds_and_newest_comes_first(aws: FakeAws) -> None:
    trail, start = client(aws, "cloudtrail"), datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for second in (0, 1, 2, 3):
        aws.add_event(record(f"e-{second}", at=start + timedelta(seconds=second)))
    late = timedelta(milliseconds=900)
    answer = trail.lookup_events(
        StartTime=start + timedelta(seconds=1) + late, EndTime=start + timedelta(seconds=2)
    )
    assert ids(answer) == ["e-2", "e-1"]


def test_a_token_is_good_for_its_own_request_only(aws: FakeAws) -> None:
    trail = client(aws, "cloudtrail")
    for index in range(120):
        aws.add_event(record(f"e-{index}", at=datetime.now(UTC) - timedelta(minutes=200 - index)))
    first = trail.lookup_events(MaxResults=50)
    second = trail.lookup_events(MaxResults=50, NextToken=first["NextToken"])
    third = trail.lookup_events(MaxResults=50, NextToken=second["NextToken"])
    assert ids(first) + ids(second) + ids(third) == [f"e-{index}" for index in reversed(range(120))]
    assert "NextToken" not in third
    token = first["NextToken"]
    wrong = "InvalidNextTokenException"
    assert code_of(lambda: trail.lookup_events(MaxResults=49, NextToken=token)) == wrong
    assert code_of(lambda: trail.lookup_events(NextToken="made up")) == wrong
    elsewhere = client(aws, "cloudtrail", region="us-east-1")
    assert code_of(lambda: elsewhere.lookup_events(MaxResults=50, NextToken=token)) == wrong


def test_events_belong_to_one_account_and_region(aws: FakeAws) -> None:
    aws.add_event(record())
    aws.add_event(record("e-2", awsRegion="us-east-1"))
    aws.add_event(record("e-3", recipientAccountId="999988887777"))
    assert ids(client(aws, "cloudtrail").lookup_events()) == ["e-1"]
    assert ids(client(aws, "cloudtrail", region="us-east-1").lookup_events()) == ["e-2"]
    assert ids(client(aws, "cloudtrail", account="999988887777").lookup_events()) == ["e-3"]


def test_data_events_old_events_and_undelivered_events_are_not_seen(aws: FakeAws) -> None:
    trail = client(aws, "cloudtrail")
    aws.add_event(record("data", eventCategory="Data"))
    aws.add_event(record("old", at=datetime.now(UTC) - timedelta(days=91)))
    aws.add_event(record("late"), delivered_at=datetime.now(UTC) + timedelta(minutes=10))
    assert ids(trail.lookup_events()) == []
    aws.clock.advance(timedelta(minutes=11))
    assert ids(trail.lookup_events()) == ["late"]


def test_the_third_call_within_a_second_is_throttled_for_its_account_and_region_only() -> None:
    with FakeAws(rate=2) as aws:
        trail = client(aws, "cloudtrail")
        codes = []
        for _ in range(3):
            try:
                trail.lookup_events()
            except ClientError as error:
                codes.append(
                    (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
                )
        assert codes == [("ThrottlingException", 400)]
        assert [call.throttled for call in aws.calls] == [False, False, True]
        assert client(aws, "cloudtrail", region="us-east-1").lookup_events()["Events"] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"StartTime": NOON, "EndTime": NOON - timedelta(seconds=1)}, "InvalidTimeRangeException"),
        ({"EventCategory": "management"}, "InvalidEventCategoryException"),
        (
            {"LookupAttributes": [{"AttributeKey": "Region", "AttributeValue": "x"}]},
            "InvalidLookupAttributesException",
        ),
        (
            {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": "_" * 1001}]},
            "InvalidLookupAttributesException",
        ),
        (
            {"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "maybe"}]},
            "InvalidLookupAttributesException",
        ),
        (
            {"LookupAttributes": [{"AttributeKey": "EventId", "AttributeValue": "x"}] * 2},
            "InvalidLookupAttributesException",
        ),
    ],
)
def test_what_lookup_events_refuses(aws: FakeAws, arguments: dict[str, Any], code: str) -> None:
    assert code_of(lambda: client(aws, "cloudtrail").lookup_events(**arguments)) == code


# Config history.


def item(captured_at: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": captured_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "configurationStateId": int(captured_at.timestamp() * 1000),
        "configurationStateMd5Hash": "",
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "resourceType": "AWS::SQS::Queue",
        "resourceId": "q",
        "ARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
        "resourceCreationTime": None,
        "relationships": [
            {"resourceType": "AWS::KMS::Key", "resourceId": "k", "name": "Is associated with "}
        ],
        "configuration": {"DelaySeconds": "0"},
        "supplementaryConfiguration": {"Tags": {"managed-by": "terraform"}},
        "tags": {"managed-by": "terraform"},
        "configurationItemDiff": {"changeType": "UPDATE", "changedProperties": {}},
        **fields,
    }


def history(aws: FakeAws, **arguments: Any) -> list[list[dict[str, Any]]]:
    config, pages = client(aws, "config"), []
    wanted = {"resourceType": "AWS::SQS::Queue", "resourceId": "q", **arguments}
    while True:
        answer = config.get_resource_config_history(**wanted)
        pages.append(answer["configurationItems"])
        if "nextToken" not in answer:
            return pages
        wanted["nextToken"] = answer["nextToken"]


def test_an_item_is_told_in_the_apis_spelling(aws: FakeAws) -> None:
    at = datetime.now(UTC).replace(microsecond=123_000) - timedelta(hours=1)
    aws.add_item(item(at))
    told = history(aws)[0][0]
    assert (told["version"], told["accountId"], told["arn"]) == (
        "1.3",
        ACCOUNT,
        f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
    )
    assert told["configurationItemMD5Hash"] == ""
    assert told["configurationItemCaptureTime"] == at
    assert told["configurationStateId"] == str(int(at.timestamp() * 1000))
    assert json.loads(told["configuration"]) == {"DelaySeconds": "0"}
    assert json.loads(told["supplementaryConfiguration"]["Tags"]) == {"managed-by": "terraform"}
    assert told["relationships"][0]["relationshipName"] == "Is associated with "
    assert not {"ARN", "awsAccountId", "configurationItemDiff", "resourceCreationTime"} & set(told)


def test_a_page_spans_seven_days_so_that_empty_pages_come_with_a_token(aws: FakeAws) -> None:
    now = datetime.now(UTC)
    for days in (1, 2, 30):
        aws.add_item(item(now - timedelta(days=days)))
    backward = [len(page) for page in history(aws)]
    assert backward == [2, 0, 0, 0, 1]
    forward = [len(page) for page in history(aws, chronologicalOrder="Forward")]
    assert forward == [1, 0, 0, 0, 2]


@pytest.mark.parametrize("order", ["Forward", "Reverse"])
def test_every_item_comes_once_whatever_the_page(aws: FakeAws, order: str) -> None:
    now = datetime.now(UTC)
    for hours in range(1, 60):
        aws.add_item(item(now - timedelta(hours=7 * hours)))
    pages = history(aws, limit=7, chronologicalOrder=order)
    times = [each["configurationItemCaptureTime"] for page in pages for each in page]
    assert len(set(times)) == len(times) == 59
    assert times == sorted(times, reverse=order == "Reverse")
    assert max(map(len, pages)) == 7


def test_ten_items_make_a_page_unless_told_otherwise(aws: FakeAws) -> None:
    for minutes in range(1, 13):
        aws.add_item(item(datetime.now(UTC) - timedelta(minutes=minutes)))
    assert [len(page) for page in history(aws)] == [10, 2]


def test_earlier_and_later_time_are_inclusive(aws: FakeAws) -> None:
    base = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for second in range(4):
        aws.add_item(item(base + timedelta(seconds=second)))
    inside = history(aws, earlierTime=base + timedelta(seconds=1), laterTime=base + timedelta(seconds=2))
    assert [len(page) for page in inside] == [2]


def test_what_config_history_refuses(aws: FakeAws) -> None:
    aws.add_item(item(datetime.now(UTC)))
    config = client(aws, "config")

    def ask(**arguments: Any) -> str:
        wanted = {"resourceType": "AWS::SQS::Queue", "resourceId": "q", **arguments}
        return code_of(lambda: config.get_resource_config_history(**wanted))

    assert ask(resourceId="other") == "ResourceNotDiscoveredException"
    assert ask(limit=101) == "ValidationException"
    assert ask(chronologicalOrder="Sideways") == "ValidationException"
    assert ask(nextToken="made up") == "InvalidNextTokenException"
    assert ask(earlierTime=NOON, laterTime=NOON - timedelta(days=1)) == "InvalidTimeRangeException"
    for other in (client(aws, "config", region="us-east-1"), client(aws, "config", account="999988887777")):
        code = code_of(
            lambda other=other: other.get_resource_config_history(
                resourceType="AWS::SQS::Queue", resourceId="q"
            )
        )
        assert code == "ResourceNotDiscoveredException"


# STS.


def test_assumed_keys_belong_to_the_roles_account(aws: FakeAws) -> None:
    aws.add_role("arn:aws:iam::222233334444:role/path/iacwatch", external_id="our-id")
    sts = client(aws, "sts")
    assert sts.get_caller_identity()["Account"] == ACCOUNT
    wanted = {"RoleArn": "arn:aws:iam::222233334444:role/path/iacwatch", "RoleSessionName": "iacwatch"}
    assert code_of(lambda: sts.assume_role(**wanted)) == "AccessDenied"
    keys = sts.assume_role(**wanted, ExternalId="our-id")["Credentials"]
    assumed = boto3.client(
        "sts",
        endpoint_url=aws.url,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).get_caller_identity()
    assert assumed["Account"] == "222233334444"
    assert assumed["Arn"] == "arn:aws:sts::222233334444:assumed-role/iacwatch/iacwatch"
    assert code_of(
        lambda: sts.assume_role(RoleArn="arn:aws:iam::222233334444:role/no", RoleSessionName="ab")
    ) == ("AccessDenied")
    assert code_of(lambda: sts.assume_role(**{**wanted, "RoleSessionName": "a b"})) == "ValidationError"


# Faults, refusals, what isn't there.


def test_faults_come_once_and_refusals_for_ever(aws: FakeAws) -> None:
    trail, sqs, url = client(aws, "cloudtrail"), client(aws, "sqs"), aws.create_queue("q")
    aws.fail("cloudtrail", "LookupEvents", "InternalServerError", status=500)
    assert code_of(trail.lookup_events) == "InternalServerError"
    assert trail.lookup_events()["Events"] == []
    aws.deny("sqs", "ReceiveMessage")
    assert [code_of(lambda: sqs.receive_message(QueueUrl=url)) for _ in range(2)] == ["AccessDenied"] * 2
    aws.deny("cloudtrail", "*")
    assert code_of(trail.lookup_events) == "AccessDeniedException"


def test_a_connection_can_be_cut_before_and_after_the_call_was_carried_out(aws: FakeAws) -> None:
    sqs, url = client(aws, "sqs"), aws.create_queue("q")
    for fault, stored in (("drop-before", 0), ("drop-after", 1)):
        aws.fail("sqs", "SendMessage", fault)
        with pytest.raises(ConnectionClosedError):
            sqs.send_message(QueueUrl=url, MessageBody="x")
        assert len(aws.messages(url)) == stored


def test_an_operation_that_the_fake_has_not_says_so(aws: FakeAws) -> None:
    assert code_of(lambda: client(aws, "sqs").list_queue_tags(QueueUrl="u")) == "UnknownOperationException"
    assert code_of(client(aws, "dynamodb").list_tables) == "UnknownOperationException"


def test_the_environment_leads_boto3_here(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert boto3.Session().client("sts").get_caller_identity()["Account"] == ACCOUNT


def test_closing_ends_a_long_poll_that_waits() -> None:
    aws = FakeAws()
    url = aws.create_queue("q")
    done = threading.Event()

    def wait() -> None:
        try:
            client(aws, "sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
        except ConnectionClosedError:
            pass
        finally:
            done.set()

    threading.Thread(target=wait, daemon=True).start()
    while not aws.calls:
        time.sleep(0.01)
    aws.close()
    assert done.wait(10)


# Slack.


def slack(aws: FakeAws, method: str, token: str = "xoxb-test", **body: Any) -> dict[str, Any]:
    request = urllib.request.Request(
        aws.slack_url + method,
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json; charset=utf-8",
            **({"Authorization": f"Bearer {token}"} if token else {}),
        },
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_slacks_refusals_are_http_200_with_ok_false(aws: FakeAws) -> None:
    aws.slack.channels = frozenset({"#iac"})
    assert slack(aws, "auth.test")["ok"] is True
    assert slack(aws, "auth.test", token="")["error"] == "not_authed"
    assert slack(aws, "auth.test", token="nonsense")["error"] == "invalid_auth"
    assert slack(aws, "chat.postMessage", channel="#other", text="x")["error"] == "channel_not_found"
    assert slack(aws, "chat.postMessage", channel="#iac")["error"] == "no_text"
    assert slack(aws, "chat.nonsense")["error"] == "unknown_method"
    assert aws.slack_messages == []


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [section("x" * 3001)],
        [section("")],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
        [{"type": "section"}],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{**section("a"), "block_id": "same"}, {**section("b"), "block_id": "same"}],
        [{"type": "context", "elements": []}],
        [
            {
                "type": "actions",
                "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}],
            }
        ],
        [{"type": "nonsense"}],
    ],
)
def test_blocks_beyond_slacks_limits_are_refused_with_a_pointer(aws: FakeAws, blocks: list[Any]) -> None:
    answer = slack(aws, "chat.postMessage", channel="#iac", text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert "/blocks" in answer["response_metadata"]["messages"][0]


def test_blocks_that_are_too_long_in_all_are_refused(aws: FakeAws) -> None:
    blocks = [section("x" * 2_900) for _ in range(5)]
    assert (
        slack(aws, "chat.postMessage", channel="#iac", text="x", blocks=blocks)["error"]
        == "msg_blocks_too_long"
    )
    assert slack(aws, "chat.postMessage", channel="#iac", text="x", blocks=blocks[:4])["ok"] is True


def test_a_message_is_posted_by_form_too_and_updated_by_its_channel_id(aws: FakeAws) -> None:
    form = urllib.request.Request(
        aws.slack_url + "chat.postMessage",
        b"token=xoxb-form&channel=%23iac&text=first&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D",
    )
    with urllib.request.urlopen(form) as answer:
        posted = json.load(answer)
    assert aws.slack_messages[0]["blocks"] == [{"type": "divider"}]
    assert "token" not in aws.slack_messages[0]
    update = {"ts": posted["ts"], "text": "second"}
    assert slack(aws, "chat.update", channel="#iac", **update)["error"] == "channel_not_found"
    assert slack(aws, "chat.update", channel=posted["channel"], **update)["ok"] is True
    assert (
        slack(aws, "chat.update", channel=posted["channel"], ts="1.2", text="x")["error"]
        == "message_not_found"
    )
    (message,) = aws.slack_messages
    assert (message["text"], message["earlier"][0]["text"]) == ("second", "first")


def test_a_channel_takes_one_message_a_second_where_that_is_set(aws: FakeAws) -> None:
    aws.slack_rate = 0.01
    assert slack(aws, "chat.postMessage", channel="#iac", text="x")["ok"] is True
    with pytest.raises(urllib.error.HTTPError) as caught:
        slack(aws, "chat.postMessage", channel="#iac", text="x")
    assert (caught.value.code, caught.value.headers["Retry-After"]) == (429, "1")
    assert slack(aws, "chat.postMessage", channel="#other", text="x")["ok"] is True


def test_slack_can_be_down_or_refuse_by_a_fault(aws: FakeAws) -> None:
    aws.fail("slack", "chat.postMessage", "is_archived")
    assert slack(aws, "chat.postMessage", channel="#iac", text="x")["error"] == "is_archived"
    aws.fail("slack", "chat.postMessage", "internal_error", status=503)
    with pytest.raises(urllib.error.HTTPError) as caught:
        slack(aws, "chat.postMessage", channel="#iac", text="x")
    assert caught.value.code == 503
    for fault, stored in (("drop-before", 0), ("drop-after", 1)):
        aws.fail("slack", "chat.postMessage", fault)
        with pytest.raises(ConnectionError):
            slack(aws, "chat.postMessage", channel="#iac", text="x")
        assert len(aws.slack_messages) == stored


def test_a_webhook_answers_with_a_word(aws: FakeAws) -> None:
    def post(url: str, body: bytes) -> tuple[int, str]:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    assert post(aws.webhook_url, b'{"text": "x"}') == (200, "ok")
    assert post(aws.webhook_url, b"not json") == (400, "invalid_payload")
    assert post(aws.webhook_url, b'{"text": ""}') == (400, "no_text")
    assert post(aws.webhook_url + "x", b'{"text": "x"}') == (404, "no_service")
    assert [message["method"] for message in aws.slack_messages] == ["webhook"]


# What doctor asks for besides.


def test_a_rule_sends_to_a_queue_that_takes_from_it_alone(aws: FakeAws) -> None:
    queue, dead = aws.create_queue("q"), aws.create_queue("d", retention=1_209_600)
    aws.add_rule("changes", {"source": ["aws.config"]}, queue_url=queue, dlq_url=dead)
    events = client(aws, "events")
    (rule,) = events.list_rules()["Rules"]
    assert (rule["Name"], rule["State"], json.loads(rule["EventPattern"])) == (
        "changes",
        "ENABLED",
        {"source": ["aws.config"]},
    )
    (target,) = events.list_targets_by_rule(Rule="changes")["Targets"]
    about = client(aws, "sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert target["Arn"] == about["QueueArn"]
    (statement,) = json.loads(about["Policy"])["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rule["Arn"]}}
    assert client(aws, "events", region="us-east-1").list_rules()["Rules"] == []
    assert code_of(lambda: events.list_targets_by_rule(Rule="x")) == "ResourceNotFoundException"


def test_there_is_no_function(aws: FakeAws) -> None:
    functions = client(aws, "lambda")
    assert functions.list_event_source_mappings(EventSourceArn="arn:x")["EventSourceMappings"] == []
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nobody"
    with pytest.raises(ClientError, match=rf"ResourceNotFoundException.* Function not found: {arn}"):
        functions.get_function_configuration(FunctionName="nobody")

"""The messages of one event, where the laws end: odd events, what SQS refuses, what is asked only once."""

import logging
from datetime import timedelta

import boto3
import pytest

from iacwatch.core.outcome import Deferred
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import UsageError
from iacwatch.sources.lambda_event import LambdaBatch
from tests.fixtures.clocks import WorldClock
from tests.fixtures.function.poller import received

ARN = "arn:aws:sqs:eu-west-1:111122223333:changes"


@pytest.fixture
def aws():
    with FakeAws() as fake:
        yield fake


@pytest.fixture
def client(aws):
    keys = {"aws_access_key_id": "AKIATEST111122223333", "aws_secret_access_key": "x"}
    return boto3.client("sqs", endpoint_url=aws.url, region_name="eu-west-1", **keys)


@pytest.fixture
def queue(aws):
    return aws.create_queue("changes", visibility=600, max_receives=7, dlq_url=aws.create_queue("dead"))


@pytest.fixture
def made(aws, client, queue):
    def make(event, **options):
        regions = options.pop("regions", [])

        def of(region):
            regions.append(region)
            return client

        return LambdaBatch(event=event, client=of, clock=WorldClock(aws.clock), **options)

    return make


def record(name, **more):
    return {
        "messageId": name,
        "receiptHandle": f"receipt of {name}",
        "body": "{}",
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "eu-west-1",
        **more,
    }


def event(*records):
    return {"Records": list(records)}


@pytest.mark.parametrize(
    "odd",
    [
        *(None, [], {}, {"Records": None}, {"Records": ["x"]}),
        event({"eventSource": "aws:s3", "s3": {}}),
        event(record("a"), {"eventSource": "aws:sqs"}),
        event(record("a", eventSourceARN="changes")),
        event(record("a"), record("b", eventSourceARN=f"{ARN}-dlq")),
    ],
)
def test_an_event_that_is_none_of_one_queues_is_refused(made, odd):
    with pytest.raises(UsageError):
        made(odd)


def test_the_client_is_that_of_the_queues_region_and_made_only_where_there_is_a_message(made):
    regions = []
    batch = made(event(), regions=regions)
    assert (list(batch.waves()), batch.left, regions) == ([], [], [])
    assert list(made(event(record("a")), regions=regions).waves())
    assert set(regions) == {"eu-west-1"}


def test_a_message_that_came_twice_in_one_event_is_handled_once(made):
    batch = made(event(record("a"), record("a", receiptHandle="a later one"), record("b")))
    (wave,) = batch.waves()
    assert [delivery.id for delivery in wave] == ["a", "b"]
    assert wave[0].receipt == "a later one"
    assert batch.left == ["a", "b"]


def test_the_redrive_policy_is_asked_for_once_in_a_process_but_again_where_it_could_not_be_read(aws, made):
    limits, found = {}, []
    aws.fail("sqs", "GetQueueAttributes", "AccessDenied", status=403)
    for name in "abc":
        (wave,) = made(event(record(name)), limits=limits).waves()
        found.append(wave[0].max_receives)
    assert found == [None, 7, 7]
    assert [call.operation for call in aws.calls] == ["GetQueueAttributes"] * 2


def test_a_visibility_that_may_not_be_changed_is_told_and_loses_nothing(aws, client, made, queue, caplog):
    sent = aws.send(queue, "{}")
    aws.deny("sqs", "ChangeMessageVisibilityBatch")
    batch = made(received(client, queue))
    with caplog.at_level(logging.ERROR):
        for wave in batch.waves():
            until = aws.clock.now() + timedelta(minutes=5)
            batch.settle([(delivery, Deferred(until=until, why="early")) for delivery in wave])
    assert batch.left == [sent]
    assert "sqs:ChangeMessageVisibility" in caplog.text

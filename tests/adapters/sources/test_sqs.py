"""The queue and an event of its messages as sources: lost visibility, refusals, odd events."""

import time
from contextlib import closing
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config

from iacwatch.core.outcome import Deferred, Failed, Skipped
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import AccessDenied, AwsError, UsageError
from iacwatch.sources.lambda_event import LambdaBatch
from iacwatch.sources.sqs import receive
from iacwatch.sources.sqs.source import HOLD, SqsQueue, queue_region
from tests.fixtures.clocks import WorldClock
from tests.fixtures.function.poller import received

DONE = Skipped(reason="unmanaged")
POLL = receive.POLL
KEYS = {"region_name": "eu-west-1", "aws_access_key_id": "AKIATEST111122223333", "aws_secret_access_key": "x"}


class Queue:
    """A queue of the fake's, what is in it, and how sources are made."""

    def __init__(self, world):
        self.world, self.clock = world, WorldClock(world.clock)
        self.url = world.create_queue("changes", max_receives=10, dlq_url=world.create_queue("dead"))
        config = Config(retries={"mode": "standard", "total_max_attempts": 2}, max_pool_connections=16)
        self.client = boto3.client("sqs", endpoint_url=world.url, config=config, **KEYS)

    def source(self, **options):
        return SqsQueue(client=self.client, clock=self.clock, url=self.url, **options)

    def fill(self, count):
        for number in range(count):
            self.world.send(self.url, f"body {number}")

    def take(self, **options):
        """Put in one message, and receive it; return the source, what came and the waves that follow."""
        self.fill(1)
        source = self.source(**options)
        waves = source.waves()
        return source, *next(waves), waves

    def run(self, outcome=DONE):
        """Settle everything alike; return how many there were."""
        source, received = self.source(), 0
        with closing(source.waves()) as waves:
            for wave in waves:
                received += len(wave)
                source.settle([(delivery, outcome) for delivery in wave])
        return received

    @property
    def left(self):
        return self.world.messages(self.url)

    @property
    def visible(self):
        return sum(message.visible_at <= self.world.clock.now() for message in self.left)

    @property
    def stored(self):
        return self.world.queues.by_url(self.world._own(), self.url)

    def jump(self, span):
        """Let time pass, and wait until what is in hand is kept hidden for longer."""
        self.world.jump(span)
        until, end = self.world.clock.now() + HOLD / 2, time.monotonic() + 20
        while min(message.visible_at for message in self.left) <= until:
            assert time.monotonic() < end, "it never came about"
            time.sleep(0.05)

    def answer(self, operation, answer):
        self.world._operations["sqs"][operation] = answer


@pytest.fixture
def queue(monkeypatch):
    monkeypatch.setattr(receive, "POLL", 0)  # the fake misses nothing unless it is told to
    with FakeAws() as world:
        yield Queue(world)


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_in_hand_is_kept_hidden_for_as_long_as_it_takes(queue, dry_run):
    queue.fill(25)
    source = queue.source(dry_run=dry_run)
    waves = source.waves()
    done = [(delivery, DONE) for delivery in next(waves)]
    if dry_run:
        source.settle(done)
    for _ in range(3):
        queue.jump(HOLD - timedelta(seconds=30))
    if not dry_run:
        source.settle(done)
    assert list(waves) == []
    assert queue.visible == len(queue.left) == (25 if dry_run else 0)
    assert ("DeleteMessageBatch" in {call.operation for call in queue.world.calls}) is not dry_run


def test_a_message_is_never_asked_to_be_hidden_beyond_twelve_hours(queue, caplog):
    source, delivery, waves = queue.take()
    held = source._in_flight.get(delivery.id)
    due = queue.world.clock.now() + timedelta(hours=20)
    source.settle([(delivery, Deferred(until=due, why="x"))])
    hidden = queue.left[0].visible_at - held.received_at
    assert timedelta(hours=11, minutes=58) < hidden <= timedelta(hours=12)
    assert caplog.records == []
    waves.close()


def test_a_message_that_came_back_in_hand_is_settled_by_its_newest_receipt(queue):
    source, delivery, waves = queue.take()
    source._in_flight._messages[delivery.id].lost = True  # SQS loses track now and then
    queue.world.jump(HOLD + timedelta(seconds=1))
    assert list(waves) == []
    assert queue.left[0].receives == 2
    queue.jump(HOLD - timedelta(seconds=30))
    source.settle([(delivery, DONE)])
    assert queue.left == []


def test_a_deleted_message_that_returns_is_deleted_again_and_not_handled_again(queue):
    source, delivery, waves = queue.take()
    (kept,) = queue.left
    source.settle([(delivery, DONE)])
    kept.visible_at = queue.world.clock.now()
    queue.stored.messages[kept.id] = kept
    assert list(waves) == []
    assert queue.left == []


@pytest.mark.parametrize("operation", ["ReceiveMessage", "DeleteMessageBatch"])
def test_a_refused_permission_ends_the_run_and_is_named(queue, operation):
    queue.fill(3)
    queue.world.deny("sqs", operation)
    with pytest.raises(AccessDenied, match=operation.removesuffix("Batch")):
        queue.run()
    assert queue.visible == 3


@pytest.mark.parametrize("policy", ["", "nonsense", "[]", '{"maxReceiveCount": "many"}', "denied"])
def test_a_redrive_policy_that_makes_no_sense_or_may_not_be_read_is_not_known(queue, policy):
    if policy == "denied":
        queue.world.deny("sqs", "GetQueueAttributes")
    queue.stored.attributes["RedrivePolicy"] = ""
    queue.answer("GetQueueAttributes", lambda *_: {"Attributes": {"RedrivePolicy": policy}})
    _, delivery, waves = queue.take()
    assert delivery.max_receives is None
    waves.close()


def test_an_answer_that_is_lost_costs_no_message_and_a_receiver_that_fails_is_no_empty_queue(queue):
    queue.fill(10)
    queue.world.fail("sqs", "ReceiveMessage", "drop-after", times=1)
    assert queue.run() == 0
    queue.world.jump(HOLD)
    assert queue.run(Failed(reason="x")) == 10
    queue.world.fail("sqs", "ReceiveMessage", "InternalError", status=500, times=50)
    with pytest.raises(AwsError, match="AWS reported a fault"):
        queue.run()


@pytest.mark.parametrize("always", [False, True])
def test_an_entry_that_fails_by_sqss_fault_is_sent_again_and_logged_where_it_stays(queue, caplog, always):
    queue.fill(12)
    delete, broken = queue.world._operations["sqs"]["DeleteMessageBatch"], []

    def failing(scope, body):
        if broken and not always:
            return delete(scope, body)
        broken.append({"Id": body["Entries"][0]["Id"], "Code": "InternalError", "SenderFault": False})
        rest = {**body, "Entries": body["Entries"][1:]}
        return {**(delete(scope, rest) if rest["Entries"] else {"Successful": []}), "Failed": broken[-1:]}

    queue.answer("DeleteMessageBatch", failing)
    queue.run()
    assert broken
    assert len(queue.left) == (2 if always else 0)
    assert ("could not be deleted and will come back: InternalError" in caplog.text) is always


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/q", "eu-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q", "cn-north-1"),
        ("https://sqs-fips.us-east-2.amazonaws.com/111122223333/q", "us-east-2"),
        ("https://sqs.ap-south-1.api.aws/111122223333/q", "ap-south-1"),
        ("https://eu-central-1.queue.amazonaws.com/111122223333/q", "eu-central-1"),
        ("https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/111122223333/q", "eu-west-1"),
        ("https://queue.amazonaws.com/111122223333/q", None),
        ("https://sqs.eu-west-1.amazonaws.com.evil.example/111122223333/q", None),
        ("https://evil.example/sqs.eu-west-1.amazonaws.com/q", None),
        ("https://sqs.nonsense.amazonaws.com/q", None),
        ("https://[oops/q", None),
    ],
)
def test_a_queues_url_names_its_region_only_where_the_host_is_awss(url, region):
    assert queue_region(url) == region


ARN = "arn:aws:sqs:eu-west-1:111122223333:changes"


@pytest.fixture
def made(queue):
    """Return what makes a batch of an event; `regions` are those that a client was made for."""

    def make(event, **options):
        return LambdaBatch(event=event, client=client, clock=queue.clock, **options)

    def client(region):
        make.regions.append(region)
        return queue.client

    make.regions = []
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
    batch = made(event())
    assert (list(batch.waves()), batch.left, made.regions) == ([], [], [])
    assert list(made(event(record("a"))).waves())
    assert set(made.regions) == {"eu-west-1"}


def test_a_message_that_came_twice_in_one_event_is_handled_once(made):
    batch = made(event(record("a"), record("a", receiptHandle="a later one"), record("b")))
    (wave,) = batch.waves()
    assert [delivery.id for delivery in wave] == ["a", "b"]
    assert wave[0].receipt == "a later one"
    assert batch.left == ["a", "b"]


def test_the_redrive_policy_is_asked_for_once_in_a_process_but_again_where_it_could_not_be_read(queue, made):
    limits, found = {}, []
    queue.world.fail("sqs", "GetQueueAttributes", "AccessDenied", status=403)
    for name in "abc":
        (wave,) = made(event(record(name)), limits=limits).waves()
        found.append(wave[0].max_receives)
    assert found == [None, 10, 10]
    assert [call.operation for call in queue.world.calls] == ["GetQueueAttributes"] * 2


def test_a_visibility_that_may_not_be_changed_is_told_and_loses_nothing(queue, made, caplog):
    queue.fill(1)
    queue.world.deny("sqs", "ChangeMessageVisibilityBatch")
    batch = made(received(queue.client, queue.url))
    ((delivery,),) = batch.waves()
    batch.settle([(delivery, Deferred(until=queue.clock.now() + timedelta(minutes=5), why="early"))])
    assert batch.left == [delivery.id]
    assert "sqs:ChangeMessageVisibility" in caplog.text

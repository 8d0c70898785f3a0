"""What every change source keeps; and what a door to the queue keeps of its own: drain's, and Lambda's."""

from contextlib import closing, suppress
from datetime import timedelta

import boto3
import pytest

from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import NotThere, Stopping
from iacwatch.sources.lambda_event import LambdaBatch
from iacwatch.sources.sqs import receive
from iacwatch.sources.sqs.source import SqsQueue
from tests.fixtures.clocks import WorldClock, seconds
from tests.fixtures.function.poller import finished, ids, received

UNMANAGED = Skipped(reason="unmanaged")


class QueueWorld:
    """A queue with a redrive policy, and what a law does to it besides the source."""

    def __init__(self, aws):
        keys = {"aws_access_key_id": "AKIATEST111122223333", "aws_secret_access_key": "x"}
        self.client = boto3.client("sqs", endpoint_url=aws.url, region_name="eu-west-1", **keys)
        self.aws, self.clock = aws, WorldClock(aws.clock)
        self.url = aws.create_queue(
            "changes", visibility=30, max_receives=5, dlq_url=aws.create_queue("dead")
        )

    def send(self, *texts):
        for text in texts:
            self.aws.send(self.url, text)

    def source(self, **options):
        return SqsQueue(client=self.client, url=self.url, clock=self.clock, **options)

    def batch(self, *, hold=30, **options):
        """Receive what there is, as Lambda does; return a source over it, and the event."""
        event = received(self.client, self.url, visibility=hold)
        return LambdaBatch(event=event, client=lambda _: self.client, clock=self.clock, **options), event

    def handled(self, door, outcome, *, late=False, hold=30, **options):
        """Handle what there is through a door, settling each wave or all at the end; return what it delivered."""
        event = None
        if door == "queue":
            source = self.source(hold=seconds(hold), **options)
        else:
            source, event = self.batch(hold=hold, **options)
        found = []
        for wave in source.waves():
            found.extend(wave)
            if not late:
                source.settle([(delivery, outcome(delivery)) for delivery in wave])
        if late:
            source.settle([(delivery, outcome(delivery)) for delivery in found])
        if event is not None:
            self.answered(source, event)
        return found

    def answered(self, batch, event):
        """Delete what the batch does not list as failed, as Lambda does."""
        listed = {"batchItemFailures": [{"itemIdentifier": key} for key in batch.left]}
        finished(self.client, self.url, event, listed)

    def counts(self):
        """Return how many messages can be received, and how many are hidden."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return tuple(int(found[name]) for name in names)

    def receive(self):
        """Receive as somebody else; return bodies by how often they were received."""
        records = received(self.client, self.url)["Records"]
        return {each["body"]: int(each["attributes"]["ApproximateReceiveCount"]) for each in records}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(receive, "POLL", 0)  # the emulator misses nothing; test_sqs_queue has the long poll
    with FakeAws() as aws:
        aws.sqs.patience = 0
        yield QueueWorld(aws)


@pytest.fixture(params=["queue", "lambda"])
def door(request):
    return request.param


def bodies(count):
    return [f"body {number}" for number in range(count)]


def skipped(_delivery):
    return UNMANAGED


def test_everything_is_delivered_once_and_then_it_ends(world, door):
    world.send(*bodies(37))
    before = world.clock.now() - timedelta(seconds=5)
    found = world.handled(door, skipped)
    assert sorted(delivery.document for delivery in found) == sorted(bodies(37))
    assert len({delivery.id for delivery in found}) == 37
    if door == "queue":
        assert all(before <= delivery.sent_at <= world.clock.now() for delivery in found)
        assert {delivery.given_up_by for delivery in found} == {""}
    assert world.counts() == (0, 0)


def test_what_is_deferred_is_hidden_and_comes_back_at_its_time(world, door):
    world.send("early")
    until = world.clock.now() + timedelta(seconds=2)
    world.handled(door, lambda _: Deferred(until=until, why="too early"))
    assert world.counts() == (0, 1)
    assert world.receive() == {}
    while not (came := world.receive()):
        world.aws.jump(seconds(0.5))
    assert came == {"early": 2}
    assert until <= world.clock.now() <= until + timedelta(seconds=5)


def test_what_was_due_in_the_past_comes_back_when_the_run_ends(world, door):
    world.send("due")
    past = world.clock.now() - timedelta(minutes=1)
    world.handled(door, lambda _: Deferred(until=past, why="held by another run"))
    assert world.receive() == {"due": 2}


def test_what_failed_stays_hidden_is_received_once_a_run_and_tells_how_often_it_came(world, door):
    world.send("good", *bodies(3))
    failed = Failed(reason="Slack is down")
    found = world.handled(door, lambda each: UNMANAGED if each.document == "good" else failed, hold=2)
    assert [(each.receives, each.max_receives) for each in found] == [(1, 5)] * 4
    assert sum(world.counts()) == 3
    world.aws.jump(seconds(3))
    again = world.handled(door, skipped)
    assert {each.document for each in again} == set(bodies(3))
    assert {each.max_receives for each in again} == {5}
    assert {each.receives for each in again} == {2}


def test_a_run_may_settle_at_its_very_end(world, door):
    early = Deferred(until=world.clock.now() + timedelta(minutes=5), why="early")
    done = [UNMANAGED, Reported(finding=None), Duplicate(finding_id="f")]
    outcomes = dict(zip(bodies(5), [*done, Failed(reason="x"), early], strict=True))
    world.send(*outcomes)
    assert len(world.handled(door, lambda delivery: outcomes[delivery.document], late=True)) == 5
    assert world.counts() == (0, 2)


def test_nothing_leaves_the_queue_before_it_is_settled_and_closing_gives_back_what_is_not(world):
    world.send(*bodies(12))
    source = world.source()
    with closing(source.waves()) as waves:
        wave = next(waves)
        assert world.counts() == (0, 12)
        source.settle([(delivery, UNMANAGED) for delivery in wave[:2]])
        assert world.counts() == (0, 10)
    assert world.counts() == (10, 0)


def test_a_run_that_is_asked_to_end_gives_back_what_it_received_and_did_not_deliver(world):
    world.send(*bodies(25))
    world.clock.stop_after = 1
    with pytest.raises(Stopping):
        list(world.source().waves())
    assert world.counts() == (25, 0)


@pytest.mark.parametrize("cut_short", [False, True])
def test_a_dry_run_hides_until_its_end_and_gives_everything_back(world, cut_short):
    world.send(*bodies(5))
    source = world.source(dry_run=True)
    with closing(source.waves()) as waves:
        wave = next(waves)
        source.settle([(delivery, UNMANAGED) for delivery in (wave[:1] if cut_short else wave)])
        assert world.counts() == (0, 5)
        assert cut_short or list(waves) == []
    assert world.counts() == (5, 0)


def test_a_queue_that_is_not_there_is_an_error_and_not_an_empty_one(world):
    source = SqsQueue(client=world.client, url=world.url + "-gone", clock=world.clock)
    with pytest.raises(NotThere, match="changes-gone"):
        list(source.waves())


@pytest.mark.parametrize("late", [False, True])
def test_what_failed_can_be_received_again_at_once_where_that_is_asked_for(world, late):
    world.send(*bodies(3))
    found = world.handled("queue", lambda _: Failed(reason="again"), late=late, failed_at_once=True)
    assert len(found) == 3
    assert world.counts() == (3, 0)


def test_a_run_that_has_to_end_starts_no_further_wave(world):
    world.send(*bodies(25))
    world.clock.stop_after = 2
    batch, event = world.batch(most=10)
    with suppress(Stopping):
        for wave in batch.waves():
            batch.settle([(delivery, UNMANAGED) for delivery in wave])
    assert batch.left == ids(event)[20:]
    world.answered(batch, event)
    assert world.counts() == (0, 5)

"""The queue as a source, where things go wrong: lost visibility, refusals, stops, large waves."""

import logging
import time
from contextlib import closing
from datetime import timedelta

import boto3
import pytest
from botocore.config import Config

from iacwatch.core.outcome import Deferred, Failed, Skipped
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import AccessDenied, AwsError, NotThere, Stopping
from iacwatch.sources.sqs import receive
from iacwatch.sources.sqs import source as sqs_queue
from iacwatch.sources.sqs.receive import MOST_BYTES, Wave
from iacwatch.sources.sqs.source import HOLD, SqsQueue, queue_region
from tests.fixtures.clocks import NOON, WorldClock

DONE = Skipped(reason="unmanaged")
POLL = receive.POLL


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Let empty polls answer at once: the fakes miss nothing unless they are told to."""
    monkeypatch.setattr(receive, "POLL", 0)


@pytest.fixture
def world():
    with FakeAws() as fake:
        yield fake


@pytest.fixture
def clock(world):
    return WorldClock(world.clock)


@pytest.fixture
def client(world):
    return boto3.client(
        "sqs",
        endpoint_url=world.url,
        region_name="eu-west-1",
        aws_access_key_id="AKIATEST111122223333",
        aws_secret_access_key="x",
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}, max_pool_connections=16),
    )


@pytest.fixture
def url(world):
    return world.create_queue("changes", max_receives=10, dlq_url=world.create_queue("dead"))


@pytest.fixture
def make(client, clock, url):
    def make(**options):
        return SqsQueue(**{"client": client, "clock": clock, "url": url, **options})

    return make


def fill(world, url, count):
    return [world.send(url, f"body {number}") for number in range(count)]


def run(source, outcome=DONE):
    found = []
    with closing(source.waves()) as waves:
        for wave in waves:
            found.extend(wave)
            source.settle([(delivery, outcome) for delivery in wave])
    return found


def called(world, operation):
    return [call for call in world.calls if call.operation == operation]


def eventually(true):
    """Wait until something holds that a thread brings about."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


def visible(world, url):
    return [message for message in world.messages(url) if message.visible_at <= world.clock.now()]


# Waves.


def test_a_wave_has_a_thousand_deliveries_at_most(world, url, make):
    fill(world, url, 1_030)
    source = make()
    sizes = []
    for wave in source.waves():
        sizes.append(len(wave))
        source.settle([(delivery, DONE) for delivery in wave])
    assert max(sizes) == 1_000
    assert sum(sizes) == 1_030
    assert world.messages(url) == []


def test_a_wave_of_large_messages_stays_below_its_bytes():
    wave = Wave(10**9)
    received = 0
    while asked := wave.ask(NOON):
        wave.answered(asked, asked, [], NOON)
        wave._bytes += asked * 1_048_576
        received += asked * 1_048_576
    assert 40_000_000 < received <= MOST_BYTES


def test_a_trickle_of_messages_does_not_keep_the_first_ones_waiting():
    wave = Wave(10**9)
    wave.answered(wave.ask(NOON), 1, [object_of("a")], NOON)
    assert wave.ask(NOON + timedelta(seconds=9)) > 0
    assert wave.ask(NOON + timedelta(seconds=10)) == 0


def object_of(text):
    class One:
        document = text

    return One()


def test_deletions_go_in_batches_of_ten(world, url, make):
    fill(world, url, 45)
    run(make())
    deleted = called(world, "DeleteMessageBatch")
    assert max(len(call.body["Entries"]) for call in deleted) == 10
    assert len(deleted) <= 7


def test_only_long_polls_are_made_since_short_ones_miss_messages(world, url, make, monkeypatch):
    monkeypatch.setattr(receive, "POLL", POLL)
    world.sqs.short_polls_miss = True
    fill(world, url, 12)
    assert len(run(make())) == 12
    assert {call.body["WaitTimeSeconds"] for call in called(world, "ReceiveMessage")} == {POLL}
    assert POLL > 0


def test_what_is_received_while_a_wave_is_worked_on_comes_with_the_next(world, url, make):
    fill(world, url, 3)
    source = make()
    waves = source.waves()
    first = next(waves)
    world.send(url, "late")
    source.settle([(delivery, DONE) for delivery in first])
    assert [delivery.document for delivery in next(waves)] == ["late"]
    waves.close()


# Kept in hand.


def test_what_is_in_hand_is_kept_hidden_for_as_long_as_it_takes(world, url, make):
    fill(world, url, 25)
    source = make()
    waves = source.waves()
    wave = next(waves)
    for _ in range(5):
        world.jump(HOLD - timedelta(seconds=30))
        hidden = world.clock.now() + HOLD / 2
        eventually(lambda until=hidden: min(m.visible_at for m in world.messages(url)) > until)
    source.settle([(delivery, DONE) for delivery in wave])
    assert world.messages(url) == []
    assert list(waves) == []


def test_nothing_is_kept_hidden_after_it_was_settled(world, url, make):
    fill(world, url, 2)
    source = make()
    run(source, Failed(reason="x"))
    assert source._in_flight.all() == []
    eventually(lambda: source._in_flight._extender is None)
    world.jump(HOLD)
    assert len(visible(world, url)) == 2


def test_a_message_is_never_asked_to_be_hidden_beyond_twelve_hours(world, url, make, caplog):
    fill(world, url, 1)
    source = make()
    waves = source.waves()
    (delivery,) = next(waves)
    held = source._in_flight.get(delivery.id)
    source.settle([(delivery, Deferred(until=world.clock.now() + timedelta(hours=20), why="x"))])
    (message,) = world.messages(url)
    assert timedelta(hours=11, minutes=58) < message.visible_at - held.received_at <= timedelta(hours=12)
    assert caplog.records == []
    waves.close()


def test_a_message_that_came_back_in_hand_is_settled_by_its_newest_receipt(world, url, make):
    ids = fill(world, url, 1)
    source = make()
    waves = source.waves()
    (delivery,) = next(waves)
    source._in_flight._messages[
        delivery.id
    ].lost = True  # nobody keeps it hidden: SQS loses track now and then
    world.jump(HOLD + timedelta(seconds=1))
    assert list(waves) == []
    assert world.messages(url)[0].receives == 2
    world.jump(HOLD - timedelta(seconds=30))
    until = world.clock.now() + HOLD / 2
    eventually(lambda: world.messages(url)[0].visible_at > until)
    source.settle([(delivery, DONE)])
    assert world.messages(url) == []
    assert ids == [delivery.id]


def test_a_deleted_message_that_returns_is_deleted_again_and_not_handled_again(world, url, make):
    fill(world, url, 1)
    source = make()
    waves = source.waves()
    (delivery,) = next(waves)
    (kept,) = world.messages(url)
    source.settle([(delivery, DONE)])
    queue = world.queues.by_url(world._own(), url)
    kept.visible_at = world.clock.now()
    queue.messages[kept.id] = kept
    assert list(waves) == []
    assert world.messages(url) == []


@pytest.mark.parametrize("outcome", ["failed", "deferred"])
def test_a_long_run_receives_nothing_twice_that_it_has_settled(world, url, make, outcome):
    fill(world, url, 1)
    source = make()
    waves = source.waves()
    (delivery,) = next(waves)
    due = world.clock.now() + timedelta(seconds=70)
    left = {"failed": Failed(reason="x"), "deferred": Deferred(until=due, why="x")}[outcome]
    source.settle([(delivery, left)])
    for _ in range(4):
        world.jump(timedelta(seconds=55))
        until = world.clock.now() + HOLD / 2
        eventually(lambda until=until: world.messages(url)[0].visible_at > until)
    world.send(url, "another")
    assert [each.document for each in next(waves)] == ["another"]
    waves.close()
    first = next(message for message in world.messages(url) if message.id == delivery.id)
    assert first.receives == 1
    if outcome == "deferred":
        assert first.visible_at <= world.clock.now()


# Where SQS refuses.


@pytest.mark.parametrize("operation", ["ReceiveMessage", "DeleteMessageBatch"])
def test_a_refused_permission_ends_the_run_and_is_named(world, url, make, operation):
    fill(world, url, 3)
    world.deny("sqs", operation)
    with pytest.raises(AccessDenied, match=operation.removesuffix("Batch")):
        run(make())
    assert len(visible(world, url)) == 3


def test_a_redrive_policy_that_may_not_be_read_is_not_known(world, url, make):
    fill(world, url, 1)
    world.deny("sqs", "GetQueueAttributes")
    (delivery,) = run(make())
    assert delivery.max_receives is None


@pytest.mark.parametrize("policy", ["", "nonsense", "[]", '{"maxReceiveCount": "many"}', "7"])
def test_a_redrive_policy_that_makes_no_sense_is_not_known(world, url, make, policy):
    fill(world, url, 1)
    world.queues.by_url(world._own(), url).attributes["RedrivePolicy"] = ""
    source = make()
    source._client = Attributes(source._client, {"RedrivePolicy": policy})
    (delivery,) = run(source)
    assert delivery.max_receives is None


class Attributes:
    """An SQS client whose GetQueueAttributes answers as it is told."""

    def __init__(self, client, attributes):
        self._client = client
        self._attributes = attributes

    def get_queue_attributes(self, **_):
        return {"Attributes": self._attributes}

    def __getattr__(self, name):
        return getattr(self._client, name)


def test_a_queue_that_is_not_there_is_named(make, url):
    with pytest.raises(NotThere, match=r"changes-gone: it does not exist .*; check its name"):
        run(make(url=url + "-gone"))


def test_a_fault_after_some_messages_costs_none_of_them(world, url, make):
    fill(world, url, 10)
    source = make()
    waves = source.waves()
    world.fail("sqs", "ReceiveMessage", "drop-after", times=1)  # the answer is lost: they come back later
    first = list(waves)
    assert first == []
    world.jump(HOLD)
    assert len(run(make())) == 10


def test_a_receiver_that_fails_is_an_error_and_no_empty_queue(world, url, make):
    fill(world, url, 1)
    world.fail("sqs", "ReceiveMessage", "InternalError", status=500, times=50)
    with pytest.raises(AwsError, match="AWS reported a fault"):
        run(make())


def test_an_entry_that_fails_by_sqss_fault_is_sent_again(world, url, make, monkeypatch, caplog):
    fill(world, url, 12)
    answer = world._operations["sqs"]["DeleteMessageBatch"]
    broken = []

    def once(scope, body):
        result = answer(scope, body)
        if not broken and len(body["Entries"]) > 1:
            broken.append(result["Successful"].pop())
            result["Failed"] = [{"Id": broken[0]["Id"], "Code": "InternalError", "SenderFault": False}]
        return result

    world._operations["sqs"]["DeleteMessageBatch"] = once
    run(make())
    assert broken
    assert world.messages(url) == []
    assert caplog.records == []


def test_what_cannot_be_deleted_is_logged_and_left(world, url, make, caplog):
    fill(world, url, 1)
    world._operations["sqs"]["DeleteMessageBatch"] = lambda _, body: {
        "Successful": [],
        "Failed": [
            {"Id": each["Id"], "Code": "InternalError", "SenderFault": False} for each in body["Entries"]
        ],
    }
    run(make())
    (record,) = caplog.records
    assert "1 message could not be deleted and will come back: InternalError" in record.getMessage()
    assert len(called(world, "DeleteMessageBatch")) == 3


def test_a_network_that_fails_on_deleting_is_logged_and_the_run_goes_on(world, url, make, caplog):
    fill(world, url, 1)
    world.fail("sqs", "DeleteMessageBatch", "drop-before", times=50)
    assert len(run(make())) == 1
    assert "could not be deleted" in caplog.text
    assert len(world.messages(url)) == 1


# Stops.


def test_a_run_that_is_cut_short_gives_back_a_thousand_messages(world, url, make):
    fill(world, url, 1_000)
    world.latency = 0.02
    with closing(make().waves()) as waves:
        assert len(next(waves)) == 1_000
    assert len(visible(world, url)) == 1_000


def test_a_stop_while_receiving_gives_back_what_is_still_on_its_way(world, url, make, clock):
    world.latency = 0.3
    fill(world, url, 60)
    clock.stop_after = 3
    with pytest.raises(Stopping):
        next(make().waves())
    assert len(visible(world, url)) == 60


def test_what_cannot_be_given_back_does_not_hold_up_the_end(world, url, make, monkeypatch):
    monkeypatch.setattr(sqs_queue, "_GIVE_BACK", 0.2)
    fill(world, url, 5)
    with closing(make().waves()) as waves:
        next(waves)
        world.latency = 5
    assert visible(world, url) == []  # the answers are still on their way
    world.latency = 0


def test_a_stopped_run_may_still_settle_what_it_has_done(world, url, make, clock):
    fill(world, url, 4)
    source = make()
    waves = source.waves()
    wave = next(waves)
    clock.stop()
    with pytest.raises(Stopping):
        next(waves)
    assert visible(world, url) == []
    source.settle([(delivery, DONE) for delivery in wave])
    assert world.messages(url) == []


def test_a_dry_run_keeps_hidden_what_a_long_run_has_looked_at(world, url, make):
    fill(world, url, 3)
    source = make(dry_run=True)
    waves = source.waves()
    source.settle([(delivery, DONE) for delivery in next(waves)])
    world.jump(HOLD - timedelta(seconds=20))
    until = world.clock.now() + HOLD / 2
    eventually(lambda: min(message.visible_at for message in world.messages(url)) > until)
    waves.close()
    assert len(visible(world, url)) == 3
    assert called(world, "DeleteMessageBatch") == []


def test_a_healthy_run_logs_nothing(world, url, make, caplog):
    caplog.set_level(logging.DEBUG, "iacwatch")
    fill(world, url, 12)
    run(make())
    assert caplog.records == []


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/q", "eu-west-1"),
        ("https://sqs.us-gov-west-1.amazonaws.com/111122223333/q", "us-gov-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q", "cn-north-1"),
        ("https://sqs-fips.us-east-2.amazonaws.com/111122223333/q", "us-east-2"),
        ("https://sqs.ap-south-1.api.aws/111122223333/q", "ap-south-1"),
        ("https://sqs.eusc-de-east-1.amazonaws.eu/111122223333/q", "eusc-de-east-1"),
        ("https://eu-central-1.queue.amazonaws.com/111122223333/q", "eu-central-1"),
        ("https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/111122223333/q", "eu-west-1"),
        ("https://queue.amazonaws.com/111122223333/q", None),
        ("http://127.0.0.1:4566/111122223333/q", None),
        ("https://sqs.eu-west-1.amazonaws.com.evil.example/111122223333/q", None),
        ("https://evil.example/sqs.eu-west-1.amazonaws.com/q", None),
        ("https://sqs.nonsense.amazonaws.com/q", None),
        ("https://[oops/q", None),
        ("changes", None),
        ("", None),
    ],
)
def test_a_queues_url_names_its_region_only_where_the_host_is_awss(url, region):
    assert queue_region(url) == region

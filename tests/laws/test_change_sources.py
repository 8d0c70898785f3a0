"""What every change source keeps, whoever serves its queue."""

from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.errors import NotThere, Stopping
from iacwatch.sources.sqs import receive
from iacwatch.sources.sqs.source import SqsQueue
from tests.laws.queues import QUEUES


@pytest.fixture(params=QUEUES)
def world(request, monkeypatch):
    monkeypatch.setattr(receive, "POLL", 0)  # the emulators miss nothing; test_sqs_queue has the long poll
    with QUEUES[request.param]() as made:
        yield made


def bodies(count):
    return [f"body {number}" for number in range(count)]


def run(source, outcome):
    """Handle a source to its end; return what it delivered."""
    found = []
    for wave in source.waves():
        found.extend(wave)
        source.settle([(delivery, outcome(delivery)) for delivery in wave])
    return found


def test_everything_is_delivered_once_and_then_it_ends(world):
    world.send(*bodies(37))
    found = run(world.source(), lambda _: Skipped(reason="unmanaged"))
    assert sorted(delivery.document for delivery in found) == sorted(bodies(37))
    assert len({delivery.id for delivery in found}) == 37
    assert world.counts() == (0, 0)


def test_an_empty_queue_yields_nothing(world):
    assert list(world.source().waves()) == []


def test_what_is_done_is_deleted_whatever_the_reason(world):
    world.send("reported", "skipped", "duplicate")
    outcomes = {
        "reported": Reported(finding=None),
        "skipped": Skipped(reason="no-change"),
        "duplicate": Duplicate(finding_id="f"),
    }
    run(world.source(), lambda delivery: outcomes[delivery.document])
    assert world.counts() == (0, 0)


def test_nothing_leaves_the_queue_before_it_is_settled(world):
    world.send(*bodies(3))
    source = world.source()
    with closing(source.waves()) as waves:
        wave = next(waves)
        assert world.counts() == (0, 3)
        source.settle([(wave[0], Skipped(reason="unmanaged"))])
        assert world.counts() == (0, 2)


def test_what_is_deferred_is_in_the_queue_and_hidden(world):
    world.send("early")
    until = world.clock.now() + timedelta(minutes=10)
    run(world.source(), lambda _: Deferred(until=until, why="too early"))
    assert world.counts() == (0, 1)
    assert world.receive() == {}


def test_what_is_deferred_comes_back_at_its_time(world):
    world.send("early")
    until = world.clock.now() + timedelta(seconds=4)
    run(world.source(), lambda _: Deferred(until=until, why="too early"))
    left = {}
    while not left:
        left = world.receive()
    assert left == {"early": 2}
    assert world.clock.now() >= until


def test_what_was_due_in_the_past_comes_back_when_the_run_ends(world):
    world.send("due")
    past = world.clock.now() - timedelta(minutes=1)
    run(world.source(), lambda _: Deferred(until=past, why="held by another run"))
    assert world.receive() == {"due": 2}


def test_what_failed_stays_and_is_received_once_a_run(world):
    world.send(*bodies(3))
    found = run(world.source(hold=timedelta(seconds=4)), lambda _: Failed(reason="Slack is down"))
    assert len(found) == 3
    assert sum(world.counts()) == 3
    left = {}
    while len(left) < 3:
        left |= world.receive()
    assert left == dict.fromkeys(bodies(3), 2)


def test_closing_gives_back_at_once_what_is_not_settled(world):
    world.send(*bodies(12))
    source = world.source()
    with closing(source.waves()) as waves:
        wave = next(waves)
        source.settle([(delivery, Skipped(reason="unmanaged")) for delivery in wave[:2]])
    assert world.counts() == (len(bodies(12)) - 2, 0)


def test_a_run_that_is_asked_to_end_gives_back_what_it_received_and_did_not_deliver(world):
    world.send(*bodies(25))
    world.clock.stop_after = 1
    with pytest.raises(Stopping):
        list(world.source().waves())
    assert world.counts() == (25, 0)


def test_no_more_is_received_than_was_asked_for(world):
    world.send(*bodies(23))
    found = run(world.source(max_messages=13), lambda _: Skipped(reason="unmanaged"))
    assert len(found) == 13
    assert world.counts() == (10, 0)
    assert set(world.receive().values()) == {1}


def test_a_dry_run_hides_until_its_end_and_gives_everything_back(world):
    world.send(*bodies(5))
    source = world.source(dry_run=True)
    waves = source.waves()
    wave = next(waves)
    source.settle([(delivery, Skipped(reason="unmanaged")) for delivery in wave])
    assert world.counts() == (0, 5)
    assert list(waves) == []
    assert world.counts() == (5, 0)


def test_a_dry_run_that_is_cut_short_gives_everything_back(world):
    world.send(*bodies(5))
    source = world.source(dry_run=True)
    with closing(source.waves()) as waves:
        wave = next(waves)
        source.settle([(wave[0], Skipped(reason="unmanaged"))])
    assert world.counts() == (5, 0)


def test_a_run_may_settle_at_its_very_end(world):
    world.send(*bodies(4))
    source = world.source()
    found = [delivery for wave in source.waves() for delivery in wave]
    assert world.counts() == (0, 4)
    outcomes = [Skipped(reason="unmanaged"), Failed(reason="x"), Skipped(reason="unmanaged")]
    until = world.clock.now() + timedelta(minutes=5)
    source.settle(list(zip(found, [*outcomes, Deferred(until=until, why="early")], strict=True)))
    assert world.counts() == (0, 2)


def test_a_delivery_tells_how_often_it_came_and_how_often_it_may(world):
    world.send("one")
    source = world.source()
    with closing(source.waves()) as waves:
        (first,) = next(waves)
    assert (first.receives, first.max_receives) == (1, 5)
    (second,) = run(world.source(), lambda _: Skipped(reason="unmanaged"))
    assert (second.receives, second.max_receives) == (2, 5)


def test_a_queue_that_is_not_there_is_an_error_and_not_an_empty_one(world):
    source = SqsQueue(client=world.client, url=world.url + "-gone", clock=world.clock)
    with pytest.raises(NotThere, match="changes-gone"):
        list(source.waves())


def test_a_delivery_tells_when_it_was_sent(world):
    before = world.clock.now() - timedelta(seconds=1)
    world.send("one")
    (delivery,) = run(world.source(), lambda _: Skipped(reason="unmanaged"))
    assert before <= delivery.sent_at <= world.clock.now()
    assert delivery.given_up_by == ""


@pytest.mark.parametrize("late", [False, True])
def test_what_failed_can_be_received_again_at_once_where_that_is_asked_for(world, late):
    world.send(*bodies(3))
    source = world.source(failed_at_once=True)
    found = []
    for wave in source.waves():
        found.extend(wave)
        if not late:
            source.settle([(delivery, Failed(reason="again")) for delivery in wave])
    if late:
        source.settle([(delivery, Failed(reason="again")) for delivery in found])
    assert len(found) == 3
    assert world.counts() == (3, 0)

"""What every change source keeps, whoever serves its queue; and what a door keeps of its own: drain's, and Lambda's."""

from contextlib import closing, suppress
from datetime import timedelta

import pytest

from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.errors import NotThere, Stopping
from iacwatch.sources.sqs import receive
from iacwatch.sources.sqs.source import SqsQueue
from tests.fixtures.function.poller import ids
from tests.laws.queues import QUEUES

UNMANAGED = Skipped(reason="unmanaged")


@pytest.fixture(params=QUEUES)
def world(request, monkeypatch):
    monkeypatch.setattr(receive, "POLL", 0)  # the emulators miss nothing; test_sqs_queue has the long poll
    with QUEUES[request.param]() as made:
        yield made


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


def test_what_is_done_leaves_the_queue_whatever_the_reason(world, door):
    done = (Reported(finding=None), Skipped(reason="no-change"), Duplicate(finding_id="f"))
    outcomes = dict(zip(bodies(3), done, strict=True))
    world.send(*outcomes)
    world.handled(door, lambda delivery: outcomes[delivery.document])
    assert world.counts() == (0, 0)


def test_what_is_deferred_is_hidden_and_comes_back_at_its_time(world, door):
    world.send("early")
    until = world.clock.now() + timedelta(seconds=2)
    world.handled(door, lambda _: Deferred(until=until, why="too early"))
    assert world.counts() == (0, 1)
    assert world.receive() == {}
    while not (came := world.receive()):
        world.passes(0.5)
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
    world.passes(3)
    again = world.handled(door, skipped)
    assert {each.document for each in again} == set(bodies(3))
    assert {each.max_receives for each in again} == {5}
    # Where time really passes, a busy machine can take longer than messages stay hidden.
    assert {each.receives for each in again} == {2} or world.takes_time


def test_a_run_may_settle_at_its_very_end(world, door):
    early = Deferred(until=world.clock.now() + timedelta(minutes=5), why="early")
    outcomes = dict(zip(bodies(4), [UNMANAGED, Failed(reason="x"), UNMANAGED, early], strict=True))
    world.send(*outcomes)
    assert len(world.handled(door, lambda delivery: outcomes[delivery.document], late=True)) == 4
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


def test_no_more_is_received_than_was_asked_for(world):
    world.send(*bodies(23))
    assert len(world.handled("queue", skipped, max_messages=13)) == 13
    assert world.counts() == (10, 0)
    assert set(world.receive().values()) == {1}


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
    with pytest.raises(NotThere, match=r"changes-.*-gone"):
        list(source.waves())


@pytest.mark.parametrize("late", [False, True])
def test_what_failed_can_be_received_again_at_once_where_that_is_asked_for(world, late):
    world.send(*bodies(3))
    found = world.handled("queue", lambda _: Failed(reason="again"), late=late, failed_at_once=True)
    assert len(found) == 3
    assert world.counts() == (3, 0)


def test_a_batch_that_is_cut_short_lists_what_it_did_not_settle(world):
    world.send(*bodies(12))
    batch, event = world.batch(hold=600)
    with closing(batch.waves()) as waves:
        batch.settle([(delivery, UNMANAGED) for delivery in next(waves)[:2]])
    assert batch.left == ids(event)[2:]
    assert batch.cut == 10
    assert world.counts() == (0, 12)


def test_a_run_that_has_to_end_starts_no_further_wave(world):
    world.send(*bodies(25))
    world.clock.stop_after = 2
    batch, event = world.batch(most=10)
    with suppress(Stopping):
        for wave in batch.waves():
            batch.settle([(delivery, UNMANAGED) for delivery in wave])
    assert len(batch.left) == 5
    world.answered(batch, event)
    assert world.counts() == (0, 5)

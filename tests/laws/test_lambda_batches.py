"""What a source over Lambda's events keeps of the laws of change sources; Lambda receives and deletes."""

import time
from contextlib import closing, suppress
from datetime import timedelta

import pytest

from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.errors import Stopping
from iacwatch.sources.lambda_event import LambdaBatch
from tests.fixtures.function.poller import finished, ids, received
from tests.laws.queues import QUEUES

UNMANAGED = Skipped(reason="unmanaged")


@pytest.fixture(params=QUEUES)
def world(request):
    with QUEUES[request.param]() as made:
        yield made


def bodies(count):
    return [f"body {number}" for number in range(count)]


def invoked(world, outcome, visibility=60, **options):
    """Receive what there is and handle it, as a function does; return what was delivered."""
    event = received(world.client, world.url, visibility=visibility)
    batch = LambdaBatch(event=event, client=lambda _region: world.client, clock=world.clock, **options)
    found = []
    with suppress(Stopping):
        for wave in batch.waves():
            found.extend(wave)
            batch.settle([(delivery, outcome(delivery)) for delivery in wave])
    answer = {"batchItemFailures": [{"itemIdentifier": key} for key in batch.left]}
    finished(world.client, world.url, event, answer)
    return found


def test_everything_is_delivered_once_and_then_it_ends(world):
    world.send(*bodies(37))
    found = invoked(world, lambda _: UNMANAGED)
    assert sorted(delivery.document for delivery in found) == sorted(bodies(37))
    assert len({delivery.id for delivery in found}) == 37
    assert world.counts() == (0, 0)


def test_what_is_done_is_not_listed_whatever_the_reason(world):
    world.send("reported", "skipped", "duplicate")
    outcomes = {
        "reported": Reported(finding=None),
        "skipped": Skipped(reason="no-change"),
        "duplicate": Duplicate(finding_id="f"),
    }
    invoked(world, lambda delivery: outcomes[delivery.document])
    assert world.counts() == (0, 0)


def test_what_is_deferred_comes_back_at_its_time_and_not_before(world):
    world.send("early")
    until = world.clock.now() + timedelta(seconds=4)
    invoked(world, lambda _: Deferred(until=until, why="too early"))
    came, at = world.comes()
    assert came == {"early": 2}
    assert at >= until


def test_what_was_due_in_the_past_comes_back_at_once(world):
    world.send("due")
    past = world.clock.now() - timedelta(minutes=1)
    invoked(world, lambda _: Deferred(until=past, why="held by another run"))
    assert world.receive() == {"due": 2}


def test_what_failed_stays_hidden_as_it_was_received(world):
    world.send("bad", "good")
    invoked(
        world,
        lambda delivery: Failed(reason="Slack is down") if delivery.document == "bad" else UNMANAGED,
        visibility=3,
    )
    assert world.counts() == (0, 1)
    assert world.comes()[0] == {"bad": 2}


def test_a_batch_that_is_cut_short_shows_what_it_did_not_settle_soon(world):
    world.send(*bodies(12))
    event = received(world.client, world.url, visibility=600)
    batch = LambdaBatch(event=event, client=lambda _region: world.client, clock=world.clock)
    with closing(batch.waves()) as waves:
        wave = next(waves)
        batch.settle([(delivery, UNMANAGED) for delivery in wave[:2]])
    assert batch.left == ids(event)[2:]
    assert batch.cut == 10
    assert world.counts() == (0, 12)


def test_a_run_that_has_to_end_starts_no_further_wave(world):
    world.send(*bodies(25))
    world.clock.stop_after = 2
    found = invoked(world, lambda _: UNMANAGED, most=10)
    assert len(found) == 20
    assert world.counts() == (0, 5)


def test_a_run_may_settle_at_its_very_end(world):
    world.send(*bodies(3))
    event = received(world.client, world.url)
    batch = LambdaBatch(event=event, client=lambda _region: world.client, clock=world.clock)
    found = [delivery for wave in batch.waves() for delivery in wave]
    batch.settle(list(zip(found, [UNMANAGED, Failed(reason="x"), UNMANAGED], strict=True)))
    assert batch.left == ids(event)[1:2]


def test_a_delivery_tells_how_often_it_came_and_how_often_it_may(world):
    world.send("one")
    (first,) = invoked(world, lambda _: Failed(reason="x"), visibility=1)
    time.sleep(2)
    (second,) = invoked(world, lambda _: UNMANAGED)
    assert (first.receives, first.max_receives) == (1, 5)
    assert (second.receives, second.max_receives) == (2, 5)

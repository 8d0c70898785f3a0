"""Several runs over one queue at once, and a run whose hold on its messages ends: each change is told once."""

import random
import threading
from datetime import timedelta

import pytest

from iacwatch.sources.sqs import visibility
from tests.faults.foul_aws import once
from tests.faults.killing import Victims
from tests.faults.runs import LATER, slack_of
from tests.fixtures.function.world import World


def person(number):
    return f"person-{number}@example.com"


@pytest.fixture
def at(aws):
    """Do something just before the nth call of an operation."""

    def arrange(operation, act, nth=1):
        now = once(nth)

        def before(request):
            if request.operation == operation and now():
                act()

        aws.before = before

    return arrange


def test_three_drains_at_once_tell_each_change_once_though_each_came_twice(aws, queue, tmp_path):
    victims = Victims(aws, tmp_path, queue, random.Random(0))
    victims.fill(18, people=9, copies=2)
    started = [victims.start() for _ in range(3)]
    ended = [each.communicate(timeout=100)[1] for each in started]
    assert [each.returncode for each in started] == [0, 0, 0], ended
    for _ in range(4):
        victims.wait_for_leases()
        assert victims.run() == 0, victims.said
        if not aws.messages(queue):
            break
    assert aws.messages(queue) == []
    assert aws.told() == dict.fromkeys(range(18), 1)
    assert len([each for each in aws.slack_messages if each["thread_ts"] is None]) == 9, "one a person"


def test_a_drain_and_the_function_at_once_tell_each_change_once_though_each_came_twice(aws, tmp_path):
    world = World(aws, tmp_path)
    world.fill(*range(6))
    for each in world.left().values():
        world.send(each.body)
    with world.function() as function:
        drained = []
        drain = threading.Thread(target=lambda: drained.append(world.drain("-q")))
        event = world.receive(most=6)
        drain.start()
        world.finish(event, function.invoke(event))
        drain.join(100)
        for _ in range(4):
            aws.jump(LATER)
            world.round(function)
    assert world.left() == {}
    assert world.told() == dict.fromkeys(range(6), 1)


@pytest.mark.parametrize("operation", ["LookupEvents", "chat.postMessage", "DeleteMessageBatch"])
def test_messages_that_become_visible_in_mid_wave_are_told_once(aws, place, at, monkeypatch, operation):
    monkeypatch.setattr(visibility.InFlight, "_extend_all", lambda self: None)  # nobody keeps them hidden
    place.fill(*range(6), who="alice@example.com")
    place.fill(*range(6, 9), who="bob@example.com")

    def another():
        aws.jump(LATER)
        place.run()

    at(operation, another)
    first = place.run()
    aws.quiet()
    assert first.error is None
    place.finish()
    # What was in Slack's hands already while the first run's claim ended is the other's to tell again.
    most = 2 if operation == "chat.postMessage" else 1
    assert all(count <= most for count in aws.told().values())
    assert set(aws.told()) == set(range(9))


def test_a_run_whose_claim_ended_while_it_was_telling_leaves_the_ledger_to_the_other(aws, place, at):
    """A process that was suspended in mid-sentence: the one window besides a crash in which a repeat can be."""
    place.fill(1, copies=2)
    body = aws.messages(place.queue)[0].body
    other = []

    def suspended():
        aws.jump(LATER)
        other.append(place.run())

    at("chat.postMessage", suspended)
    first = place.run()
    aws.quiet()
    assert (first.error, other[0].error) == (None, None)
    assert aws.told() == {1: 2}
    aws.send(place.queue, body)
    place.finish()
    assert aws.told() == {1: 2}


@pytest.mark.parametrize("minutes", [-12, 12])
def test_machines_whose_clocks_disagree_tell_each_change_once(aws, place, minutes):
    place.fill(*range(4), who="alice@example.com", copies=2)
    place.fill(4, who="bob@example.com", minutes=13)
    for _ in range(3):
        place.run(skew=timedelta(minutes=minutes))
        aws.jump(LATER)
        place.run()
        aws.jump(timedelta(minutes=20))
    place.finish(skew=timedelta(minutes=minutes))
    assert aws.told() == dict.fromkeys(range(5), 1)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_set_in_mid_run_keeps_nobody_waiting(aws, place, at, hours):
    for number in range(6):
        place.fill(number, who=person(number))
    container = place.container()
    at("chat.postMessage", lambda: setattr(container.clock, "skew", timedelta(hours=hours)), nth=2)
    container.pipeline([slack_of(container)]).run(container.queue())
    assert aws.told() == dict.fromkeys(range(6), 1)
    assert aws.messages(place.queue) == []
    assert container.clock.asked < 500


def test_an_hour_of_slack_being_down_loses_nothing_and_its_coming_back_in_mid_run_tells_the_rest(aws, place):
    for number in range(40):
        place.fill(number, who=person(number))
    aws.fail("slack", "*", "server_error", status=503, times=100_000)
    before = aws.clock.now()
    place.run()
    assert aws.clock.now() - before < timedelta(seconds=100)
    for _ in range(3):
        aws.jump(timedelta(minutes=20))
        place.run()
    assert aws.told() == {}
    assert len(aws.messages(place.queue)) == 40
    aws.quiet()
    aws.fail("slack", "*", "server_error", status=503, times=10)
    aws.jump(LATER)
    place.run()
    assert len(aws.told()) == 40 - 7
    aws.jump(LATER)
    place.finish()
    assert aws.told() == dict.fromkeys(range(40), 1)

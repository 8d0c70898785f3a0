"""Several runs over one queue at once, and a run whose hold on its messages ends: each change is told once."""

from datetime import timedelta

import pytest

from iacwatch.sources.sqs import visibility
from tests.faults.foul_aws import once
from tests.faults.runs import LATER, slack_of


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


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_set_in_mid_run_keeps_nobody_waiting(aws, place, at, hours):
    for number in range(6):
        place.fill(number, who=f"person-{number}@example.com")
    container = place.container()
    at("chat.postMessage", lambda: setattr(container.clock, "skew", timedelta(hours=hours)), nth=2)
    container.pipeline([slack_of(container)]).run(container.queue())
    assert aws.told() == dict.fromkeys(range(6), 1)
    assert aws.messages(place.queue) == []
    assert container.clock.asked < 500


def test_an_hour_of_slack_being_down_loses_nothing_and_its_coming_back_in_mid_run_tells_the_rest(aws, place):
    for number in range(40):
        place.fill(number, who=f"person-{number}@example.com")
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

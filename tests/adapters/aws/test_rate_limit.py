"""A rate is kept for each key, over all threads, and only the clock waits."""

from collections import deque
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.errors import Stopping
from tests.fixtures.clocks import TickingClock, WorldClock, seconds

KEY = ("111122223333", "eu-west-1")
OTHER = ("111122223333", "us-east-1")


@pytest.fixture
def clock():
    return TickingClock()


def sent(clock, limit, count):
    """Send so many calls; return when each was sent."""
    return [limit.wait(KEY) or clock.now() for _ in range(count)]


def waited(clock, limit, key=KEY):
    before = clock.now()
    limit.wait(key)
    return (clock.now() - before).total_seconds()


def most_in_a_second(times):
    """Return the largest count in any sliding second."""
    window, most = deque(), 0
    for at in sorted(times):
        window.append(at)
        while at - window[0] >= seconds(1):
            window.popleft()
        most = max(most, len(window))
    return most


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 4.0])
def test_never_more_than_the_rate_in_any_second_and_hardly_less(clock, rate):
    times = sent(clock, RateLimit(clock, per_second=rate), 201)
    assert most_in_a_second(times) <= max(rate, 1)
    assert (times[-1] - times[0]).total_seconds() < 1.08 * 200 / rate


@given(st.lists(st.floats(0, 0.05), min_size=30, max_size=30), st.sampled_from([0.0, 0.05, 0.2]))
@settings(max_examples=30, deadline=None)
def test_neither_jitter_on_the_way_nor_new_connections_bring_more_calls_into_one_second(jitter, set_up):
    times = sent(clock := TickingClock(), RateLimit(clock, per_second=2), 30)
    late = [at + seconds(each) for at, each in zip(times, jitter, strict=True)]
    assert most_in_a_second(late) <= 2
    assert most_in_a_second([at + seconds(set_up if place < 2 else 0) for place, at in enumerate(times)]) == 2


def test_a_refusal_makes_its_key_wait_and_no_other_and_those_of_calls_in_flight_count_once(clock):
    limit = RateLimit(clock, per_second=2)
    for key in (KEY, OTHER):
        assert waited(clock, limit, key) == 0
    for _ in range(4):
        limit.throttled(KEY)
    assert waited(clock, limit, OTHER) <= 0.55
    assert 0.4 <= waited(clock, limit) < 2


def test_refusals_in_a_row_double_the_wait_up_to_a_bound_and_the_rate_recovers(clock):
    limit, waits = RateLimit(clock, per_second=2), []
    for _ in range(12):
        waits.append(waited(clock, limit))
        limit.throttled(KEY)
    assert waits[3] > waits[1] > 0
    assert max(waits) < 30
    assert min(waits[8:]) > 8
    sent(clock, limit, 60)
    times = sent(clock, limit, 20)
    assert (times[-1] - times[0]).total_seconds() < 11


def test_a_run_that_has_to_end_sends_no_further_call_even_where_none_would_wait():
    clock = WorldClock()
    clock.stop()
    with pytest.raises(Stopping):
        RateLimit(clock, per_second=2).wait(KEY)


def test_a_clock_that_is_set_back_makes_nobody_wait_for_long(clock):
    limit = RateLimit(clock, per_second=2)
    sent(clock, limit, 3)
    clock.advance(timedelta(hours=-2))
    assert waited(clock, limit) < 2


def test_a_rate_that_may_grow_does_so_up_to_its_bound_and_once_refused_not_as_far_again(clock):
    limit = RateLimit(clock, per_second=4, at_most=16)
    times = sent(clock, limit, 120)
    assert most_in_a_second(times[:4]) <= 4
    assert 12 <= most_in_a_second(times) <= 16
    limit.throttled(KEY)
    times = sent(clock, limit, 200)
    assert most_in_a_second(times[:5]) <= 5
    assert most_in_a_second(times) < 12

"""A pace is kept for each key, over all threads, and only the clock waits."""

import threading
from collections import deque
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.errors import Stopping
from tests.fixtures.clocks import TickingClock, WorldClock

KEY = ("111122223333", "eu-west-1")
OTHER = ("111122223333", "us-east-1")


def sent(clock, limit, count, key=KEY, work=timedelta(0)):
    """Send so many calls, each of which takes so long; return when each was sent."""
    times = []
    for _ in range(count):
        limit.wait(key)
        times.append(clock.now())
        clock.advance(work)
    return times


def most_in_a_second(times):
    """Return the largest count in any sliding second."""
    window, most = deque(), 0
    for at in sorted(times):
        window.append(at)
        while at - window[0] >= timedelta(seconds=1):
            window.popleft()
        most = max(most, len(window))
    return most


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 4.0])
def test_never_more_than_the_rate_in_any_second(rate):
    clock = TickingClock()
    times = sent(clock, RateLimit(clock, per_second=rate), 40)
    assert most_in_a_second(times) <= max(rate, 1)


@pytest.mark.parametrize("set_up", [0.0, 0.05, 0.2])
def test_new_connections_do_not_bring_three_calls_into_one_second(set_up):
    clock = TickingClock()
    times = sent(clock, RateLimit(clock, per_second=2), 12)
    late = [at + timedelta(seconds=set_up if number < 2 else 0) for number, at in enumerate(times)]
    assert most_in_a_second(late) == 2


@given(st.lists(st.floats(0, 0.05), min_size=30, max_size=30))
@settings(max_examples=50, deadline=None)
def test_a_little_jitter_on_the_way_does_no_harm(delays):
    clock = TickingClock()
    times = sent(clock, RateLimit(clock, per_second=2), 30)
    assert (
        most_in_a_second([at + timedelta(seconds=each) for at, each in zip(times, delays, strict=True)]) <= 2
    )


def test_the_pace_is_close_to_what_is_allowed():
    clock = TickingClock()
    times = sent(clock, RateLimit(clock, per_second=2), 201)
    assert (times[-1] - times[0]).total_seconds() < 108  # 200 gaps of half a second are 100


def test_slow_calls_do_not_wait_besides():
    clock = TickingClock()
    sent(clock, RateLimit(clock, per_second=2), 10, work=timedelta(seconds=3))
    assert sum(clock.sleeps, timedelta(0)) == timedelta(0)


def test_idle_time_saves_up_no_burst():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=2)
    sent(clock, limit, 1)
    clock.advance(timedelta(hours=1))
    assert most_in_a_second(sent(clock, limit, 10)) == 2


def test_keys_do_not_wait_for_each_other():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=2)
    limit.wait(KEY)
    limit.wait(OTHER)
    assert clock.sleeps == [timedelta(0), timedelta(0)]


def test_a_refusal_makes_its_key_wait_and_no_other():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=2)
    limit.wait(KEY)
    limit.throttled(KEY)
    before = clock.now()
    limit.wait(OTHER)
    assert clock.now() == before
    limit.wait(KEY)
    assert clock.now() - before >= timedelta(seconds=1)


def test_refusals_in_a_row_double_the_wait_up_to_a_bound():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=2)
    waits = []
    for _ in range(12):
        before = clock.now()
        limit.wait(KEY)
        waits.append((clock.now() - before).total_seconds())
        limit.throttled(KEY)
    assert waits[3] > waits[1] > 0
    assert max(waits) < 30
    assert min(waits[8:]) > 8


def test_refusals_of_calls_in_flight_together_count_once():
    clock = TickingClock()
    once, often = RateLimit(clock, per_second=2), RateLimit(clock, per_second=2)
    for limit, times in ((once, 1), (often, 4)):
        limit.wait(KEY)
        for _ in range(times):
            limit.throttled(KEY)
    before = clock.now()
    often.wait(KEY)
    assert clock.now() - before < timedelta(seconds=2)


def test_the_pace_recovers_after_refusals():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=2)
    for _ in range(6):
        limit.wait(KEY)
        limit.throttled(KEY)
    sent(clock, limit, 30)
    times = sent(clock, limit, 20)
    assert (times[-1] - times[0]).total_seconds() < 11


def test_whoever_is_stopped_while_waiting_takes_nothing():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=0.01)
    limit.wait(KEY)
    clock.stop_at = clock.now() + timedelta(seconds=5)
    with pytest.raises(Stopping):
        limit.wait(KEY)
    assert max(clock.sleeps) <= timedelta(seconds=1)
    clock.stop_at = None
    before = clock.now()
    limit.wait(KEY)
    assert clock.now() - before < timedelta(seconds=106)


def test_a_run_that_has_to_end_sends_no_further_call_even_where_none_would_wait():
    clock = WorldClock()
    clock.stop()
    with pytest.raises(Stopping):
        RateLimit(clock, per_second=2).wait(KEY)


def test_a_clock_that_is_set_back_makes_nobody_wait_for_long():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=2)
    sent(clock, limit, 3)
    clock.advance(timedelta(hours=-2))
    before = clock.now()
    limit.wait(KEY)
    assert clock.now() - before < timedelta(seconds=2)


class WatchedClock(WorldClock):
    """Remembers for each thread the last time that it was told: that of its call's place."""

    def __init__(self):
        super().__init__()
        self.told = threading.local()

    def now(self):
        self.told.at = super().now()
        return self.told.at


def test_threads_share_one_pace():
    clock = WatchedClock()
    limit = RateLimit(clock, per_second=20)
    times = []

    def call():
        for _ in range(5):
            limit.wait(KEY)
            times.append(clock.told.at)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == 20
    times.sort()
    assert min(later - earlier for earlier, later in pairwise(times)) >= timedelta(seconds=1 / 20)


def test_a_pace_that_may_grow_does_so_up_to_its_bound_while_nothing_is_refused():
    clock = TickingClock()
    times = sent(clock, RateLimit(clock, per_second=4, at_most=16), 120)
    assert most_in_a_second(times[:4]) <= 4
    assert 12 <= most_in_a_second(times) <= 16


def test_a_pace_that_was_refused_falls_back_and_does_not_grow_as_far_again():
    clock = TickingClock()
    limit = RateLimit(clock, per_second=4, at_most=16)
    sent(clock, limit, 120)
    limit.throttled(KEY)
    times = sent(clock, limit, 200)
    assert most_in_a_second(times[:5]) <= 5
    assert most_in_a_second(times) < 12

"""What the plan of lookups is made of: sets of seconds, the memory of what was read, expected costs."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.trails.lookup_events import state
from iacwatch.trails.lookup_events.cost import MUST, PAGE, START, Choice, Pages, split
from iacwatch.trails.lookup_events.density import BUCKET, FIRST_GUESS, Density
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import SETTLED, WRITES, Known, Lookup, Reads, Seen

PAIRS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple), max_size=12)


def seconds(spans):
    return {second for lo, hi in spans for second in range(lo, hi)}


@given(PAIRS, st.integers(0, 60), st.integers(0, 60))
def test_spans_are_a_sorted_set_of_seconds_that_never_touch_each_other(pairs, lo, hi):
    spans, held, asked = Intervals(pairs), seconds(pairs), set(range(lo, hi))
    assert seconds(spans) == held
    assert seconds(spans.gaps(lo, hi)) == asked - held
    assert seconds(spans.within(lo, hi)) == asked & held
    assert spans.covers(lo, hi) == (asked <= held)
    assert bool(spans) == bool(held)
    assert all((second in spans) == (second in held) for second in range(-1, 62))
    flat = [edge for span in spans for edge in span]
    assert flat == sorted(set(flat))
    assert spans.around(lo, hi) == [span for span in spans if span[0] < hi and span[1] > lo] or hi <= lo
    assert spans.end_below(lo) == max((hi for _, hi in spans if hi <= lo), default=0)


def test_reads_are_usable_where_they_are_new_enough_or_had_settled():
    reads, now = Reads(), 10 * SETTLED
    reads.add(0, now - SETTLED // 2, now)
    assert list(reads.usable(None)) == list(reads.usable(now)) == [(0, now - SETTLED // 2)]
    later = reads.usable(now + 1)
    assert list(later) == [(0, now - SETTLED)]
    reads.add(now - SETTLED, now, now + 5)
    assert list(later) == [(0, now)]


def test_forgetting_keeps_the_newest_and_never_claims_what_was_forgotten():
    known = Known()
    known.add(Seen(event_id=str(at), at=at * 10) for at in [1, 2, 3, 4, 5])
    known.add([Seen(event_id="twin", at=30)])
    known.reads[WRITES].add(0, 100, 1000)
    known.reads[Lookup("ResourceName", "old")].add(0, 20, 1000)
    known.reads[Lookup("ResourceName", "new")].add(25, 100, 1000)
    known.forget(3)
    assert sorted(row.at for row in known.events.values()) == [40, 50]
    assert list(known.reads[WRITES].usable(None)) == [(31, 100)]
    assert set(known.reads) == {WRITES, Lookup("ResourceName", "new")}


def test_no_more_lookups_are_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(state, "_MOST_READS", 100)
    known = Known()
    known.reads[WRITES].add(0, 10, 1000)
    for number in range(150):
        known.reads[Lookup("ResourceName", str(number))].add(0, 10, 1000)
    known.forget(10)
    assert len(known.reads) == 101
    assert {Lookup("ResourceName", "149"), WRITES} <= set(known.reads)


def even(per_second, hi=20_000):
    density = Density()
    density.observe(0, hi, [int(place / per_second) for place in range(int(hi * per_second))])
    return density


@pytest.mark.parametrize("per_second", [0.05, 1.0, 7.5])
def test_pages_add_up_to_what_was_seen_and_what_was_read_already_costs_nothing(per_second):
    pages = Pages.expected(even(per_second), 6_000, 12_000, Intervals())
    assert pages.between(6_000, 12_000) == pytest.approx(6_000 * per_second / PAGE, rel=0.03)
    middle = pages.middle(6_000, 12_000)
    assert pages.between(6_000, middle) == pytest.approx(pages.between(middle, 12_000), rel=0.05)
    assert pages.between(0, 6_000) == 0
    rest = Pages.expected(even(per_second), 0, 10_000, Intervals([(2_000, 7_000)]))
    assert rest.between(2_000, 7_000) == 0
    assert rest.between(0, 10_000) == pytest.approx(5_000 * per_second / PAGE, rel=0.03)
    assert rest.without([(0, 2_000)]).between(0, 7_000) == 0


def test_an_account_that_varies_is_tried_below_its_average_and_more_so_where_little_was_seen():
    assert (Density().guess(), Density().known) == (FIRST_GUESS, False)
    steady, varied = even(1.0, hi=6_000), Density()
    for place in range(100):
        lo = place * BUCKET
        varied.observe(lo, lo + BUCKET, [lo] * (5 if place % 2 else 115))
    assert steady.guess() > 0.85 * steady.average
    assert varied.guess(1.5) < varied.guess() < 0.6 * varied.average
    little = even(1.0, hi=60)
    assert little.guess(1.5) < 0.5 * little.average


def cost(spans, choices, pages):
    """Return what a set of sweeps costs: pages, beginnings, and the names of all that lies in none.

    A change's own write comes shortly before its window's end.
    """
    inside = [choice for choice in choices if any(lo <= choice.lo and choice.hi <= hi for lo, hi in spans)]
    return (
        sum(pages.between(lo, hi) + START for lo, hi in spans)
        + sum(choice.own / PAGE for choice in choices for lo, hi in spans if lo < choice.hi <= hi)
        + sum(choice.pay for choice in choices if choice not in inside)
    )


def least(choices, pages):
    """Return the least cost over all sets of sweeps from a window's beginning to a window's end."""
    los, his = sorted({choice.lo for choice in choices}), sorted({choice.hi for choice in choices})
    spans = [(lo, hi) for lo in los for hi in his if lo < hi]
    best = cost([], choices, pages)
    for count in range(1, min(3, len(spans)) + 1):
        for chosen in itertools.combinations(spans, count):
            if all(left[1] <= right[0] for left, right in itertools.pairwise(sorted(chosen))):
                best = min(best, cost(chosen, choices, pages))
    return best


CHOICES = st.tuples(st.integers(0, 40), st.sampled_from([1.0, 2.0, 0.5, 8.0]))


@settings(deadline=None, max_examples=60)
@given(st.lists(CHOICES, min_size=1, max_size=5), st.sampled_from([0.02, 0.1, 0.5, 2.0]), st.integers(0, 2**16))  # fmt: skip
def test_windows_of_one_length_are_split_for_the_least_cost(drawn, per_second, seed):
    rng = random.Random(seed)
    rates = [per_second * rng.lognormvariate(0, 1) for _ in range(80)]
    pages = Pages(rates, 0, 80 * BUCKET, Intervals([(1_000, 1_400)]))
    choices = [Choice(lo * 90, lo * 90 + 1_200, pay, 1) for lo, pay in drawn]
    assert cost(split(choices, pages), choices, pages) == pytest.approx(least(choices, pages))


def test_what_must_be_swept_is_swept_and_a_window_far_longer_than_the_rest_is_decided_by_itself():
    pages = Pages([10.0] * 100, 0, 6_000, Intervals())
    choices = [Choice(0, 1_200, MUST), Choice(100, 1_100, 1.0), Choice(4_000, 5_200, 1.0)]
    assert split(choices, pages) == [(0, 1_200)]
    assert split([], pages) == []
    pages = Pages([0.05] * 1_500, 0, 90_000, Intervals())
    short = [Choice(place * 1_000, place * 1_000 + 1_200, 5.0) for place in range(10)]
    for pay, swept in ((1.0, (0, 10_200)), (MUST, (0, 86_400)), (90.0, (0, 86_400))):
        assert split([*short, Choice(0, 86_400, pay)], pages) == [swept]


def test_a_share_of_missing_names_moves_with_what_is_seen_but_promises_stay():
    shares = Shares()
    assert shares.share("t", 0.3) == pytest.approx(0.3)
    for _ in range(100):
        shares.learn("t", missing=False)
    assert shares.share("t", 0.3) < 0.05
    for _ in range(1_000):
        shares.learn("t", missing=True)
    assert 0.8 < shares.share("t", 0.3) < 1
    assert (shares.share("t", 0.0), shares.share("t", 1.0)) == (0.0, 1.0)
    assert shares.share("other", 0.3) == pytest.approx(0.3)

"""The plan of lookups, without HTTP: how few calls it takes, and that it misses nothing."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.core.model import Window
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import WRITES, Known, Page, Seen
from tests.fixtures.simulated_history import PAGE, START, Change, History, history, moment

BUSY, QUIET, LATER = 1.5, 0.01, 2e9


class Asked:
    """What became of a plan: the requests in order, and whether it came to its end."""

    def __init__(self, queries, answer, known=None, *, streams=1, at=LATER, order=None):
        self.known = known if known is not None else Known()
        self.plan = Plan(queries, self.known, Shares(), now=at)
        self.asks, flying = [], []
        while True:
            while len(flying) < streams and (ask := self.plan.next(at)):
                flying.append(ask)
                self.asks.append(ask)
            if not flying:
                break
            ask = flying.pop(order.randrange(len(flying)) if order else 0)
            page = answer(ask)
            if page is None:
                self.plan.lost(ask)
            else:
                self.plan.take(ask, page)
        assert self.plan.done
        self.keys = [ask.lookup.key for ask in self.asks]
        self.found = {row.event for row in self.known.events.values() if row.event is not None}


def ask_all(world, known=None, *, streams=1, **more):
    queries = [change.query(**more) for change in world.changes]
    return Asked(queries, world.answer, known, streams=streams)


def made(seed, count, shape, per_second, **more):
    return history(random.Random(seed), count, shape=shape, per_second=per_second, **more)


def lone(per_second, names=1, missing=0.0, **fields):
    """Return the history of one lone change."""
    world = made(1, 1, "spread", per_second, kinds=(("a", names, missing),))
    change = replace(world.changes[0], **{"listed": True, **fields})
    return History(changes=[change], writes=world.writes)


def stormy(world, seconds):
    """Return the history with writes of others in these seconds."""
    return History(changes=world.changes, writes=world.writes + [(START + second, -1) for second in seconds])


def pages(rows):
    """Return what answers with these rows, newest first, page by page."""

    def answer(ask):
        done, found = int(ask.token or 0), [row for row in rows if ask.lo <= row.at < ask.hi]
        more = str(done + PAGE) if done + PAGE < len(found) else None
        return Page(rows=found[done : done + PAGE], token=more)

    return answer


COSTS = {
    "names may be missing, and are not": (lambda: lone(BUSY, missing=0.1), 1, 1),
    "names may be missing, and are: by a sweep": (lambda: lone(BUSY, missing=0.1, listed=False), 1, 36),
    "names are missing": (lambda: lone(BUSY, missing=1.0, listed=False), 1, 35),
    "no name that can be asked for": (lambda: lone(QUIET, names=0), 1, 2),
    "a lone change of three names, all the writes": (lambda: lone(20, names=3), 1, 3),
    "one apply, uneven": (lambda: made(3, 500, "burst", BUSY, uneven=True), 1, 48),
    "one apply, two requests at once": (lambda: made(8, 400, "burst", 0.3, uneven=True), 2, 16),
    "lone changes, busy: by name": (lambda: made(4, 40, "spread", BUSY, span=90 * 86_400), 1, 42),
    "lone changes, quiet: two at once by a sweep": (lambda: made(5, 200, "spread", QUIET), 1, 33),
    "lone changes, three requests at once": (lambda: made(8, 400, "spread", 0.3, uneven=True), 3, 456),
    "a sweep too long": (lambda: stormy(made(7, 20, "burst", 0.0), [*range(-1_200, 180)] * 14), 1, 24),
    "a hot name, quiet: by a sweep": (lambda: lone(0.05, hot_pages=40), 1, 6),
    "a hot name, busier still: by name": (lambda: lone(20, hot_pages=8), 1, 12),
}


@pytest.mark.parametrize("case", COSTS)
def test_all_is_found_by_few_calls_and_nothing_is_asked_twice(case):
    make, streams, most = COSTS[case]
    world = make()
    asked = ask_all(world, streams=streams)
    assert asked.found == {change.number for change in world.changes}
    assert len(asked.asks) <= most
    assert ask_all(world, asked.known).asks == []


def test_windows_of_a_busy_name_are_asked_apart():
    # A read every three seconds: eight pages a window, and forty between two windows.
    reads = (Seen(event_id=f"r{at}", at=START + at, can_change=False) for at in range(40_000, 0, -3))
    named = pages(list(reads))
    change = replace(lone(BUSY).changes[0], captured=START + 20_000)

    def answer(ask):
        if ask.lookup != WRITES:
            return named(ask)
        first = max(ask.lo, ask.hi - 1 - int(ask.token or 0))  # and it is far busier still
        rows = [Seen(event_id=f"w{first}-{place}", at=first) for place in range(PAGE)]
        return Page(rows=rows, token=str(int(ask.token or 0) + 1) if first > ask.lo else None)

    asked = Asked([replace(change, captured=change.captured + place).query() for place in (0, 7_200)], answer)
    assert asked.keys.count("ReadOnly") <= 2
    assert 16 <= asked.keys.count("ResourceName") <= 20


@pytest.mark.parametrize("thorough", [False, True])
def test_a_time_to_come_and_a_clock_that_is_set_back_make_nothing_asked_for_ever(thorough):
    world = lone(QUIET)
    now = world.changes[0].hi + 60
    query = world.changes[0].query(thorough=thorough, as_of=moment(now + 3_600))
    assert len(Asked([query], world.answer, at=now).asks) == 1
    plan = Plan([replace(query, as_of=moment(now))], Known(), Shares(), now=now)
    ask = plan.next(now - 3_600)
    plan.take(ask, world.answer(ask))
    assert plan.done


@pytest.mark.parametrize("thorough", [False, True])
def test_a_page_that_ends_within_the_first_second_of_a_window_is_not_the_last(thorough):
    change = lone(QUIET).changes[0]
    rows = [Seen(event_id=f"x{place}", at=change.lo, names=change.names) for place in range(70)]
    rows.append(Seen(event_id="mine", at=change.lo, names=change.names, event=0))
    assert Asked([change.query(thorough=thorough)], pages(rows)).found == {0}


def test_empty_pages_with_a_token_are_followed():
    world = lone(QUIET)

    def answer(ask):
        waits = len(ask.token or "")
        return Page(rows=(), token="+" * (waits + 1)) if waits < 3 else world.answer(replace(ask, token=None))

    assert Asked([world.changes[0].query(thorough=True)], answer).found == {0}


def test_names_in_words_are_one_line_and_not_endless():
    wants = ask_all(lone(BUSY), names=("a\n\u202eb" + "c" * 500,)).plan.wants
    (words,) = wants.tried(wants.all[0])
    assert not {"\n", "\u202e"} & set(words)
    assert len(words) < 150


SECONDS = st.integers(0, 900)


@st.composite
def worlds(draw):
    """Draw few changes close together, windows of all lengths, and background that comes in heaps."""
    changes, writes, queries = [], [], []
    for number in range(draw(st.integers(1, 12))):
        lo = START + draw(SECONDS)
        hi = lo + draw(st.sampled_from([0, 1, 30, 60, 60, 90, 600]))
        missing = draw(st.sampled_from([0.0, 0.0, 0.2, 1.0]))
        change = Change(
            number=number,
            captured=hi,
            at=draw(st.integers(lo, max(lo, hi - 1))),
            kind="a",
            names=tuple(f"n{number}-{place}" for place in range(draw(st.integers(1, 3)))),
            missing=missing,
            listed=missing == 0 or draw(st.booleans()),
            hot_pages=draw(st.sampled_from([0.0, 0.0, 3.0])),
        )
        changes.append(change)
        writes.append((change.at, number))
        names, thorough = change.names if draw(st.integers(0, 9)) else (), draw(st.integers(0, 5)) == 0
        window = Window(start=moment(lo), end=moment(hi))
        queries.append(change.query(window=window, names=names, thorough=thorough, resource_type=""))
    for _ in range(draw(st.integers(0, 4))):
        second, count = START + draw(SECONDS), draw(st.sampled_from([1, 49, 50, 51, 120, 400]))
        width = draw(st.sampled_from([1, 60, 600]))
        writes += [(second + place % width, -1) for place in range(count)]
    return History(changes=changes, writes=writes), queries


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(1, 4), st.integers(0, 2**32), st.integers(0, 3))
def test_whatever_the_history_every_write_asked_for_is_found(drawn, streams, seed, rounds):
    world, queries = drawn
    known, order, losses = Known(), random.Random(seed), [0]

    def answer(ask):
        if ask.token is not None and losses[0] < 5 and order.random() < 0.1:
            losses[0] += 1
            return None
        return world.answer(ask)

    for _ in range(rounds):  # earlier rounds, about some of it, some of that forgotten
        some = [query for query in queries if order.random() < 0.5]
        Asked(some, answer, known, streams=streams, order=order, at=LATER - 1)
        known.forget(order.choice([0, 3, 50, 10_000]))
    asked = Asked(queries, answer, known, streams=streams, order=order)
    pairs = zip(world.changes, queries, strict=True)
    assert asked.found >= {change.number for change, query in pairs if moment(change.at) in query.window}
    assert all(ask.lo < ask.hi for ask in asked.asks)


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
    assert all((second in spans) == (second in held) for second in range(-1, 62))
    flat = [edge for span in spans for edge in span]
    assert flat == sorted(set(flat))
    assert spans.around(lo, hi) == [span for span in spans if span[0] < hi and span[1] > lo] or hi <= lo
    assert spans.end_below(lo) == max((hi for _, hi in spans if hi <= lo), default=0)

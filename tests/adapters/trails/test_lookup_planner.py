"""The plan of lookups, without HTTP: how few calls it takes, and that it misses nothing."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.core.model import TrailQuery, Window
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import SETTLED, WRITES, Ask, Known, Lookup, Page, Seen
from tests.fixtures.simulated_history import ACCOUNT, PAGE, REGION, START, Change, History, history, moment

LATER = 2e9
BUSY, QUIET = 1.5, 0.01


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

    @property
    def keys(self):
        return [ask.lookup.key for ask in self.asks]

    @property
    def spans(self):
        return {(ask.lo, ask.hi) for ask in self.asks}

    @property
    def found(self):
        return {row.event for row in self.known.events.values() if row.event is not None}


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


def around(change, lo, hi):
    return Window(start=moment(change.lo + lo), end=moment(change.hi + hi))


def pages(rows):
    """Return what answers with these rows, newest first, page by page."""

    def answer(ask):
        done, found = int(ask.token or 0), [row for row in rows if ask.lo <= row.at < ask.hi]
        more = str(done + PAGE) if done + PAGE < len(found) else None
        return Page(rows=found[done : done + PAGE], token=more)

    return answer


@pytest.mark.parametrize("per_second", [0.001, QUIET, 0.1, BUSY, 20])
@pytest.mark.parametrize("names", [1, 2, 3])
def test_a_lone_change_never_pays_more_than_a_call_for_each_of_its_names(names, per_second):
    asked = ask_all(lone(per_second, names))
    assert len(asked.asks) <= names
    assert asked.found == {0}


@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("per_second", [QUIET, 0.1, BUSY])
def test_one_apply_is_swept(per_second, uneven):
    world = made(3, 500, "burst", per_second, uneven=uneven)
    first, last = min(change.lo for change in world.changes), max(change.hi for change in world.changes)
    asked = ask_all(world)
    assert asked.found == set(range(500))
    assert len(asked.asks) <= 1.05 * world.count(first, last) / PAGE + 1


def test_lone_changes_in_a_busy_account_are_asked_by_name_after_a_single_page():
    asked = ask_all(made(4, 40, "spread", BUSY, span=90 * 86_400))
    assert len(asked.asks) <= 42
    assert asked.keys.count("ReadOnly") <= 2


def test_lone_changes_in_a_quiet_account_are_swept_where_that_answers_two_at_once():
    world = made(5, 200, "spread", QUIET)
    assert len(ask_all(world).asks) <= world.count(0, 2**40) / PAGE + 12


def test_a_busy_minute_at_the_beginning_does_not_fool_thousands_of_changes():
    world = made(6, 2000, "spread", 0.1)
    newest = max(change.captured for change in world.changes)
    storm = [(newest - number % 60, -1) for number in range(3000)]
    assert len(ask_all(History(changes=world.changes, writes=world.writes + storm)).asks) <= 1000


def test_a_sweep_that_turns_out_too_long_gives_way_to_names():
    changes = made(7, 20, "burst", 0.0).changes
    oldest, newest = min(change.lo for change in changes), max(change.captured for change in changes)
    storm = [(random.Random(second).randrange(oldest, newest), -1) for second in range(20_000)]
    asked = ask_all(
        History(changes=changes, writes=[(change.at, change.number) for change in changes] + storm)
    )
    assert asked.found == set(range(20))
    assert len(asked.asks) <= 24


@pytest.mark.parametrize(("shape", "streams"), [("burst", 2), ("spread", 3), ("bursts", 6)])
def test_several_requests_under_way_cost_little_more_and_find_the_same(shape, streams):
    world = made(8, 400, shape, 0.3, uneven=True)
    many = ask_all(world, streams=streams)
    assert many.found == set(range(400))
    assert len(many.asks) <= 1.1 * len(ask_all(world).asks) + 2 * streams


@pytest.mark.parametrize("streams", [1, 2, 3, 6])
def test_a_sweep_shared_by_several_reads_hardly_anything_twice_and_counts_nothing_twice(streams):
    changes = made(9, 5, "burst", 0.0).changes
    lo, hi = min(change.lo for change in changes), max(change.hi for change in changes)
    background = [(second, -1) for second in (*range(lo, hi), *range(lo, hi, 3))]
    world = History(changes=changes, writes=[(change.at, change.number) for change in changes] + background)
    rows = []

    def answer(ask):
        page = world.answer(ask)
        rows.extend(row.event_id for row in page.rows)
        return page

    asked = Asked([change.query(thorough=True) for change in changes], answer, streams=streams)
    assert asked.found == set(range(5))
    assert streams == 1 or len({ask.hi for ask in asked.asks if ask.token is None}) >= 2
    assert len(rows) <= len(set(rows)) + PAGE * (streams - 1)
    assert len(asked.asks) <= len(world.writes) / PAGE + streams
    assert asked.known.density.average == pytest.approx(len(background) / (hi - lo), abs=1e-9)


@pytest.mark.parametrize(
    ("world", "more", "first", "rest"),
    [
        (lone(BUSY, names=2, listed=False), {}, "ResourceName", {"ResourceName"}),
        (lone(BUSY, missing=0.1), {}, "ResourceName", set()),
        (lone(BUSY, missing=0.1, listed=False), {}, "ResourceName", {"ReadOnly"}),
        (lone(BUSY, missing=1.0), {}, "ReadOnly", {"ReadOnly"}),
        (lone(BUSY), {"thorough": True}, "ReadOnly", {"ReadOnly"}),
        (lone(QUIET), {"names": ()}, "ReadOnly", set()),
        (lone(QUIET), {"names": ("",)}, "ReadOnly", set()),
        (lone(QUIET), {"names": ("_" * 1001,)}, "ReadOnly", set()),
    ],
)
def test_names_come_first_where_they_can_see_it_and_a_sweep_where_they_did_not(world, more, first, rest):
    asked = ask_all(world, **more)
    assert (asked.keys[0], set(asked.keys[1:])) == (first, rest)
    assert (asked.found == {0}) is (first == "ReadOnly" or rest != {"ResourceName"})


def test_a_write_that_a_sweep_shows_and_no_lookup_finds_spares_no_sweep():
    world, known = lone(BUSY, missing=0.1, listed=False), Known()
    change = world.changes[0]
    part = Window(start=moment(change.at), end=moment(change.hi))
    Asked([change.query(window=part, thorough=True)], world.answer, known)
    asked = ask_all(world, known)
    assert "ReadOnly" in asked.keys
    assert asked.plan.wants.swept.covers(change.lo, change.hi)


def test_a_call_known_to_list_nothing_is_looked_up_by_its_event_name_once_for_all_who_ask_for_it():
    world = lone(BUSY, missing=0.1, listed=False)
    change = world.changes[0]
    names = frozenset(change.names)
    update = Seen(event_id="u", at=change.at, event_name="UpdateRole", mentions=names, event=7)

    def answer(ask):
        return Page(rows=[update]) if ask.lookup == Lookup("EventName", "UpdateRole") else world.answer(ask)

    asked = Asked([change.query(event_names=("UpdateRole",))], answer)
    assert asked.keys == ["ResourceName", "EventName"]
    assert asked.found == {7}
    asked = ask_all(made(10, 30, "spread", BUSY), event_names=("UpdateRole", "CreateRole"))
    assert asked.keys.count("EventName") <= 16
    assert len(asked.asks) <= 30 + 16 + 2


def test_changes_of_one_name_share_a_lookup_also_hours_apart_where_the_name_is_quiet():
    world = lone(BUSY)
    change = world.changes[0]
    for apart, count in ((300, 5), (7_200, 3)):
        queries = [
            replace(change, captured=change.captured + apart * place).query() for place in range(count)
        ]
        asked = Asked(queries, world.answer)
        assert asked.spans == {(change.lo, change.hi + apart * (count - 1))}
        assert len(asked.asks) == 1


def test_and_apart_where_it_is_not():
    # A read every three seconds: eight pages a window, and forty between two windows.
    reads = [
        Seen(event_id=f"r{second}", at=second, can_change=False)
        for second in range(START + 40_000, START, -3)
    ]
    named = pages(reads)
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


def test_a_hot_name_gives_way_to_a_sweep_unless_the_account_is_busier_still():
    asked = ask_all(lone(0.05, hot_pages=40))
    assert asked.keys.count("ResourceName") <= 2
    assert len(asked.asks) <= 6
    assert asked.found == {0}
    asked = ask_all(lone(20, hot_pages=8))
    assert asked.keys.count("ReadOnly") <= 2
    assert 8 <= len(asked.asks) <= 12


def test_a_window_begins_and_ends_at_whole_seconds_and_not_before_the_trail():
    change = lone(QUIET).changes[0]
    odd = timedelta(milliseconds=300)
    window = Window(start=moment(change.lo) + odd, end=moment(change.hi) + odd)
    asked = Asked([change.query(window=window)], lambda _: Page(rows=()))
    assert asked.spans == {(change.lo + 1, change.hi + 1)}
    empty = Window(start=moment(change.hi), end=moment(change.hi))
    assert Asked([change.query(window=empty)], None).asks == []
    plan = Plan([change.query()], Known(), Shares(), now=LATER, oldest=change.lo + 100)
    ask = plan.next(LATER)
    assert isinstance(ask, Ask)
    assert ask.lo == change.lo + 100


def test_nothing_is_asked_twice_and_what_was_forgotten_again():
    world, known = made(11, 400, "bursts", 0.2), Known()
    assert ask_all(world, known).asks
    assert ask_all(world, known).asks == []
    known.forget(200)
    assert len(known.events) <= 200
    again = ask_all(world, known)
    assert again.asks
    assert again.found == set(range(400))


def test_a_window_that_was_read_in_part_asks_only_for_what_is_new_of_it():
    world, known = lone(BUSY), Known()
    change = world.changes[0]
    half = around(change, 600, 0)
    Asked([change.query(window=half, thorough=True)], world.answer, known)
    asked = ask_all(world, known)
    assert [(ask.lookup.key, ask.lo, ask.hi) for ask in asked.asks] == [
        ("ResourceName", change.lo, change.lo + 600)
    ]
    thorough = ask_all(world, known, thorough=True)
    assert max(ask.hi for ask in thorough.asks) <= change.lo + 600
    wider = Asked([change.query(window=around(change, -2400, 0), thorough=True)], lone(QUIET).answer, known)
    assert wider.spans == {(change.lo - 2400, change.lo)}


@pytest.mark.parametrize("thorough", [False, True])
def test_an_answer_from_before_counts_only_for_what_had_settled_by_then(thorough):
    world, known = lone(QUIET), Known()
    change = world.changes[0]
    settled_until = change.captured - 600
    query = change.query(thorough=thorough)
    Asked([query], world.answer, known, at=settled_until + SETTLED)
    same_wave = replace(query, as_of=moment(settled_until + SETTLED - 1))
    assert Asked([same_wave], world.answer, known).asks == []
    next_wave = replace(query, as_of=moment(settled_until + SETTLED + 60))
    assert Asked([next_wave], world.answer, known).spans == {(settled_until, change.hi)}


def test_a_time_to_come_asks_once_and_not_for_ever():
    world = lone(QUIET)
    now = world.changes[0].hi + 60
    query = world.changes[0].query(as_of=moment(now + 3600))
    assert len(Asked([query], world.answer, at=now).asks) == 1


@pytest.mark.parametrize("thorough", [False, True])
def test_a_clock_that_is_set_back_meanwhile_makes_nothing_asked_for_ever(thorough):
    world = lone(QUIET)
    change = world.changes[0]
    now = change.hi + 60
    plan = Plan([change.query(thorough=thorough, as_of=moment(now))], Known(), Shares(), now=now)
    ask = plan.next(now - 3_600)
    plan.take(ask, world.answer(ask))
    assert plan.done


@pytest.mark.parametrize("thorough", [False, True])
def test_a_page_that_ends_within_the_first_second_of_a_window_is_not_the_last(thorough):
    change = replace(lone(QUIET).changes[0], hot_pages=0.0)
    first = replace(change, at=change.lo)
    rows = [Seen(event_id=f"x{place}", at=change.lo, names=change.names) for place in range(70)]
    rows.append(Seen(event_id="mine", at=change.lo, names=change.names, event=0))
    asked = Asked([first.query(thorough=thorough)], pages(rows))
    assert asked.found == {0}
    assert len(asked.asks) == 2


def test_empty_pages_with_a_token_are_followed():
    world = lone(QUIET)

    def answer(ask):
        waits = int((ask.token or "0").partition("+")[0])
        if waits < 3:
            return Page(rows=(), token=f"{waits + 1}+")
        return world.answer(replace(ask, token=None))

    asked = Asked([world.changes[0].query(thorough=True)], answer)
    assert asked.found == {0}
    assert len(asked.asks) == 4


def test_a_row_that_nobody_can_read_spoils_the_queries_whose_names_it_holds():
    world = made(14, 3, "burst", 0.0)
    first, second, third = world.changes
    unread = [
        Seen(event_id="b1", at=first.at, names=first.names, unreadable="{"),
        Seen(event_id="b2", at=second.at, unreadable=f'{{"groupId": "{second.names[0]}"'),
        Seen(event_id="b3", at=third.hi + 5, names=third.names, unreadable="{"),
    ]

    def answer(ask):
        page = world.answer(ask)
        return Page(rows=sorted([*page.rows, *unread], key=lambda row: -row.at), token=page.token)

    asked = Asked([change.query(missing=1.0) for change in world.changes], answer)
    spoiled = {want.query.names: want.spoiled.event_id for want in asked.plan.wants.all if want.spoiled}
    assert spoiled == {first.names: "b1", second.names: "b2"}
    again = Asked([first.query(missing=1.0)], answer, asked.known)
    assert again.asks == []
    assert again.plan.wants.all[0].spoiled is not None


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
        fields = {"account_id": ACCOUNT, "region": REGION, "missing": missing}
        fields["window"] = Window(start=moment(lo), end=moment(hi))
        fields["names"] = change.names if draw(st.integers(0, 9)) else ()
        queries.append(TrailQuery(**fields, thorough=draw(st.integers(0, 5)) == 0))
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

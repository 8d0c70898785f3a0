"""A trail that remembers: the same answer twice, and only the rest is asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import ParseError
from iacwatch.ports import Collected, Failure, silent
from iacwatch.storage.spool import Spool
from iacwatch.trails.cached import CachedTrail, event_of, text_of
from iacwatch.trails.fallback import FallbackTrail, RankedTrail
from tests.fixtures.clocks import NOON, WorldClock
from tests.fixtures.small_world import ACCOUNT, REGION, call, listed

HOUR = timedelta(hours=1)


def event(number, hours, **more):
    document = {**call(number), "eventTime": f"{NOON - hours * HOUR:%Y-%m-%dT%H:%M:%SZ}", **more}
    return cloudtrail.event(document, resource_names=[name for _, name in listed(number)])


def query(number, hours, **more):
    at = NOON - hours * HOUR
    window = Window(start=at - timedelta(minutes=20), end=at + timedelta(minutes=5))
    return TrailQuery(account_id=ACCOUNT, region=REGION, window=window, names=(f"sg-{number}",), **more)


class Trail:
    """A trail that gives all its events, and notes what it was asked."""

    def __init__(self, *events, days=90):
        self.events, self.asked, self.failing, self.days = events, [], (), days

    def reach(self, account_id, region, *, now):
        return Window(start=now - timedelta(days=self.days), end=now)

    def collect(self, queries):
        self.asked.append(list(queries))
        failures = {each: Failure(reason="denied") for each in queries if each in self.failing}
        tried = {each: (f"looked for {each.names[0]}",) for each in queries}
        return Collected(events=self.events, failures=failures, calls=len(queries), tried=tried)


@pytest.fixture
def cached(tmp_path):
    """Return what opens a trail with the memory of this folder."""
    spool = Spool(tmp_path / "spool.sqlite3")
    yield lambda trail, progress=silent: CachedTrail(trail, spool, progress=progress)
    spool.close()


def by_id(collected):
    return {each.event_id: text_of(each) for each in collected.events}


def test_what_was_answered_is_answered_again_and_only_what_is_new_is_asked_for(cached):
    inner, new = Trail(*(event(number, number) for number in range(3))), query(5, 2)
    inner.failing = (new,)
    asked = [query(number, number) for number in range(3)]
    first = cached(inner).collect(asked)
    later = [replace(each, as_of=NOON) for each in asked]
    second = cached(inner).collect(later)
    assert inner.asked == [asked]
    assert (first.calls, second.calls) == (3, 0)
    assert by_id(second) == by_id(first)
    assert second.tried == {each: first.tried[replace(each, as_of=None)] for each in later}
    for failing in ((new,), ()):
        inner.failing = failing
        third = cached(inner).collect([*asked, new])
        assert inner.asked.pop() == [new], "a failure is not remembered"
        assert set(third.tried) == {*asked, new}
        assert set(third.failures) == set(failing)


@pytest.mark.parametrize(
    "other",
    [
        query(1, 1.5),
        query(2, 1),
        query(1, 1, thorough=True),
        query(1, 1, event_names=("UpdateRole",)),
        query(1, 1, missing=0.5),
        replace(query(1, 1), region="us-east-1"),
        replace(query(1, 1), account_id="222233334444"),
    ],
)
def test_another_query_is_another_question(cached, other):
    inner = Trail()
    trail = cached(inner)
    trail.collect([query(1, 1)])
    trail.collect([other])
    assert inner.asked[-1] == [other]


def test_only_events_of_the_windows_asked_for_are_kept_equal_in_every_field(cached):
    inside, failed = event(1, 1, requestParameters={"omitted": True}), event(6, 1, errorCode="AccessDenied")
    others = event(2, 3), event(3, 0), event(4, 1, awsRegion="us-east-1")
    told = []
    cached(Trail(inside, *others), lambda *step: told.append(step)).collect([query(1, 1), query(5, 5)])
    assert told == [("CloudTrail: who called", 0, None, "2 questions"), ("CloudTrail: who called", 1, 1)]
    (back,) = cached(Trail()).collect([query(1, 1)]).events
    for mine, theirs in ((back, inside), (event_of(text_of(failed)), failed)):
        for name in mine.__dataclass_fields__:
            assert getattr(mine, name) == getattr(theirs, name), name


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"event_id": 1}'])
def test_a_text_that_is_no_event_is_a_parse_error(text):
    with pytest.raises(ParseError):
        event_of(text)


def test_which_of_several_trails_answered_is_remembered_too(cached):
    behind = RankedTrail(name="s3://org", trail=Trail(event(1, 1), days=1_000))
    inner = FallbackTrail([RankedTrail(name="api", trail=Trail()), behind], clock=WorldClock())
    young, old = query(1, 1, as_of=NOON), query(2, 100 * 24, as_of=NOON)
    first, second = (cached(inner).collect([young, old]) for _ in range(2))
    assert first.answered_by == second.answered_by == {young: "api", old: "s3://org"}

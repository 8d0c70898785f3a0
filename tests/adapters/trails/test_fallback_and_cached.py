"""Several trails as one, and one that remembers: who is asked for what, and that no failure passes for silence."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import ParseError, Stopping
from iacwatch.ports import Collected, Failure, silent
from iacwatch.storage.spool import Spool
from iacwatch.trails.cached import CachedTrail, event_of, text_of
from iacwatch.trails.fallback import FallbackTrail, RankedTrail
from tests.fixtures.clocks import NOON, WorldClock
from tests.fixtures.trail_records import OTHER, OWN, record

REGION = "eu-west-1"
DAY = timedelta(days=1)
BEYOND = Failure(reason="there is no log file of this account and region", beyond=True)
DENIED = Failure(reason="AccessDenied on s3:ListBucket")


class Scripted:
    """A trail that answers as it is told: `answers` by account; `late` times it has no answer yet."""

    def __init__(self, *events, days=10_000, answers=None, late=0):
        self.asked, self.days, self.answers = [], days, answers or {}
        self.late, self.events, self.stopping = late, events, None

    def reach(self, account_id, region, *, now):
        return Window(start=now - self.days * DAY, end=now)

    def collect(self, queries):
        if self.stopping is not None:
            raise self.stopping
        self.asked.append(list(queries))
        waiting = frozenset(queries) if self.late else frozenset()
        self.late = max(0, self.late - 1)
        failing = [each for each in queries if each.account_id in self.answers and each not in waiting]
        return Collected(
            events=() if waiting else self.events,
            failures={each: self.answers[each.account_id] for each in failing},
            calls=len(queries),
            tried={each: (f"looked for {each.names[0]}",) for each in queries},
            unanswered=waiting,
            scanned=7,
        )


def query(days=1, account=OWN, **more):
    start = NOON - days * DAY
    window = Window(start=start, end=start + timedelta(minutes=20))
    fields = {"account_id": account, "region": REGION, "window": window, "names": ("sg-1",), "as_of": NOON}
    return TrailQuery(**{**fields, **more})


def event(name, days=1, **more):
    """Return an event within the window of a query of so many days ago."""
    at = f"{NOON - days * DAY + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    return cloudtrail.event(record(eventID=name, eventTime=at, **more), resource_names=["sg-1"])


def ranked(first, second, *, accounts=()):
    second = RankedTrail(name="second", trail=second, accounts=frozenset(accounts))
    return FallbackTrail([RankedTrail(name="first", trail=first), second], clock=WorldClock())


def test_each_is_asked_for_what_it_reaches_as_of_the_question_and_as_it_is():
    first, second = Scripted(days=90), Scripted()
    young, just, sessions = query(3), query(90), query(100, reads=True, names=("ASIAEXAMPLE",))
    edge = query(window=Window(start=NOON - 90 * DAY - timedelta(seconds=1), end=NOON - 89 * DAY))
    found = ranked(first, second).collect([young, just, sessions, edge])
    assert (first.asked, second.asked) == ([[young, just]], [[sessions, edge]])
    assert found.answered_by == {young: "first", just: "first", sessions: "second", edge: "second"}
    assert (found.calls, found.scanned, found.failures) == (4, 14, {})


def test_what_the_first_does_not_hold_goes_to_the_next_and_both_say_so():
    first, second = Scripted(event("e-1"), answers={OTHER: BEYOND}), Scripted(event("e-2"), late=1)
    ours, theirs = query(), query(account=OTHER)
    trail = ranked(first, second)
    begun = trail.collect([ours, theirs])
    assert (begun.unanswered, begun.answered_by) == ({theirs}, {ours: "first"})
    assert begun.tried[ours] == ("first: looked for sg-1",)
    ended = trail.collect([theirs])
    assert (first.asked, second.asked) == ([[ours, theirs]], [[theirs], [theirs]])
    assert ended.answered_by == {theirs: "second"}
    assert ended.tried[theirs][:2] == ("first: looked for sg-1", f"first: {BEYOND.reason}")
    assert ended.tried[theirs][-1] == "second: looked for sg-1"
    assert [event.event_id for each in (begun, ended) for event in each.events] == ["e-1", "e-2"]


@pytest.mark.parametrize("place", ["first", "second"])
def test_what_went_wrong_is_a_failure_and_nobody_else_is_asked(place):
    broken = Scripted(answers={OWN: DENIED})
    other = Scripted(answers={OWN: BEYOND} if place == "second" else {})
    found = ranked(*((broken, other) if place == "first" else (other, broken))).collect([query()])
    assert (found.failures, found.answered_by) == ({query(): DENIED}, {})
    assert len(other.asked) == (place == "second")


def test_what_nobody_holds_is_a_failure_with_every_reason_and_a_trail_of_some_accounts_is_asked_no_others():
    second = Scripted(answers={OTHER: BEYOND})
    trail = ranked(Scripted(days=90), second, accounts=[OTHER])
    ours, theirs = query(days=100), query(days=100, account=OTHER)
    found = trail.collect([ours, theirs])
    assert second.asked == [[theirs]]
    assert found.failures[theirs].beyond
    for asked, last in ((ours, f"second: not for account {OWN}"), (theirs, f"second: {BEYOND.reason}")):
        told = found.failures[asked].reason
        assert f"the trail of {asked.account_id} in {REGION}" in told
        assert "first: it begins at 2026-08-22 12:00Z" in told
        assert last in told
    assert trail.reach(OWN, REGION, now=NOON).start == NOON - 90 * DAY
    assert trail.reach(OTHER, REGION, now=NOON).start == NOON - 10_000 * DAY


def test_what_is_answered_when_the_run_has_to_end_is_not_lost():
    second = Scripted()
    second.stopping = Stopping("SIGTERM")
    young, old = query(), query(days=100)
    trail = ranked(Scripted(days=90), second)
    found = trail.collect([young, old])
    assert (found.answered_by, found.unanswered) == ({young: "first"}, {old})
    with pytest.raises(Stopping):
        trail.collect([old])


@pytest.fixture
def cached(tmp_path):
    """Return what opens a trail with the memory of this folder."""
    spool = Spool(tmp_path / "spool.sqlite3")
    yield lambda trail, progress=silent: CachedTrail(trail, spool, progress=progress)
    spool.close()


def test_what_was_answered_is_answered_again_and_only_what_is_new_is_asked_for(cached):
    inner, new = Scripted(event("e-1"), event("e-2", 2), days=90), query(3)
    inside = ranked(inner, Scripted())
    asked = [query(1), query(2)]
    first = cached(inside).collect(asked)
    later = [replace(each, as_of=NOON + DAY) for each in asked]
    second = cached(inside).collect(later)
    assert inner.asked == [asked]
    assert (first.calls, second.calls) == (2, 0)
    assert sorted(map(text_of, second.events)) == sorted(map(text_of, first.events))
    for before, after in zip(asked, later, strict=True):
        assert second.tried[after] == first.tried[before]
        assert second.answered_by[after] == first.answered_by[before] == "first"
    for answers in ({OWN: DENIED}, {}):
        inner.answers = answers
        third = cached(inside).collect([*asked, new])
        assert inner.asked.pop() == [new], "a failure is not remembered"
        assert (set(third.tried), len(third.failures)) == ({*asked, new}, len(answers))


def test_another_query_is_another_question(cached):
    inner = Scripted()
    trail = cached(inner)
    trail.collect([query()])
    others = [query(1.01), query(names=("sg-2",)), query(thorough=True), query(event_names=("UpdateRole",))]
    others += [query(region="us-east-1"), query(account=OTHER)]
    trail.collect(others)
    assert inner.asked[-1] == others


def test_only_events_of_the_windows_asked_for_are_kept_equal_in_every_field(cached):
    inside, failed = event("e-1", requestParameters={"omitted": True}), event("e-5", errorCode="AccessDenied")
    others, told = (event("e-2", 2), event("e-3", 0), event("e-4", awsRegion="us-east-1")), []
    cached(Scripted(inside, *others), lambda *step: told.append(step)).collect([query(), query(5)])
    assert told == [("CloudTrail: who called", 0, None, "2 questions"), ("CloudTrail: who called", 1, 1)]
    (back,) = cached(Scripted()).collect([query()]).events
    for mine, theirs in ((back, inside), (event_of(text_of(failed)), failed)):
        for field in fields(mine):
            assert getattr(mine, field.name) == getattr(theirs, field.name), field.name


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"event_id": 1}'])
def test_a_text_that_is_no_event_is_a_parse_error(text):
    with pytest.raises(ParseError):
        event_of(text)

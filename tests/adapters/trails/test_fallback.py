"""Several trails as one: who is asked for what, and that nothing that went wrong is taken for "not held there"."""

from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import Stopping
from iacwatch.ports import Collected, Failure
from iacwatch.trails.fallback import FallbackTrail, RankedTrail
from tests.fixtures.clocks import WorldClock
from tests.fixtures.trail_records import OTHER, OWN, record

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REGION = "eu-west-1"
DAY = timedelta(days=1)
BEYOND = Failure(reason="there is no log file of this account and region", beyond=True)
DENIED = Failure(reason="AccessDenied on s3:ListBucket")


class Scripted:
    """A trail that answers as it is told: `answers` by account; `late` times it has no answer yet."""

    def __init__(self, *, days=10_000, answers=None, late=0, event=None):
        self.asked, self._days, self._answers = [], days, answers or {}
        self._late, self._event, self.stopping = late, event, None

    def reach(self, account_id, region, *, now):
        return Window(start=now - self._days * DAY, end=now)

    def collect(self, queries):
        if self.stopping is not None:
            raise self.stopping
        self.asked.append(list(queries))
        waiting = frozenset(queries) if self._late else frozenset()
        self._late = max(0, self._late - 1)
        failing = [each for each in queries if each.account_id in self._answers and each not in waiting]
        return Collected(
            events=(cloudtrail.event(record(eventID=self._event)),) if self._event and not waiting else (),
            failures={each: self._answers[each.account_id] for each in failing},
            calls=1,
            tried=dict.fromkeys(queries, ("looked",)),
            unanswered=waiting,
            scanned=7,
        )


def query(days=1, account=OWN, **more):
    start = NOW - days * DAY
    window = Window(start=start, end=start + timedelta(minutes=20))
    fields = {"account_id": account, "region": REGION, "window": window, "names": ("sg-1",), "as_of": NOW}
    return TrailQuery(**{**fields, **more})


def ranked(first, second, *, accounts=()):
    second = RankedTrail(name="second", trail=second, accounts=frozenset(accounts))
    return FallbackTrail([RankedTrail(name="first", trail=first), second], clock=WorldClock())


def test_each_is_asked_for_what_it_reaches_as_of_the_question_and_as_it_is():
    first, second = Scripted(days=90), Scripted()
    young, just, sessions = query(3), query(90), query(100, reads=True, names=("ASIAEXAMPLE",))
    edge = query(window=Window(start=NOW - 90 * DAY - timedelta(seconds=1), end=NOW - 89 * DAY))
    found = ranked(first, second).collect([young, just, sessions, edge])
    assert (first.asked, second.asked) == ([[young, just]], [[sessions, edge]])
    assert found.answered_by == {young: "first", just: "first", sessions: "second", edge: "second"}
    assert not found.failures
    assert (found.calls, found.scanned) == (2, 14)


def test_what_the_first_does_not_hold_goes_to_the_next_and_both_say_so():
    first, second = Scripted(answers={OTHER: BEYOND}, event="e-1"), Scripted(late=1, event="e-2")
    ours, theirs = query(), query(account=OTHER)
    trail = ranked(first, second)
    begun = trail.collect([ours, theirs])
    assert (begun.unanswered, begun.answered_by) == ({theirs}, {ours: "first"})
    assert begun.tried[ours] == ("first: looked",)
    ended = trail.collect([theirs])
    assert (first.asked, second.asked) == ([[ours, theirs]], [[theirs], [theirs]])
    assert ended.answered_by == {theirs: "second"}
    assert ended.tried[theirs][:2] == ("first: looked", f"first: {BEYOND.reason}")
    assert ended.tried[theirs][-1] == "second: looked"
    assert [event.event_id for each in (begun, ended) for event in each.events] == ["e-1", "e-2"]


@pytest.mark.parametrize("place", ["first", "second"])
def test_what_went_wrong_is_a_failure_and_nobody_else_is_asked(place):
    broken = Scripted(answers={OWN: DENIED})
    other = Scripted(answers={OWN: BEYOND} if place == "second" else {})
    found = ranked(*((broken, other) if place == "first" else (other, broken))).collect([query()])
    assert found.failures == {query(): DENIED}
    assert not found.answered_by
    assert len(other.asked) == (place == "second")


def test_what_nobody_holds_is_a_failure_with_every_reason_and_a_trail_of_some_accounts_is_asked_no_others():
    second = Scripted(answers={OTHER: BEYOND})
    trail = ranked(Scripted(days=90), second, accounts=[OTHER])
    ours, theirs = query(days=100), query(days=100, account=OTHER)
    found = trail.collect([ours, theirs])
    assert second.asked == [[theirs]]
    assert found.failures[theirs].beyond
    for asked, last in ((ours, f"second: not for account {OWN}"), (theirs, f"second: {BEYOND.reason}")):
        assert f"the trail of {asked.account_id} in {REGION}" in found.failures[asked].reason
        assert "first: it begins at 2026-08-22 12:00Z" in found.failures[asked].reason
        assert last in found.failures[asked].reason
    assert trail.reach(OWN, REGION, now=NOW).start == NOW - 90 * DAY
    assert trail.reach(OTHER, REGION, now=NOW).start == NOW - 10_000 * DAY


def test_what_is_answered_when_the_run_has_to_end_is_not_lost():
    second = Scripted()
    second.stopping = Stopping("SIGTERM")
    young, old = query(), query(days=100)
    trail = ranked(Scripted(days=90), second)
    found = trail.collect([young, old])
    assert found.answered_by == {young: "first"}
    assert found.unanswered == {old}
    with pytest.raises(Stopping):
        trail.collect([old])

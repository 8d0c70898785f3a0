"""Several destinations: what one could not take is reported there again, and there alone."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from iacwatch.core.model import Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported
from iacwatch.errors import AwsError, Stopping
from iacwatch.ledgers.memory import MemoryLedger, MemoryNotes
from iacwatch.pipeline.case import Case
from iacwatch.pipeline.records import Records
from iacwatch.pipeline.remembered import LEASE
from iacwatch.pipeline.reporting import Reporting
from iacwatch.ports import Delivered, Delivery, Failure
from tests.fixtures.builders import finding, many, unattributed
from tests.fixtures.clocks import NOON, TickingClock

SLACK, EVENTS = "slack", "events"


@dataclass
class Place:
    """A sink that takes everything but what `down` says; `remembered` False: it shows everything."""

    remembered: str | bool
    down: str | Exception = ""
    taken: list = field(default_factory=list)
    deferred_close = False

    def emit(self, findings):
        if isinstance(self.down, Exception):
            raise self.down
        if self.down:
            return {each.finding_id: Failure(reason=self.down) for each in findings}
        self.taken.extend(each.finding_id for each in findings)
        return {each.finding_id: Delivered() for each in findings}

    def close(self):
        pass


class Ledger(MemoryLedger):
    """A ledger that knows when it was told last of what was reported."""

    def complete(self, grants, *, now):
        self.completed_at = now
        super().complete(grants, now=now)


class World:
    """One ledger, and a run over some findings with each call."""

    def __init__(self):
        self.ledger, self.clock = Ledger(), TickingClock(NOON)
        self.notes = MemoryNotes()

    def run(self, places, findings, **more):
        reporting = Reporting(
            sinks=places,
            ledger=self.ledger,
            clock=self.clock,
            records=Records(self.notes),
            known=[SLACK, EVENTS],
            **{"verdicts": frozenset(Verdict), **more},
        )
        cases = [
            Case(delivery=Delivery(id=str(number), document=""), change=each.change, finding=each)
            for number, each in enumerate(findings)
        ]
        reporting.close_reported(cases)
        self.closed = [case.outcome for case in cases]
        try:
            reporting.report(cases)
        except (AwsError, Stopping) as ended:
            return [ended, *(case.outcome for case in cases)]
        return [case.outcome for case in cases]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def slack():
    return Place(SLACK)


@pytest.fixture
def bus():
    return Place(EVENTS)


def kinds(outcomes):
    return [type(each) for each in outcomes]


def test_each_destination_gets_each_finding_once(world, slack, bus):
    findings = many(3)
    assert kinds(world.run([slack, bus], findings)) == [Reported] * 3
    again = [Duplicate(finding_id=each.finding_id) for each in findings]
    assert world.run([slack, bus], findings) == world.closed == again
    assert world.ledger.completed_at == world.clock.now()
    assert sorted(slack.taken) == sorted(bus.taken) == sorted(each.finding_id for each in findings)


@pytest.mark.parametrize("broken", [SLACK, EVENTS])
def test_what_one_refused_is_reported_again_there_and_there_alone(world, slack, bus, broken):
    ill, well = (slack, bus) if broken == SLACK else (bus, slack)
    ill.down = "it is ill"
    one = finding()
    (failed,) = world.run([slack, bus], [one])
    assert failed == Failed(reason="it is ill")
    assert well.taken == [one.finding_id]
    ill.down = ""
    assert kinds(world.run([slack, bus], [one])) == [Reported]
    assert (ill.taken, well.taken) == ([one.finding_id], [one.finding_id])
    assert kinds(world.run([slack, bus], [one])) == [Duplicate]


def test_what_a_ledger_knows_from_before_counts_for_slack_alone(world, slack, bus):
    one = finding()
    claimed = world.ledger.claim([one.finding_id], now=NOON, lease=LEASE)
    world.ledger.complete([claimed[one.finding_id].grant], now=NOON)
    assert kinds(world.run([slack, bus], [one])) == [Reported]
    assert (slack.taken, bus.taken) == ([], [one.finding_id])


def test_a_cause_that_was_reported_counts_for_its_destination(world, slack, bus):
    one, other, third = (replace(each, cause_key="c" * 32) for each in many(3))
    bus.down = "it is ill"
    world.run([slack, bus], [one])
    bus.down = ""
    assert kinds(world.run([slack, bus], [other])) == [Reported]
    assert (slack.taken, bus.taken) == ([one.finding_id], [other.finding_id])
    assert world.run([slack], [other]) == [Duplicate(finding_id=other.finding_id)]
    shown = Place(False)
    assert kinds(world.run([shown], [third], new_only=True)) == [Duplicate]
    assert kinds(world.run([slack, shown], [third])) == [Reported]
    assert shown.taken == [third.finding_id]


def test_changes_of_one_cause_are_reported_once_and_stay_together_where_that_fails(world, slack):
    one, other = (replace(each, cause_key="c" * 32) for each in many(2))
    slack.down = "it is ill"
    assert world.run([slack], [one, other]) == [Failed(reason="it is ill")] * 2
    slack.down = ""
    outcomes = world.run([slack], [other, one])
    assert (kinds(outcomes[1:]), outcomes[0]) == ([Reported], Duplicate(finding_id=one.finding_id))
    assert slack.taken == [one.finding_id]


def test_a_finding_whose_cause_another_run_is_reporting_waits_and_holds_nothing(world, slack):
    one = replace(finding(), cause_key="c" * 32)
    world.ledger.claim([one.cause_key], now=world.clock.now(), lease=LEASE)
    (outcome,) = world.run([slack], [one])
    assert outcome.why == "another run is reporting it"
    assert world.ledger.claim([one.finding_id], now=world.clock.now(), lease=LEASE)[one.finding_id].grant


def test_where_a_ledger_cannot_say_how_long_it_is_held_it_waits_for_a_whole_lease(world, slack):
    one, claim = finding(), world.ledger.claim
    claim([one.finding_id], now=world.clock.now(), lease=LEASE)
    world.ledger.claim = lambda *ids, **more: {
        key: replace(each, until=None) for key, each in claim(*ids, **more).items()
    }
    assert world.run([slack], [one])[0].until == world.clock.now() + LEASE


def test_who_wants_to_know_what_is_not_reported_is_told(world, slack):
    told = []
    slack.notice = told.extend
    first, second = finding(), unattributed()
    world.run([slack], [first], verdicts=frozenset({Verdict.UNATTRIBUTED}))
    assert [each.finding_id for each in told] == [first.finding_id]
    world.run([slack], [second], verdicts=frozenset({Verdict.UNATTRIBUTED}))
    assert len(told) == 1


@pytest.mark.parametrize("newest_first", [False, True])
def test_what_shows_everything_shows_it_in_the_order_of_its_source(world, newest_first):
    findings, shown = many(3), Place(False)
    world.run([shown], [findings[1], findings[0], findings[2]], newest_first=newest_first)
    expected = [each.finding_id for each in findings]
    assert shown.taken == (expected[::-1] if newest_first else expected)


def test_where_one_of_two_shows_it_and_the_other_cannot_the_change_fails(world):
    ill, well = Place(False, "the disk is full"), Place(False)
    for places in ([ill, well], [well, ill]):
        assert world.run(places, [finding()]) == [Failed(reason="the disk is full")]


def test_what_another_run_is_reporting_to_one_destination_waits_while_the_other_gets_it(world, slack, bus):
    one = finding()
    held = world.ledger.claim([f"{one.finding_id}@{EVENTS}"], now=world.clock.now(), lease=LEASE)
    (outcome,) = world.run([slack, bus], [one])
    assert isinstance(outcome, Deferred)
    assert timedelta(0) < outcome.until - world.clock.now() <= LEASE
    assert slack.taken == [one.finding_id]
    world.ledger.release([each.grant for each in held.values()])
    assert kinds(world.run([slack, bus], [one])) == [Reported]
    assert (slack.taken, bus.taken) == ([one.finding_id], [one.finding_id])


@pytest.mark.parametrize("end", [Stopping("SIGTERM"), AwsError("no ledger")])
def test_where_the_run_ends_between_two_destinations_the_change_comes_back_for_the_second(
    world, slack, bus, end
):
    one, shown = finding(), Place(False)
    bus.down = end
    ended, outcome = world.run([slack, bus, shown], [one])
    assert (ended, outcome, slack.taken, shown.taken) == (end, None, [one.finding_id], [])
    bus.down = ""
    assert kinds(world.run([slack, bus, shown], [one])) == [Reported]
    assert (slack.taken, bus.taken, shown.taken) == ([one.finding_id],) * 3


def test_a_report_that_shows_everything_shows_what_all_had_and_never_what_failed_somewhere(world, slack, bus):
    one, shown = finding(), Place(False)
    bus.down = "it is ill"
    world.run([slack, bus, shown], [one])
    assert shown.taken == []
    bus.down = ""
    for _ in range(2):
        assert kinds(world.run([slack, bus, shown], [one])) == [Reported]
    assert shown.taken == [one.finding_id] * 2


def test_what_is_new_only_is_shown_once_whichever_destination_there_is(world, slack, bus):
    first, second, third = many(3)
    shown = Place(False)
    world.run([slack], [first])
    world.run([bus], [second])
    outcomes = world.run([shown], [first, second, third], new_only=True)
    assert kinds(outcomes) == [Duplicate, Duplicate, Reported]
    assert shown.taken == [third.finding_id]


def test_the_record_is_kept_once_any_destination_took_it(world, slack, bus):
    one = finding()
    slack.down = bus.down = "it is ill"
    world.run([slack, bus], [one])
    found = Records(world.notes).find
    assert not found(one.finding_id, now=NOON)
    bus.down = ""
    world.run([slack, bus], [one])
    assert [each.finding_id for each in found(one.finding_id, now=NOON)] == [one.finding_id]

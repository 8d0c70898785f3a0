"""A run over waves of deliveries: what is settled when, what a fault or an end half-way costs, and what it counts."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

import pytest

from iacwatch.core.model import Rules, Verdict, Window, Workflow
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import AwsError, Stopping
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.pipeline.summary import Summary, figures
from iacwatch.ports import Collected, Delivered, Delivery, Failure
from tests.fixtures import small_world
from tests.fixtures.builders import finding
from tests.fixtures.clocks import TickingClock

REFUSED = "444455556666"
OUR_FAULT = "could not be looked into because of a fault in iacwatch (-vv shows it)"
CI = Workflow(name="ci", managed_by=("terraform",), principals=("arn:aws:iam::*:role/gha-terraform-*",))
RULES = Rules(workflows=(CI,), report=frozenset(Verdict))
OUT, NOBODY = Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED


class Source:
    """Waves of documents, numbered through, and what was settled of them in which order."""

    def __init__(self, *waves, **more):
        self.left, self.more, self.settled, self.log = list(waves), more, {}, []

    def waves(self):
        numbers = count()
        for wave in self.left:
            yield [Delivery(id=str(next(numbers)), document=each, **self.more) for each in wave]

    def settle(self, done):
        assert not self.settled.keys() & {delivery.id for delivery, _ in done}
        self.settled |= {delivery.id: outcome for delivery, outcome in done}
        self.log.append("settled " + " ".join(delivery.id for delivery, _ in done))

    @property
    def kinds(self):
        return {key: type(each) for key, each in self.settled.items()}


@dataclass
class Trail:
    """A trail and Config's history in memory, which hold what they are given, by group.

    `at` says what happens at a name, a region or an account: an error, a failure, a wait.
    """

    events: list = field(default_factory=list)
    at: dict = field(default_factory=dict)
    reaches: Window = None
    tells: bool = True
    clock: TickingClock = None
    held: dict = field(default_factory=dict)
    rounds: int = 0
    queries: list = field(default_factory=list)
    fetched: list = field(default_factory=list)

    def fetch(self, asks):
        self.fetched.extend(asks)
        return {ask: self.held.get(ask.resource.id) for ask in asks}

    def reach(self, account_id, region, *, now):
        return self.reaches or Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries):
        self.rounds += 1
        self.queries.extend(queries)
        failures, unanswered, found = {}, set(), []
        for query in queries:
            places = (query.names[0], query.region, query.account_id)
            match next((self.at[place] for place in places if place in self.at), None):
                case BaseException() as error:
                    raise error
                case Failure() as failure:
                    failures[query] = failure
                case (rounds, seconds) if rounds >= self.rounds:
                    unanswered.add(query)
                    self.clock.advance(timedelta(seconds=seconds))
                case _:
                    found.extend(event for event in self.events if holds(query, event))
        return Collected(
            events=tuple(found),
            failures=failures,
            unanswered=frozenset(unanswered),
            calls=len(queries),
            scanned=10 * len(queries),
            answered_by=dict.fromkeys(queries if self.tells else (), "event history"),
            tried=dict.fromkeys(queries if self.tells else (), ("tried by name",)),
        )


def holds(query, event):
    there = (event.account_id, event.region) == (query.account_id, query.region)
    bears = not query.reads or (event.opened and event.opened.access_key_id in query.names)
    return there and event.occurred_at in query.window and bears


@dataclass
class Report:
    """A sink that shows everything; with `deferred_close` it delivers only when it closes."""

    log: list
    deferred_close: bool = False
    fails: Exception = None
    remembered = False

    def emit(self, findings):
        self.log.append("shown " + " ".join(finding.change.resource.name for finding in findings))
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self):
        self.log.append("closed")
        if self.fails:
            raise self.fails


def ran(source, *, trail=None, sink=None, settle_late=True, rules=RULES, now=None, **more):
    """Run over a source; return the pipeline, and how the run ended (None: well)."""
    clock = TickingClock(now or small_world.ago(0))
    trail = trail or Trail()
    trail.clock = clock
    pipeline = Pipeline(
        rules=rules,
        items=trail,
        trail=trail,
        sinks=[sink or Report(source.log)],
        ledger=MemoryLedger(),
        clock=clock,
        refuse={REFUSED: "it is not in accounts.allowed"}.get,
        **more,
    )
    try:
        pipeline.run(source, settle_late=settle_late)
    except (Stopping, AwsError, KeyError) as ended:
        return pipeline, ended
    return pipeline, None


def changes(*numbers):
    return [small_world.change(number, 60 - number) for number in numbers]


def calls(*numbers):
    return [cloudtrail.event(small_world.call(number, 60 - number)) for number in numbers]


def at(number, happens):
    return {small_world.group_id(number): happens}


NO_CHANGE = '{"detail-type": "Something Else"}'
STOP = Stopping("SIGTERM", exit_code=143)


def test_each_wave_is_reported_and_settled_before_the_next_one_is_asked_for():
    source = Source(changes(1, 2), changes(3))
    pipeline, _ = ran(source, trail=Trail(calls(1, 2, 3)))
    assert source.log == ["shown web-1 web-2", "settled 0 1", "shown web-3", "settled 2", "closed"]
    summary = pipeline.summary
    assert (summary.deliveries, summary.findings, summary.reported) == (3, {OUT: 3}, {OUT: 3})
    assert (summary.lookups, summary.scanned) == (3, 30)


def test_what_is_not_reported_by_its_verdict_is_counted_and_goes_to_no_sink():
    source = Source(changes(1))
    ran(source, trail=Trail(calls(1)), rules=replace(RULES, report=frozenset({NOBODY})))
    assert (source.log, source.settled["0"].emitted) == (["settled 0", "closed"], False)


def test_of_a_change_that_came_twice_the_one_that_carries_more_is_looked_into_and_the_other_is_a_duplicate():
    (whole,) = changes(1)
    bare = whole.replace('"configurationItemDiff"', '"x"')
    source = Source([bare, whole, whole])
    trail = Trail(calls(1))
    ran(source, trail=trail)
    assert source.kinds == {"0": Duplicate, "1": Reported, "2": Duplicate}
    assert len(trail.fetched) == 1
    # There is none before to be fetched where the source has looked for it.
    ran(Source([bare], previous_known=True), trail=trail)
    assert len(trail.fetched) == 1


HALF = "the run failed before its report was complete"


@pytest.mark.parametrize(
    ("late", "where", "fault", "log", "why"),
    [
        # A report that delivers when it closes is settled only then.
        (True, "", None, "web-1, web-2, closed, settled 0 1 2", ""),
        # Where the run is stopped it is closed; where it fails not, since half a report looks like a whole one.
        (True, "wave", STOP, "web-1, closed, settled 0 1", ""),
        (True, "wave", AwsError("throttled"), "web-1, settled 0 1", HALF),
        # A source that can be read again is settled wave by wave.
        (False, "", None, "web-1, settled 0 1, web-2, settled 2, closed", ""),
        (False, "wave", STOP, "web-1, settled 0 1", ""),
        # Where a report cannot be closed nothing that it was given is done, but for what was settled already.
        (True, "close", AwsError("full"), "web-1, web-2, closed, settled 0 1 2", "full"),
        (True, "close", KeyError("a bug"), "web-1, web-2, closed, settled 0 1 2", OUR_FAULT),
        (False, "close", AwsError("full"), "web-1, settled 0 1, web-2, settled 2, closed", "full"),
    ],
)
def test_a_report_that_delivers_when_it_closes_is_done_when_it_is_closed(late, where, fault, log, why):
    source = Source([*changes(1), "nonsense"], changes(2))
    sink = Report(source.log, deferred_close=True, fails=fault if where == "close" else None)
    trail = Trail(calls(1, 2), at(2, fault) if where == "wave" else {})
    pipeline, ended = ran(source, trail=trail, sink=sink, settle_late=late)
    assert ended is (None if isinstance(fault, AwsError) and where == "close" else fault)
    assert ", ".join(source.log).replace("shown ", "") == log
    unreadable, *others = source.settled.pop("1"), *source.settled.values()
    assert unreadable.unreadable
    summary, undone = pipeline.summary, late and why
    for outcome in others:
        assert outcome == Failed(reason=why) if undone else isinstance(outcome, Reported)
    assert summary.failures == {unreadable.reason: "message 1", **({why: ""} if why else {})}
    assert summary.failed == (len(others) if undone else 0) + 1
    assert summary.reported == summary.findings == {OUT: 0 if undone else len(others)}


@pytest.mark.parametrize(
    ("waits", "settle_late", "log"),
    [
        ({**at(2, (2, 9)), **at(3, (3, 0))}, True, "web-1, settled 0, web-2 web-3, settled 1 2"),
        ({**at(2, (2, 9)), **at(3, (3, 9))}, True, "web-1, settled 0, web-2, settled 1, web-3"),
        (at(3, (1, 7)), True, "web-1 web-2 web-3, settled 0 1 2, closed"),
        (at(3, (9, 9)), False, "web-1 web-2 web-3, settled 0 1 2, closed"),
    ],
)
def test_what_is_decided_is_settled_ever_more_rarely_while_the_rest_takes_long(waits, settle_late, log):
    source = Source(changes(1, 2, 3))
    ran(source, trail=Trail(calls(1, 2, 3), waits), settle_late=settle_late)
    assert ", ".join(source.log).replace("shown ", "").startswith(log)


@pytest.mark.parametrize(
    ("at_trail", "at_config", "reason"),
    [
        (Failure(reason="cannot read the trail"), None, "cannot read the trail"),
        (KeyError("a bug"), None, OUR_FAULT),
        # An item that has to be fetched.
        (None, Failure(reason="Config is shut"), "Config is shut"),
        (None, None, "Config's history does not hold the item that the notification was too large for"),
    ],
)
def test_what_cannot_be_looked_up_or_shows_a_fault_of_ours_fails_alone(at_trail, at_config, reason, caplog):
    first, second, third = changes(1, 2, 3)
    source = Source([first, second if at_trail else small_world.oversized(second), third])
    trail = Trail(calls(1, 3), at(2, at_trail), held=at(2, at_config))
    pipeline, _ = ran(source, trail=trail)
    assert source.kinds == {"0": Reported, "1": Failed, "2": Reported}
    assert source.settled["1"] == Failed(reason=reason)
    assert pipeline.summary.failures == {reason: "message 1"}
    assert f"message 1: {reason}" in caplog.messages


def test_what_had_failed_before_a_run_is_stopped_is_counted_named_and_settled_once():
    theirs = small_world.change(2).replace("111122223333", REFUSED)
    source = Source(["nonsense", small_world.change(1), NO_CHANGE, theirs])
    pipeline, ended = ran(source, trail=Trail(at=at(1, STOP)))
    summary = pipeline.summary
    assert ended is STOP
    assert (summary.deliveries, summary.failed, summary.skipped) == (4, 2, {"not-a-change": 1})
    assert list(summary.failures.values()) == ["message 0", "message 3"]
    assert source.kinds == {"0": Failed, "2": Skipped, "3": Failed}
    assert source.settled["3"].reason == "it is not in accounts.allowed"


@pytest.mark.parametrize(("receives", "minutes"), [(1, 15), (9, 45)])
def test_too_early_to_judge_comes_back_and_the_last_receive_is_kept_for_the_decision(receives, minutes):
    source = Source([small_world.change(1, minutes=12)], receives=receives, max_receives=10)
    pipeline, _ = ran(source)
    outcome = source.settled["0"]
    assert outcome == Deferred(until=outcome.until, why="too early to call it unattributed")
    assert abs(outcome.until - small_world.ago(12 - minutes)) < timedelta(seconds=10)
    assert (pipeline.summary.deferred, pipeline.summary.deferred_until) == (1, outcome.until)


def test_one_document_is_explained_as_a_run_would_judge_it():
    (pipeline, _), now = ran(Source(), trail=Trail(calls(1))), small_world.ago(0)
    case = pipeline.explain(*changes(1), now=now)
    assert (case.finding.verdict, case.finding.actor.name, case.outcome) == (OUT, "alice@example.com", None)
    theirs = small_world.change(1).replace("111122223333", REFUSED)
    assert pipeline.explain(theirs, now=now).outcome == Failed(reason="it is not in accounts.allowed")
    assert isinstance(pipeline.explain(NO_CHANGE, now=now), Skipped)


class Located:
    """Addresses that a fault of ours keeps from being found for two at once."""

    def __init__(self):
        self.asked = []

    def locate(self, cases, *, now):
        self.asked.append((now, [case.change.resource.name for case in cases]))
        if len(cases) > 1:
            raise KeyError
        return True


def test_where_what_was_changed_lives_in_iac_is_looked_up_and_holds_nothing_back():
    source, addresses, now = Source(changes(1, 2)), Located(), small_world.ago(0)
    ran(source, trail=Trail(calls(1, 2)), addresses=addresses, now=now)
    assert [asked for asked in addresses.asked if asked[1]] == [
        (now, names) for names in (["web-1", "web-2"], ["web-1"], ["web-2"])
    ]
    assert set(source.kinds.values()) == {Reported}


def test_the_figures_say_all_that_was_counted_as_plain_values():
    summary, until = Summary(deliveries=36, lookups=1, scanned=10), small_world.ago(0)
    assert figures(summary)["deferred_until"] is None
    for outcome in (
        Reported(finding=finding()),
        Reported(finding=finding(), emitted=False),
        Skipped(reason="not-a-change", detail=""),
        Duplicate(finding_id=""),
        Deferred(until=until, why=""),
        Deferred(until=until - timedelta(minutes=5), why=""),
        *(Failed(reason=f"{number % 25}") for number in range(30)),
    ):
        summary.add(outcome, "message 0" if isinstance(outcome, Failed) and not summary.failed else "another")
    assert figures(summary) == {
        "received": 36,
        "findings": {"out-of-band": 2},
        "reported": {"out-of-band": 1},
        "ignored": {"not-a-change": 1},
        "duplicates": 1,
        "deferred": 2,
        "deferred_until": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "failed": 30,
        "lookups": 1,
        "scanned_bytes": 10,
    }
    # A reason is kept once, with what failed first for it, and so many at most.
    assert summary.failures == {"0": "message 0", **{f"{number}": "another" for number in range(1, 20)}}

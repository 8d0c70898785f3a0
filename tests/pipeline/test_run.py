"""A run over waves of deliveries: what is settled when, what a fault or an end half-way costs, and what it counts."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from iacwatch.core.model import Rules, Verdict, Window, Workflow
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
from iacwatch.core.parse import cloudtrail
from iacwatch.errors import AwsError, Stopping
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.case import Captures, Case
from iacwatch.pipeline.run import Pipeline
from iacwatch.pipeline.summary import Summary, figures
from iacwatch.ports import Collected, Delivered, Delivery, Failure
from tests.fixtures import small_world
from tests.fixtures.builders import change
from tests.fixtures.clocks import TickingClock
from tests.worlds.blind.config import eventbridge, oversized

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
        number = 0
        for wave in self.left:
            yield [
                Delivery(id=str(number + place), document=each, **self.more)
                for place, each in enumerate(wave)
            ]
            number += len(wave)

    def settle(self, done):
        assert not self.settled.keys() & {delivery.id for delivery, _ in done}
        self.settled |= {delivery.id: outcome for delivery, outcome in done}
        self.log.append("settled " + " ".join(delivery.id for delivery, _ in done))

    @property
    def kinds(self):
        return {key: type(each) for key, each in self.settled.items()}


@dataclass
class Trail:
    """A trail in memory. `at` says what happens at the questions about a group: an error, a failure, a wait."""

    events: list = field(default_factory=list)
    at: dict = field(default_factory=dict)
    reaches: Window = None
    tells: bool = True
    clock: TickingClock = None
    asked: int = 0
    queries: list = field(default_factory=list)

    def reach(self, account_id, region, *, now):
        return self.reaches or Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries):
        self.asked += 1
        self.queries.extend(queries)
        failures, unanswered = {}, set()
        for query in queries:
            match self.at.get(query.names[0]):
                case BaseException() as error:
                    raise error
                case Failure() as failure:
                    failures[query] = failure
                case (rounds, seconds) if rounds >= self.asked:
                    unanswered.add(query)
                    self.clock.advance(timedelta(seconds=seconds))
        return Collected(
            events=tuple(self.events),
            failures=failures,
            unanswered=frozenset(unanswered),
            calls=1,
            scanned=10,
            answered_by=dict.fromkeys(queries if self.tells else (), "event history"),
            tried=dict.fromkeys(queries if self.tells else (), ("tried by name",)),
        )


class Items:
    """Config's history: nothing but what it is given, by group."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def fetch(self, asks):
        self.asked.extend(asks)
        return {ask: self.answers.get(ask.resource.id) for ask in asks}


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


def refuse(account_id):
    return "it is not in accounts.allowed" if account_id == REFUSED else None


def ran(source, *, trail=None, items=None, sink=None, settle_late=True, rules=RULES, now=None, **more):
    """Run over a source; return the pipeline, and how the run ended (None: well)."""
    clock = TickingClock(now or small_world.ago(0))
    trail = trail or Trail()
    trail.clock = clock
    pipeline = Pipeline(
        rules=rules,
        items=items or Items(),
        trail=trail,
        sinks=[sink or Report(source.log)],
        ledger=MemoryLedger(),
        clock=clock,
        refuse=refuse,
        **more,
    )
    try:
        pipeline.run(source, settle_late=settle_late)
    except (Stopping, AwsError) as ended:
        return pipeline, ended
    return pipeline, None


def changes(*numbers):
    return [small_world.change(number, 60 - number) for number in numbers]


def calls(*numbers):
    return [cloudtrail.event(small_world.call(number, 60 - number)) for number in numbers]


def at(number, happens):
    return {small_world.group_id(number): happens}


STOP = Stopping("SIGTERM", exit_code=143)


def test_each_wave_is_reported_and_settled_before_the_next_one_is_asked_for():
    source = Source(changes(1, 2), changes(3))
    pipeline, _ = ran(source, trail=Trail(calls(1, 2, 3)))
    assert source.log == ["shown web-1 web-2", "settled 0 1", "shown web-3", "settled 2", "closed"]
    summary = pipeline.summary
    assert (summary.deliveries, summary.findings, summary.reported) == (3, {OUT: 3}, {OUT: 3})
    assert (summary.lookups, summary.scanned) == (2, 20)
    finding = source.settled["0"].finding
    assert finding.reason.endswith(" matches no workflow for managed-by=terraform; trail: event history")
    assert finding.tried == ("tried by name",)


def test_what_is_not_reported_by_its_verdict_is_counted_and_goes_to_no_sink():
    source = Source(changes(1))
    pipeline, _ = ran(source, trail=Trail(calls(1)), rules=replace(RULES, report=frozenset({NOBODY})))
    assert (source.log, source.settled["0"].emitted) == (["settled 0", "closed"], False)
    assert (pipeline.summary.findings, pipeline.summary.reported) == ({OUT: 1}, {})


def test_of_a_change_that_came_twice_the_one_that_carries_more_is_looked_into_and_the_other_is_a_duplicate():
    (whole,) = changes(1)
    bare = whole.replace('"configurationItemDiff"', '"x"')
    source = Source([bare, whole, whole])
    items = Items()
    ran(source, trail=Trail(calls(1)), items=items)
    assert source.kinds == {"0": Duplicate, "1": Reported, "2": Duplicate}
    assert len(items.asked) == 1
    # There is none before to be fetched where the source has looked for it.
    ran(Source([bare], previous_known=True), trail=Trail(calls(1)), items=items)
    assert len(items.asked) == 1


@pytest.mark.parametrize("early", [AwsError("throttled"), STOP])
def test_a_report_that_delivers_when_it_closes_is_settled_only_then(early):
    source = Source(changes(1), changes(2))
    _, ended = ran(source, trail=Trail(calls(1, 2)), sink=Report(source.log, deferred_close=True))
    assert (ended, source.log) == (None, ["shown web-1", "shown web-2", "closed", "settled 0 1"])
    # Where the run fails it is not closed, since half a report looks like a whole one; where it is stopped, it is.
    source = Source(changes(1), changes(2))
    trail = Trail(calls(1, 2), at(2, early))
    pipeline, ended = ran(source, trail=trail, sink=Report(source.log, deferred_close=True))
    assert ended is early
    if early is STOP:
        assert (source.log, source.kinds) == (["shown web-1", "closed", "settled 0"], {"0": Reported})
    else:
        assert (source.log, source.kinds) == (["shown web-1", "settled 0"], {"0": Failed})
        assert pipeline.summary.failures == {"the run failed before its report was complete": ""}
        assert (pipeline.summary.failed, pipeline.summary.reported) == (1, {OUT: 0})


def test_a_source_that_can_be_read_again_is_settled_wave_by_wave_and_half_a_report_is_not_closed():
    source = Source(changes(1), changes(2))
    sink = Report(source.log, deferred_close=True)
    ran(source, trail=Trail(calls(1, 2)), sink=sink, settle_late=False)
    assert source.log == ["shown web-1", "settled 0", "shown web-2", "settled 1", "closed"]
    source = Source(changes(1), changes(2))
    trail = Trail(calls(1, 2), at(2, STOP))
    sink = Report(source.log, deferred_close=True)
    assert ran(source, trail=trail, sink=sink, settle_late=False)[1] is STOP
    assert source.log == ["shown web-1", "settled 0"]


def test_where_a_report_cannot_be_closed_nothing_that_it_was_given_is_done(caplog):
    source = Source([*changes(1), "nonsense"])
    sink = Report(source.log, deferred_close=True, fails=AwsError("the disk is full"))
    pipeline, _ = ran(source, trail=Trail(calls(1)), sink=sink)
    assert source.settled["0"] == Failed(reason="the disk is full")
    assert source.settled["1"].unreadable
    failures = {"message 1", ""}
    assert (pipeline.summary.failed, set(pipeline.summary.failures.values())) == (2, failures)
    assert (pipeline.summary.findings, pipeline.summary.reported) == ({OUT: 0}, {OUT: 0})
    assert "the disk is full" in caplog.messages
    # What was settled already cannot be undone, but is no success.
    again = Source(changes(1))
    sink = Report(again.log, deferred_close=True, fails=AwsError("the disk is full"))
    pipeline, _ = ran(again, trail=Trail(calls(1)), sink=sink, settle_late=False)
    assert (again.kinds, pipeline.summary.failures) == ({"0": Reported}, {"the disk is full": ""})


@pytest.mark.parametrize(
    ("waits", "settle_late", "log"),
    [
        ({**at(2, (2, 9)), **at(3, (3, 0))}, True, ["web-1", "settled 0", "web-2 web-3", "settled 1 2"]),
        ({**at(2, (2, 9)), **at(3, (3, 9))}, True, ["web-1", "settled 0", "web-2", "settled 1", "web-3"]),
        (at(3, (1, 7)), True, ["web-1 web-2 web-3", "settled 0 1 2", "closed"]),
        (at(3, (9, 9)), False, ["web-1 web-2 web-3", "settled 0 1 2", "closed"]),
    ],
)
def test_what_is_decided_is_reported_and_settled_ever_more_rarely_while_the_rest_takes_long(
    waits, settle_late, log
):
    source = Source(changes(1, 2, 3))
    ran(source, trail=Trail(calls(1, 2, 3), waits), settle_late=settle_late)
    assert [each.removeprefix("shown ") for each in source.log][: len(log)] == log


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Failure(reason="cannot read the trail"), "cannot read the trail"), (KeyError("a bug"), OUR_FAULT)],
)
def test_what_cannot_be_looked_up_or_shows_a_fault_of_ours_fails_alone(fault, reason, caplog):
    source = Source(changes(1, 2, 3))
    pipeline, _ = ran(source, trail=Trail(calls(1, 3), at(2, fault)))
    assert source.kinds == {"0": Reported, "1": Failed, "2": Reported}
    assert source.settled["1"] == Failed(reason=reason)
    assert pipeline.summary.failures == {reason: "message 1"}
    assert f"message 1: {reason}" in caplog.messages


def test_what_had_failed_before_a_run_is_stopped_is_counted_named_and_settled_once():
    other = '{"detail-type": "Something Else"}'
    theirs = small_world.change(2).replace("111122223333", REFUSED)
    source = Source(["nonsense", small_world.change(1), other, theirs])
    pipeline, ended = ran(source, trail=Trail(at=at(1, STOP)))
    summary = pipeline.summary
    assert ended is STOP
    assert (summary.deliveries, summary.failed, sum(summary.skipped.values())) == (4, 2, 1)
    assert list(summary.failures.values()) == ["message 0", "message 3"]
    assert source.kinds == {"0": Failed, "2": Skipped, "3": Failed}
    assert source.settled["3"].reason == "it is not in accounts.allowed"


def test_too_early_to_judge_comes_back_and_the_last_receive_is_kept_for_the_decision():
    for receives, minutes in ((1, 15), (9, 45)):
        source = Source([small_world.change(1, minutes=12)], receives=receives, max_receives=10)
        pipeline, _ = ran(source)
        outcome = source.settled["0"]
        assert isinstance(outcome, Deferred)
        assert outcome.why == "too early to call it unattributed"
        after = outcome.until - small_world.ago(12)
        assert abs(after - timedelta(minutes=minutes)) < timedelta(seconds=10)
        assert (pipeline.summary.deferred, pipeline.summary.deferred_until) == (1, outcome.until)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Failure(reason="Config is shut"), "Config is shut"),
        (None, "Config's history does not hold the item that the notification was too large for"),
    ],
)
def test_an_item_that_cannot_be_fetched_fails_its_change(answer, reason):
    detail = oversized(small_world.item(1, small_world.ago(60)), "UPDATE")
    source = Source(
        [eventbridge(detail, account=detail["configurationItemSummary"]["awsAccountId"], region="eu-west-1")]
    )
    ran(source, items=Items(**at(1, answer)))
    assert source.settled["0"] == Failed(reason=reason)


def test_one_document_is_explained_as_a_run_would_judge_it(caplog):
    (pipeline, _), now = ran(Source(), trail=Trail(calls(1))), small_world.ago(0)
    case = pipeline.explain(*changes(1), now=now)
    assert (case.finding.verdict, case.finding.actor.name, case.outcome) == (OUT, "alice@example.com", None)
    theirs = small_world.change(1).replace("111122223333", REFUSED)
    assert pipeline.explain(theirs, now=now).outcome == Failed(reason="it is not in accounts.allowed")
    assert isinstance(pipeline.explain('{"detail-type": "Something Else"}', now=now), Skipped)
    shut, _ = ran(Source(), trail=Trail(at=at(1, Failure(reason="cannot read the trail"))))
    assert shut.explain(*changes(1), now=now).outcome == Failed(reason="cannot read the trail")
    assert caplog.messages == ["message explained: cannot read the trail"]


class Located:
    """Addresses that a fault of ours keeps from locating some group."""

    def __init__(self, *faulty):
        self.faulty, self.located = {small_world.group_id(number) for number in faulty}, []

    def locate(self, cases, *, now):
        if self.faulty & {case.change.resource.id for case in cases}:
            raise KeyError
        if cases:
            self.located.append((now, [case.change.resource.name for case in cases]))
        return True


@pytest.mark.parametrize(("faulty", "located"), [((), [["web-1", "web-2"]]), ((1,), [["web-2"]])])
def test_where_what_was_changed_lives_in_iac_is_looked_up_for_what_is_reported_and_holds_nothing_back(
    faulty, located
):
    source, addresses = Source(changes(1, 2)), Located(*faulty)
    pipeline, _ = ran(source, trail=Trail(calls(1, 2)), addresses=addresses)
    assert [names for _, names in addresses.located] == located
    assert set(source.kinds.values()) == {Reported}
    assert all(now for now, _ in addresses.located)
    case = pipeline.explain(*changes(2), now=small_world.ago(0))
    assert addresses.located[-1][1] == [case.change.resource.name]


def test_the_figures_say_all_that_was_counted_as_plain_values():
    other = '{"detail-type": "Something Else"}'
    late = small_world.change(9, minutes=12)
    source = Source([*changes(1) * 2, "nonsense", other, late])
    pipeline, _ = ran(source, trail=Trail(calls(1)))
    until = source.settled["4"].until
    assert figures(pipeline.summary) == {
        "received": 5,
        "findings": {"out-of-band": 1},
        "reported": {"out-of-band": 1},
        "ignored": {"not-a-change": 1},
        "duplicates": 1,
        "deferred": 1,
        "deferred_until": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "failed": 1,
        "lookups": 1,
        "scanned_bytes": 10,
    }
    assert figures(Summary())["deferred_until"] is None


def test_a_reason_is_kept_once_with_what_failed_first_for_it_and_so_many_at_most():
    summary = Summary()
    for number in range(30):
        summary.add(Failed(reason=f"{number % 25}"), f"message {number}")
    assert summary.failures == {f"{number}": f"message {number}" for number in range(20)}
    later = small_world.ago(0)
    for until in (later, small_world.ago(5)):
        summary.add(Deferred(until=until, why=""))
    assert (summary.failed, summary.deferred, summary.deferred_until) == (30, 2, later)


def test_a_fault_of_a_sinks_close_undoes_what_it_was_given():
    source = Source(changes(1))
    sink = Report(source.log, deferred_close=True, fails=KeyError("a bug"))
    with pytest.raises(KeyError):
        ran(source, trail=Trail(calls(1)), sink=sink)
    assert source.settled["0"] == Failed(reason=OUR_FAULT)


def test_captures_are_remembered_until_there_are_too_many(monkeypatch):
    monkeypatch.setattr(Captures, "_MOST", 2)
    captures, at = Captures(), small_world.ago(0)
    cases = [
        Case(delivery=Delivery(id="", document=""), change=change(captured_at=at + timedelta(seconds=n)))
        for n in range(3)
    ]
    before = []
    for case in cases:
        captures.add(case)
        before.append(captures.before(case))
    assert before == [None, at, None]

"""The road from a queue to a finding: one wave of deliveries after another.

    deliveries -> changes -> managed? -> who made them -> ripe? -> tell -> settle

Decisions are `core`'s, lookups `investigation`'s, and everything outside comes through `ports`. A wave
moves together, since CloudTrail's budget is only kept by planning the lookups of many changes at once.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from iacwatch.core import items as config_items
from iacwatch.core.model import Change, Finding, Rules, Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.plain import plain
from iacwatch.core.report import finding_id, group
from iacwatch.errors import IacwatchError, ParseError, Stopping
from iacwatch.investigation import Case, Investigation
from iacwatch.ports import (
    ChangeSource,
    Claim,
    Clock,
    Delivered,
    Delivery,
    Failure,
    Grant,
    ItemStore,
    Ledger,
    Sink,
    TrailSource,
)

_log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)
_FAILURES_KEPT: Final = 20
_OUR_FAULT: Final = "could not be looked into because of a fault in iacwatch (-vv shows it)"
_Answer = TypeVar("_Answer")

Refuse = Callable[[str], str | None]
"""Says why changes of an account are not ours to look into, or None where they are."""


@dataclass(slots=True)
class Summary:
    """What a run did. `findings` counts all by verdict, `reported` those that were told."""

    deliveries: int = 0
    findings: Counter[Verdict] = field(default_factory=Counter)
    reported: Counter[Verdict] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    deferred: int = 0
    deferred_until: datetime | None = None
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    lookups: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        match outcome:
            case Reported(finding=finding, told=told):
                self.findings[finding.verdict] += 1
                if told:
                    self.reported[finding.verdict] += 1
            case Skipped(reason=reason):
                self.skipped[reason] += 1
            case Duplicate():
                self.duplicates += 1
            case Deferred(until=until):
                self.deferred += 1
                self.deferred_until = max(until, self.deferred_until or until)
            case Failed(reason=reason):
                self.failed += 1
                self._keep(reason)

    def undo(self, outcome: Reported, why: str) -> Failed:
        """Count a finding that was to be told at the end, and was not, as failed."""
        self.reported[outcome.finding.verdict] -= 1
        self.failed += 1
        self._keep(why)
        return Failed(reason=why)

    def _keep(self, reason: str) -> None:
        if len(self.failures) < _FAILURES_KEPT and reason not in self.failures:
            self.failures.append(reason)


class Pipeline:
    """The road, with its adapters."""

    def __init__(
        self,
        *,
        rules: Rules,
        items: ItemStore,
        trail: TrailSource,
        sinks: Sequence[Sink],
        ledger: Ledger,
        clock: Clock,
        refuse: Refuse = lambda _account: None,
        group_window: timedelta = timedelta(minutes=10),
        lease: timedelta = LEASE,
        new_only: bool = False,
        newest_first: bool = False,
    ) -> None:
        """Take the rules and the adapters; `refuse` enforces ``[accounts]``.

        `new_only`: what the ledger says was told is shown nowhere, not even where everything is.
        `newest_first`: the order in which what is shown comes, for a source that yields the newest first.
        """
        self._rules = rules
        self._investigation = Investigation(rules=rules, items=items, trail=trail)
        self._remote = [sink for sink in sinks if sink.remembered]
        self._local = [sink for sink in sinks if not sink.remembered]
        self._ledger = ledger
        self._clock = clock
        self._refuse = refuse
        self._group_window = group_window
        self._lease = lease
        self._new_only = new_only
        self._newest_first = newest_first
        self._told: dict[str, str] = {}
        self.summary = Summary()

    def run(self, source: ChangeSource, *, settle_late: bool = True) -> Summary:
        """Handle every wave of a source, and settle it.

        Where a sink delivers only when it closes, so much is settled only then; `settle_late` False: as ever,
        since the source can be read again (and what it gave need not be held until then).

        Raises `Stopping` where the run was asked to end, after closing the sinks and handing back everything
        that was not settled. Where it fails by an error, no sink that delivers only when it closes is closed:
        half a report looks like a whole one.
        """
        late = settle_late and any(sink.deferred_close for sink in (*self._remote, *self._local))
        held: list[tuple[Delivery, Outcome]] = []
        whole = False
        with closing(source.waves()) as waves:
            try:
                for deliveries in waves:
                    self._wave(deliveries, held)
                    if not late:
                        self._settle(source, held)
                whole = True
            except Stopping:
                whole = True
                raise
            finally:
                try:
                    self._close_sinks(held, whole=whole)
                finally:
                    self._settle(source, held)
                    self.summary.lookups = self._investigation.lookups
        return self.summary

    def explain(self, document: str | bytes, *, now: datetime) -> Case | Skipped:
        """Look one document up as `run` would, telling nobody; raise `ParseError` where it can't be read."""
        delivery = Delivery(id="explained", document="")
        change = config_items.parse(document)
        if isinstance(change, Skipped):
            return change
        case = Case(delivery=delivery, change=change)
        if reason := self._refuse(change.resource.account_id):
            case.outcome = Failed(reason=reason)
        self._look_into([case], now)
        return case

    def _wave(self, deliveries: Sequence[Delivery], held: list[tuple[Delivery, Outcome]]) -> None:
        """Take one wave down the road; add to `held` what became of each delivery.

        Where the run ends half-way, so much is added as was told by then: it must not be told again.
        """
        self.summary.deliveries += len(deliveries)
        now = self._clock.now()
        outcomes: dict[str, Outcome] = {}
        cases = self._parse(deliveries, outcomes)
        first = _once(cases)
        self._look_into(list(first.values()), now)
        whole = False
        try:
            self._tell(list(first.values()))
            whole = True
        finally:
            for case in cases:
                outcome = _outcome_of(case, first)
                if outcome is None and whole:
                    outcome = self._fail(case.delivery, _OUR_FAULT)
                if outcome is not None:
                    outcomes[case.delivery.id] = outcome
            for outcome in outcomes.values():
                self.summary.add(outcome)
            held.extend((each, outcomes[each.id]) for each in deliveries if each.id in outcomes)

    def _parse(self, deliveries: Sequence[Delivery], outcomes: dict[str, Outcome]) -> list[Case]:
        """Read each document; what can't be read fails alone, and the log says what is wrong with it."""
        cases: list[Case] = []
        for delivery in deliveries:
            try:
                change = config_items.parse(delivery.document, previous=delivery.previous_document)
                if delivery.previous_known and isinstance(change, Change):
                    change = replace(change, previous_known=True)
            except ParseError as error:
                outcomes[delivery.id] = self._fail(delivery, f"cannot be read: {error}", unreadable=True)
            except Exception:  # a bug may cost one delivery, never the wave
                _log.debug("parsing failed", exc_info=True)
                outcomes[delivery.id] = self._fail(
                    delivery, "could not be read because of a fault in iacwatch"
                )
            else:
                if isinstance(change, Change):
                    cases.append(self._case(delivery, change))
                else:
                    outcomes[delivery.id] = change
        return cases

    def _case(self, delivery: Delivery, change: Change) -> Case:
        case = Case(delivery=delivery, change=change)
        if reason := self._refuse(change.resource.account_id):
            case.outcome = self._fail(delivery, reason)
        return case

    def _look_into(self, cases: Sequence[Case], now: datetime) -> None:
        """Attribute the cases; a fault of ours costs the case that shows it, never the wave."""
        todo = [case for case in cases if case.open]
        if _guarded(partial(self._examine, todo, now)):
            return
        # One by one, so that only the change that shows the fault fails.
        for case in todo:
            alone = Case(delivery=case.delivery, change=case.change)
            if _guarded(partial(self._examine, [alone], now)):
                case.finding, case.outcome, case.change = alone.finding, alone.outcome, alone.change
            else:
                case.outcome = self._fail(case.delivery, _OUR_FAULT)

    def _examine(self, cases: Sequence[Case], now: datetime) -> bool:
        self._investigation.assess(cases, now=now)
        self._close_told([case for case in cases if case.open])
        self._investigation.attribute(cases, now=now)
        for case in cases:
            self._investigation.conclude(case, now=now)
            if isinstance(case.outcome, Failed):
                case.outcome = self._fail(case.delivery, case.outcome.reason)
            elif case.open and case.finding is None:
                case.outcome = self._fail(case.delivery, _OUR_FAULT)
        return True

    def _close_told(self, cases: Sequence[Case]) -> None:
        """Close what was told already, where nothing but told-once sinks would show it again."""
        if not self._new_only and (self._local or not self._remote):
            return
        names = {finding_id(case.change.resource, case.change.captured_at): case for case in cases}
        for name in self._ledger.told(list(names)) if names else ():
            names[name].outcome = Duplicate(finding_id=name)

    def _tell(self, cases: Sequence[Case]) -> None:
        """Tell the findings that are to be told: once in the places that remember, always in the others."""
        told: list[Case] = []
        followers: list[tuple[Case, str]] = []
        causes = self._causes_told(cases)
        for case in sorted(cases, key=lambda case: case.change.captured_at):
            if case.finding is None or not case.open:
                continue
            if case.finding.verdict not in self._rules.report:
                case.outcome = Reported(finding=case.finding, told=False)
            elif (same := self._same_cause(case.finding)) is not None:
                followers.append((case, same))
            elif case.finding.cause_key in causes:
                case.outcome = Duplicate(finding_id=case.finding.finding_id)
            else:
                told.append(case)
        by_id = {case.finding.finding_id: case for case in told if case.finding}
        done: list[Case] = []
        try:
            for together in group([case.finding for case in told if case.finding], self._group_window):
                self._tell_remote([by_id[finding.finding_id] for finding in together], done)
        finally:
            # Where the run ends half-way, what was told in one place is still shown in the others.
            self._tell_local([case for case in done if case.open])
            for case, same in followers:
                case.outcome = _following(by_id.get(same), same)

    def _causes_told(self, cases: Sequence[Case]) -> frozenset[str]:
        """Return the causes that were told, where that closes the places that show everything, too."""
        if not self._new_only:
            return frozenset()
        keys = [case.finding.cause_key for case in cases if case.finding and case.finding.cause_key]
        return self._ledger.told(keys) if keys else frozenset()

    def _same_cause(self, finding: Finding) -> str | None:
        """Return the finding that told the same change of a global resource from another region."""
        if finding.cause_key is None:
            return None
        before = self._told.setdefault(finding.cause_key, finding.finding_id)
        return before if before != finding.finding_id else None

    def _tell_remote(self, cases: Sequence[Case], done: list[Case]) -> None:
        """Claim, tell, complete: what one actor made together. What fails is released and stays queued.

        Adds to `done` what was told, now or before, even where the ledger then fails to remember it.
        """
        if not self._remote:
            done.extend(cases)
            return
        grants = self._claim(cases)
        done.extend(case for case in cases if case.open and _name(case) not in grants)
        granted = [case.finding for case in cases if case.finding and case.finding.finding_id in grants]
        if not granted:
            return
        answers: dict[str, Delivered | Failure] = {}
        try:
            for sink in self._remote:
                answers = _worse(answers, sink.emit(granted))
        finally:
            told = {name for name, answer in answers.items() if isinstance(answer, Delivered)}
            for case in cases:
                answer = answers.get(_name(case))
                if isinstance(answer, Failure):
                    case.outcome = self._fail(case.delivery, answer.reason)
                    self._forget_cause(case)
                elif isinstance(answer, Delivered):
                    done.append(case)
            now = self._clock.now()
            self._ledger.complete([grant for name in told for grant in grants.get(name, ())], now=now)
            self._ledger.release([grant for name in grants if name not in told for grant in grants[name]])

    def _claim(self, cases: Sequence[Case]) -> dict[str, list[Grant]]:
        """Claim each finding, and its cause where it has one; close the cases that others tell or told."""
        keys = {
            case: [key for key in (case.finding.finding_id, case.finding.cause_key) if key]
            for case in cases
            if case.finding
        }
        now = self._clock.now()
        claims = self._ledger.claim(
            [key for asked in keys.values() for key in asked], now=now, lease=self._lease
        )
        grants: dict[str, list[Grant]] = {}
        for case, asked in keys.items():
            mine = [claims[key] for key in asked]
            got = [claimed.grant for claimed in mine if claimed.grant is not None]
            if len(got) == len(mine):
                grants[asked[0]] = got
                continue
            self._ledger.release(got)
            if any(claimed.claim is Claim.TOLD for claimed in mine):
                # Told elsewhere: only the places that do not remember still have to show it.
                shown = self._local and not self._new_only
                case.outcome = None if shown else Duplicate(finding_id=asked[0])
            else:
                until = max((claimed.until for claimed in mine if claimed.until), default=now + self._lease)
                case.outcome = Deferred(until=until, why="another run is telling it")
                self._forget_cause(case)
        return grants

    def _forget_cause(self, case: Case) -> None:
        if case.finding and case.finding.cause_key:
            self._told.pop(case.finding.cause_key, None)

    def _tell_local(self, cases: Sequence[Case]) -> None:
        """Show the findings in the places that show everything, all together."""
        findings = [case.finding for case in cases if case.finding]
        if self._newest_first:
            findings.sort(key=lambda finding: finding.change.captured_at, reverse=True)
        answers: dict[str, Delivered | Failure] = {}
        for sink in self._local if findings else ():
            answers = _worse(answers, sink.emit(findings))
        for case in cases:
            if case.finding is None:
                continue
            answer = answers.get(case.finding.finding_id)
            if isinstance(answer, Failure):
                case.outcome = self._fail(case.delivery, answer.reason)
            else:
                case.outcome = Reported(finding=case.finding)

    def _close_sinks(self, held: list[tuple[Delivery, Outcome]], *, whole: bool) -> None:
        """Close the sinks; where one could not deliver what it held, nothing that it was given is done."""
        for sink in (*self._remote, *self._local):
            if sink.deferred_close and not whole:
                held[:] = self._undone(held, "the run failed before its report was complete")
                continue
            try:
                sink.close()
            except IacwatchError as error:
                _log.error("%s", plain(str(error), 500))
                held[:] = self._undone(held, str(error))
            except Exception:
                held[:] = self._undone(held, _OUR_FAULT)
                raise

    def _undone(self, held: list[tuple[Delivery, Outcome]], why: str) -> list[tuple[Delivery, Outcome]]:
        return [
            (delivery, self.summary.undo(outcome, why))
            if isinstance(outcome, Reported) and outcome.told
            else (delivery, outcome)
            for delivery, outcome in held
        ]

    def _settle(self, source: ChangeSource, held: list[tuple[Delivery, Outcome]]) -> None:
        if held:
            source.settle(tuple(held))
            held.clear()

    def _fail(self, delivery: Delivery, reason: str, *, unreadable: bool = False) -> Failed:
        _log.error("message %s: %s", plain(delivery.id, 120), plain(reason, 500))
        return Failed(reason=reason, unreadable=unreadable)


def _guarded(work: Callable[[], _Answer]) -> _Answer | None:
    """Do a piece of work; a fault of our own is logged, and answered with None.

    A bug may cost one delivery, never the wave.
    """
    try:
        return work()
    except (IacwatchError, Stopping):
        raise
    except Exception:
        _log.debug("a fault in iacwatch", exc_info=True)
        return None


def _once(cases: Sequence[Case]) -> dict[str, Case]:
    """Return one case for each change: it may have been delivered twice, or through two envelopes.

    The one that carries most is taken: a diff saves a fetch.
    """
    first: dict[str, Case] = {}
    for case in cases:
        name = finding_id(case.change.resource, case.change.captured_at)
        known = first.get(name)
        if known is None or (known.change.diff is None and case.change.diff is not None):
            first[name] = case
    return first


def _outcome_of(case: Case, first: Mapping[str, Case]) -> Outcome | None:
    """Return a delivery's outcome, if there is one; that of a second delivery follows from the first's."""
    name = finding_id(case.change.resource, case.change.captured_at)
    main = first.get(name, case)
    if main is not case and isinstance(main.outcome, Reported):
        return Duplicate(finding_id=name)
    return main.outcome


def _following(first: Case | None, name: str) -> Outcome | None:
    """Return the outcome of a change whose cause another one tells: done only once that is."""
    if first is None or isinstance(first.outcome, Reported | Skipped | Duplicate):
        return Duplicate(finding_id=name)
    return first.outcome


def _name(case: Case) -> str:
    return case.finding.finding_id if case.finding else ""


def _worse(
    answers: Mapping[str, Delivered | Failure], more: Mapping[str, Delivered | Failure]
) -> dict[str, Delivered | Failure]:
    """Join the answers of two sinks: a finding is told only where both told it."""
    joined = dict(answers)
    for name, answer in more.items():
        if not isinstance(joined.get(name), Failure):
            joined[name] = answer
    return joined

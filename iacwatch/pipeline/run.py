"""The road from a queue to a finding: one wave of deliveries after another.

    deliveries -> changes -> managed? -> who made them -> ripe? -> report -> settle

Decisions are `core`'s, lookups `investigation`'s, and everything outside comes through `ports`. A wave
moves together, since CloudTrail's budget is only kept by planning the lookups of many changes at once.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Final, TypeVar

from iacwatch.core.model import Change, Rules
from iacwatch.core.outcome import Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.parse import config_item as config_items
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError, ParseError, Stopping
from iacwatch.pipeline.addresses import Addresses
from iacwatch.pipeline.case import Case, failed
from iacwatch.pipeline.investigation import Investigation
from iacwatch.pipeline.naming import name, trace
from iacwatch.pipeline.origins import Origins
from iacwatch.pipeline.records import Records
from iacwatch.pipeline.remembered import LEASE
from iacwatch.pipeline.reporting import GROUP_WINDOW, Reporting
from iacwatch.pipeline.summary import Summary
from iacwatch.ports import ChangeSource, Clock, Delivery, ItemStore, Ledger, Notes, Sink, TrailSource

_log = logging.getLogger("iacwatch.pipeline")

_OUR_FAULT: Final = "could not be looked into because of a fault in iacwatch (-vv shows it)"
_SOON: Final = timedelta(seconds=8)
"""After so long, what is decided is reported although the rest of its wave is not."""

_Answer = TypeVar("_Answer")

Refuse = Callable[[str], str | None]
"""Returns why changes of an account must not be looked into, or None where they may."""


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
        notes: Notes | None = None,
        records: Records | None = None,
        addresses: Addresses | None = None,
        refuse: Refuse = lambda _account: None,
        group_window: timedelta = GROUP_WINDOW,
        lease: timedelta = LEASE,
        destinations: Sequence[str] = (),
        region: Callable[[], str] = str,
        new_only: bool = False,
        newest_first: bool = False,
    ) -> None:
        """Take the rules and the adapters; `refuse` enforces ``[accounts]``.

        `notes` outlive the run, beside the ledger (None: nothing is noted); `records` too. `addresses` says
        where what was changed lives in IaC (None: nobody asks).
        `destinations` are the names of all that the ledger remembers for; `region` returns our own.
        `new_only`: what the ledger knows as reported goes to no sink, not even to those that show everything.
        `newest_first`: the order of what is shown, for a source that yields the newest first.
        """
        self._origins = Origins(trail=trail, notes=notes, refuse=refuse, region=region)
        self._investigation = Investigation(rules=rules, items=items, trail=trail, origins=self._origins)
        self._named = rules.report
        self._reporting = Reporting(
            sinks=sinks,
            ledger=ledger,
            clock=clock,
            records=records,
            verdicts=rules.report,
            group_window=group_window,
            lease=lease,
            known=destinations,
            new_only=new_only,
            newest_first=newest_first,
        )
        self._addresses = addresses
        self._clock = clock
        self._refuse = refuse
        self.summary = Summary()

    def run(self, source: ChangeSource, *, settle_late: bool = True) -> Summary:
        """Handle every wave of a source, and settle it.

        Where a sink delivers only when it closes, deliveries are settled only then. `settle_late` False: they
        are settled wave by wave all the same, since the source can be read again.

        Raises `Stopping` where the run was asked to end, after closing the sinks and handing back everything
        that was not settled. Where it fails by an error, or is stopped with `settle_late` False, no sink that
        delivers only when it closes is closed: half a report looks like a whole one.
        """
        late = settle_late and any(sink.deferred_close for sink in self._reporting.sinks)
        to_settle: list[tuple[Delivery, Outcome]] = []
        whole = False
        with closing(source.waves()) as waves:
            try:
                for deliveries in waves:
                    for _ in self._wave(deliveries, to_settle, early=settle_late):
                        if not late:
                            self._settle(source, to_settle)
                whole = True
            except Stopping:
                # What was reported is settled and must stand; what can be read again is reported whole then.
                whole = settle_late
                raise
            finally:
                try:
                    self._close_sinks(to_settle, whole=whole)
                finally:
                    self._settle(source, to_settle)
                    self._count_work()
        return self.summary

    def explain(self, document: str | bytes, *, now: datetime) -> Case | Skipped:
        """Look one document up as `run` would, without reporting; raise `ParseError` if unreadable."""
        delivery = Delivery(id="explained", document="")
        change = config_items.parse(document)
        if isinstance(change, Skipped):
            return change
        case = Case(delivery=delivery, change=change)
        if reason := self._refuse(change.resource.account_id):
            case.outcome = Failed(reason=reason)
        for _ in self._look_into([case], now):
            pass
        judged = case.classified
        if judged is not None:
            trace({case: [match.event for match in judged.matches]}, self._origins, now=now)
        name([case], self._origins, now=now)
        self._locate([case], now)
        return case

    def _count_work(self) -> None:
        self.summary.lookups = self._investigation.lookups
        self.summary.scanned = self._investigation.scanned

    def _wave(
        self, deliveries: Sequence[Delivery], to_settle: list[tuple[Delivery, Outcome]], *, early: bool
    ) -> Iterator[None]:
        """Take one wave down the road; add to `to_settle` what became of each delivery.

        Yields whenever it did so: `early`, as soon as changes are decided, else all at once.
        Where the run ends half-way, what was reported by then is added: it must not be reported again. So is
        what had failed, or is to be ignored: the summary names it.
        """
        self.summary.deliveries += len(deliveries)
        now = self._clock.now()
        outcomes: dict[str, Outcome] = {}
        cases = self._parse(deliveries, outcomes)
        first = _once(cases)
        same: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            same[case.name].append(case)
        left = dict.fromkeys(cases)
        try:
            for decided in self._parts(list(first.values()), now, early=early):
                self._count_work()
                whole = False
                try:
                    self._reporting.report(decided)
                    whole = True
                finally:
                    for case in (case for main in decided for case in same[main.name]):
                        del left[case]
                        outcome = _outcome_of(case, first)
                        if outcome is None and whole:
                            outcome = failed(case.delivery, _OUR_FAULT)
                        if outcome is not None:
                            outcomes[case.delivery.id] = outcome
                    self._count(deliveries, outcomes, to_settle)
                    outcomes.clear()
                yield
        finally:
            outcomes |= {case.delivery.id: case.outcome for case in left if isinstance(case.outcome, Failed)}
            self._count(deliveries, outcomes, to_settle)

    def _parts(self, cases: Sequence[Case], now: datetime, *, early: bool) -> Iterator[Sequence[Case]]:
        """Yield the cases once all are decided; `early`, where that takes long, in parts meanwhile.

        So a run that is killed again and again gets on. Parts come ever more rarely: what one actor did is
        best reported together.
        """
        decided: list[Case] = []
        since, pause = self._clock.now(), _SOON
        for part in self._look_into(cases, now):
            decided.extend(part)
            if early and decided and self._clock.now() - since >= pause:
                yield decided
                decided = []
                since, pause = self._clock.now(), 2 * pause
        yield decided

    def _count(
        self,
        deliveries: Sequence[Delivery],
        outcomes: Mapping[str, Outcome],
        to_settle: list[tuple[Delivery, Outcome]],
    ) -> None:
        """Count outcomes, by delivery id, and add them to what is to be settled."""
        named = {each.id: f"{each.noun} {each.id}" for each in deliveries}
        for delivery_id, outcome in outcomes.items():
            self.summary.add(outcome, named[delivery_id])
        to_settle.extend((each, outcomes[each.id]) for each in deliveries if each.id in outcomes)

    def _parse(self, deliveries: Sequence[Delivery], outcomes: dict[str, Outcome]) -> list[Case]:
        """Read each document; what can't be read fails alone, and the log says what is wrong with it."""
        cases: list[Case] = []
        refuse = cache(self._refuse)  # (a wave's changes are of few accounts)
        for delivery in deliveries:
            try:
                change = config_items.parse(delivery.document, previous=delivery.previous_document)
                if delivery.previous_known and isinstance(change, Change) and not change.previous_known:
                    change = replace(change, previous_known=True)
            except ParseError as error:
                outcomes[delivery.id] = failed(delivery, f"cannot be read: {error}", unreadable=True)
            except Exception:  # a bug may cost one delivery, never the wave
                _log.debug("parsing failed", exc_info=True)
                outcomes[delivery.id] = failed(delivery, "could not be read because of a fault in iacwatch")
            else:
                if isinstance(change, Change):
                    case = Case(delivery=delivery, change=change)
                    if reason := refuse(change.resource.account_id):
                        case.outcome = failed(delivery, reason)
                    cases.append(case)
                else:
                    outcomes[delivery.id] = change
        return cases

    def _look_into(self, cases: Sequence[Case], now: datetime) -> Iterator[list[Case]]:
        """Attribute the cases, and yield them as they are decided, each once.

        A fault of ours costs the case that shows it, never the wave.
        """
        left = dict.fromkeys(cases)
        todo = [case for case in cases if case.open]
        parts = self._examine(todo, now)
        while (decided := _guarded(partial(next, parts, None))) is not None:
            for case in decided:
                del left[case]
            if decided:
                yield decided
        # One by one, so that only the change that shows the fault fails.
        for case in [case for case in todo if case in left]:
            alone = Case(delivery=case.delivery, change=case.change)
            if _guarded(partial(list, self._examine([alone], now))) is None:
                case.outcome = failed(case.delivery, _OUR_FAULT)
            else:
                case.finding, case.outcome, case.change = alone.finding, alone.outcome, alone.change
        yield list(left)

    def _examine(self, cases: Sequence[Case], now: datetime) -> Iterator[list[Case]]:
        """Attribute the cases; yield those that are decided."""
        self._investigation.assess(cases, now=now)
        self._reporting.close_reported([case for case in cases if case.open])
        left = dict.fromkeys(cases)
        for decided in self._investigation.attribute(cases, now=now):
            for case in decided:
                del left[case]
            yield self._concluded(decided, now)
        yield self._concluded(list(left), now)

    def _concluded(self, cases: Sequence[Case], now: datetime) -> list[Case]:
        """Conclude cases, and name who stands behind those that will be reported."""
        for case in cases:
            self._conclude(case, now)
        shown = [case for case in cases if case.finding and case.finding.verdict in self._named]
        shown = [case for case in shown if case.open]
        name(shown, self._origins, now=now)
        self._locate(shown, now)
        return list(cases)

    def _locate(self, cases: Sequence[Case], now: datetime) -> None:
        """Say where in IaC it is that was changed; what is not known of that holds no finding back."""
        if self._addresses is None or _guarded(partial(self._addresses.locate, cases, now=now)):
            return
        for case in cases:
            _guarded(partial(self._addresses.locate, [case], now=now))

    def _conclude(self, case: Case, now: datetime) -> None:
        """Turn what was found into a finding, or an outcome."""
        self._investigation.conclude(case, now=now)
        if isinstance(case.outcome, Failed):
            case.outcome = failed(case.delivery, case.outcome.reason)

    def _close_sinks(self, to_settle: list[tuple[Delivery, Outcome]], *, whole: bool) -> None:
        """Close the sinks; where one could not deliver, nothing that it was given is done."""
        for sink in self._reporting.sinks:
            if sink.deferred_close and not whole:
                to_settle[:] = self._undone(to_settle, "the run failed before its report was complete")
                continue
            try:
                sink.close()
            except IacwatchError as error:
                _log.error("%s", plain(str(error), 500))
                to_settle[:] = self._undone(to_settle, str(error))
                self.summary.note(str(error))  # what was settled already cannot be undone, but is no success
            except Exception:
                to_settle[:] = self._undone(to_settle, _OUR_FAULT)
                raise

    def _undone(self, to_settle: list[tuple[Delivery, Outcome]], why: str) -> list[tuple[Delivery, Outcome]]:
        return [
            (delivery, self.summary.undo(outcome, why))
            if isinstance(outcome, Reported) and outcome.emitted
            else (delivery, outcome)
            for delivery, outcome in to_settle
        ]

    def _settle(self, source: ChangeSource, to_settle: list[tuple[Delivery, Outcome]]) -> None:
        if to_settle:
            source.settle(tuple(to_settle))
            to_settle.clear()


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
        name = case.name
        known = first.get(name)
        if known is None or (known.change.diff is None and case.change.diff is not None):
            first[name] = case
    return first


def _outcome_of(case: Case, first: Mapping[str, Case]) -> Outcome | None:
    """Return a delivery's outcome, if there is one; that of a second delivery follows from the first's."""
    main = first.get(case.name, case)
    if main is not case and isinstance(main.outcome, Reported):
        return Duplicate(finding_id=case.name)
    return main.outcome

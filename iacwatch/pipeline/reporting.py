"""Reports findings to the sinks: once to those that the ledger remembers for, always to the others.

    claim -> emit -> complete | release

A finding that cannot be reported fails its own change only, which stays where it came from.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from iacwatch.core.model import Finding, Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Outcome, Reported, Skipped
from iacwatch.core.present.record import group
from iacwatch.pipeline.case import Case, failed
from iacwatch.pipeline.records import Records
from iacwatch.ports import Claim, Clock, Delivered, Failure, Grant, Ledger, Sink

LEASE: Final = timedelta(seconds=60)
"""How long a claim stays with a process that was killed."""

GROUP_WINDOW: Final = timedelta(minutes=10)


class Reporting:
    """The sinks of a run, and the ledger that remembers what they reported."""

    def __init__(
        self,
        *,
        sinks: Sequence[Sink],
        ledger: Ledger,
        clock: Clock,
        records: Records | None = None,
        verdicts: frozenset[Verdict],
        group_window: timedelta = GROUP_WINDOW,
        lease: timedelta = LEASE,
        new_only: bool = False,
        newest_first: bool = False,
    ) -> None:
        """Take where findings go; `verdicts`: those that are reported.

        `records` keeps the record of what a remembered sink reported (None: nothing is kept).
        `new_only`: what the ledger knows as reported goes to no sink, not even to those that show everything.
        `newest_first`: the order of what is shown, for a source that yields the newest first.
        """
        self.sinks = tuple(sorted(sinks, key=lambda sink: not sink.remembered))
        self._remote = [sink for sink in sinks if sink.remembered]
        self._local = [sink for sink in sinks if not sink.remembered]
        self._ledger = ledger
        self._clock = clock
        self._records = records
        self._verdicts = verdicts
        self._group_window = group_window
        self._lease = lease
        self._new_only = new_only
        self._newest_first = newest_first
        self._reported_causes: dict[str, str] = {}

    def close_reported(self, cases: Sequence[Case]) -> None:
        """Close the cases that were reported already, unless a sink that shows everything needs them."""
        if not self._new_only and (self._local or not self._remote):
            return
        names = {case.name: case for case in cases}
        for name in self._ledger.reported(list(names)) if names else ():
            names[name].outcome = Duplicate(finding_id=name)

    def report(self, cases: Sequence[Case]) -> None:
        """Report the findings whose verdicts are reported; set the outcome of each case."""
        due: list[Case] = []
        followers: list[tuple[Case, str]] = []
        causes = self._causes_reported(cases)
        for case in sorted(cases, key=lambda case: case.change.captured_at):
            if case.finding is None or not case.open:
                continue
            if case.finding.verdict not in self._verdicts:
                case.outcome = Reported(finding=case.finding, emitted=False)
            elif (same := self._same_cause(case.finding)) is not None:
                followers.append((case, same))
            elif case.finding.cause_key in causes:
                case.outcome = Duplicate(finding_id=case.finding.finding_id)
            else:
                due.append(case)
        by_id = {case.finding.finding_id: case for case in due if case.finding}
        done: list[Case] = []
        try:
            for together in group([case.finding for case in due if case.finding], self._group_window):
                self._report_remote([by_id[finding.finding_id] for finding in together], done)
        finally:
            # Where the run ends half-way, what the remembered sinks got still goes to the others.
            self._report_local([case for case in done if case.open])
            for case, same in followers:
                case.outcome = _following(by_id.get(same), same)

    def _causes_reported(self, cases: Sequence[Case]) -> frozenset[str]:
        """Return the causes that were reported, where that closes the sinks that show everything, too."""
        if not self._new_only:
            return frozenset()
        keys = [case.finding.cause_key for case in cases if case.finding and case.finding.cause_key]
        return self._ledger.reported(keys) if keys else frozenset()

    def _same_cause(self, finding: Finding) -> str | None:
        """Return the finding that reports the same change of a global resource from another region."""
        if finding.cause_key is None:
            return None
        before = self._reported_causes.setdefault(finding.cause_key, finding.finding_id)
        return before if before != finding.finding_id else None

    def _report_remote(self, cases: Sequence[Case], done: list[Case]) -> None:
        """Claim, emit, complete: what one actor made together. What fails is released and stays queued.

        Adds to `done` what was reported, now or before, even where the ledger then fails to remember it.
        """
        if not self._remote:
            done.extend(cases)
            return
        grants = self._claim(cases)
        done.extend(case for case in cases if case.open and case.name not in grants)
        granted = [case.finding for case in cases if case.finding and case.finding.finding_id in grants]
        if not granted:
            return
        answers: dict[str, Delivered | Failure] = {}
        try:
            for sink in self._remote:
                answers = _worse(answers, sink.emit(granted))
        finally:
            delivered = {name for name, answer in answers.items() if isinstance(answer, Delivered)}
            for case in cases:
                answer = answers.get(case.name)
                if isinstance(answer, Failure):
                    case.outcome = failed(case.delivery, answer.reason)
                    self._forget_cause(case)
                elif isinstance(answer, Delivered):
                    done.append(case)
            now = self._clock.now()
            self._ledger.complete([grant for name in delivered for grant in grants.get(name, ())], now=now)
            self._ledger.release(
                [grant for name in grants if name not in delivered for grant in grants[name]]
            )
            if self._records is not None and delivered:
                kept = [finding for finding in granted if finding.finding_id in delivered]
                self._records.keep(kept, now=now)

    def _claim(self, cases: Sequence[Case]) -> dict[str, list[Grant]]:
        """Claim each finding, and its cause where it has one; close those that others report or reported."""
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
            if any(claimed.claim is Claim.REPORTED for claimed in mine):
                # Reported elsewhere: only the sinks that show everything still have to show it.
                shown = self._local and not self._new_only
                case.outcome = None if shown else Duplicate(finding_id=asked[0])
            else:
                until = max((claimed.until for claimed in mine if claimed.until), default=now + self._lease)
                case.outcome = Deferred(until=until, why="another run is reporting it")
                self._forget_cause(case)
        return grants

    def _forget_cause(self, case: Case) -> None:
        if case.finding and case.finding.cause_key:
            self._reported_causes.pop(case.finding.cause_key, None)

    def _report_local(self, cases: Sequence[Case]) -> None:
        """Emit the findings to the sinks that show everything, all together."""
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
                case.outcome = failed(case.delivery, answer.reason)
            else:
                case.outcome = Reported(finding=case.finding)


def _following(first: Case | None, name: str) -> Outcome | None:
    """Return the outcome of a change whose cause another one reports: done only once that is."""
    if first is None or isinstance(first.outcome, Reported | Skipped | Duplicate):
        return Duplicate(finding_id=name)
    return first.outcome


def _worse(
    answers: Mapping[str, Delivered | Failure], more: Mapping[str, Delivered | Failure]
) -> dict[str, Delivered | Failure]:
    """Join the answers of two sinks: a finding is delivered only where both delivered it."""
    joined = dict(answers)
    for name, answer in more.items():
        if not isinstance(joined.get(name), Failure):
            joined[name] = answer
    return joined

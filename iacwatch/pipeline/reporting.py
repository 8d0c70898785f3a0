"""Reports findings to the sinks: once to those that the ledger remembers for, always to the others.

A finding that cannot be reported fails its own change only, which stays where it came from.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from iacwatch.core.model import Finding, Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.present.record import group
from iacwatch.pipeline.case import Case, failed
from iacwatch.pipeline.records import Records
from iacwatch.pipeline.remembered import LEASE, Answer, RememberedSink, reported
from iacwatch.ports import Clock, Delivered, Failure, Ledger, Noticing, Sink

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
        known: Sequence[str] = (),
        new_only: bool = False,
        newest_first: bool = False,
    ) -> None:
        """Take where findings go; `verdicts`: those that are reported.

        `known` are the names of the destinations that there are, whether this run posts to them or not.
        `records` keeps the record of what a remembered sink reported (None: nothing is kept).
        `new_only`: what the ledger knows as reported goes to no sink, not even to those that show everything.
        `newest_first`: the order of what is shown, for a source that yields the newest first.
        """
        self.sinks = tuple(sorted(sinks, key=lambda sink: not sink.remembered))
        self._remote = [RememberedSink(sink, ledger, clock, lease) for sink in sinks if sink.remembered]
        self._noticing = [sink for sink in sinks if isinstance(sink, Noticing)]
        self._local = [sink for sink in sinks if not sink.remembered]
        self._ledger = ledger
        self._clock = clock
        self._records = records
        self._verdicts = verdicts
        self._group_window = group_window
        self._known = known
        self._new_only = new_only
        self._newest_first = newest_first
        self._reported_causes: dict[str, str] = {}

    def close_reported(self, cases: Sequence[Case]) -> None:
        """Close the cases that were reported already, unless a sink that shows everything needs them."""
        if not self._new_only and (self._local or not self._remote):
            return
        names = {case.name: case for case in cases}
        for name in self._reported(list(names)):
            names[name].outcome = Duplicate(finding_id=name)

    def report(self, cases: Sequence[Case]) -> None:
        """Report the findings whose verdicts are reported; set the outcome of each case."""
        due: list[Case] = []
        followers: list[tuple[Case, str]] = []
        unreported: list[Finding] = []
        causes = self._causes_reported(cases)
        for case in sorted(cases, key=lambda case: case.change.captured_at):
            if case.finding is None or not case.open:
                continue
            if case.finding.verdict not in self._verdicts:
                case.outcome = Reported(finding=case.finding, emitted=False)
                unreported.append(case.finding)
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
        for sink in self._noticing:
            sink.notice(unreported)

    def _causes_reported(self, cases: Sequence[Case]) -> frozenset[str]:
        """Return the causes that were reported, where that closes the sinks that show everything, too."""
        if not self._new_only:
            return frozenset()
        keys = [case.finding.cause_key for case in cases if case.finding and case.finding.cause_key]
        return self._reported(keys)

    def _reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return what each destination took; where this run posts to none, what any took that there is."""
        if not ids:
            return frozenset()
        if self._remote:
            return frozenset(ids).intersection(*(each.reported(ids) for each in self._remote))
        return frozenset().union(*(reported(self._ledger, ids, name) for name in self._known))

    def _same_cause(self, finding: Finding) -> str | None:
        """Return the finding that reports the same change of a global resource from another region."""
        if finding.cause_key is None:
            return None
        before = self._reported_causes.setdefault(finding.cause_key, finding.finding_id)
        return before if before != finding.finding_id else None

    def _report_remote(self, cases: Sequence[Case], done: list[Case]) -> None:
        """Report what one actor made together to each destination. What fails at one of them stays queued.

        Adds to `done` what was reported, now or before, even where the ledger then fails to remember it.
        """
        findings = [case.finding for case in cases if case.finding]
        every: list[dict[str, Answer]] = [{} for _ in self._remote]
        try:
            for destination, answers in zip(self._remote, every, strict=True):
                destination.report(findings, answers)
        finally:
            for case in cases:
                self._conclude(case, [answers.get(case.name) for answers in every], done)
            taken = {name for answers in every for name, answer in answers.items() if _is_taken(answer)}
            if self._records is not None and taken:
                kept = [finding for finding in findings if finding.finding_id in taken]
                self._records.keep(kept, now=self._clock.now())

    def _conclude(self, case: Case, answers: Sequence[Answer | None], done: list[Case]) -> None:
        """Set a case's outcome by what each destination answered (None: nothing), or add it to `done`."""
        failure = next((answer for answer in answers if isinstance(answer, Failure)), None)
        held = [answer for answer in answers if isinstance(answer, Deferred)]
        if failure is not None:
            case.outcome = failed(case.delivery, failure.reason)
        elif None in answers:
            return  # the run ended before every destination had it: it comes back
        elif held:
            case.outcome = max(held, key=lambda answer: answer.until)
        elif self._remote and not any(map(_is_taken, answers)) and (self._new_only or not self._local):
            case.outcome = Duplicate(finding_id=case.name)
        else:
            # Where it was reported before, only the sinks that show everything still have to show it.
            done.append(case)
        if isinstance(case.outcome, Failed | Deferred):
            self._forget_cause(case)

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


def _is_taken(answer: Answer | None) -> bool:
    return isinstance(answer, Delivered)


def _worse(
    answers: Mapping[str, Delivered | Failure], more: Mapping[str, Delivered | Failure]
) -> dict[str, Delivered | Failure]:
    """Join the answers of two sinks: a finding is delivered only where both delivered it."""
    joined = dict(answers)
    for name, answer in more.items():
        if not isinstance(joined.get(name), Failure):
            joined[name] = answer
    return joined

"""What a run did, counted; and as plain values: the same names in every structured log."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from iacwatch.core.model import Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped

_FAILURES_KEPT: Final = 20


@dataclass(slots=True)
class Summary:
    """What a run did. `findings` counts all by verdict, `reported` those that were reported.

    `lookups` are calls of LookupEvents, `scanned` the bytes that Athena read. `failures` are why something
    failed, each reason once, with the first thing that failed for it.
    """

    deliveries: int = 0
    findings: Counter[Verdict] = field(default_factory=Counter)
    reported: Counter[Verdict] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    deferred: int = 0
    deferred_until: datetime | None = None
    failed: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    lookups: int = 0
    scanned: int = 0

    def add(self, outcome: Outcome, what: str = "") -> None:
        """Count one outcome; `what` names its delivery."""
        match outcome:
            case Reported(finding=finding, emitted=emitted):
                self.findings[finding.verdict] += 1
                if emitted:
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
                self.note(reason, what)

    def undo(self, outcome: Reported, why: str) -> Failed:
        """Count a finding that was to be reported at the end, and was not, as failed."""
        self.findings[outcome.finding.verdict] -= 1
        self.reported[outcome.finding.verdict] -= 1
        self.failed += 1
        self.note(why)
        return Failed(reason=why)

    def note(self, reason: str, what: str = "") -> None:
        """Keep why something failed, each reason once."""
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.setdefault(reason, what)


def figures(totals: Summary) -> dict[str, Any]:
    """Return the counts as plain values."""
    return {
        "received": totals.deliveries,
        "findings": {str(name): count for name, count in totals.findings.items()},
        "reported": {str(name): count for name, count in totals.reported.items()},
        "ignored": dict(totals.skipped),
        "duplicates": totals.duplicates,
        "deferred": totals.deferred,
        "deferred_until": spelled(totals.deferred_until) if totals.deferred_until else None,
        "failed": totals.failed,
        "lookups": totals.lookups,
        "scanned_bytes": totals.scanned,
    }


def spelled(moment: datetime) -> str:
    """Return a time (UTC) in whole seconds, RFC 3339."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

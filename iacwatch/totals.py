"""What a run counted, as plain values: the same names in every structured log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Totals(Protocol):
    """What a run counted; `pipeline.Summary` is one."""

    deliveries: int
    duplicates: int
    deferred: int
    deferred_until: datetime | None
    failed: int
    lookups: int

    @property
    def findings(self) -> Mapping[Any, int]:
        """Return the findings by verdict."""
        ...

    @property
    def reported(self) -> Mapping[Any, int]:
        """Return those that were reported, by verdict."""
        ...

    @property
    def skipped(self) -> Mapping[str, int]:
        """Return what was ignored, by reason."""
        ...


def figures(totals: Totals) -> dict[str, Any]:
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
    }


def spelled(moment: datetime) -> str:
    """Return a time (UTC) in whole seconds, RFC 3339."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

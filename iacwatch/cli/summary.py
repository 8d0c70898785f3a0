"""The closing summary of a run: what came in, what became of it, and when the rest comes back."""

from collections.abc import Mapping
from typing import Any

from iacwatch.pipeline.summary import Summary, spelled


def sentences(totals: Summary, *, stopped: str = "", dry_run: bool = False) -> list[str]:
    """Return the lines of the summary; `stopped` says why the run ended early, if it did."""
    lines = [_first(totals)]
    silent = {verdict: count - totals.reported[verdict] for verdict, count in totals.findings.items()}
    if reported := _counts(totals.reported):
        lines.append(f"  reported: {reported}")
    if unreported := _counts(silent):
        lines.append(f"  not reported: {unreported}")
    if ignored := _counts(totals.skipped):
        lines.append(f"  ignored: {ignored}")
    if totals.deferred:
        until = f", until {spelled(totals.deferred_until)} at the latest" if totals.deferred_until else ""
        lines.append(f"  deferred: {totals.deferred} wait in the queue for late trail events{until}")
    if totals.failed:
        lines.append(f"  failed: {totals.failed} stay in the queue, to be tried again")
    if dry_run:
        lines.append("  dry run: nothing posted, deleted or remembered; every message was given back")
    if stopped:
        lines.append(f"  stopped: {stopped}; what was not done was given back")
    return lines


def _first(totals: Summary) -> str:
    parts = [
        _number(sum(totals.findings.values()), "finding"),
        f"{sum(totals.skipped.values())} ignored",
        f"{totals.duplicates} told before",
        f"{totals.deferred} deferred",
        f"{totals.failed} failed",
    ]
    calls = _number(totals.lookups, "LookupEvents call")
    return f"{_number(totals.deliveries, 'message')}: {', '.join(parts)}; {calls}"


def _counts(counted: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.items() if count)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

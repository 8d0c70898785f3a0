"""The closing summary of a run over the past: what was found, what it took, and what could not be seen."""

from iacwatch.pipeline.summary import Summary, spelled
from iacwatch.ports import PastSource


def sentences(
    totals: Summary, source: PastSource, *, stopped: str = "", dry_run: bool = False, resumable: bool = True
) -> list[str]:
    """Return the lines of the summary.

    `stopped` says why the run ended early, if it did; `resumable`: the same command goes on from there.
    """
    lines = [_first(totals, source)]
    silent = {verdict: count - totals.reported[verdict] for verdict, count in totals.findings.items()}
    for title, counts in (
        ("reported", totals.reported),
        ("not reported", silent),
        ("ignored", totals.skipped),
    ):
        if told := ", ".join(f"{count} {name}" for name, count in counts.items() if count):
            lines.append(f"  {title}: {told}")
    if totals.deferred:
        until = f" after {spelled(totals.deferred_until)}" if totals.deferred_until else ""
        lines.append(f"  too early to tell: {totals.deferred}; ask again{until}")
    if totals.failed:
        lines.append(f"  failed: {totals.failed}; the same command tries again")
    lines.extend(
        f"  could not be read: {failure}; the same command tries again" for failure in source.failures
    )
    if not stopped:
        lines.extend(f"  not seen: {gap}" for gap in source.gaps)
    if dry_run:
        lines.append("  dry run: nothing posted or remembered")
    if stopped:
        goes_on = (
            "the same command goes on from here, and its report will be whole"
            if resumable
            else "what is older is not shown"
        )
        lines.append(f"  stopped: {stopped}; {goes_on}")
    return lines


def _first(totals: Summary, source: PastSource) -> str:
    changes, findings = totals.deliveries, sum(totals.findings.values())
    parts = [
        f"{findings} {'finding' if findings == 1 else 'findings'}",
        f"{sum(totals.skipped.values())} ignored",
        f"{totals.duplicates} told before",
        f"{totals.failed} failed",
    ]
    work = {**source.work, "LookupEvents calls": totals.lookups}
    took = ", ".join(f"{name} {count}" for name, count in work.items())
    return f"{changes} {'change' if changes == 1 else 'changes'}: {', '.join(parts)}; {took}"

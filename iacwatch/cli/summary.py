"""The closing summary of a run: what came in, what became of it, and what could not be seen."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iacwatch.cli import exit_codes, logs
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.core.text import size
from iacwatch.pipeline.summary import Summary, spelled
from iacwatch.ports import PastSource
from iacwatch.storage.atomic_file import PRIVATE, AtomicFile

if TYPE_CHECKING:
    from iacwatch.app.runs import PastRun, QueueRun

SCHEMA: Final = "iacwatch.run/1"

_log = logging.getLogger(__name__)
_USD_A_TERABYTE: Final = 5


def write(general: GlobalOptions, lines: Sequence[str], figures: Mapping[str, Any]) -> None:
    """Write a summary on stderr: its lines, or the first of them and the figures where the log is JSON."""
    if general.log_format == "json":
        _log.log(logs.NOTICE, "%s", lines[0], extra={"data": figures})
        return
    for line in lines:
        _log.log(logs.NOTICE, "%s", line)


def write_file(
    name: str,
    command: str,
    road: "QueueRun | PastRun",
    *,
    started_at: datetime,
    ended_at: datetime,
    code: int,
    fault: str = "",
) -> int:
    """Write the figures of a run to a file, as one JSON object; return its exit code.

    `name` is the file's, `command` the one that ran. `code` is the exit code without this file: where that
    cannot be written, success is a failure. `fault`: why the run as a whole failed, if it did.
    """
    totals, figures = road.pipeline.summary, road.figures
    failures = [{"what": what, "why": why} for why, what in totals.failures.items()]
    failures.extend({"what": "history", "why": why} for why in figures.get("not_read", ()))
    if fault:
        failures.append({"what": command, "why": fault})
    document = {
        "schema": SCHEMA,
        "command": command,
        "started_at": spelled(started_at),
        "ended_at": spelled(ended_at),
        "verdicts": figures["findings"],
        "outcomes": {
            "reported": sum(totals.reported.values()),
            "ignored": sum(totals.skipped.values()),
            "reported_before": totals.duplicates,
            "deferred": totals.deferred,
            "failed": totals.failed,
        },
        "calls": {"LookupEvents": totals.lookups, **figures.get("work", {})},
        "failures": failures,
        "waiting": {"count": totals.deferred, "until": figures["deferred_until"]},
        "exit_code": code,
    }
    try:
        file = AtomicFile(Path(name), mode=PRIVATE)
        file.stream.write(f"{json.dumps(document, indent=2)}\n".encode())
        file.commit()
    except OSError as error:
        _log.error("cannot write %s: %s", name, error.strerror or type(error).__name__)
        return code or exit_codes.FAILED
    return code


def of_queue(totals: Summary, *, stopped: str = "", dry_run: bool = False) -> list[str]:
    """Return the lines about a queue; `stopped` says why the run ended early, if it did."""
    calls = _number(totals.lookups, "LookupEvents call")
    deferred = f"{totals.deferred} deferred"
    lines = [f"{_number(totals.deliveries, 'message')}: {_outcomes(totals, deferred)}; {calls}"]
    lines.extend(_counts(totals))
    if totals.deferred:
        until = f", until {spelled(totals.deferred_until)} at the latest" if totals.deferred_until else ""
        wait = _verb(totals.deferred, "wait")
        lines.append(f"  deferred: {totals.deferred} {wait} in the queue for late trail events{until}")
    if totals.failed:
        stay = _verb(totals.failed, "stay")
        lines.append(f"  failed: {totals.failed} {stay} in the queue, to be tried again")
    if dry_run:
        lines.append("  dry run: nothing posted, deleted or remembered; every message was given back")
    if stopped:
        lines.append(f"  stopped: {stopped}; what was not done was given back")
    lines.extend(_scanned(totals))
    return lines


def of_past(
    totals: Summary, source: PastSource, *, stopped: str = "", dry_run: bool = False, resumable: bool = True
) -> list[str]:
    """Return the lines about past changes.

    `stopped` says why the run ended early, if it did; `resumable`: the same command goes on from there.
    """
    work = {**source.work, "LookupEvents calls": totals.lookups}
    took = ", ".join(f"{name} {count}" for name, count in work.items())
    lines = [f"{_number(totals.deliveries, 'change')}: {_outcomes(totals)}; {took}", *_counts(totals)]
    if totals.deferred:
        until = f" after {spelled(totals.deferred_until)}" if totals.deferred_until else ""
        lines.append(f"  too early to judge: {totals.deferred}; ask again{until}")
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
    lines.extend(_scanned(totals))
    return lines


def _scanned(totals: Summary) -> list[str]:
    """Return a line for what Athena read, and about what that costs."""
    if not totals.scanned:
        return []
    price = max(0.01, totals.scanned / 10**12 * _USD_A_TERABYTE)
    return [f"  Athena: {size(totals.scanned)} scanned, about {price:.2f} USD at {_USD_A_TERABYTE} USD a TB"]


def _outcomes(totals: Summary, *more: str) -> str:
    return ", ".join(
        (
            _number(sum(totals.findings.values()), "finding"),
            f"{sum(totals.skipped.values())} ignored",
            f"{totals.duplicates} reported before",
            *more,
            f"{totals.failed} failed",
        )
    )


def _counts(totals: Summary) -> list[str]:
    """Return a line for what was reported, for what was not, and for what was ignored, where there is any."""
    unreported = {verdict: count - totals.reported[verdict] for verdict, count in totals.findings.items()}
    counted: dict[str, Mapping[Any, int]] = {
        "reported": totals.reported,
        "not reported": unreported,
        "ignored": totals.skipped,
    }
    lines = {
        title: ", ".join(f"{n} {name}" for name, n in each.items() if n) for title, each in counted.items()
    }
    return [f"  {title}: {line}" for title, line in lines.items() if line]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _verb(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb

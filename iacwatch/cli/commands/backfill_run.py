"""How `iacwatch backfill` runs: the road over a past range, what it could not see, and the exit code."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from iacwatch.app.backfill import Asked, Past, past
from iacwatch.app.container import Container
from iacwatch.cli import dates, exit_codes, logs, past_summary, progress
from iacwatch.cli import run as running
from iacwatch.cli.front import Front
from iacwatch.cli.options import ReportOptions
from iacwatch.errors import Stopping, UsageError
from iacwatch.pipeline.summary import figures, spelled
from iacwatch.ports import silent

_log = logging.getLogger(__name__)

_MOST_PLACES: Final = 3


class Given(NamedTuple):
    """What the command's own options say, as they were written."""

    since: str
    until: str | None = None
    changes: str = "api"
    types: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: str | None = None
    new: bool = False


def backfill(front: Front, options: ReportOptions, given: Given) -> int:
    """Report the changes of a past range; return the exit code."""
    logs.set_up(front)
    container = running.connect(front, options, {})
    fail_on = running.check(options, container)
    running.advise(container)
    asked = _asked(given, container)
    with container.clock.listening(), progress.shown(front) as bars:
        container.tell = bars
        made = running.made_sinks(front, options, container, slack_default=False)
        sinks = [progress.Aside(sink, bars) for sink in made] if bars else made
        run = past(
            container,
            asked,
            sinks,
            remember=not options.dry_run,
            new_only=given.new,
            tell=bars or silent,
        )
        _announce(run)
        return _run(front, options, run, fail_on)


def _asked(given: Given, container: Container) -> Asked:
    """Return what was asked for; raise `UsageError` where it makes no sense."""
    now = container.clock.now()
    since = dates.moment(given.since, now=now, option="--since")
    until = now - container.settings.attribution.give_up_after
    if given.until is not None:
        until = dates.moment(given.until, now=now, option="--until")
        if until > now:
            raise UsageError("--until lies in the future", hint="leave it out, or name an earlier time")
    if not given.changes.strip():
        # An empty path would be the folder one stands in: a variable that is not set, as a rule.
        raise UsageError("--changes is empty", hint="write api, a folder or s3://bucket/prefix")
    if since >= until:
        latest = f"{spelled(until)}, " + ("which is --until" if given.until else "now less give_up_after")
        raise UsageError(f"--since {given.since} is not before {latest}", hint="name an earlier time")
    return Asked(
        since=since,
        until=until,
        spelled=(given.since.strip(), (given.until or "").strip()),
        changes=given.changes,
        types=given.types,
        accounts=tuple(dict.fromkeys(given.accounts)),
        regions=tuple(
            dict.fromkeys(each.strip() for each in (given.regions or "").split(",") if each.strip())
        ),
    )


def _announce(run: Past) -> None:
    """Say what will be looked at, and at once what cannot be known."""
    window = f"{spelled(run.window.start)} to {spelled(run.window.end)}"
    if run.resumed is not None:
        _log.log(logs.NOTICE, "going on with the run of %s, over %s", spelled(run.resumed), window)
    else:
        _log.info("changes captured from %s", window)
    if run.short:
        _log.warning(
            "%s: who made changes before %s cannot be found; name the log files of your trail with --trail",
            _reach(run.short),
            spelled(min(start for _, start in run.short)),
        )


def _reach(short: Sequence[tuple[str, datetime]]) -> str:
    places = [place for place, _ in short if place]
    named = ", ".join(places[:_MOST_PLACES])
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    return (
        f"the trail of {named}{more} does not reach back so far"
        if named
        else "the trail does not reach back so far"
    )


def _run(front: Front, options: ReportOptions, run: Past, fail_on: frozenset[str]) -> int:
    """Run the road; say at the end what was done. Return the exit code."""
    done, code, stopped = False, 0, ""
    try:
        run.run()
        done = True
    except Stopping as stopping:
        code, stopped = stopping.exit_code, stopping.why
    finally:
        _close(front, options, run, stopped)
        run.end(done=done)
    if stopped:
        return code
    if not run.whole:
        return exit_codes.FAILED
    reported = run.pipeline.summary.reported
    if any(count and str(verdict) in fail_on for verdict, count in reported.items()):
        return exit_codes.FINDINGS
    return 0


def _close(front: Front, options: ReportOptions, run: Past, stopped: str) -> None:
    """Say what was done, and what could not be seen."""
    totals, source = run.pipeline.summary, run.source
    lines = past_summary.sentences(totals, source, stopped=stopped, dry_run=options.dry_run)
    if front.log_format == "json":
        data = {
            **figures(totals),
            "work": dict(source.work),
            "not_seen": list(source.gaps),
            "not_read": list(source.failures),
        }
        _log.log(logs.NOTICE, "%s", lines[0], extra={"data": data})
        return
    for line in lines:
        _log.log(logs.NOTICE, "%s", line)

"""How `iacwatch who` runs: which resource is meant, the road over its past, and the exit code."""

import logging
from datetime import timedelta
from typing import Final, NamedTuple

import click

from iacwatch.app.container import Container
from iacwatch.app.who import One, SeveralError, Wanted
from iacwatch.app.who import who as found
from iacwatch.cli import dates, exit_codes, logs, past_summary, progress, run
from iacwatch.cli.front import Front
from iacwatch.cli.options import ReportOptions
from iacwatch.core.text import plain
from iacwatch.errors import Stopping, UsageError
from iacwatch.pipeline.summary import figures, spelled
from iacwatch.ports import silent

_log = logging.getLogger(__name__)

_REACH: Final = timedelta(days=90)
_SLACK: Final = timedelta(hours=2)
"""Of a range that reaches as far back as the trail does, the beginning is too old some moments later."""

_LONGEST: Final = 100


class Given(NamedTuple):
    """What the command's own argument and options say, as they were written."""

    resource: str
    since: str | None = None
    types: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: str | None = None


def who(front: Front, options: ReportOptions, given: Given) -> int:
    """Report the changes of one resource; return the exit code."""
    logs.set_up(front)
    options = options._replace(verdict=options.verdict or ("all",))
    container = run.connect(front, options, {})
    fail_on = run.check(options, container)
    run.advise(container)
    wanted = _wanted(given, container)
    with container.clock.listening(), progress.shown(front) as bars:
        container.tell = bars
        made = run.made_sinks(front, options, container, slack_default=False, one=True)
        sinks = [progress.Aside(sink, bars) for sink in made] if bars else made
        try:
            one = found(container, wanted, sinks, remember=not options.dry_run, tell=bars or silent)
        except SeveralError as several:
            _list(several, front)
            raise
        except Stopping as stopping:
            return stopping.exit_code
        _announce(one)
        return _run(front, options, one, fail_on)


def _wanted(given: Given, container: Container) -> Wanted:
    """Return what was asked for; raise `UsageError` where it makes no sense."""
    now = container.clock.now()
    since = now - _REACH
    if given.since is not None:
        since = dates.moment(given.since, now=now, option="--since")
        if since >= now:
            raise UsageError("--since lies in the future", hint="name an earlier time")
    return Wanted(
        called=given.resource,
        since=since,
        types=tuple(dict.fromkeys(given.types)),
        accounts=tuple(dict.fromkeys(given.accounts)),
        regions=tuple(
            dict.fromkeys(each.strip() for each in (given.regions or "").split(",") if each.strip())
        ),
    )


def _list(several: SeveralError, front: Front) -> None:
    """Say on stderr which resources it may be: each in a line, in columns."""
    rows = [
        (
            plain(each.type, _LONGEST),
            plain(each.id, _LONGEST),
            plain(each.name, _LONGEST),
            f"{each.place}" + (f", deleted {spelled(each.gone_at)}" if each.gone_at else ""),
        )
        for each in several.candidates
    ]
    if front.log_format == "json":
        names = ("resource_type", "resource_id", "resource_name", "where")
        data = [dict(zip(names, row, strict=True)) for row in rows]
        _log.error("candidates", extra={"data": data})
        return
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *cells, where in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        click.echo("  ".join((*padded, where)), err=True)


def _announce(one: One) -> None:
    """Say which resource it is, and at once what cannot be known."""
    _log.log(logs.NOTICE, "%s, changes since %s", _called(one), spelled(one.window.start))
    if one.reaches - one.window.start > _SLACK:
        _log.warning(
            "the trail of %s does not reach back so far: who made changes before %s cannot be found;"
            " name the log files of your trail with --trail",
            one.account_id,
            spelled(one.reaches),
        )


def _called(one: One) -> str:
    kind, identifier, name = (
        plain(text, _LONGEST) for text in (one.found.type, one.found.id, one.found.name)
    )
    shown = f"{identifier} ({name})" if name and name != identifier else identifier
    return f"{kind} {shown} in {one.account_id} {one.found.place.region}"


def _run(front: Front, options: ReportOptions, one: One, fail_on: frozenset[str]) -> int:
    """Run the road; say at the end what was looked at. Return the exit code."""
    code, stopped = 0, ""
    try:
        one.pipeline.run(one.source, settle_late=False)
    except Stopping as stopping:
        code, stopped = stopping.exit_code, stopping.why
    finally:
        one.source.close()
        _close(front, options, one, stopped)
    if stopped:
        return code
    summary = one.pipeline.summary
    if summary.failed or summary.failures or one.source.failures:
        return exit_codes.FAILED
    if any(count and str(verdict) in fail_on for verdict, count in summary.reported.items()):
        return exit_codes.FINDINGS
    return 0


def _close(front: Front, options: ReportOptions, one: One, stopped: str) -> None:
    """Say what was looked at, and what could not be seen."""
    totals, source = one.pipeline.summary, one.source
    lines = past_summary.sentences(totals, source, stopped=stopped, dry_run=options.dry_run, resumable=False)
    if not totals.deliveries and not stopped and not source.failures:
        lines = [
            f"no change of it since {spelled(one.window.start)}; {lines[0].partition('; ')[2]}",
            *lines[1:],
        ]
    for captured_at, until in source.young:
        lines.append(
            f"  captured {spelled(captured_at)}: too early to tell; ask again after {spelled(until)}"
        )
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

"""`iacwatch who`: who changed this one resource, the newest change first."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import each_once, parts, report_options, taken
from iacwatch.errors import Stopping, UsageError

if TYPE_CHECKING:
    from iacwatch.app.who import SeveralError, WhoRun

_REACH: Final = timedelta(days=90)
_TOLERANCE: Final = timedelta(hours=2)
"""Of a range that reaches as far back as the trail does, the beginning is too old some moments later."""

_LONGEST: Final = 100


@click.command("who")
@click.argument("resource")
@click.option(
    "--since",
    metavar="WHEN",
    help="The start: a date (UTC), a time with its zone, or an age: 7d, 36h, '2 days', yesterday."
    "  [default: 90d, which is as far as CloudTrail's event history reaches]",
)
@click.option(
    "--resource-type",
    "types",
    metavar="T",
    multiple=True,
    callback=each_once,
    help="It is of this type, AWS::S3::Bucket; repeatable.",
)
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    callback=each_once,
    help="It is in this account; repeatable.  [default: the ARN's, or ours]",
)
@click.option(
    "--regions",
    metavar="R,R",
    callback=parts,
    help="It is in one of these regions.  [default: the ARN's, or ours]",
)
@report_options(post="no", verdict="all")
@click.pass_obj
def command(general: GlobalOptions, /, resource: str, since: str | None, **given: Any) -> int:
    """Report who changed RESOURCE, the newest change first, whether it is managed by IaC or not.

    RESOURCE is an id, a name or an ARN, also of what is deleted: sg-0a1b2c3d4e5f60718, web,
    arn:aws:iam::111122223333:role/deploy. Where several things have that name, they are listed.
    """
    from iacwatch.app.who import SeveralError, WhoRequest, who
    from iacwatch.cli import run

    options = taken(given)
    options = options._replace(verdict=options.verdict or ("all",))
    container = run.begin(general, options)
    asked = WhoRequest(called=resource, since=_since(since, now=container.clock.now()), **given)
    with run.watched(general, container) as bars:
        sinks = run.sinks(general, options, container, post=False, one=True, bars=bars)
        try:
            road = who(container, asked, sinks, remember=not options.dry_run)
        except SeveralError as several:
            _list(several, general)
            raise
        except Stopping as stopping:
            return stopping.exit_code
        _announce(road)
        return run.run(
            general,
            options,
            container,
            road,
            lambda stopped: _summed_up(road, stopped, dry_run=options.dry_run),
        )


def _since(since: str | None, *, now: datetime) -> datetime:
    """Return from when on; raise `UsageError` where that makes no sense."""
    from iacwatch.cli import dates

    if since is None:
        return now - _REACH
    start = dates.moment(since, now=now, option="--since")
    if start >= now:
        raise UsageError("--since lies in the future", hint="name an earlier time")
    return start


def _list(several: "SeveralError", general: GlobalOptions) -> None:
    """Write on stderr which resources it may be: each in a line, in columns."""
    import logging

    from iacwatch.core.text import plain
    from iacwatch.pipeline.summary import spelled

    rows = [
        (
            plain(each.type, _LONGEST),
            plain(each.id, _LONGEST),
            plain(each.name, _LONGEST),
            f"{each.place}" + (f", deleted {spelled(each.gone_at)}" if each.gone_at else ""),
        )
        for each in several.candidates
    ]
    if general.log_format == "json":
        names = ("resource_type", "resource_id", "resource_name", "where")
        data = [dict(zip(names, row, strict=True)) for row in rows]
        logging.getLogger(__name__).error("candidates", extra={"data": data})
        return
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *cells, where in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        click.echo("  ".join((*padded, where)), err=True)


def _announce(road: "WhoRun") -> None:
    """Log which resource it is, and at once what cannot be known."""
    import logging

    from iacwatch.cli import logs
    from iacwatch.pipeline.summary import spelled

    log = logging.getLogger(__name__)
    log.log(logs.NOTICE, "%s, changes since %s", _called(road), spelled(road.window.start))
    if road.reaches - road.window.start > _TOLERANCE:
        log.warning(
            "the trail of %s does not reach back so far: who made changes before %s cannot be found;"
            " name the log files of your trail with --trail",
            road.account_id,
            spelled(road.reaches),
        )


def _called(road: "WhoRun") -> str:
    from iacwatch.core.text import plain

    kind, identifier, name = (
        plain(text, _LONGEST) for text in (road.found.type, road.found.id, road.found.name)
    )
    shown = f"{identifier} ({name})" if name and name != identifier else identifier
    return f"{kind} {shown} in {road.account_id} {road.found.place.region}"


def _summed_up(road: "WhoRun", stopped: str, *, dry_run: bool) -> list[str]:
    """Return the lines of the summary: what was looked at, and what could not be seen."""
    from iacwatch.cli import summary
    from iacwatch.pipeline.summary import spelled

    totals, source = road.pipeline.summary, road.source
    lines = summary.of_past(totals, source, stopped=stopped, dry_run=dry_run, resumable=False)
    if not totals.deliveries and not stopped and not source.failures:
        work = lines[0].partition("; ")[2]
        lines[0] = f"no change of it since {spelled(road.window.start)}; {work}"
    for captured_at, until in source.young:
        lines.append(
            f"  captured {spelled(captured_at)}: too early to judge; ask again after {spelled(until)}"
        )
    return lines

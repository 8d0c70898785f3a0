"""`iacwatch backfill`: every change of every managed resource in a past range, attributed."""

from typing import TYPE_CHECKING, Any, Final

import click

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import each_once, parts, report_options, taken
from iacwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from iacwatch.app.backfill import BackfillRequest, BackfillRun
    from iacwatch.app.container import Container

_MOST_PLACES: Final = 3


@click.command("backfill")
@click.option(
    "--since",
    metavar="WHEN",
    required=True,
    help="The start: a date (UTC), a time with its zone, or an age: 7d, 36h, '2 days', yesterday.",
)
@click.option(
    "--until",
    metavar="WHEN",
    help="The end, exclusive.  [default: now, less attribution.give_up_after]",
)
@click.option(
    "--changes",
    metavar="api|PATH|s3://...",
    default="api",
    show_default=True,
    help="Where changes come from: AWS Config's API, or a folder or bucket of its history files.",
)
@click.option(
    "--resource-type",
    "types",
    metavar="T",
    multiple=True,
    help="Only this type, AWS::S3::Bucket; repeatable.",
)
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    callback=each_once,
    help="Only this account; repeatable.  [default: ours]",
)
@click.option(
    "--regions", metavar="R,R", callback=parts, help="Only these regions.  [default: ours; of files: all]"
)
@click.option("--new", is_flag=True, help="Only what was not reported yet, by the ledger.")
@report_options(post="no")
@click.pass_obj
def command(general: GlobalOptions, /, since: str, until: str | None, new: bool, **given: Any) -> int:
    """Report every change of every managed resource in a past range.

    Posts to Slack only with --slack. An interrupted run keeps what it gathered: the same command goes on from
    there, and its report is whole. A daily `backfill --since 26h --slack --new`, with the ledger of what
    watches the queue, reports what EventBridge did not deliver.
    """
    from iacwatch.app.backfill import backfill
    from iacwatch.cli import run, summary

    options = taken(given)
    container = run.begin(general, options)
    asked = _asked(container, since, until, given)
    with run.watched(general, container) as bars:
        sinks = run.sinks(general, options, container, post=False, bars=bars)
        road = backfill(container, asked, sinks, remember=not options.dry_run, new_only=new)
        _announce(road)
        return run.run(
            general,
            options,
            container,
            road,
            lambda stopped: summary.of_past(
                road.pipeline.summary, road.source, stopped=stopped, dry_run=options.dry_run
            ),
        )


def _asked(container: "Container", since: str, until: str | None, more: dict[str, Any]) -> "BackfillRequest":
    """Return what was asked for; raise `UsageError` where it makes no sense."""
    from iacwatch.app.backfill import BackfillRequest
    from iacwatch.cli import dates
    from iacwatch.pipeline.summary import spelled

    now = container.clock.now()
    start = dates.moment(since, now=now, option="--since")
    end = now - container.settings.attribution.give_up_after
    if until is not None:
        end = dates.moment(until, now=now, option="--until")
        if end > now:
            raise UsageError("--until lies in the future", hint="leave it out, or name an earlier time")
    if not more["changes"].strip():
        # An empty path would be the folder one stands in: a variable that is not set, as a rule.
        raise UsageError("--changes is empty", hint="write api, a folder or s3://bucket/prefix")
    if start >= end:
        latest = f"{spelled(end)}, " + ("which is --until" if until else "now less give_up_after")
        raise UsageError(f"--since {since} is not before {latest}", hint="name an earlier time")
    return BackfillRequest(since=start, until=end, spelled=(since.strip(), (until or "").strip()), **more)


def _announce(road: "BackfillRun") -> None:
    """Log what will be looked at, and at once what cannot be known."""
    import logging

    from iacwatch.cli import logs
    from iacwatch.pipeline.summary import spelled

    log = logging.getLogger(__name__)
    window = f"{spelled(road.window.start)} to {spelled(road.window.end)}"
    if road.resumed is not None:
        log.log(logs.NOTICE, "going on with the run of %s, over %s", spelled(road.resumed), window)
    else:
        log.info("changes captured from %s", window)
    if road.short:
        log.warning(
            "%s: who made changes before %s cannot be found; name the log files of your trail with --trail",
            _reach(road.short),
            spelled(min(start for _, start in road.short)),
        )


def _reach(short: "Sequence[tuple[str, datetime]]") -> str:
    places = [place for place, _ in short if place]
    named = ", ".join(places[:_MOST_PLACES])
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    return (
        f"the trail of {named}{more} does not reach back so far"
        if named
        else "the trail does not reach back so far"
    )

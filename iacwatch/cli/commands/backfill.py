"""`iacwatch backfill`: every change of every managed resource in a past range, attributed."""

from typing import Any

import click

from iacwatch.cli.front import Front
from iacwatch.cli.options import report_options, taken


@click.command("backfill")
@click.option(
    "--since",
    metavar="WHEN",
    required=True,
    help="From when on: a date (UTC), a time with its zone, or so long ago, such as 7d or 36h.",
)
@click.option(
    "--until",
    metavar="WHEN",
    help="Until when, not included.  [default: now, less attribution.give_up_after]",
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
    help="Only this account; repeatable.  [default: ours]",
)
@click.option("--regions", metavar="R,R", help="Only these regions.  [default: ours; of files: all]")
@click.option("--new", is_flag=True, help="Only what the ledger says nobody was told yet.")
@report_options(slack="no")
@click.pass_obj
def command(front: Front, /, **options: Any) -> int:
    """Report every change of every managed resource in a past range.

    Slack is told only with --slack. What was gathered is kept until the run is done: after an interruption
    the same command goes on, and its report is whole. A daily `backfill --since 26h --slack --new`, with the
    ledger of what watches the queue, tells what EventBridge did not deliver.
    """
    from iacwatch.cli.commands import backfill_run  # noqa: PLC0415  (--help needs none of it)

    report = taken(options)
    return backfill_run.backfill(front, report, backfill_run.Given(**options))

"""`iacwatch doctor`: is the account set up, and what mends it."""

import click

from iacwatch.cli.front import Front


@click.command("doctor")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="How the lines are written.",
)
@click.option(
    "--queue-url",
    metavar="URL",
    help="The queue.  [default: queue.url, else the one that a rule sends AWS Config's changes to]",
)
@click.option(
    "--function",
    metavar="NAME",
    help="Judge the settings that this Lambda function runs with, instead of those here.",
)
@click.pass_obj
def command(front: Front, /, form: str, queue_url: str | None, function: str | None) -> int:
    """Look whether the account is set up: each line is ok, warn or fail, with what mends it.

    Recorder, rule, queue, function, permissions, trail, ledger, Slack and workflows of one region. It only
    reads, with whatever permissions it has, and says what it could not see. Where a line says fail, it exits
    with 1.
    """
    from iacwatch.cli.commands.doctor_run import doctor  # noqa: PLC0415  (--help needs none of it)

    return doctor(front, form=form, queue_url=queue_url, function=function)

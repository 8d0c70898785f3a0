"""`iacwatch replay-dlq`: what ended up in the dead-letter queue, listed, handled, or handed back."""

from typing import Any

import click

from iacwatch.cli.front import Front
from iacwatch.cli.options import report_options, taken


@click.command("replay-dlq")
@click.option(
    "--dlq-url",
    metavar="URL",
    help="The dead-letter queue.  [default: queue.dlq_url of the configuration, else that of queue.url]",
)
@click.option(
    "--list",
    "what",
    flag_value="list",
    help="Show the messages and what would become of each now; give every one back.",
)
@click.option(
    "--redrive",
    "what",
    flag_value="redrive",
    help="Let SQS hand the messages back to the queues that gave them up, and follow it; an interrupt"
    " cancels it.",
)
@click.option("--cancel", "what", flag_value="cancel", help="Cancel handing back that is under way.")
@click.option("--max-messages", type=click.IntRange(min=1), metavar="N", help="Stop after so many messages.")
@click.option(
    "--max-seconds", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Stop after so long."
)
@report_options()
@click.pass_obj
def command(
    front: Front,
    /,
    dlq_url: str | None,
    what: str | None,
    max_messages: int | None,
    max_seconds: float | None,
    **options: Any,
) -> int:
    """Consume the dead-letter queue as drain does: what is told now is deleted, what fails again stays.

    Use the configuration of what failed, so that both share a ledger: what was told already is only deleted
    then. With --list each message is received once more, and counted so: SQS has no other way to look.
    """
    from iacwatch.cli.commands import replay_dlq_run  # noqa: PLC0415  (--help needs none of it)

    asked = replay_dlq_run.Asked(dlq_url=dlq_url, max_messages=max_messages, max_seconds=max_seconds)
    return replay_dlq_run.COMMANDS[what](front, taken(options), asked)

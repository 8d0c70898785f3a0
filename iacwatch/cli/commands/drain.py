"""`iacwatch drain`: consume the queue until it is empty, report, then delete what is done."""

from typing import Any

import click

from iacwatch.cli.front import Front
from iacwatch.cli.options import report_options, taken


@click.command("drain")
@click.option("--queue-url", metavar="URL", help="The queue.  [default: queue.url of the configuration]")
@click.option("--max-messages", type=click.IntRange(min=1), metavar="N", help="Stop after so many messages.")
@click.option(
    "--max-seconds", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Stop after so long."
)
@report_options()
@click.pass_obj
def command(
    front: Front,
    /,
    queue_url: str | None,
    max_messages: int | None,
    max_seconds: float | None,
    **options: Any,
) -> int:
    """Consume the SQS queue until it is empty: report who changed what, then delete what is done.

    A change whose trail events may still be on their way stays in the queue and comes back; so does
    everything that fails. The report goes to stdout, everything else to stderr.
    """
    from iacwatch.cli.run import drain  # noqa: PLC0415  (--help needs none of it)

    return drain(
        front, taken(options), queue_url=queue_url, max_messages=max_messages, max_seconds=max_seconds
    )

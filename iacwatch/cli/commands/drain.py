"""`iacwatch drain`: consume the queue until it is empty, report, then delete what is done."""

from typing import Any

import click

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import queue_options, report_options, taken


@click.command("drain")
@click.option("--queue-url", metavar="URL", help="The queue.  [default: queue.url of the configuration]")
@queue_options
@report_options()
@click.pass_obj
def command(general: GlobalOptions, /, queue_url: str | None, **given: Any) -> int:
    """Consume the SQS queue until it is empty: report who changed what, then delete what is done.

    A change whose trail events may still be on their way stays in the queue and comes back; so does
    everything that fails. The report goes to stdout, everything else to stderr.
    """
    from iacwatch.app.drain import drain
    from iacwatch.cli import run, summary
    from iacwatch.settings.load import Given

    options = taken(given)
    overrides = {"queue.url": Given("--queue-url", queue_url)} if queue_url else {}
    container = run.begin(general, options, overrides)
    with run.watched(general, container) as bars:
        sinks = run.sinks(general, options, container, post=True, bars=bars)
        road = drain(container, sinks, dry_run=options.dry_run, **given)
        totals = road.pipeline.summary
        return run.run(
            general,
            options,
            container,
            road,
            lambda stopped: summary.of_queue(totals, stopped=stopped, dry_run=options.dry_run),
        )

"""`iacwatch show`: a finding that was reported, from the ledger."""

import sys

import click

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import FORMAT


@click.command("show")
@click.argument("finding")
@FORMAT
@click.pass_obj
def command(general: GlobalOptions, /, finding: str, format_: str) -> None:
    """Show a finding that was reported: who changed what, when and how.

    FINDING is its id, or the first 8 digits of it or more. It comes from the ledger, which keeps what was
    reported for 400 days. Values are redacted as they were then.
    """
    from iacwatch.app.show import show
    from iacwatch.cli import run, streams
    from iacwatch.cli.console import console
    from iacwatch.errors import DeliveryError, UsageError
    from iacwatch.ports import Failure

    if streams.stdout_closed():
        raise UsageError("stdout is closed, so that there is nowhere to show it", hint="leave it open")
    container = run.connect(general)
    sink = container.sinks.report(format_, sys.stdout, console=lambda out: console(general, out), whole=True)
    for answer in sink.emit([show(container, finding)]).values():
        if isinstance(answer, Failure):
            raise DeliveryError(answer.reason)
    sink.close()

"""`iacwatch doctor`: is the account set up, and what mends it."""

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from iacwatch.cli.global_options import GlobalOptions

if TYPE_CHECKING:
    from rich.console import Console

    from iacwatch.doctor.result import Result

_LONGEST: Final = 4_000
_STATUS: Final = 6
_NAME: Final = 22
_COLOURS: Final = {"ok": "green", "warn": "bold magenta", "fail": "bold red"}


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
@click.option("--post", is_flag=True, help="Post a test message to each Slack channel, and delete it again.")
@click.pass_obj
def command(
    general: GlobalOptions, /, form: str, queue_url: str | None, function: str | None, *, post: bool
) -> int:
    """Check whether the account is set up: each line says ok, warn or fail, and how to fix it.

    Checks recorder, rule, queue, function, permissions, trail, ledger, Slack and workflows of one region.
    Without --post it only reads, with the permissions it has, and says what it could not see. It exits with 1
    if a line says fail.
    """
    import logging

    from iacwatch.app.doctor import setup
    from iacwatch.cli import exit_codes, logs
    from iacwatch.cli.console import console
    from iacwatch.doctor.run import examine

    logs.set_up(general)
    examined = setup(
        config=general.config,
        profile=general.profile,
        region=general.region,
        queue_url=queue_url,
        function=function,
        post=post,
    )
    show = _json if form == "jsonl" else Lines(console(general, sys.stdout)).show
    counted: Counter[str] = Counter()
    for check in examine(examined):
        show(check)
        sys.stdout.flush()
        counted[str(check.status)] += 1
    figures = {status: counted[status] for status in _COLOURS}
    said = ", ".join(f"{count} {status}" for status, count in figures.items())
    log = logging.getLogger(__name__)
    log.log(logs.NOTICE, "%d checks: %s", counted.total(), said, extra={"data": figures})
    return exit_codes.FAILED if counted["fail"] else 0


def _json(check: "Result") -> None:
    import json

    from iacwatch.doctor.result import record

    # DEL is the one control character that JSON's escaping leaves as it is.
    sys.stdout.write(json.dumps(record(check), ensure_ascii=True).replace("\x7f", "\\u007f") + "\n")


class Lines:
    """Writes lines for people: status, name and sentence, and below them what mends it."""

    def __init__(self, console: "Console") -> None:
        """Take where to write."""
        self._console = console

    def show(self, check: "Result") -> None:
        """Write one line and, where something has to be mended, how: whole, so that it can be copied."""
        from rich.table import Table
        from rich.text import Text

        from iacwatch.core.text import plain

        status, name = Text(str(check.status), style=_COLOURS[str(check.status)]), plain(check.name, 60)
        message = plain(check.message, _LONGEST)
        if self._console.is_terminal:
            grid = Table.grid(padding=(0, 2))
            grid.add_column(width=_STATUS - 2)
            grid.add_column(width=_NAME - 2, overflow="fold")
            grid.add_column(overflow="fold")
            grid.add_row(status, Text(name, style="bold"), Text(message))
            self._console.print(grid)
        else:
            status.pad_right(max(0, _STATUS - len(status)))
            self._console.print(Text.assemble(status, f"{name:<{_NAME - 1}} {message}"), soft_wrap=True)
        if check.mend:
            mend = Text.assemble(" " * _STATUS, ("-> ", "dim"), plain(check.mend, _LONGEST))
            self._console.print(mend, soft_wrap=True)

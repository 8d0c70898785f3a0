"""How `iacwatch doctor` runs: its lines on stdout, how many there were on stderr, and the exit code."""

import json
import logging
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

from iacwatch.cli import exit_codes, logs
from iacwatch.cli.console import console
from iacwatch.cli.front import Front
from iacwatch.core.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from iacwatch.doctor.result import Result

_log = logging.getLogger(__name__)

_LONGEST: Final = 4_000
_STATUS: Final = 6
_NAME: Final = 22
_COLOURS: Final = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(front: Front, *, form: str, queue_url: str | None, function: str | None) -> int:
    """Examine the account; return the exit code."""
    from iacwatch.app.doctor import setup  # noqa: PLC0415  (the same)
    from iacwatch.doctor.run import examine  # noqa: PLC0415  (only this command needs it)

    logs.set_up(front)
    examined = setup(
        config=front.config,
        profile=front.profile,
        region=front.region,
        queue_url=queue_url,
        function=function,
    )
    show = _json if form == "jsonl" else Lines(console(front, sys.stdout)).show
    counted = tell(examine(examined), show)
    figures = {status: counted[status] for status in _COLOURS}
    said = ", ".join(f"{count} {status}" for status, count in figures.items())
    _log.log(logs.NOTICE, "%d checks: %s", counted.total(), said, extra={"data": figures})
    return exit_codes.FAILED if counted["fail"] else 0


def tell(checks: "Iterator[Result]", show: "Callable[[Result], None]") -> Counter[str]:
    """Show each line as soon as it is known; return how many there were of each status."""
    counted: Counter[str] = Counter()
    for check in checks:
        show(check)
        sys.stdout.flush()
        counted[str(check.status)] += 1
    return counted


def _json(check: "Result") -> None:
    from iacwatch.doctor.result import record  # noqa: PLC0415  (loaded by then)

    # DEL is the one control character that JSON's escaping leaves as it is.
    sys.stdout.write(json.dumps(record(check), ensure_ascii=True).replace("\x7f", "\\u007f") + "\n")


class Lines:
    """Writes lines for people: status, name and sentence, and below them what mends it."""

    def __init__(self, console: "Console") -> None:
        """Take where to write."""
        self._console = console

    def show(self, check: "Result") -> None:
        """Write one line and, where something has to be mended, how: whole, so that it can be copied."""
        from rich.table import Table  # noqa: PLC0415  (jsonl needs it not)
        from rich.text import Text  # noqa: PLC0415  (the same)

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
            self._console.print(Text.assemble(status, f"{name:<{_NAME}}{message}"), soft_wrap=True)
        if check.mend:
            mend = Text.assemble(" " * _STATUS, ("-> ", "dim"), plain(check.mend, _LONGEST))
            self._console.print(mend, soft_wrap=True)

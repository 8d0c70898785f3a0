"""The rich console that a command writes to: its colours and its width."""

from typing import TYPE_CHECKING, Any, Final, TextIO

from iacwatch.cli.global_options import GlobalOptions

if TYPE_CHECKING:
    from rich.console import Console

FILE_WIDTH: Final = 140
"""Columns of a table that no terminal shows."""


def console(general: GlobalOptions, out: TextIO) -> "Console":
    """Return a console on a stream: colour as the command line, the terminal and the environment say."""
    from rich.console import Console  # noqa: PLC0415  (only what is shown needs it)

    plain: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False, "soft_wrap": False}
    terminal = out.isatty()
    width = None if terminal else FILE_WIDTH
    match general.color:
        case "always":
            return Console(file=out, force_terminal=True, no_color=False, width=width, **plain)
        case "never":
            return Console(file=out, no_color=True, color_system=None, width=width, **plain)
        case _:
            return Console(file=out, width=width, **plain)

"""`iacwatch help`: the manual in the terminal, by topic. Its pages are the files of the folder `manual`."""

import re
import sys
from difflib import get_close_matches
from importlib.resources import files
from typing import TYPE_CHECKING, Final, cast

import click

from iacwatch.cli.console import console
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

_ENDING: Final = ".md"
_LINK_TO_PAGE: Final = re.compile(r"\[([^\]]+)\]\(([\w-]+)\.md(?:#[\w-]*)?\)")
_COLUMNS: Final = 100
"""The widest that a line of text may be and still be read with ease."""


def topics() -> list[str]:
    """Return the manual's topics in alphabetical order: one for each page."""
    names = (page.name for page in files("iacwatch").joinpath("manual").iterdir())
    return sorted(name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING))


def page(topic: str) -> str:
    """Return a page of the manual, as Markdown."""
    return files("iacwatch").joinpath("manual", f"{topic}{_ENDING}").read_text(encoding="utf-8")


def _complete(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    return [topic for topic in topics() if topic.startswith(begun)]


@click.command("help")
@click.argument("topic", required=False, shell_complete=_complete)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Show a page of the manual, or list its topics.

    TOPIC is one of those that `iacwatch help` lists, or a command, whose --help is then shown. A terminal
    gets the page rendered, a pipe gets its Markdown.
    """
    if topic is None:
        click.echo(_contents())
        return
    known = topics()
    if topic in known:
        _show(page(topic), ctx.obj)
        return
    program = ctx.find_root()
    group = cast("click.Group", program.command)
    if found := group.get_command(program, topic):
        click.echo(found.get_help(click.Context(found, info_name=topic, parent=program)))
        return
    names = [*known, *group.list_commands(program)]
    near = get_close_matches(topic.lower().replace("_", "-"), names, n=1)
    raise UsageError(
        f"there is no topic {topic!a}",
        hint=f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}",
    )


def _contents() -> str:
    """Return the list of topics, each with the heading of its page."""
    rows = [(topic, page(topic).partition("\n")[0].lstrip("# ")) for topic in topics()]
    width = max(len(topic) for topic, _ in rows)
    listed = "\n".join(f"  {topic:{width}}  {heading}" for topic, heading in rows)
    return (
        f"The manual's topics:\n\n{listed}\n\n"
        "`iacwatch help TOPIC` shows a page, `iacwatch help COMMAND` the options of a command."
    )


def _show(text: str, general: GlobalOptions) -> None:
    """Write a page to stdout: rendered on a terminal, as it is into a pipe."""
    screen = console(general, sys.stdout)
    if screen.is_terminal:
        _render(text, screen)
    else:
        click.echo(text, nl=False)


def _render(text: str, screen: "Console") -> None:
    from rich.markdown import Markdown
    from rich.theme import Theme

    linked = _LINK_TO_PAGE.sub(r"\1 (`iacwatch help \2`)", text)
    screen.push_theme(Theme({"markdown.code": "bold cyan", "markdown.code_block": "none"}))
    screen.print(Markdown(linked, code_theme="ansi_dark"), width=min(screen.width, _COLUMNS))

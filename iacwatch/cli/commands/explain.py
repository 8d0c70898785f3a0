"""`iacwatch explain`: look into one message, step by step."""

from typing import BinaryIO

import click

from iacwatch.cli.front import Front
from iacwatch.cli.options import TRAIL


@click.command("explain")
@click.argument("file", type=click.File("rb"))
@TRAIL
@click.pass_obj
def command(front: Front, file: BinaryIO, trail: str | None) -> int:
    """Look into one message, step by step: FILE, or - for stdin.

    Tells what was parsed, why the resource is managed or not, where the cause was looked for, each candidate
    event with its reasons, the verdict and why. It looks up what it needs, and changes nothing.
    """
    from iacwatch.cli.commands.explain_report import explain  # noqa: PLC0415  (--help needs none of it)

    return explain(front, file.read(), trail=trail)

"""The options that commands share. Names only: what they mean is decided where the command runs."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

import click

VERDICTS: Final = (
    "all",
    "out-of-band",
    "in-workflow",
    "aws-service",
    "side-effect",
    "unattributed",
    "unmanaged",
)
"""`all`, and every verdict: literals, since the model is not loaded for ``--help``; a test compares them."""
FORMATS: Final = ("table", "jsonl", "csv", "markdown", "html")

_Command = TypeVar("_Command", bound=Callable[..., Any])


class ReportOptions(NamedTuple):
    """What the shared options say: what to report, where to, and how."""

    format: str
    output: str | None
    slack: bool | None
    verdict: tuple[str, ...]
    fail_on: tuple[str, ...]
    trail: str | None
    dry_run: bool


_CONFIGURED: Final = "where Slack is configured"
_TOLD: Final = "out-of-band, unattributed"

TRAIL: Final = click.option(
    "--trail",
    metavar="api|PATH|s3://...|athena",
    help="Where trail events come from: CloudTrail's event history, a trail's log files in a folder or a"
    " bucket, or CloudTrail's table in Athena.  [default: api]",
)

_FIRST: Final = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How the report is written.",
    ),
    click.option(
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Write the report there instead of stdout: whole, or not at all.",
    ),
)
_LAST: Final = (
    click.option(
        "--fail-on",
        type=click.Choice(VERDICTS),
        multiple=True,
        metavar="V",
        help="Exit with 3 where such a finding was reported; repeatable.",
    ),
    TRAIL,
    click.option("--dry-run", is_flag=True, help="Post nothing, delete nothing, remember nothing."),
)


def report_options(*, slack: str = _CONFIGURED, verdict: str = _TOLD) -> Callable[[_Command], _Command]:
    """Give a command the options that all commands with a report share.

    `slack` and `verdict` are what help says of their defaults, which differ.
    """
    differing = (
        click.option("--slack/--no-slack", default=None, help=f"Post the findings.  [default: {slack}]"),
        click.option(
            "--verdict",
            type=click.Choice(VERDICTS),
            multiple=True,
            metavar="V",
            help=f"Which verdicts to report; repeatable: {', '.join(VERDICTS)}.  [default: {verdict}]",
        ),
    )

    def given(command: _Command) -> _Command:
        for option in reversed((*_FIRST, *differing, *_LAST)):
            command = option(command)
        return command

    return given


def taken(options: dict[str, Any]) -> ReportOptions:
    """Take the shared options out of what click parsed for a command."""
    return ReportOptions(
        format=options.pop("format_"), **{name: options.pop(name) for name in ReportOptions._fields[1:]}
    )

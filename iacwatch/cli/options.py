"""The options that commands share. Names only: what they mean is decided where the command runs."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from iacwatch.app.sinks import DESTINATIONS, FORMATS
from iacwatch.app.trails import TRAILS

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

_Command = TypeVar("_Command", bound=Callable[..., Any])


class ReportOptions(NamedTuple):
    """What the shared options say: what to report, where to, and how.

    `format` is that of stdout, `format_given` whether somebody asked for it. `post` says of each destination,
    by its name, whether findings go there; None where nobody said. `ci`: where a CI system shows findings in
    its own way, they are shown there.
    """

    format: str
    format_given: bool
    output: tuple[str, ...]
    summary: str | None
    ci: bool
    post: Mapping[str, bool | None]
    verdict: tuple[str, ...]
    fail_on: tuple[str, ...]
    trail: str | None
    max_scan: float | None
    dry_run: bool

    @property
    def failing(self) -> frozenset[str]:
        """Return the verdicts that `--fail-on` names."""
        return frozenset(VERDICTS[1:] if "all" in self.fail_on else self.fail_on)


_REPORTED: Final = "out-of-band, unattributed"

TRAIL: Final = click.option(
    "--trail",
    metavar="|".join(kind.form for kind in TRAILS),
    help="Where trail events come from:"
    f" {', '.join(kind.help for kind in TRAILS[:-1])}, or {TRAILS[-1].help}."
    f"  [default: {TRAILS[0].form}]",
)

MAX_SCAN: Final = click.option(
    "--max-scan",
    type=click.FloatRange(min=0, min_open=True),
    metavar="GB",
    help="Let Athena read at most so many gigabytes; a query that would read more is a failure.",
)

_MOST_MESSAGES: Final = click.option(
    "--max-messages", type=click.IntRange(min=1), metavar="N", help="Stop after N messages."
)
_MOST_SECONDS: Final = click.option(
    "--max-seconds", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Stop after S seconds."
)

FORMAT: Final = click.option(
    "--format",
    "format_",
    type=click.Choice([each.name for each in FORMATS]),
    default=FORMATS[0].name,
    show_default=True,
    help=f"How the report is written: {', '.join(f'{each.name} ({each.help})' for each in FORMATS)}.",
)

_FIRST: Final = (
    FORMAT,
    click.option(
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        multiple=True,
        help="Write a report there too, whole or not at all; repeatable. Its ending names its format:"
        f" {', '.join(each.ending for each in FORMATS)}. With one FILE and --format: in that format, and"
        " nothing on stdout.",
    ),
    click.option(
        "--summary",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Write the run's figures there, as one JSON object.",
    ),
)
_LAST: Final = (
    click.option(
        "--fail-on",
        type=click.Choice(VERDICTS),
        multiple=True,
        metavar="V",
        help="Exit with 3 if a finding with this verdict was reported; repeatable.",
    ),
    TRAIL,
    MAX_SCAN,
    click.option(
        "--no-ci",
        "ci",
        is_flag=True,
        flag_value=False,
        default=True,
        help="In GitHub Actions, write no annotations, and nothing to the job's summary.",
    ),
    click.option("--dry-run", is_flag=True, help="Post nothing, delete nothing, remember nothing."),
)


def report_options(*, post: str = "", verdict: str = _REPORTED) -> Callable[[_Command], _Command]:
    """Give a command the options that all commands with a report share.

    `post` and `verdict` are what help says of their defaults, which differ ("": where configured).
    """
    posting = tuple(
        click.option(
            f"--{each.name}/--no-{each.name}",
            default=None,
            help=f"{each.help}  [default: {post or f'where {each.title} is configured'}]",
        )
        for each in DESTINATIONS
    )
    verdicts = (
        click.option(
            "--verdict",
            type=click.Choice(VERDICTS),
            multiple=True,
            metavar="V",
            help=f"Which verdicts to report; repeatable: {', '.join(VERDICTS)}.  [default: {verdict}]",
        ),
    )

    def given(command: _Command) -> _Command:
        for option in reversed((*_FIRST, *posting, *verdicts, *_LAST)):
            command = option(command)
        return command

    return given


def queue_options(command: _Command) -> _Command:
    """Give a command the options that say how much of a queue is consumed."""
    return _MOST_MESSAGES(_MOST_SECONDS(command))


def taken(options: dict[str, Any]) -> ReportOptions:
    """Take the shared options out of what click parsed for a command."""
    source = click.get_current_context().get_parameter_source("format_")
    made: dict[str, Any] = {
        "format": options.pop("format_"),
        "format_given": source is not ParameterSource.DEFAULT,
        "post": {each.name: options.pop(each.name) for each in DESTINATIONS},
    }
    return ReportOptions(
        **made, **{name: options.pop(name) for name in ReportOptions._fields if name not in made}
    )


def each_once(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of a repeatable option, each once."""
    return tuple(dict.fromkeys(value))


def parts(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the parts of a comma-separated option, each once."""
    return tuple(dict.fromkeys(each.strip() for each in (value or "").split(",") if each.strip()))

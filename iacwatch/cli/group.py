"""The command group: its options, and its commands, whose files are loaded only when they are called.

This module and what it imports is all that ``--version`` and ``--help`` load: click and nothing heavy.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import click

from iacwatch import __version__
from iacwatch.cli import exit_codes
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.errors import IacwatchError, Stopping

PROGRAM: Final = "iacwatch"
_FAST: Final = ("hyperscan", "isal", "msgspec")
"""What ``iacwatch[fast]`` installs."""

COMMANDS: Final[dict[str, str]] = {
    "drain": "Consume the SQS queue: report who changed what, then delete what is done.",
    "replay-dlq": "Work on the dead-letter queue: list it, replay it, or move its messages back.",
    "backfill": "Report every change of every managed resource in a past range, attributed.",
    "who": "Report who changed one resource, by its id, name or ARN.",
    "show": "Show a finding that was reported, by its id.",
    "address": "Keep and find where resources live in IaC: state, address, repository, owner.",
    "explain": "Explain one message, step by step; change nothing.",
    "doctor": "Check whether the account is set up, and say how to fix what is not.",
    "package": "Build the zip that Lambda runs.",
    "template": "Print the infrastructure to deploy: CloudFormation or Terraform.",
    "demo": "Try it without an AWS account.",
    "help": "Show a page of the manual, or list its topics.",
    "completion": "Print the completion script for bash, zsh or fish.",
}
"""Each command's name and one-line help; the command itself is `command` in the module of that name."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"iacwatch.cli.commands.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from what is known without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; name the nearest where there is none of that name."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches  # noqa: PLC0415  (only a mistake needs it)

            near = get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"there is no command {name!a}; {hint}", ctx=ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises on purpose into a sentence and an exit code."""
        general = GlobalOptions.of(ctx.params)
        sys.excepthook = exit_codes.Fault(general)
        try:
            return super().invoke(ctx)
        except IacwatchError as error:
            exit_codes.report(error, general)
            return error.exit_code
        except Stopping as stopping:
            return stopping.exit_code
        except BrokenPipeError:
            exit_codes.hush()
            return 0


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    python = ".".join(str(part) for part in sys.version_info[:3])
    fast = "".join(f", {name}" for name in _FAST if find_spec(name) is not None)
    click.echo(f"{PROGRAM} {__version__} (Python {python}, boto3 {_boto3_version()}{fast})")
    ctx.exit()


def _boto3_version() -> str:
    """Return the version of the boto3 that would be imported, without importing it.

    Its own `__init__` says so; asking importlib.metadata would cost more than all the rest of ``--version``.
    """
    for folder in sys.path:
        try:
            with open(f"{folder or '.'}/boto3/__init__.py", encoding="utf-8") as source:  # noqa: PTH123  (pathlib is slow to import)
                for line in source:
                    if line.startswith("__version__"):
                        return line.partition("=")[2].strip().strip("\"'")
        except OSError:
            continue
    return "not found"


@click.group(
    cls=LazyGroup,
    name=PROGRAM,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 something failed and can be tried again; 2 wrong usage or configuration;"
    " 3 findings that --fail-on names; 130, 143 stopped by a signal, with all messages given back."
    " Configuration: --config, $IACWATCH_CONFIG, ./iacwatch.toml, the user's configuration folder;"
    " each key also as IACWATCH_<SECTION>__<KEY>."
    " The manual: iacwatch help.",
)
@click.option(
    "--config",
    metavar="FILE",
    envvar="IACWATCH_CONFIG",
    help="The configuration: a path, ssm:/name or s3://bucket/key.",
)
@click.option(
    "--profile", metavar="NAME", envvar="IACWATCH_PROFILE", help="The profile of your AWS configuration."
)
@click.option("--region", metavar="NAME", envvar="IACWATCH_REGION", help="The AWS region.")
@click.option(
    "-v", "--verbose", count=True, help="Log what is being done; -vv: each AWS call, and tracebacks."
)
@click.option("-q", "--quiet", is_flag=True, help="Log errors only.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    envvar="IACWATCH_LOG_FORMAT",
    help="The form of the log, on stderr.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    envvar="IACWATCH_COLOR",
    help="auto: on a terminal, as NO_COLOR, FORCE_COLOR and TERM say.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the versions of iacwatch, Python and boto3.",
)
@click.pass_context
def group(ctx: click.Context, /, **_options: Any) -> None:
    """Report who changed which IaC-managed AWS object, when, how, and whether the IaC workflow did it."""
    ctx.obj = GlobalOptions.of(ctx.params)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(exit_codes.USAGE)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    try:
        code = group.main(
            list(arguments) if arguments is not None else None, prog_name=PROGRAM, standalone_mode=False
        )
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else PROGRAM
        exit_codes.say(f"{error.format_message().rstrip('.')}; see {where} --help")
        return error.exit_code
    except click.ClickException as error:
        exit_codes.say(error.format_message())
        return error.exit_code
    except click.Abort:
        return exit_codes.INTERRUPTED
    return exit_codes.flushed(code if isinstance(code, int) else 0)

"""`iacwatch demo`: the whole of it, or one command, against an AWS of its own on loopback."""

import sys
from collections.abc import Iterator

import click
from click.core import ParameterSource

from iacwatch.cli.global_options import GlobalOptions

_EXAMPLES = """\b
Examples:
  iacwatch demo                                the tour: two runs of drain, and what Slack shows
  iacwatch demo who web                        who changed this security group, and when
  iacwatch demo backfill --since 60d           every change of eight weeks, attributed
  iacwatch demo backfill --since 60d --format html --output past.html
  iacwatch demo drain --dry-run
  iacwatch demo replay-dlq --list
  iacwatch demo address find web               what the code calls it, and whose it is
  iacwatch demo doctor
"""


@click.command(
    "demo",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog=_EXAMPLES,
)
@click.argument("command_line", metavar="[COMMAND [ARGS]...]", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, /, command_line: tuple[str, ...]) -> int:
    """Try it without an AWS account.

    Starts an AWS (and a Slack) of its own on this machine, which holds ten weeks of a quiet account in its
    histories and a recorded day in its queue, and runs the real drain against it, or the COMMAND that is
    given: any but demo and show, with its own arguments. Needs no account, no network and no configuration.

    Options before `demo` hold for the COMMAND, too; --profile does not, since the demo has its own account.
    """
    general: GlobalOptions = ctx.obj
    if not command_line:
        from iacwatch.demo import show

        return show.run(sys.stdout, general.color)
    name, *arguments = command_line
    if name == "demo":
        raise click.UsageError("demo runs any command but itself", ctx=ctx)
    if name == "show":
        raise click.UsageError("the demo forgets what it reported once a command has ended", ctx=ctx)
    if name.startswith("-"):
        raise click.UsageError(
            f"{name} is not an option of demo; options stand before demo, or after a command"
        )
    from iacwatch.demo import stage

    return stage.command(name, list(_handed_on(ctx, general)), arguments)


def _handed_on(ctx: click.Context, general: GlobalOptions) -> Iterator[str]:
    """Yield the options before ``demo`` that its command gets: the environment's are the user's own."""
    for name in ("config", "region"):
        typed = ctx.parent and ctx.parent.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if typed and (value := getattr(general, name)):
            yield from (f"--{name}", value)
    yield from ["-v"] * general.verbose
    if general.quiet:
        yield "-q"
    yield from ("--log-format", general.log_format, "--color", general.color)

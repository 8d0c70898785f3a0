"""`iacwatch replay-dlq`: what ended up in the dead-letter queue, listed, handled, or moved back."""

from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from iacwatch.cli.options import queue_options, report_options, taken
from iacwatch.errors import UsageError

if TYPE_CHECKING:
    from iacwatch.cli.global_options import GlobalOptions

_MEANT: Final = {
    "list": ("format_", "verdict", "trail", "max_scan", "dry_run"),
    "redrive": ("dry_run",),
    "cancel": (),
}
"""The options of a report that mean something where there is no report, by what is done instead."""


@click.command("replay-dlq")
@click.option(
    "--dlq-url",
    metavar="URL",
    help="The dead-letter queue.  [default: queue.dlq_url of the configuration, else that of queue.url]",
)
@click.option(
    "--list",
    "what",
    flag_value="list",
    help="Show the messages and what would become of each now; give every one back.",
)
@click.option(
    "--redrive",
    "what",
    flag_value="redrive",
    help="Let SQS move the messages back to their source queues, and follow it; an interrupt cancels it.",
)
@click.option("--cancel", "what", flag_value="cancel", help="Cancel a move that is under way.")
@queue_options
@report_options()
@click.pass_context
def command(
    ctx: click.Context,
    /,
    dlq_url: str | None,
    what: str | None,
    max_messages: int | None,
    max_seconds: float | None,
    **given: Any,
) -> int:
    """Consume the dead-letter queue as drain does: what is reported now is deleted, what fails again stays.

    Use the configuration of what failed, so that both share a ledger: what was reported already is then only
    deleted. With --list each message is received once more, and counted so: SQS has no other way to look.
    """
    from iacwatch.app.drain import drain
    from iacwatch.cli import dead_letters, redrive, run, summary
    from iacwatch.settings.load import Given

    general: GlobalOptions = ctx.obj
    if what is not None:
        _refuse(ctx, what, given)
    options = taken(given)
    if what == "list" and options.format not in dead_letters.FORMATS:
        raise UsageError(
            f"--list has no format {options.format}", hint=f"it writes {' or '.join(dead_letters.FORMATS)}"
        )
    if what == "redrive" and max_messages is not None:
        raise UsageError("--redrive moves every message back", hint="leave --max-messages or --redrive out")
    overrides = {"queue.dlq_url": Given("--dlq-url", dlq_url)} if dlq_url else {}
    if what is None:
        container = run.begin(general, options, overrides)
    else:
        container = run.connect(
            general,
            trail=options.trail,
            max_scan=options.max_scan,
            verdict=options.verdict,
            overrides=overrides,
        )
    match what:
        case "list":
            return dead_letters.show(
                general, options.format, container, max_messages=max_messages, max_seconds=max_seconds
            )
        case "redrive":
            return redrive.redrive(general, container, dry_run=options.dry_run, max_seconds=max_seconds)
        case "cancel":
            return redrive.cancel(container)
    with run.watched(general, container) as bars:
        road = drain(
            container,
            run.sinks(general, options, container, post=True, bars=bars),
            dead_letters=True,
            max_messages=max_messages,
            max_seconds=max_seconds,
            dry_run=options.dry_run,
        )
        totals = road.pipeline.summary
        return run.run(
            general,
            options,
            container,
            road,
            lambda stopped: summary.of_queue(totals, stopped=stopped, dry_run=options.dry_run),
        )


def _refuse(ctx: click.Context, what: str, report: dict[str, Any]) -> None:
    """Raise `UsageError` where an option of a report was given that means nothing here."""
    for option in ctx.command.params:
        name = option.name or ""
        typed = ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
        if (
            name in report
            and name not in _MEANT[what]
            and typed
            and report[name] not in {option.default, False}
        ):
            raise UsageError(f"{option.opts[0]} means nothing with --{what}", hint="leave one of them out")

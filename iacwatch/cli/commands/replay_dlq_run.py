"""How `iacwatch replay-dlq` runs: the road over the dead-letter queue, a look at it, or SQS's move task."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from iacwatch.app.container import Container
from iacwatch.cli import logs, run
from iacwatch.cli.front import Front
from iacwatch.cli.options import ReportOptions
from iacwatch.errors import UsageError
from iacwatch.settings.load import Given


class Asked(NamedTuple):
    """What the command's own options say."""

    dlq_url: str | None = None
    max_messages: int | None = None
    max_seconds: float | None = None


def replay(front: Front, options: ReportOptions, asked: Asked) -> int:
    """Consume the dead-letter queue; return the exit code."""
    container = _connect(front, options, asked)
    fail_on = run.check(options, container)
    run.advise(container)
    with container.clock.listening():
        sinks = run.made_sinks(front, options, container, slack_default=True)
        source = container.dead_letters(max_messages=asked.max_messages, dry_run=options.dry_run)
        if asked.max_seconds is not None:
            container.end_after(asked.max_seconds)
        pipeline = container.pipeline(sinks, remember=not options.dry_run)
        return run.run(front, options, pipeline, source, fail_on)


def show(front: Front, options: ReportOptions, asked: Asked) -> int:
    """Show what is in the dead-letter queue, and give it back; return the exit code."""
    from iacwatch.cli.commands import replay_dlq_list  # noqa: PLC0415  (only this needs it)

    _only("--list", options, "format", "verdict", "trail", "dry_run")
    if options.format not in replay_dlq_list.FORMATS:
        raise UsageError(f"--list has no format {options.format}", hint="it writes table or jsonl")
    container = _connect(front, options, asked)
    return replay_dlq_list.show(
        front, options.format, container, max_messages=asked.max_messages, max_seconds=asked.max_seconds
    )


def redrive(front: Front, options: ReportOptions, asked: Asked) -> int:
    """Hand the messages back and follow it; return the exit code."""
    from iacwatch.cli.commands import replay_dlq_redrive  # noqa: PLC0415  (only this needs it)

    _only("--redrive", options, "dry_run")
    if asked.max_messages is not None:
        raise UsageError("--redrive hands back every message", hint="leave --max-messages or --redrive out")
    container = _connect(front, options, asked)
    return replay_dlq_redrive.redrive(
        front, container, dry_run=options.dry_run, max_seconds=asked.max_seconds
    )


def cancel(front: Front, options: ReportOptions, asked: Asked) -> int:
    """Cancel handing back; return the exit code."""
    from iacwatch.cli.commands import replay_dlq_redrive  # noqa: PLC0415  (only this needs it)

    _only("--cancel", options)
    return replay_dlq_redrive.cancel(_connect(front, options, asked))


COMMANDS: Final[Mapping[str | None, Callable[[Front, ReportOptions, Asked], int]]] = {
    None: replay,
    "list": show,
    "redrive": redrive,
    "cancel": cancel,
}
"""What is done, by what was asked for."""

_UNLESS_GIVEN: Final[Mapping[str, Any]] = {
    "format": "table",
    "output": None,
    "slack": None,
    "verdict": (),
    "fail_on": (),
    "trail": None,
    "dry_run": False,
}


def _only(what: str, options: ReportOptions, *taken: str) -> None:
    """Raise `UsageError` where an option was given that means nothing here."""
    for name, unless_given in _UNLESS_GIVEN.items():
        if name not in taken and getattr(options, name) not in {unless_given, False}:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} means nothing with {what}", hint="leave one of them out")


def _connect(front: Front, options: ReportOptions, asked: Asked) -> Container:
    logs.set_up(front)
    given = {"queue.dlq_url": Given("--dlq-url", asked.dlq_url)} if asked.dlq_url else {}
    return run.connect(front, options, given)

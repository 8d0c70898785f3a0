"""The use case of `drain` and of `replay-dlq`: the road over a queue, or over its dead letters."""

from collections.abc import Sequence

from iacwatch.app.container import Container
from iacwatch.app.runs import QueueRun
from iacwatch.ports import Sink


def drain(
    container: Container,
    sinks: Sequence[Sink],
    *,
    dead_letters: bool = False,
    max_messages: int | None = None,
    max_seconds: float | None = None,
    dry_run: bool = False,
) -> QueueRun:
    """Return the run over the queue, or over its `dead_letters`; raise `ConfigError` where none is known.

    `dry_run`: every message is given back, and nothing is remembered.
    """
    source_of = container.dead_letters if dead_letters else container.queue
    source = source_of(max_messages=max_messages, dry_run=dry_run)
    if max_seconds is not None:
        container.end_after(max_seconds)
    return QueueRun(pipeline=container.pipeline(sinks, remember=not dry_run), source=source)

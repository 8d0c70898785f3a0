"""How `iacwatch replay-dlq --redrive` moves messages back: by SQS's own move task, started and followed."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from iacwatch.app.container import Container
from iacwatch.cli import exit_codes, logs
from iacwatch.cli.console import console
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.errors import AccessDenied, AwsError, Stopping

if TYPE_CHECKING:
    from iacwatch.sources.sqs.move_task import MoveTask, Moving

_log = logging.getLogger(__name__)

_LOOK_EVERY: Final = timedelta(seconds=1)
_REPORT_EVERY: Final = timedelta(seconds=10)
_FAULTS: Final = 5
_NO_SOURCE: Final = "CouldNotDetermineMessageSource"

Show = Callable[["Moving"], None]


def redrive(general: GlobalOptions, container: Container, *, dry_run: bool, max_seconds: float | None) -> int:
    """Move the messages back; return the exit code. An interrupt cancels it, ``--max-seconds`` does not."""
    with container.clock.listening():
        if max_seconds is not None:
            container.end_after(max_seconds)
        task = container.move_task()
        places = " and ".join(task.sources())
        held = task.contents()
        if dry_run:
            _say(f"dry run: {_count(held.visible + held.hidden)} would go back to {places}")
            return 0
        if task.start():
            _say(f"moving {_count(held.visible)} back to {places}")
        else:
            _say(f"messages are being moved back to {places} already: following that")
        try:
            with _shown(general, container) as show:
                state = _follow(task, container, show)
        except Stopping as stopping:
            return _stopped(task, stopping)
    return _ended(task, state, places)


def cancel(container: Container) -> int:
    """Cancel what is under way; return the exit code."""
    moved = container.move_task().cancel()
    if moved is None:
        _say("nothing is being moved back: there is nothing to cancel")
    else:
        _say(f"cancelled: {_count(moved)} went back, the rest stays")
    return 0


def _follow(task: "MoveTask", container: Container, show: Show) -> "Moving | None":
    """Look at the task until it has ended; a fault on the way is borne, since the task goes on anyhow."""
    faults = 0
    while True:
        try:
            state = task.state()
        except AccessDenied:
            raise
        except AwsError as error:
            faults += 1
            if faults == _FAULTS:
                raise
            _log.info("%s", error)
        else:
            faults = 0
            if state is None or not state.active:
                return state
            show(state)
        container.clock.sleep(_LOOK_EVERY)


def _stopped(task: "MoveTask", stopping: Stopping) -> int:
    if not stopping.exit_code:
        _say(f"stopped following ({stopping.why}): SQS goes on; --cancel ends it, --redrive follows it again")
        return 0
    moved = task.cancel()
    what = "it had ended already" if moved is None else f"{_count(moved)} went back, the rest stays"
    _say(f"cancelled ({stopping.why}): {what}")
    return stopping.exit_code


def _ended(task: "MoveTask", state: "Moving | None", places: str) -> int:
    if state is None:
        _log.error("SQS knows of no move from %s: try again", task.url)
        return exit_codes.FAILED
    if state.status == "COMPLETED":
        left = task.contents()
        _say(f"{_count(state.moved)} went back to {places}; they come up again after that queue's delay")
        if left.hidden:
            _say(f"{_count(left.hidden)} stayed: hidden while another run works on them, or deferred")
        return 0
    hint = ""
    if state.reason == _NO_SOURCE:
        hint = "; some of them were never in a source queue: without --redrive they are handled"
    reason = f" ({state.reason})" if state.reason else ""
    _log.error(
        "moving back ended early, %s%s: %s went back, the rest stays%s",
        state.status.lower(),
        reason,
        _count(state.moved),
        hint,
    )
    return exit_codes.FAILED


@contextmanager
def _shown(general: GlobalOptions, container: Container) -> Iterator[Show]:
    """Give what shows how far it is: a bar on a terminal, else a line now and then."""
    if sys.stderr.isatty() and not general.quiet and general.log_format == "text":
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        columns = (TextColumn("moved back"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console(general, sys.stderr), transient=True) as bar:
            shown = bar.add_task("", total=None)
            yield lambda state: bar.update(shown, completed=state.moved, total=state.to_move)
        return
    reported_at: list[datetime] = [container.clock.now()]

    def line(state: "Moving") -> None:
        now = container.clock.now()
        if now - reported_at[0] >= _REPORT_EVERY:
            reported_at[0] = now
            about = f" of about {state.to_move}" if state.to_move else ""
            _say(f"{state.moved}{about} moved back so far")

    yield line


def _say(sentence: str) -> None:
    _log.log(logs.NOTICE, "%s", sentence)


def _count(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"

"""How far a run has come, on a terminal's stderr: a bar for each phase, out of the way of what is written.

rich draws it; nothing of it is loaded where nobody looks.
"""

import logging
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.core.model import Finding
from iacwatch.core.text import plain
from iacwatch.ports import Delivered, Failure, Noticing, Sink

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PER_SECOND: Final = 8
_LONGEST: Final = 60


class ProgressBars:
    """A `ports.Progress` that draws bars; safe to be called by several threads.

    It is drawn with the first call, and again with the next call after `clear`.
    """

    def __init__(self, *, color: bool) -> None:
        """Begin with nothing drawn."""
        self._color = color
        self._lock = threading.RLock()
        self._drawn: Progress | None = None
        self._open: dict[str, tuple[int, int | None, str]] = {}
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, phase: str, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far a phase has come; one that is done is shown no longer."""
        with self._lock:
            if total is not None and done >= total:
                self._open.pop(phase, None)
                if self._drawn is not None and phase in self._tasks:
                    self._drawn.remove_task(self._tasks.pop(phase))
                return
            self._open[phase] = (done, total, note)
            drawn = self._drawn or self._draw()
            if phase not in self._tasks:
                self._tasks[phase] = drawn.add_task(plain(phase, _LONGEST), total=total, so_far="", note="")
            so_far = "" if total is None else f"{done:,} of {total:,}"
            drawn.update(
                self._tasks[phase], completed=done, total=total, so_far=so_far, note=plain(note, _LONGEST)
            )

    def clear(self) -> None:
        """Wipe the bars off, so that something else can be written."""
        with self._lock:
            if self._drawn is not None:
                self._drawn.stop()
            self._drawn = None
            self._tasks.clear()

    def _draw(self) -> "Progress":
        from rich.console import Console  # noqa: PLC0415  (only a terminal shows bars)
        from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415  (the same)

        console = Console(stderr=True, no_color=not self._color or None)
        self._drawn = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[so_far]}", markup=False),
            TextColumn("{task.fields[note]}", markup=False, style="dim"),
            console=console,
            transient=True,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._drawn.start()
        return self._drawn


class ClearingSink:
    """A `ports.Sink` that clears the bars before another one writes."""

    def __init__(self, inner: Sink, bars: ProgressBars) -> None:
        """Take the sink, and the bars that may be in its way."""
        self._inner, self._bars = inner, bars
        self.remembered = inner.remembered
        self.deferred_close = inner.deferred_close

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Hand the findings on."""
        self._bars.clear()
        return self._inner.emit(findings)

    def notice(self, findings: Sequence[Finding]) -> None:
        """Hand on what is not reported, where the sink wants to know of it: a `ports.Noticing`."""
        if isinstance(self._inner, Noticing):
            self._inner.notice(findings)

    def close(self) -> None:
        """Finish."""
        self._bars.clear()
        self._inner.close()


@contextmanager
def shown(general: GlobalOptions) -> Iterator[ProgressBars | None]:
    """Give bars where somebody sees them: on a terminal, unless it is to be quiet or structured; else None.

    Log entries wipe them off first.
    """
    if general.quiet or general.log_format == "json" or not sys.stderr.isatty():
        yield None
        return
    bars = ProgressBars(color=general.color != "never")

    def step_aside(_record: logging.LogRecord) -> bool:
        bars.clear()
        return True

    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(step_aside)
    try:
        yield bars
    finally:
        bars.clear()
        for handler in handlers:
            handler.removeFilter(step_aside)

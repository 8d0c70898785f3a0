"""The real clock: it has the time, waits, and stops waiting as soon as a signal asks the run to end."""

import os
import select
import signal
import socket
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Final

from iacwatch.errors import Stopping

SIGNALS: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""What asks a run to end, and the exit code that says so."""


class SystemClock:
    """A `ports.Clock` by the machine's own time.

    The handler of a signal only sets a field and writes a byte: a lock taken there could be held already by
    the very code that the signal interrupted. Whoever sleeps, in whatever thread, waits for that byte.
    """

    def __init__(self) -> None:
        """Begin without a reason to stop."""
        self._stopping: Stopping | None = None
        self._open_wakeup()
        self._ends_at: float | None = None
        self._end = ""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  (this is the clock)

    def sleep(self, span: timedelta) -> None:
        """Wait; raise `Stopping` as soon as the run has to end. A span of nothing only asks."""
        if self._stopping is None:
            until = time.monotonic() + max(0.0, span.total_seconds())
            ends_at = until if self._ends_at is None else self._ends_at
            select.select([self._woken], [], [], max(0.0, min(until, ends_at) - time.monotonic()))
            if self._ends_at is not None and time.monotonic() >= self._ends_at:
                self.stop(self._end, exit_code=0)
        if self._stopping is not None:
            raise Stopping(self._stopping.why, exit_code=self._stopping.exit_code)

    def end_after(self, span: timedelta, why: str) -> None:
        """Ask the run to end once `span` has passed: its own limit, so it is not a failure."""
        self._ends_at, self._end = time.monotonic() + span.total_seconds(), why

    def start_again(self) -> None:
        """Forget the wish to end, once the run that it was for has ended and another begins."""
        self._stopping = self._ends_at = None
        self._close_wakeup()
        self._open_wakeup()

    def stop(self, why: str, *, exit_code: int) -> None:
        """Ask the run to end."""
        if self._stopping is None:
            self._stopping = Stopping(why, exit_code=exit_code)
            self._wake.send(b"!")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as the wish to end; a second SIGINT ends the process at once."""
        before = {number: signal.signal(number, self._caught) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _open_wakeup(self) -> None:
        """Open the pair of sockets that wakes whoever sleeps; it is closed with the clock at the latest."""
        self._woken, self._wake = socket.socketpair()
        self._close_wakeup = weakref.finalize(self, _close, self._woken, self._wake)

    def _caught(self, number: int, _frame: FrameType | None) -> None:
        name = signal.Signals(number)
        if self._stopping is not None and name is signal.SIGINT:
            os._exit(SIGNALS[name])
        self.stop(name.name, exit_code=SIGNALS[name])


class UninterruptedClock:
    """A `ports.Clock` whose waits nothing ends: for what has to be done though the run was asked to end."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  (this is the clock)

    def sleep(self, span: timedelta) -> None:
        """Wait."""
        time.sleep(max(0.0, span.total_seconds()))


def _close(*ends: socket.socket) -> None:
    for end in ends:
        end.close()

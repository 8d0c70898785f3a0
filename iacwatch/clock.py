"""The real clock: it has the time, waits, and stops waiting as soon as a signal asks the run to end.

A run ends in good order wherever it waits for the clock. Where it waits for something else that never comes
(an answer, a name server, a disk), it is left behind: a process ends (`SystemClock.listening`), a function
answers (`within`).
"""

import atexit
import os
import select
import signal
import socket
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from iacwatch.errors import Stopping

SIGNALS: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""What asks a run to end, and the exit code that says so."""

_GRACE: Final = 2.8
"""Seconds that a run has to end in good order once it was asked to."""

_LAST: Final = 1.7
"""Seconds for what is still done where it did not: within five, all is over."""

_Answer = TypeVar("_Answer")


class LeftBehind(Stopping):
    """The run was left behind: it did not end in time, and goes on where nobody waits for it."""


class SystemClock:
    """A `ports.Clock` by the machine's own time.

    Signals are taken in by a thread of its own, since the main thread may hang where no Python code runs.
    Whoever sleeps, in whatever thread, waits for the byte that `stop` writes.
    """

    def __init__(self) -> None:
        """Begin without a reason to stop."""
        self._stopping: Stopping | None = None
        self._last_act: Callable[[Stopping], None] = _nothing
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

    def at_worst(self, act: Callable[[Stopping], None]) -> None:
        """Take what is still to be done, by another thread, where the run does not end by itself."""
        self._last_act = act

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as the wish to end, for as long as the context is open.

        A second one ends the process at once. So does the time, where the context is still open some seconds
        after the first, with that one's exit code: whatever hangs by then is left behind.
        """
        caught, catch = socket.socketpair()
        catch.setblocking(False)
        watching = threading.Thread(target=self._watch, args=(caught,), name="signals", daemon=True)
        before = {number: signal.signal(number, _noticed) for number in SIGNALS}
        descriptor = signal.set_wakeup_fd(catch.fileno(), warn_on_full_buffer=False)
        watching.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)
            catch.close()
            watching.join()

    def _watch(self, caught: socket.socket) -> None:
        """Wait for signals; once there was one, see to it that the process ends."""
        with caught:
            first = _next_signal(caught, None)
            if first is None:
                return
            self.stop(first.name, exit_code=SIGNALS[first])
            try:
                if (second := _next_signal(caught, _GRACE)) is not None:
                    os._exit(SIGNALS[second])
            except TimeoutError:
                self._leave(Stopping(first.name, exit_code=SIGNALS[first]))

    def _leave(self, stopping: Stopping) -> None:
        """Do the last act, as far as time allows, and end the process."""

        def act() -> None:
            with suppress(Exception):
                self._last_act(stopping)
            end_process(stopping.exit_code)

        acting = threading.Thread(target=act, name="last-act", daemon=True)
        acting.start()
        acting.join(_LAST)
        os._exit(stopping.exit_code)

    def _open_wakeup(self) -> None:
        """Open the pair of sockets that wakes whoever sleeps; it is closed with the clock at the latest."""
        self._woken, self._wake = socket.socketpair()
        self._close_wakeup = weakref.finalize(self, _close, self._woken, self._wake)


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


def within(span: timedelta, work: Callable[[], _Answer], *, why: str) -> _Answer:
    """Do some work, in a thread of its own, and return its result.

    Raises `LeftBehind`, for the reason `why`, where it is not done after `span`.
    """
    answers: list[_Answer] = []
    errors: list[BaseException] = []

    def act() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # noqa: BLE001  (raised again by who waits)
            errors.append(error)

    acting = threading.Thread(target=act, name="work", daemon=True)
    acting.start()
    acting.join(max(0.0, span.total_seconds()))
    if errors:
        raise errors[0]
    if not answers:
        raise LeftBehind(why)
    return answers[0]


def end_process(code: int) -> None:
    """End the process without waiting for its threads; what it wrote is out, what is not whole is gone."""
    atexit._run_exitfuncs()  # noqa: SLF001  (what Python itself would call, after waiting for the threads)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _next_signal(caught: socket.socket, seconds: float | None) -> signal.Signals | None:
    """Return the next of `SIGNALS`; None where nobody listens any more. Raises `TimeoutError`."""
    caught.settimeout(seconds)
    while byte := caught.recv(1):
        if byte[0] in SIGNALS:
            return signal.Signals(byte[0])
    return None


def _noticed(_number: int, _frame: object) -> None:
    """Do nothing: that there is a handler makes Python write a byte for the signal."""


def _nothing(_stopping: Stopping) -> None:
    """Do nothing."""

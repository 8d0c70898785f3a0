"""Clocks for tests: one that only moves when somebody waits, and one that shows the fake AWS's time."""

import threading
import time
from datetime import UTC, datetime, timedelta

from iacwatch.errors import Stopping

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class TickingClock:
    """Time that passes only by `sleep` (and `advance`); `sleeps` are the spans that were waited."""

    def __init__(self, at=NOON):
        self.at = at
        self.sleeps = []
        self.stop_at = None
        self._lock = threading.Lock()

    def now(self):
        with self._lock:
            return self.at

    def advance(self, span):
        with self._lock:
            self.at += span

    def sleep(self, span):
        self.advance(span)
        self.sleeps.append(span)
        if self.stop_at is not None and self.at >= self.stop_at:
            raise Stopping("the test's end", exit_code=143)


class WorldClock:
    """The time of a fake AWS (or the real one), with real waiting; `stop` ends the run."""

    def __init__(self, world=None):
        self._world = world
        self._stopped = threading.Event()
        self.asked = 0
        self.stop_after = None

    def now(self):
        return self._world.now() if self._world else datetime.now(UTC)

    def stop(self):
        self._stopped.set()

    def sleep(self, span):
        self.asked += 1
        if self.stop_after is not None and self.asked > self.stop_after:
            self.stop()
        end = time.monotonic() + span.total_seconds()
        while not self._stopped.is_set() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))
        if self._stopped.is_set():
            raise Stopping("SIGTERM", exit_code=143)


def seconds(number):
    return timedelta(seconds=number)

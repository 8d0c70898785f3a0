"""The time of the fake AWS: real time plus an offset that a test or the demo moves."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Real time plus an offset. Whoever waits for a moment is woken when the offset changes."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the fake's time, aware, in UTC."""
        with self._lock:
            return datetime.now(UTC) + self._offset

    def advance(self, span: timedelta) -> None:
        """Jump by `span` and wake those who wait."""
        with self._lock:
            self._offset += span
        for listener in self._listeners:
            listener()

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each jump."""
        self._listeners.append(listener)

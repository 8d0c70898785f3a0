"""One wave while it is received: how much may still be asked for, and when it is enough."""

import threading
from datetime import datetime, timedelta
from typing import Final

from iacwatch.ports import Delivery

MOST_DELIVERIES: Final = 1_000
MOST_BYTES: Final = 64_000_000
PER_CALL: Final = 10
_LARGEST_ANSWER: Final = PER_CALL * 1_048_576
"""Bytes: a message has one MiB at most."""

_LONGEST: Final = timedelta(seconds=10)
"""A queue that messages trickle into never shows an empty poll; the first ones must not wait for it."""


class Wave:
    """What several receivers fill together. `allowed` is how many messages the run may still take."""

    def __init__(self, allowed: int) -> None:
        """Begin with nothing received."""
        self.deliveries: list[Delivery] = []
        self.error: Exception | None = None
        self._allowed = min(allowed, MOST_DELIVERIES)
        self._bytes = 0
        self._asked = 0
        self._calls = 0
        self._closed = False
        self._first_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def calls_needed(self) -> int:
        """Return how many calls it takes at least to receive all that the wave may hold."""
        return -(-self._allowed // PER_CALL)

    def ask(self, now: datetime) -> int:
        """Return how many messages to ask for in one call; 0 where it is enough."""
        with self._lock:
            late = self._first_at is not None and now - self._first_at >= _LONGEST
            full = self._bytes + (self._calls + 1) * _LARGEST_ANSWER > MOST_BYTES
            if self._closed or late or full:
                return 0
            count = min(PER_CALL, self._allowed - len(self.deliveries) - self._asked)
            if count > 0:
                self._asked += count
                self._calls += 1
            return max(count, 0)

    def answered(self, asked: int, received: int, new: list[Delivery], now: datetime) -> None:
        """Take an answer to one call. One that holds nothing ends the wave: the queue is empty."""
        with self._lock:
            self._asked -= asked
            self._calls -= 1
            self._closed = self._closed or not received
            self.deliveries.extend(new)
            self._bytes += sum(len(str(delivery.document)) for delivery in new)
            if new and self._first_at is None:
                self._first_at = now

    def failed(self, error: Exception) -> None:
        """Take note that a call failed, which ends the wave."""
        with self._lock:
            self._closed = True
            self.error = self.error or error

    def close(self) -> None:
        """Ask for nothing more."""
        with self._lock:
            self._closed = True

"""Receives one wave from a queue: several threads fill it until it has enough or the queue is empty."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.ports import Clock, Delivery
from iacwatch.sources.waves import MOST

POLL: Final = 1
"""Seconds. However short, a long poll asks all of SQS's servers; only a poll without a wait misses some."""

_ATTRIBUTES: Final = ("ApproximateReceiveCount", "DeadLetterQueueSourceArn", "SentTimestamp")
_AT_ONCE: Final = 2
_LOOK_EVERY: Final = 0.05
_LAST_ANSWERS: Final = 1.5
"""Seconds; a poll takes `POLL` of them."""


MOST_BYTES: Final = 64_000_000
PER_CALL: Final = 10
_LARGEST_ANSWER: Final = PER_CALL * 1_048_576
"""Bytes: a message has one MiB at most."""

_LONGEST: Final = timedelta(seconds=10)
"""A queue that messages trickle into never shows an empty poll; the first ones must not wait for it."""

OnMessage = Callable[[Mapping[str, Any], datetime], Delivery | None]
"""Takes a message, received at that time at the earliest; returns None where it is not to be handled."""


class Wave:
    """What several receivers fill together. `allowed` is how many messages the run may still take."""

    def __init__(self, allowed: int) -> None:
        """Begin with nothing received."""
        self.deliveries: list[Delivery] = []
        self.error: Exception | None = None
        self._allowed = min(allowed, MOST)
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


class Receivers:
    """Receives from one queue; what was received is hidden for `hold`."""

    def __init__(
        self, *, client: Any, url: str, clock: Clock, hold: timedelta, on_message: OnMessage
    ) -> None:
        """Take an SQS client, the queue, and what each message is given to."""
        self._client = client
        self._url = url
        self._clock = clock
        self._hold = hold
        self._on_message = on_message

    def fill(self, wave: Wave) -> None:
        """Receive until the wave has enough, or the queue shows itself empty, or a call fails.

        Raises `Stopping` where the run has to end, once the last answers are there.
        """
        threads: list[threading.Thread] = []
        try:
            self._clock.sleep(timedelta(0))
            for _ in range(min(_AT_ONCE, wave.calls_needed)):
                threads.append(threading.Thread(target=self._receive, args=(wave,), daemon=True))
                threads[-1].start()
            while any(thread.is_alive() for thread in threads):
                self._clock.sleep(timedelta(0))
                _join(threads, _LOOK_EVERY)
        finally:
            wave.close()
            _join(threads, _LAST_ANSWERS)

    def _receive(self, wave: Wave) -> None:
        """Receive as long as the wave asks for more; runs in a thread."""
        try:
            while asked := wave.ask(self._clock.now()):
                sent_at = self._clock.now()
                with calling(f"cannot read the queue {self._url}", action="sqs:ReceiveMessage"):
                    answer = self._client.receive_message(
                        QueueUrl=self._url,
                        MaxNumberOfMessages=asked,
                        WaitTimeSeconds=POLL,
                        VisibilityTimeout=int(self._hold.total_seconds()),
                        MessageSystemAttributeNames=_ATTRIBUTES,
                    )
                messages = answer.get("Messages", [])
                taken = [self._on_message(message, sent_at) for message in messages]
                new = [delivery for delivery in taken if delivery is not None]
                wave.answered(asked, len(messages), new, self._clock.now())
        except Exception as error:  # noqa: BLE001  (raised again by who waits for the wave)
            wave.failed(error)


def _join(threads: Iterable[threading.Thread], seconds: float) -> None:
    """Wait for threads, so long at most all together."""
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))

"""Several receivers that fill one wave, each in a thread, while the run may be asked to end."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from iacwatch.aws.sessions import calling
from iacwatch.ports import Clock, Delivery
from iacwatch.sources.sqs.wave import Wave

POLL: Final = 1
"""Seconds. However short, a long poll asks all of SQS's servers; only a poll without a wait misses some."""

_ATTRIBUTES: Final = ("ApproximateReceiveCount", "DeadLetterQueueSourceArn", "SentTimestamp")
_AT_ONCE: Final = 2
_LOOK_EVERY: Final = 0.05
_LAST_ANSWERS: Final = 5.0

Take = Callable[[Mapping[str, Any], datetime], Delivery | None]
"""Takes a message in hand, received at that time at the earliest; None where it is not to be handled."""


class Receivers:
    """Receives from one queue; what was received is hidden for `hold`."""

    def __init__(self, *, client: Any, url: str, clock: Clock, hold: timedelta, take: Take) -> None:
        """Take an SQS client, the queue, and who takes each message in hand."""
        self._client = client
        self._url = url
        self._clock = clock
        self._hold = hold
        self._take = take

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
                taken = [self._take(message, sent_at) for message in messages]
                new = [delivery for delivery in taken if delivery is not None]
                wave.answered(asked, len(messages), new, self._clock.now())
        except Exception as error:  # noqa: BLE001  (raised again by who waits for the wave)
            wave.failed(error)


def _join(threads: Iterable[threading.Thread], seconds: float) -> None:
    """Wait for threads, so long at most all together."""
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))

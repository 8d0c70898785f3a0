"""Keeps the messages that a run received invisible to other receivers until they are settled."""

import logging
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.text import plain
from iacwatch.errors import AwsError
from iacwatch.ports import Clock
from iacwatch.sources.sqs.batch_calls import BatchCalls

_log = logging.getLogger(__name__)

LONGEST_VISIBILITY: Final = timedelta(hours=12)
"""So long, in sum since the receive, SQS hides a message; asked for more, it refuses."""

_MARGIN: Final = timedelta(minutes=1)
_LOOK_EVERY: Final = 1.0
_AGAIN: Final = timedelta(seconds=10)


@dataclass(slots=True, eq=False)
class InFlightMessage:
    """One message that was received and not deleted, by our own clock.

    `settled`: it is hidden only so that this run does not receive it again. `due_at` is when it is to come
    back then; None where that is left to the queue. `lost`: SQS says that it isn't ours any more.
    """

    id: str
    receipt: str
    received_at: datetime
    hidden_until: datetime
    settled: bool = False
    due_at: datetime | None = None
    lost: bool = False


class InFlight:
    """The messages in flight; a thread keeps them hidden while there are any."""

    def __init__(self, batches: BatchCalls, clock: Clock, hold: timedelta) -> None:
        """Take what changes visibility, and for how long a message is hidden at a time."""
        self._batches = batches
        self._clock = clock
        self._hold = hold
        self._messages: dict[str, InFlightMessage] = {}
        self._lock = threading.Lock()
        self._extender: threading.Thread | None = None

    def add(self, message_id: str, receipt: str, received_at: datetime) -> None:
        """Add a message, or go on with its new receipt where it is in flight already."""
        with self._lock:
            message = self._messages.get(message_id)
            until = received_at + self._hold
            if message is None:
                self._messages[message_id] = InFlightMessage(message_id, receipt, received_at, until)
            else:
                message.receipt, message.received_at, message.hidden_until = receipt, received_at, until
                message.lost = False
            if self._extender is None:
                self._extender = threading.Thread(target=self._extend_all, daemon=True, name="sqs-extender")
                self._extender.start()

    def get(self, message_id: str) -> InFlightMessage | None:
        """Return a message in flight; None where it is not."""
        with self._lock:
            return self._messages.get(message_id)

    def all(self) -> list[InFlightMessage]:
        """Return all messages in flight."""
        with self._lock:
            return list(self._messages.values())

    def drop(self, message_ids: Iterable[str]) -> None:
        """Forget messages, and leave them as they are."""
        with self._lock:
            for message_id in message_ids:
                self._messages.pop(message_id, None)

    def mark_settled(self, message_id: str, due_at: datetime | None) -> None:
        """Remember that a message is settled and comes back at `due_at`, or when the queue likes."""
        with self._lock:
            if message := self._messages.get(message_id):
                message.settled, message.due_at = True, due_at

    def hide(
        self, spans: Mapping[str, timedelta], *, now: datetime, within: float | None = None
    ) -> Mapping[str, str]:
        """Hide messages for a span from now, twelve hours since their receive at most; return what failed."""
        asked: dict[str, tuple[str, timedelta]] = {}
        for message_id, span in spans.items():
            if message := self.get(message_id):
                most = message.received_at + LONGEST_VISIBILITY - _MARGIN - now
                asked[message_id] = (message.receipt, max(timedelta(0), min(span, most)))
        failed = self._batches.hide(
            {key: (receipt, _seconds(span)) for key, (receipt, span) in asked.items()}, within=within
        )
        with self._lock:
            for key, (receipt, span) in asked.items():
                message = self._messages.get(key)
                if message is None or message.receipt != receipt:
                    continue  # settled, or received again meanwhile
                if key in failed:
                    message.hidden_until = now + _AGAIN + self._hold / 2
                    message.lost = (
                        "InFlight" in failed[key] or "Inflight" in failed[key] or "Invalid" in failed[key]
                    )
                else:
                    message.hidden_until = now + span
        return failed

    def give_back(self, message_ids: Collection[str], *, now: datetime, within: float) -> None:
        """Show messages to others at once; what fails comes back by itself, a little later."""
        try:
            failed = self.hide(dict.fromkeys(message_ids, timedelta(0)), now=now, within=within)
        except AwsError as error:
            failed = dict.fromkeys(message_ids, str(error))
        self.drop(message_ids)
        if failed:
            _log.debug("%d messages were not given back: %s", len(failed), plain(min(failed.values()), 200))

    def _extend_all(self) -> None:
        """Extend what is half over, until nothing is in flight.

        It waits by itself: a run that is asked to end still has messages in flight for a moment. Where the
        machine's clock was set back, nobody knows how much of a span is over: all are extended.
        """
        now = self._clock.now()
        while True:
            time.sleep(_LOOK_EVERY)
            before, now = now, self._clock.now()
            with self._lock:
                if not self._messages:
                    self._extender = None
                    return
                due = [
                    message.id
                    for message in self._messages.values()
                    if not message.lost
                    and (message.hidden_until - now < self._hold / 2 or now < before)
                    and message.received_at + LONGEST_VISIBILITY - 2 * _MARGIN > now
                ]
            if due:
                self._extend(due, now)

    def _extend(self, message_ids: Collection[str], now: datetime) -> None:
        try:
            failed = self.hide(dict.fromkeys(message_ids, self._hold), now=now)
        except AwsError as error:
            failed = {"": str(error)}
        if failed:
            _log.warning(
                "%d messages could not be kept hidden and may come back early: %s",
                len(failed),
                plain(min(failed.values()), 300),
            )


def _seconds(span: timedelta) -> int:
    """Return whole seconds, rounded up."""
    return -(-span // timedelta(seconds=1))

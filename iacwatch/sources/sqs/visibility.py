"""What a run has in hand of a queue: hidden from others, and kept so until it is settled."""

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
from iacwatch.sources.sqs.batch_calls import Batches

_log = logging.getLogger(__name__)

TWELVE_HOURS: Final = timedelta(hours=12)
"""So long, in sum since the receive, SQS hides a message; asked for more, it refuses."""

_MARGIN: Final = timedelta(minutes=1)
_LOOK_EVERY: Final = 1.0
_AGAIN: Final = timedelta(seconds=10)
_NOT_OURS: Final = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)
"""Why SQS changes nothing: the message is gone, or others may have it already."""


@dataclass(slots=True, eq=False)
class Held:
    """One message in hand, by our own clock.

    `parked`: settled, and hidden only so that this run does not receive it once more. `due_at` is when it is
    to come back then; None where that is left to the queue. `lost`: SQS says that it isn't ours any more.
    """

    id: str
    receipt: str
    received_at: datetime
    hidden_until: datetime
    parked: bool = False
    due_at: datetime | None = None
    lost: bool = False


class Hand:
    """The messages in hand; a thread of its own keeps them hidden while there are any."""

    def __init__(self, batches: Batches, clock: Clock, hold: timedelta) -> None:
        """Take what changes visibility, and for how long a message is hidden at a time."""
        self._batches = batches
        self._clock = clock
        self._hold = hold
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()
        self._keeper: threading.Thread | None = None

    def take(self, message_id: str, receipt: str, received_at: datetime) -> None:
        """Take a message in hand, or go on with its new receipt where it was in hand already."""
        with self._lock:
            held = self._held.get(message_id)
            until = received_at + self._hold
            if held is None:
                self._held[message_id] = Held(message_id, receipt, received_at, until)
            else:
                held.receipt, held.received_at, held.hidden_until = receipt, received_at, until
                held.lost = False
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, daemon=True, name="sqs-keeper")
                self._keeper.start()

    def get(self, message_id: str) -> Held | None:
        """Return a message in hand."""
        with self._lock:
            return self._held.get(message_id)

    def all(self) -> list[Held]:
        """Return what is in hand."""
        with self._lock:
            return list(self._held.values())

    def drop(self, message_ids: Iterable[str]) -> None:
        """Let messages go as they are."""
        with self._lock:
            for message_id in message_ids:
                self._held.pop(message_id, None)

    def park(self, message_id: str, due_at: datetime | None) -> None:
        """Remember that a message is settled and comes back at `due_at`, or when the queue likes."""
        with self._lock:
            if held := self._held.get(message_id):
                held.parked, held.due_at = True, due_at

    def hide(
        self, spans: Mapping[str, timedelta], *, now: datetime, within: float | None = None
    ) -> Mapping[str, str]:
        """Hide messages for a span from now, twelve hours since their receive at most; return what failed."""
        asked: dict[str, tuple[str, timedelta]] = {}
        for message_id, span in spans.items():
            if held := self.get(message_id):
                most = held.received_at + TWELVE_HOURS - _MARGIN - now
                asked[message_id] = (held.receipt, max(timedelta(0), min(span, most)))
        failed = self._batches.hide(
            {key: (receipt, _seconds(span)) for key, (receipt, span) in asked.items()}, within=within
        )
        with self._lock:
            for key, (receipt, span) in asked.items():
                held = self._held.get(key)
                if held is None or held.receipt != receipt:
                    continue  # settled, or received again meanwhile
                if key in failed:
                    held.hidden_until = now + _AGAIN + self._hold / 2
                    held.lost = (
                        "InFlight" in failed[key] or "Inflight" in failed[key] or "Invalid" in failed[key]
                    )
                else:
                    held.hidden_until = now + span
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

    def _keep(self) -> None:
        """Extend what is half over, until nothing is in hand.

        It waits by itself: a run that is asked to end still has its messages in hand for a moment. Where the
        machine's clock was set back, nobody knows how much of a span is over: all are extended.
        """
        now = self._clock.now()
        while True:
            time.sleep(_LOOK_EVERY)
            before, now = now, self._clock.now()
            with self._lock:
                if not self._held:
                    self._keeper = None
                    return
                due = [
                    held.id
                    for held in self._held.values()
                    if not held.lost
                    and (held.hidden_until - now < self._hold / 2 or now < before)
                    and held.received_at + TWELVE_HOURS - 2 * _MARGIN > now
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

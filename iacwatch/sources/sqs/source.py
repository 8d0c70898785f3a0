"""An SQS queue as a source: received in waves, hidden while in flight, deleted only when it is done.

Every message id is handled once a run. What comes back although it was settled (SQS delivers at least once)
is settled again with its new receipt, and not handled again.
"""

import logging
import re
import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from iacwatch.core.arn import is_region
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, NotThere
from iacwatch.ports import Clock, Delivery
from iacwatch.sources.sqs.batch_calls import BatchCalls
from iacwatch.sources.sqs.receive import Receivers, Wave
from iacwatch.sources.sqs.redrive_policy import max_receives
from iacwatch.sources.sqs.visibility import InFlight, InFlightMessage

_log = logging.getLogger(__name__)

HOLD: Final = timedelta(seconds=120)
"""How long a message is hidden at a time: so late it comes back where the process is killed."""

_ANY_NUMBER: Final = 10**9
_GIVE_BACK: Final = 4.0
"""Seconds, of those five that a run has between SIGTERM and its end."""
_AT_WORST: Final = 0.7
"""Seconds, where they are nearly over."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_HOSTS: Final = (
    re.compile(r"sqs(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws)"),
    re.compile(r"vpce-[a-z0-9-]+\.sqs\.([a-z0-9-]+)\.vpce\.amazonaws\.(?:com|com\.cn|eu)"),
    re.compile(r"([a-z0-9-]+)\.queue\.amazonaws\.(?:com|com\.cn)"),
)


class SqsQueue:
    """A `ports.ChangeSource` over one queue.

    `max_messages`: no more are received. `dry_run`: what was received stays hidden until the end of the run
    and is then given back, whatever became of it. `failed_at_once`: what failed can be received again as soon
    as the run ends: from a dead-letter queue, where each receive is not one that redrive counts.
    """

    def __init__(
        self,
        *,
        client: Any,
        url: str,
        clock: Clock,
        max_messages: int | None = None,
        dry_run: bool = False,
        failed_at_once: bool = False,
        hold: timedelta = HOLD,
    ) -> None:
        """Take an SQS client for the queue's region; nothing is asked for yet."""
        self._client = client
        self._url = url
        self._clock = clock
        self._allowed = _ANY_NUMBER if max_messages is None else max_messages
        self._dry_run = dry_run
        self._failed_at_once = failed_at_once
        self._hold = hold
        self._batches = BatchCalls(client, url)
        self._in_flight = InFlight(self._batches, clock, hold)
        self._receivers = Receivers(client=client, url=url, clock=clock, hold=hold, on_message=self._delivery)
        self._seen: set[str] = set()
        self._done_again: dict[str, str] = {}
        self._lock = threading.Lock()
        self._max_receives: int | None = None
        self._ended = False
        self._patience = _GIVE_BACK

    def waves(self) -> Generator[Sequence[Delivery], None, None]:
        """Yield deliveries until the queue shows itself empty, and keep them hidden until they are settled.

        Closing the generator gives back what is not. Raises `NotThere` or `AccessDenied` where the queue
        cannot be read, and `Stopping`; what was received and not yielded is given back first.
        """
        self._max_receives = self._redrive()
        try:
            while self._allowed > 0 and (wave := self._collect()):
                yield wave
        except GeneratorExit:
            self._give_back(message.id for message in self._in_flight.all() if not message.settled)
            raise
        finally:
            self._end()

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Delete what is done; let come back at its time what is deferred; leave what failed to redrive.

        Raises `AccessDenied` or `NotThere` where the queue does not let us; other faults are logged, since a
        message that comes back is not reported twice.
        """
        finished: list[InFlightMessage] = []
        deferred: dict[str, datetime] = {}
        failed: list[str] = []
        for delivery, outcome in done:
            message = self._in_flight.get(delivery.id)
            if message is None or self._dry_run:
                continue
            match outcome:
                case Reported() | Skipped() | Duplicate():
                    finished.append(message)
                case Deferred(until=until):
                    deferred[message.id] = until
                case Failed():
                    failed.append(message.id)
        self._delete({message.id: message.receipt for message in finished})
        self._defer(deferred)
        self._leave(failed)

    def give_back(self) -> None:
        """Show others at once what is not settled, and what is settled at its time."""
        self._patience = _AT_WORST
        if not self._dry_run:
            self._give_back(message.id for message in self._in_flight.all() if not message.settled)
        self._end()

    def _leave(self, failed: Sequence[str]) -> None:
        """Leave messages to the queue; hidden until the run ends, which would only receive them again."""
        if not self._ended:
            for message_id in failed:
                self._in_flight.mark_settled(message_id, None)
        elif self._failed_at_once:
            self._give_back(failed)
        else:
            self._in_flight.drop(failed)

    def _defer(self, deferred: Mapping[str, datetime]) -> None:
        """Let messages come back at their time, though not while this run goes on."""
        now = self._clock.now()
        least = timedelta(0) if self._ended else self._hold / 4
        spans = {key: max(until - now, least) for key, until in deferred.items()}
        _warn(self._in_flight.hide(spans, now=now), "could not be put off and may come back early")
        if self._ended:
            self._in_flight.drop(deferred)
        else:
            for key, until in deferred.items():
                self._in_flight.mark_settled(key, until)

    def _delete(self, receipts: Mapping[str, str]) -> None:
        failed = self._batches.delete(receipts)
        self._in_flight.drop(receipts)
        _warn(failed, "could not be deleted and will come back")

    def _end(self) -> None:
        """Let go of what was only hidden from this run; what waits to be settled stays in flight."""
        self._ended = True
        if self._dry_run:
            self._give_back(message.id for message in self._in_flight.all())
            return
        now = self._clock.now()
        settled = [message for message in self._in_flight.all() if message.settled]
        early = {
            message.id: message.due_at - now
            for message in settled
            if message.due_at and message.due_at < message.hidden_until
        }
        if self._failed_at_once:
            early |= {message.id: timedelta(0) for message in settled if message.due_at is None}
        try:
            _warn(self._in_flight.hide(early, now=now, within=self._patience), "come back a little late")
        except AwsError as error:
            _log.warning("%s", plain(str(error), 300))
        self._in_flight.drop([message.id for message in settled])

    def _give_back(self, message_ids: Iterable[str]) -> None:
        self._in_flight.give_back(list(message_ids), now=self._clock.now(), within=self._patience)

    def _redrive(self) -> int | None:
        """Return how many receives the queue's redrive policy allows; None: none, or nobody knows."""
        try:
            return max_receives(self._client, self._url)
        except NotThere:
            raise
        except AwsError as error:
            _log.debug("the redrive policy is not known: %s", plain(str(error), 300))
        return None

    def _collect(self) -> list[Delivery]:
        """Receive one wave; [] where the queue is empty."""
        wave = Wave(self._allowed)
        try:
            self._receivers.fill(wave)
            self._settle_again()
        except BaseException:
            self._give_back(delivery.id for delivery in wave.deliveries)
            raise
        if wave.error is not None and not wave.deliveries:
            raise wave.error
        self._allowed -= len(wave.deliveries)
        return wave.deliveries

    def _delivery(self, message: Mapping[str, Any], received_at: datetime) -> Delivery | None:
        """Return a message as a delivery; None where this run saw it: its new receipt counts from now on."""
        message_id, receipt = str(message["MessageId"]), str(message["ReceiptHandle"])
        with self._lock:
            if message_id in self._seen and self._in_flight.get(message_id) is None:
                self._done_again[message_id] = receipt
                return None
            self._in_flight.add(message_id, receipt, received_at)
            if message_id in self._seen:
                return None
            self._seen.add(message_id)
        attributes: Mapping[str, str] = message.get("Attributes", {})
        sent_at = attributes.get("SentTimestamp")
        return Delivery(
            id=message_id,
            document=str(message.get("Body", "")),
            receipt=receipt,
            receives=int(attributes.get("ApproximateReceiveCount", 1)),
            max_receives=self._max_receives,
            sent_at=None if sent_at is None else _EPOCH + int(sent_at) * _MILLISECOND,
            given_up_by=attributes.get("DeadLetterQueueSourceArn", ""),
        )

    def _settle_again(self) -> None:
        """Delete what was done and came back all the same."""
        again, self._done_again = self._done_again, {}
        if again:
            self._delete(again)


def queue_region(url: str) -> str | None:
    """Return the region that a queue's URL names; None where the host is none of AWS's."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    for pattern in _HOSTS:
        if (found := pattern.fullmatch(host)) and is_region(found[1]):
            return found[1]
    return None


def _warn(failed: Mapping[str, str], what: str) -> None:
    if failed:
        count = "1 message" if len(failed) == 1 else f"{len(failed)} messages"
        _log.warning("%s %s: %s", count, what, plain(min(failed.values()), 300))

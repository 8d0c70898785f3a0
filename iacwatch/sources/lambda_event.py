"""The messages that Lambda gives to one invocation, as a source: what is not settled goes back to its queue.

Lambda itself receives and deletes. It deletes what the function's answer does not list as failed, and leaves
the rest hidden for as long as it was: so a message that is to come back at a certain time has its visibility
changed first, and is listed then. Each time that it comes back is a receive, of which the queue's redrive
policy allows only so many.
"""

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, UsageError
from iacwatch.ports import Clock, Delivery
from iacwatch.sources.sqs.batch_calls import BatchCalls
from iacwatch.sources.sqs.receive import MOST_BYTES
from iacwatch.sources.sqs.redrive_policy import max_receives
from iacwatch.sources.waves import MOST, Sized, waves

_log = logging.getLogger(__name__)

_LONGEST: Final = timedelta(hours=11, minutes=45)
"""SQS hides a message for twelve hours since its receive, which Lambda's batching window may precede."""

_SOON: Final = timedelta(seconds=30)
_LATER: Final = timedelta(minutes=30)
_GIVE_BACK: Final = 2.0
"""Seconds that giving back may take, of those that are reserved for it."""

Watch = Callable[[Delivery, Outcome], None]
"""Takes what became of each message, once it is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceQueue:
    """The queue that the messages are from, by its ARN."""

    arn: str
    region: str
    account_id: str
    name: str


class LambdaBatch:
    """A `ports.ChangeSource` over the records of one event of an SQS queue.

    `left` are the ids that the answer has to list. `cut` counts the deliveries of the wave that was under way
    when the run ended early; 0 where none did.
    """

    def __init__(
        self,
        *,
        event: Any,
        client: Callable[[str], Any],
        clock: Clock,
        limits: dict[str, int | None] | None = None,
        most: int = MOST,
        watch: Watch = lambda _delivery, _outcome: None,
    ) -> None:
        """Take the event, and what returns an SQS client for a region.

        `limits` are the redrive policies known so far, by queue, and learns. `most`: deliveries in a wave.
        Raises `UsageError` where the event is none of a queue's.
        """
        self._messages = {str(record["messageId"]): record for record in _records(event)}
        self._queue = _queue(self._messages.values())
        self._client = client
        self._clock = clock
        self._limits = {} if limits is None else limits
        self._most = most
        self._watch = watch
        self._done: set[str] = set()
        self._settled: set[str] = set()
        self._wave: Sequence[Delivery] = ()
        self._over = False
        self.cut = 0

    @property
    def left(self) -> list[str]:
        """Return the ids of the messages that are not done, in the order of the event."""
        return [key for key in self._messages if key not in self._done]

    @property
    def unsettled(self) -> int:
        """Return how many messages nothing has become of yet."""
        return len(self._messages) - len(self._settled)

    @property
    def progress(self) -> bool:
        """Return whether any message is settled, however."""
        return bool(self._settled)

    def waves(self) -> Generator[Sequence[Delivery], None, None]:
        """Yield the messages, in waves; before each, raise `Stopping` where the run has to end.

        Where the run ends early, what is not settled is shown to others soon: later, the more often it was
        received, so that a fault that lasts does not use up the receives that are allowed.
        """
        limit = self._max_receives()
        try:
            for wave in waves(self._deliveries(limit), most_text=MOST_BYTES, most=self._most):
                self._clock.sleep(timedelta(0))
                self._wave = wave
                yield wave
                self._wave = ()
        except BaseException:
            self.give_back()
            raise

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Let come back at its time what is deferred; take note of what is done.

        What failed is left hidden for as long as Lambda's receive made it. Where SQS refuses a change of
        visibility, the log says so: the message comes back all the same, only at another time.
        """
        if self._over:
            return
        now = self._clock.now()
        deferred: dict[str, timedelta] = {}
        for delivery, outcome in done:
            self._settled.add(delivery.id)
            match outcome:
                case Reported() | Skipped() | Duplicate():
                    self._done.add(delivery.id)
                case Deferred(until=until):
                    deferred[delivery.id] = until - now
                case Failed():
                    pass  # hidden as Lambda left it
        self._hide(deferred)
        for delivery, outcome in done:
            self._watch(delivery, outcome)

    def _deliveries(self, limit: int | None) -> Iterator[Sized]:
        for key, record in self._messages.items():
            body = record.get("body")
            document = body if isinstance(body, str) else ""
            delivery = Delivery(
                id=key,
                document=document,
                receipt=record.get("receiptHandle"),
                receives=_receives(record),
                max_receives=limit,
            )
            yield delivery, len(document)

    def _max_receives(self) -> int | None:
        """Return how often a message may be received, as far as known; asked once for each queue."""
        queue = self._queue
        if queue is None:
            return None
        if queue.arn not in self._limits:
            client = self._client(queue.region)
            try:
                self._limits[queue.arn] = max_receives(client, _url(client, queue))
            except AwsError as error:
                _log.warning("the redrive policy is not known: %s", plain(str(error), 300))
                return None
        return self._limits[queue.arn]

    def give_back(self) -> None:
        """Show others soon what is not settled; what is settled after that no longer counts."""
        if self._over:
            return
        self._over = True
        self.cut = len([delivery for delivery in self._wave if delivery.id not in self._settled])
        back = {
            key: min(_SOON * 2 ** min(_receives(record) - 1, 10), _LATER)
            for key, record in self._messages.items()
            if key not in self._settled
        }
        self._hide(back, within=_GIVE_BACK)

    def _hide(self, spans: Mapping[str, timedelta], *, within: float | None = None) -> None:
        """Let messages come back after so long; what fails comes back when the queue likes."""
        if not spans or self._queue is None:
            return
        asked = {
            key: (receipt, _seconds(max(timedelta(0), min(span, _LONGEST))))
            for key, span in spans.items()
            if isinstance(receipt := self._messages[key].get("receiptHandle"), str)
        }
        try:
            client = self._client(self._queue.region)
            failed = BatchCalls(client, _url(client, self._queue)).hide(asked, within=within)
        except AwsError as error:
            failed = dict.fromkeys(asked, str(error))
        if failed:
            _log.error(
                "%d messages come back only when the queue's own visibility time-out ends: %s",
                len(failed),
                plain(min(failed.values()), 300),
            )


def _records(event: Any) -> Sequence[Mapping[str, Any]]:
    """Return an event's records; raise `UsageError` where they are none of an SQS queue's."""
    records = event.get("Records") if isinstance(event, Mapping) else None
    if not isinstance(records, list) or not all(
        isinstance(record, Mapping) and record.get("eventSource") == "aws:sqs" and record.get("messageId")
        for record in records
    ):
        raise UsageError(
            "this event does not come from an SQS queue",
            hint="let an event source mapping of the queue call the function (`iacwatch template`)",
        )
    return records


def _queue(records: Collection[Mapping[str, Any]]) -> SourceQueue | None:
    """Return the one queue that all messages are from; None where there are no messages."""
    arns = {str(record.get("eventSourceARN", "")) for record in records}
    if not arns:
        return None
    parts = arns.pop().split(":", 5)
    if arns or len(parts) != 6:  # noqa: PLR2004  (arn:partition:sqs:region:account:name)
        raise UsageError(
            "the event's messages come from several queues, or from none",
            hint="Lambda sends one queue's at a time",
        )
    return SourceQueue(arn=":".join(parts), region=parts[3], account_id=parts[4], name=parts[5])


def _url(client: Any, queue: SourceQueue) -> str:
    """Return the queue's URL where the client sends its calls: SQS goes by the path alone."""
    return f"{client.meta.endpoint_url.rstrip('/')}/{queue.account_id}/{queue.name}"


def _receives(record: Mapping[str, Any]) -> int:
    """Return how often a message was received, this time included."""
    attributes = record.get("attributes")
    count = attributes.get("ApproximateReceiveCount") if isinstance(attributes, Mapping) else None
    return max(1, int(count)) if isinstance(count, str) and count.isascii() and count.isdigit() else 1


def _seconds(span: timedelta) -> int:
    """Return whole seconds, rounded up."""
    return -(-span // timedelta(seconds=1))

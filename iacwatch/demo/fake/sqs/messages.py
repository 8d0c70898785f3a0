"""SQS's operations on messages, over awsJson1.0; those on queues are in `queues`."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from iacwatch.core.model import Json
from iacwatch.demo.fake.sqs.checks import BATCH, Body, entries, invalid, within
from iacwatch.demo.fake.sqs.store import TWELVE_HOURS, FakeQueue, QueueStore, StoredMessage
from iacwatch.demo.fake.wire import ApiError, Scope

_LONGEST_WAIT = 20
_LONGEST_DELAY = 900
_BATCH_BYTES = 1_048_576
_SYSTEM = frozenset(
    {
        "All",
        "AWSTraceHeader",
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "DeadLetterQueueSourceArn",
        "MessageDeduplicationId",
        "MessageGroupId",
        "SenderId",
        "SentTimestamp",
        "SequenceNumber",
    }
)


@dataclass(slots=True)
class Sqs:
    """The operations on queues and messages.

    `short_polls_miss`: every other receive without a wait finds nothing, as a short poll may. `patience` is
    how many seconds a long poll waits at most, whatever was asked for: where somebody looks on.
    """

    store: QueueStore
    short_polls_miss: bool = False
    patience: float = _LONGEST_WAIT
    _short_polls: int = field(default=0)

    def operations(self) -> Mapping[str, Callable[[Scope, Body], Json]]:
        """Return what this service can do, by operation."""
        return {
            "SendMessage": self.send,
            "SendMessageBatch": self.send_batch,
            "ReceiveMessage": self.receive,
            "DeleteMessage": self.delete,
            "DeleteMessageBatch": self.delete_batch,
            "ChangeMessageVisibility": self.change_visibility,
            "ChangeMessageVisibilityBatch": self.change_visibility_batch,
        }

    def send(self, scope: Scope, body: Body) -> Json:
        """Answer SendMessage."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        text = body.get("MessageBody")
        if not isinstance(text, str) or not text:
            raise ApiError("MissingRequiredParameterException", "The request must contain MessageBody.")
        if len(text.encode()) > int(queue.attributes["MaximumMessageSize"]):
            raise invalid(
                "One or more parameters are invalid. Reason: Message must be shorter than the limit."
            )
        delay = body.get("DelaySeconds")
        if delay is not None and not 0 <= delay <= _LONGEST_DELAY:
            raise invalid(
                f"Value {delay} for parameter DelaySeconds is invalid. Reason: must be >= 0 and <= 900."
            )
        message = self.store.send(
            queue,
            text,
            delay=None if delay is None else timedelta(seconds=delay),
            attributes=body.get("MessageAttributes"),
        )
        return {"MessageId": message.id, "MD5OfMessageBody": message.md5}

    def send_batch(self, scope: Scope, body: Body) -> Json:
        """Answer SendMessageBatch."""
        batch = entries(body)
        if sum(len(str(entry.get("MessageBody", "")).encode()) for entry in batch) > _BATCH_BYTES:
            raise ApiError(
                "BatchRequestTooLong",
                "Batch requests cannot be longer than 1048576 bytes.",
                code="AWS.SimpleQueueService.BatchRequestTooLong",
            )
        return self._each(scope, body, batch, self.send)

    def receive(self, scope: Scope, body: Body) -> Json:
        """Answer ReceiveMessage; a long poll waits in real time and wakes as soon as there is something."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        count = within(body, "MaxNumberOfMessages", 1, BATCH, 1)
        wait = within(
            body, "WaitTimeSeconds", 0, _LONGEST_WAIT, int(queue.attributes["ReceiveMessageWaitTimeSeconds"])
        )
        hidden = within(
            body, "VisibilityTimeout", 0, TWELVE_HOURS, int(queue.attributes["VisibilityTimeout"])
        )
        asked = {*(body.get("AttributeNames") or ()), *(body.get("MessageSystemAttributeNames") or ())}
        if unknown := asked - _SYSTEM:
            raise ApiError("InvalidAttributeName", f"Unknown Attribute {min(unknown)}.")
        if wait == 0 and self._missed():
            return {}
        taken = self._wait_for(queue, count, wait, timedelta(seconds=hidden))
        names = set(body.get("MessageAttributeNames") or ())
        return {"Messages": [_shown(message, asked, names) for message in taken]} if taken else {}

    def _missed(self) -> bool:
        self._short_polls += 1
        return self.short_polls_miss and self._short_polls % 2 == 0

    def _wait_for(self, queue: FakeQueue, count: int, wait: int, hidden: timedelta) -> list[StoredMessage]:
        until = time.monotonic() + min(wait, self.patience)
        with self.store.changed:
            while True:
                taken = self.store.take(queue, count, hidden)
                left = until - time.monotonic()
                if taken or left <= 0 or self.store.closed:
                    return taken
                self.store.wait(queue, left)

    def delete(self, scope: Scope, body: Body) -> Json:
        """Answer DeleteMessage: a stale handle succeeds and deletes nothing."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        with self.store.changed:
            message = self.store.holder(queue, str(body.get("ReceiptHandle")))
            if message is not None:
                del queue.messages[message.id]
        return {}

    def delete_batch(self, scope: Scope, body: Body) -> Json:
        """Answer DeleteMessageBatch."""
        return self._each(scope, body, entries(body), self.delete)

    def change_visibility(self, scope: Scope, body: Body) -> Json:
        """Answer ChangeMessageVisibility: twelve hours at most in sum since the receive, never clamped."""
        queue = self.store.by_url(scope, body["QueueUrl"])
        seconds = body.get("VisibilityTimeout")
        if not isinstance(seconds, int) or not 0 <= seconds <= TWELVE_HOURS:
            raise invalid(
                f"Value {seconds} for parameter VisibilityTimeout is invalid. "
                "Reason: Must be between 0 and 43200."
            )
        receipt = str(body.get("ReceiptHandle"))
        with self.store.changed:
            message, now = self.store.holder(queue, receipt), self.store.clock.now()
            if queue.receipts[receipt] not in queue.messages:
                raise invalid(
                    f"Value {receipt} for parameter ReceiptHandle is invalid. Reason: Message does not exist "
                    "or is not available for visibility timeout change."
                )
            if message is None or message.received_at is None or message.visible_at <= now:
                raise ApiError(
                    "MessageNotInflight",
                    "The specified message isn't in flight.",
                    code="AWS.SimpleQueueService.MessageNotInflight",
                )
            until = now + timedelta(seconds=seconds)
            if until - message.received_at > timedelta(seconds=TWELVE_HOURS):
                raise invalid(
                    f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total "
                    "VisibilityTimeout for the message is beyond the limit [43200 seconds]."
                )
            message.visible_at = until
            self.store.changed.notify_all()
        return {}

    def change_visibility_batch(self, scope: Scope, body: Body) -> Json:
        """Answer ChangeMessageVisibilityBatch."""
        return self._each(scope, body, entries(body), self.change_visibility)

    def _each(
        self, scope: Scope, body: Body, batch: Sequence[Body], operation: Callable[[Scope, Body], Json]
    ) -> Json:
        self.store.by_url(scope, body["QueueUrl"])
        done: list[Json] = []
        failed: list[Json] = []
        for entry in batch:
            try:
                answer = operation(scope, {**entry, "QueueUrl": body["QueueUrl"]})
            except ApiError as error:
                failed.append(
                    {
                        "Id": entry["Id"],
                        "SenderFault": True,
                        "Code": error.code or error.kind,
                        "Message": error.message,
                    }
                )
            else:
                done.append({"Id": entry["Id"], **answer})
        return {"Successful": done, **({"Failed": failed} if failed else {})}


def _shown(message: StoredMessage, asked: set[str], names: set[str]) -> Json:
    system = {
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": _millis(message.first_received_at),
        "SentTimestamp": _millis(message.sent_at),
        "SenderId": "AIDAEVENTBRIDGE00001",
        "DeadLetterQueueSourceArn": message.source_arn,
    }
    shown = {
        name: value
        for name, value in system.items()
        if value is not None and (name in asked or "All" in asked)
    }
    own = {name: value for name, value in message.attributes.items() if names & {name, "All", ".*"}}
    document: dict[str, Json] = {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    return document | ({"Attributes": shown} if shown else {}) | ({"MessageAttributes": own} if own else {})


def _millis(moment: datetime | None) -> str | None:
    return None if moment is None else str(int(moment.timestamp() * 1000))

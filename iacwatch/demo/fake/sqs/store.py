"""SQS's store: queues, their messages, visibility, redrive. Thread-safe; time is the fake's."""

import hashlib
import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from iacwatch.core.model import Json
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.wire import ApiError, Scope

TWELVE_HOURS = 43_200
_DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
}


@dataclass(slots=True, kw_only=True)
class StoredMessage:
    """One message; `receipt` is the latest handle, `received_at` when it was given out."""

    id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    receives: int = 0
    receipt: str = ""
    received_at: datetime | None = None
    first_received_at: datetime | None = None
    source_arn: str | None = None
    attributes: Mapping[str, Json] = field(default_factory=dict)

    @property
    def md5(self) -> str:
        """Return the digest that goes with the body."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


@dataclass(slots=True, kw_only=True)
class FakeQueue:
    """One queue and what is in it. `receipts` are all handles ever given out: handle to message id."""

    name: str
    account_id: str
    region: str
    url: str
    created_at: datetime
    attributes: dict[str, str] = field(default_factory=lambda: dict(_DEFAULTS))
    messages: dict[str, StoredMessage] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Return the queue's ARN."""
        return f"arn:aws:sqs:{self.region}:{self.account_id}:{self.name}"

    @property
    def redrive(self) -> tuple[str, int] | None:
        """Return the dead-letter queue's ARN and maxReceiveCount, if there is a redrive policy."""
        policy = self.attributes.get("RedrivePolicy")
        if not policy:
            return None
        document = json.loads(policy)
        return document["deadLetterTargetArn"], int(document["maxReceiveCount"])

    def seconds(self, attribute: str) -> timedelta:
        """Return an attribute that is a number of seconds."""
        return timedelta(seconds=int(self.attributes[attribute]))


@dataclass(slots=True)
class QueueStore:
    """All queues. Whoever changes anything holds `changed`, and notifies where a message may appear."""

    clock: FakeClock
    base_url: str = ""
    queues: dict[tuple[str, str, str], FakeQueue] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))
    closed: bool = False

    def __post_init__(self) -> None:
        self.clock.on_jump(self.wake)

    def wake(self) -> None:
        """Let every long poll look again."""
        with self.changed:
            self.changed.notify_all()

    def close(self) -> None:
        """End every long poll."""
        self.closed = True
        self.wake()

    def create(self, scope: Scope, name: str, attributes: Mapping[str, str]) -> FakeQueue:
        """Create a queue, or return the one of that name."""
        with self.changed:
            key = (scope.account_id, scope.region, name)
            if key not in self.queues:
                self.queues[key] = FakeQueue(
                    name=name,
                    account_id=scope.account_id,
                    region=scope.region,
                    url=f"{self.base_url}/{scope.account_id}/{name}",
                    created_at=self.clock.now(),
                )
            self.queues[key].attributes.update(attributes)
            return self.queues[key]

    def by_url(self, scope: Scope, url: str) -> FakeQueue:
        """Return the queue of this URL; raise `ApiError` where there is none in the caller's region."""
        account, _, name = url.rstrip("/").rpartition("/")
        queue = self.queues.get((account.rpartition("/")[2], scope.region, name))
        if queue is None:
            raise missing_queue()
        if queue.account_id != scope.account_id:
            raise ApiError(
                "AccessDeniedException",
                f"User: arn:aws:iam::{scope.account_id}:user/iacwatch has no access to {queue.arn}",
                status=403,
                code="AccessDenied",
            )
        return queue

    def by_arn(self, arn: str) -> FakeQueue | None:
        """Return the queue of this ARN, or None."""
        return next((queue for queue in self.queues.values() if queue.arn == arn), None)

    def sources_of(self, arn: str) -> list[FakeQueue]:
        """Return the queues whose dead-letter queue this is."""
        return [queue for queue in self.queues.values() if queue.redrive and queue.redrive[0] == arn]

    def send(
        self,
        queue: FakeQueue,
        body: str,
        *,
        delay: timedelta | None = None,
        receives: int = 0,
        sent_at: datetime | None = None,
        attributes: Mapping[str, Json] | None = None,
    ) -> StoredMessage:
        """Put a message into a queue; it is visible after the delay, counted from `sent_at` (now)."""
        with self.changed:
            at = sent_at or self.clock.now()
            wait = queue.seconds("DelaySeconds") if delay is None else delay
            message = StoredMessage(
                id=str(uuid.uuid4()),
                body=body,
                sent_at=at,
                visible_at=at + wait,
                receives=receives,
                attributes=attributes or {},
            )
            queue.messages[message.id] = message
            self.changed.notify_all()
            return message

    def take(self, queue: FakeQueue, count: int, visibility: timedelta) -> list[StoredMessage]:
        """Receive up to `count` visible messages; move those that were received too often."""
        with self.changed:
            now = self.clock.now()
            taken: list[StoredMessage] = []
            for message in list(queue.messages.values()):
                if now - message.sent_at > queue.seconds("MessageRetentionPeriod"):
                    del queue.messages[message.id]
                elif message.visible_at <= now and not self._redriven(queue, message, now):
                    if len(taken) == count:
                        break
                    _give_out(queue, message, now, visibility)
                    taken.append(message)
            return taken

    def _redriven(self, queue: FakeQueue, message: StoredMessage, now: datetime) -> bool:
        redrive = queue.redrive
        if redrive is None or message.receives < redrive[1]:
            return False
        target = self.by_arn(redrive[0])
        if target is None:
            return False
        del queue.messages[message.id]
        message.source_arn = queue.arn
        message.visible_at, message.received_at, message.receipt = now, None, ""
        target.messages[message.id] = message
        self.changed.notify_all()
        return True

    def wait(self, queue: FakeQueue, seconds: float) -> None:
        """Wait until something may have become visible, `seconds` at most; the caller holds `changed`."""
        now = self.clock.now()
        nexts = [(message.visible_at - now).total_seconds() for message in queue.messages.values()]
        self.changed.wait(max(0.001, min([seconds, *[each for each in nexts if each > 0]])))

    def holder(self, queue: FakeQueue, receipt: str) -> StoredMessage | None:
        """Return the message that this handle still holds: None where it is stale or deleted.

        Raises `ApiError` for a handle that this queue never gave out.
        """
        if receipt not in queue.receipts:
            raise ApiError(
                "ReceiptHandleIsInvalid", f'The input receipt handle "{receipt}" is not valid.', status=404
            )
        message = queue.messages.get(queue.receipts[receipt])
        return message if message is not None and message.receipt == receipt else None


def _give_out(queue: FakeQueue, message: StoredMessage, now: datetime, visibility: timedelta) -> None:
    message.receives += 1
    message.received_at = now
    message.first_received_at = message.first_received_at or now
    message.visible_at = now + visibility
    message.receipt = "AQEB" + uuid.uuid4().hex
    queue.receipts[message.receipt] = message.id


def missing_queue() -> ApiError:
    """Return the error for a queue that isn't there."""
    return ApiError(
        "QueueDoesNotExist",
        "The specified queue does not exist.",
        code="AWS.SimpleQueueService.NonExistentQueue",
    )

"""SQS's move tasks: hand the messages of a dead-letter queue back to where they came from."""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from iacwatch.core.model import Json
from iacwatch.demo.fake.sqs.store import FakeQueue, QueueStore, StoredMessage
from iacwatch.demo.fake.wire import ApiError, Scope

_FASTEST = 500
_MOST_RESULTS = 10
_NOBODYS = "CouldNotDetermineMessageSource"


@dataclass(slots=True, kw_only=True)
class FakeMoveTask:
    """One task; it runs in a thread of its own, at its rate in real time."""

    handle: str
    source: FakeQueue
    destination: str | None
    rate: int | None
    started_at: datetime
    to_move: int
    moved: int = 0
    status: str = "RUNNING"
    reason: str = ""
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class MoveTasks:
    """StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask: one active task a queue."""

    store: QueueStore
    _tasks: list[FakeMoveTask] = field(default_factory=list)

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what this service can do, by operation."""
        return {
            "StartMessageMoveTask": self.start,
            "ListMessageMoveTasks": self.list_tasks,
            "CancelMessageMoveTask": self.cancel,
        }

    def close(self) -> None:
        """Stop every task."""
        for task in self._tasks:
            task.cancelled.set()

    def start(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer StartMessageMoveTask: only from a queue that is another queue's dead-letter queue."""
        source = self._queue(scope, body.get("SourceArn"), "SourceArn")
        destination = body.get("DestinationArn")
        if destination is not None:
            self._queue(scope, destination, "DestinationArn")
        rate = body.get("MaxNumberOfMessagesPerSecond")
        if rate is not None and not 1 <= rate <= _FASTEST:
            raise _invalid("Value for parameter MaxNumberOfMessagesPerSecond is invalid.")
        if not self.store.sources_of(source.arn):
            raise _invalid("Source queue must be configured as a Dead Letter Queue.")
        with self.store.changed:
            if any(
                task.source is source and task.status in {"RUNNING", "CANCELLING"} for task in self._tasks
            ):
                raise ApiError(
                    "UnsupportedOperation",
                    "There is already a task running. Only one active task is allowed for a source "
                    "queue arn at a given time.",
                    code="AWS.SimpleQueueService.UnsupportedOperation",
                )
            task = FakeMoveTask(
                handle=_handle(source),
                source=source,
                destination=destination,
                rate=rate,
                started_at=self.store.clock.now(),
                to_move=len(source.messages),
            )
            self._tasks.append(task)
        threading.Thread(target=self._run, args=(task,), daemon=True).start()
        return {"TaskHandle": task.handle}

    def list_tasks(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer ListMessageMoveTasks: newest first; only a running task shows its handle."""
        source = self._queue(scope, body.get("SourceArn"), "SourceArn")
        most = body.get("MaxResults", 1)
        if not isinstance(most, int) or not 1 <= most <= _MOST_RESULTS:
            raise _invalid("Value for parameter MaxResults is invalid. Reason: Must be between 1 and 10.")
        with self.store.changed:
            tasks = [task for task in reversed(self._tasks) if task.source is source][:most]
            return {"Results": [_shown(task) for task in tasks]}

    def cancel(self, _scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer CancelMessageMoveTask."""
        with self.store.changed:
            task = next((each for each in self._tasks if each.handle == body.get("TaskHandle")), None)
            if task is None or task.status != "RUNNING":
                raise ApiError("ResourceNotFoundException", "Task does not exist.", status=404)
            task.status = "CANCELLING"
            task.cancelled.set()
            return {"ApproximateNumberOfMessagesMoved": task.moved}

    def _queue(self, scope: Scope, arn: str | None, name: str) -> FakeQueue:
        queue = self.store.by_arn(arn or "")
        if queue is None or (queue.account_id, queue.region) != (scope.account_id, scope.region):
            raise ApiError(
                "ResourceNotFoundException",
                f"The resource that you specified for the {name} parameter doesn't exist.",
                status=404,
            )
        return queue

    def _run(self, task: FakeMoveTask) -> None:
        while not task.cancelled.wait(1 / (task.rate or _FASTEST)):
            with self.store.changed:
                now = self.store.clock.now()
                message = next(
                    (each for each in task.source.messages.values() if each.visible_at <= now), None
                )
                if message is None:
                    task.status = "COMPLETED"
                    return
                target = self.store.by_arn(task.destination or message.source_arn or "")
                if target is None:
                    task.status, task.reason = "FAILED", _NOBODYS
                    return
                _move(self.store, task.source, target, message)
                task.moved += 1
        with self.store.changed:
            task.status = "CANCELLED"


def _move(store: QueueStore, source: FakeQueue, target: FakeQueue, message: StoredMessage) -> None:
    """Move one message: it gets a new id, a new enqueue time and a count of its own."""
    del source.messages[message.id]
    store.send(target, message.body, attributes=message.attributes)


def _handle(source: FakeQueue) -> str:
    document = {"taskId": str(uuid.uuid4()), "sourceArn": source.arn}
    return base64.b64encode(json.dumps(document).encode()).decode()


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message, code="InvalidParameterValue")


def _shown(task: FakeMoveTask) -> Json:
    document: dict[str, Json] = {
        "Status": task.status,
        "SourceArn": task.source.arn,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "StartedTimestamp": int(task.started_at.timestamp() * 1000),
    }
    if task.status == "RUNNING":
        document["TaskHandle"] = task.handle
    if task.destination is not None:
        document["DestinationArn"] = task.destination
    if task.rate is not None:
        document["MaxNumberOfMessagesPerSecond"] = task.rate
    if task.reason:
        document["FailureReason"] = task.reason
    return document

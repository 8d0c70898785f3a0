"""SQS's own move task: it moves a dead-letter queue's messages back to their source queues.

SQS runs it by itself, whatever becomes of who started it: one at a time for each queue. What it moved has a
new id, a new age and a receive count of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, NotThere, UsageError
from iacwatch.sources.sqs import redrive_policy
from iacwatch.sources.sqs.redrive_policy import Contents

_RUNNING_ALREADY: Final = frozenset(
    {"AWS.SimpleQueueService.UnsupportedOperation", "UnsupportedOperation", "UnsupportedOperationException"}
)


class Status(StrEnum):
    """How far a task is."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """One task. `to_move` counts what there was when it began, about; None where SQS does not know yet."""

    status: Status
    moved: int = 0
    to_move: int | None = None
    reason: str = ""
    handle: str = ""

    @property
    def active(self) -> bool:
        """Return whether it still goes on."""
        return self.status in {Status.RUNNING, Status.CANCELLING}


class MoveTask:
    """The move task of one dead-letter queue."""

    def __init__(self, *, client: Any, url: str) -> None:
        """Take an SQS client for the queue's region, and the queue; nothing is asked for yet."""
        self.url = url
        self._client = client
        self._arn = ""

    def sources(self) -> Sequence[str]:
        """Return the queues that the messages go back to; raise `UsageError` where it is nobody's.

        SQS refuses to move anything from such a queue.
        """
        found = redrive_policy.sources_of(self._client, self.url)
        if not found:
            raise UsageError(
                f"{self.url} is not the dead-letter queue of any queue: nothing can be moved back from it",
                hint="check --dlq-url; without --redrive, replay-dlq handles its messages where they are",
            )
        return found

    def contents(self) -> Contents:
        """Return about how many messages wait."""
        return redrive_policy.contents(self._client, self.url)

    def start(self) -> bool:
        """Start it; False where one is running already."""
        try:
            with self._calling("start"):
                self._client.start_message_move_task(SourceArn=self._source())
        except AwsError as error:
            if error.code in _RUNNING_ALREADY:
                return False
            raise
        return True

    def state(self) -> Moving | None:
        """Return the latest task; None where there never was one."""
        with self._calling("list"):
            answer = self._client.list_message_move_tasks(SourceArn=self._source(), MaxResults=1)
        results: Sequence[Mapping[str, Any]] = answer.get("Results", ())
        if not results:
            return None
        found = results[0]
        to_move = found.get("ApproximateNumberOfMessagesToMove")
        return Moving(
            status=Status(found["Status"]),
            moved=int(found.get("ApproximateNumberOfMessagesMoved", 0)),
            to_move=None if to_move is None else int(to_move),
            reason=plain(str(found.get("FailureReason", "")), 200),
            handle=str(found.get("TaskHandle", "")),
        )

    def cancel(self) -> int | None:
        """Cancel the running task and return how many messages it moved; None where none is running."""
        state = self.state()
        if state is None or not state.handle:
            return None
        try:
            with self._calling("cancel"):
                answer = self._client.cancel_message_move_task(TaskHandle=state.handle)
        except NotThere:  # it ended in between
            return None
        return int(answer.get("ApproximateNumberOfMessagesMoved", 0))

    def _source(self) -> str:
        self._arn = self._arn or redrive_policy.arn_of(self._client, self.url)
        return self._arn

    def _calling(self, what: str) -> Any:
        name = {"list": "ListMessageMoveTasks"}.get(what, f"{what.capitalize()}MessageMoveTask")
        doing = {
            "start": "cannot hand the messages back from",
            "list": "cannot follow how messages are moved back from",
            "cancel": "cannot cancel moving messages back from",
        }[what]
        return calling(f"{doing} {self.url}", action=f"sqs:{name}")

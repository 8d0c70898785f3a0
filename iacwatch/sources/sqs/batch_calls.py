"""SQS's batch calls: ten entries each, several at once, and each entry may fail on its own inside a 200."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.errors import AccessDenied, AwsError, NotThere

Entry = Mapping[str, Any]

_SIZE: Final = 10
_AT_ONCE: Final = 8
_TRIES: Final = 3
_PAUSE: Final = 0.2


class BatchCalls:
    """Deletes messages and changes when they become visible again, for one queue."""

    def __init__(self, client: Any, url: str) -> None:
        """Take an SQS client and the queue's URL."""
        self._client = client
        self._url = url

    def delete(self, receipts: Mapping[str, str]) -> Mapping[str, str]:
        """Delete messages (receipt handles by message id); return why some were not, by id.

        Raises `AccessDenied` or `NotThere`, since no further call would do better.
        """
        entries = {key: {"ReceiptHandle": receipt} for key, receipt in receipts.items()}
        doing = f"cannot delete messages of the queue {self._url}"
        batch = partial(self._batch, self._client.delete_message_batch)
        return _send(batch, entries, doing, "sqs:DeleteMessage", within=None)

    def hide(
        self, receipts: Mapping[str, tuple[str, int]], *, within: float | None = None
    ) -> Mapping[str, str]:
        """Hide messages for so many seconds from now (0: show them); return why some were not, by id.

        `within` (seconds) bounds the waiting for the answers. Raises as `delete` does.
        """
        entries = {
            key: {"ReceiptHandle": receipt, "VisibilityTimeout": seconds}
            for key, (receipt, seconds) in receipts.items()
        }
        doing = f"cannot change the visibility of messages of the queue {self._url}"
        batch = partial(self._batch, self._client.change_message_visibility_batch)
        return _send(batch, entries, doing, "sqs:ChangeMessageVisibility", within=within)

    def _batch(self, call: Callable[..., Mapping[str, Any]], entries: Mapping[str, Entry]) -> dict[str, str]:
        """Send one batch, again for the entries that failed by no fault of ours."""
        left = dict(enumerate(entries))
        refused: dict[str, str] = {}
        for attempt in range(_TRIES):
            sent = [{"Id": str(index), **entries[key]} for index, key in left.items()]
            answer = call(QueueUrl=self._url, Entries=sent)
            faults = {int(fault["Id"]): fault for fault in answer.get("Failed", ())}
            for index, fault in faults.items():
                if fault.get("SenderFault") or attempt == _TRIES - 1:
                    refused[left[index]] = str(fault.get("Code", "unknown"))
            left = {index: left[index] for index, fault in faults.items() if not fault.get("SenderFault")}
            if not left:
                break
            time.sleep(_PAUSE)
        return refused


def _send(
    batch: Callable[[Mapping[str, Entry]], Mapping[str, str]],
    entries: Mapping[str, Entry],
    doing: str,
    action: str,
    *,
    within: float | None,
) -> Mapping[str, str]:
    """Send entries in batches, several at once; return why some failed, by id."""
    todo = deque(_cut(list(entries)))
    failed: dict[str, str] = {}
    final: list[AwsError] = []

    def work() -> None:
        while todo and not final:
            try:
                keys = todo.popleft()
            except IndexError:  # another thread took the last
                return
            try:
                with calling(doing, action=action):
                    failed.update(batch({key: entries[key] for key in keys}))
            except (AccessDenied, NotThere) as error:
                final.append(error)
            except AwsError as error:
                failed.update(dict.fromkeys(keys, str(error)))

    _together(work, min(len(todo), _AT_ONCE), within)
    if final:
        raise final[0]
    return failed


def _cut(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _SIZE] for start in range(0, len(keys), _SIZE))


def _together(work: Callable[[], None], count: int, within: float | None) -> None:
    """Do the work in so many threads, in this one where it is one; daemons, so that none delays an exit."""
    if count <= 1 and within is None:
        work()
        return
    threads = [threading.Thread(target=work, daemon=True, name="sqs-batches") for _ in range(count)]
    for thread in threads:
        thread.start()
    end = None if within is None else time.monotonic() + within
    for thread in threads:
        thread.join(None if end is None else max(0.0, end - time.monotonic()))

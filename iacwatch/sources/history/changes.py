"""The changes that a spool holds, as waves of deliveries: by capture time, each item with the one before it.

So lookups are planned over neighbouring times of all resources, however they were found.
"""

import json
import logging
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from iacwatch.core.model import Json, Window
from iacwatch.core.outcome import Outcome
from iacwatch.core.text import plain
from iacwatch.ports import Delivery, Progress
from iacwatch.sources.waves import Sized, waves
from iacwatch.storage.spool import Row, Spool, moment_of, stamp

MOST_TEXT: Final = 32_000_000
"""Characters of documents in one wave, those of the items before included."""

_AT_ONCE: Final = 100
_PHASE: Final = "Changes"
_CREATED: Final = ',"configurationItemDiff":{"changeType":"CREATE","changedProperties":{}}'
"""What Config's own notification of a discovery says, whatever was before."""


class SpooledChanges:
    """The end of a `ports.PastSource` that gathers everything in a spool first: what is done with it then."""

    def __init__(self, spool: Spool, window: Window, progress: Progress) -> None:
        """Take where the items are gathered, and the range."""
        self._spool, self._window, self._progress = spool, window, progress
        self._failures: Counter[str] = Counter()

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Do nothing: history stays where it is."""

    def finish(self) -> None:
        """Forget what was gathered."""
        self._spool.remove()

    def close(self) -> None:
        """Leave what was gathered to the next run."""
        self._spool.close()

    @property
    def failures(self) -> Sequence[str]:
        """Return why something could not be read, each reason once with how often it was met."""
        return [
            reason + (f" ({count} times)" if count > 1 else "") for reason, count in self._failures.items()
        ]

    def _fail(self, reason: str) -> None:
        if reason not in self._failures:
            logging.getLogger(type(self).__module__).error("%s", plain(reason, 500))
        self._failures[reason] += 1

    def _changes(self) -> Generator[Sequence[Delivery], None, None]:
        """Yield the changes that were captured in the range."""
        start, end = stamp(self._window.start), stamp(self._window.end)
        total, done = self._spool.count(start, end), 0
        self._progress(_PHASE, 0, total)
        for wave in waves(_found(self._spool, start, end), most_text=MOST_TEXT):
            if done:
                self._progress(_PHASE, done, total)
            yield wave
            done += len(wave)
        self._progress(_PHASE, total, total)


def _found(spool: Spool, start: int, end: int) -> Iterator[Sized]:
    """Yield each change once, though two files may hold the same capture."""
    last, after = (-1, b""), (-1, b"", 0)
    while rows := list(spool.between(start, end, after, _AT_ONCE)):
        for each in rows:
            row = each.row
            after = (row.captured, row.thing, each.number)
            if after[:2] != last:
                last = after[:2]
                yield delivery_of(each.number, row, each.before, unchanged=each.unchanged)


def delivery_of(number: int, row: Row, before: str | None, *, unchanged: bool = False) -> Sized:
    """Return a delivery, and how many characters it holds; `unchanged`: its item equals the one before it."""
    captured = moment_of(row.captured).isoformat(timespec="milliseconds")
    document: str | Mapping[str, Json]
    if unchanged:
        document, size = _unchanged(row, captured), 0
    else:
        document = f"{_envelope(row.place)}{row.document}{_CREATED if row.created else ''}}}}}"
        size = len(document) + len(before or "")
    delivery = Delivery(
        id=f"{number} ({plain(f'{row.type} {row.name} in {row.place}', 160)}, captured at {captured[:19]}Z)",
        document=document,
        previous_document=before,
        previous_known=not unchanged,
        noun="change",
    )
    return delivery, size


def _unchanged(row: Row, captured: str) -> Mapping[str, Json]:
    """Return what Config says of an item that equals the one before it: which it is, and an empty diff."""
    account_id, _, region = row.place.partition(" ")
    return {
        "messageType": "ConfigurationItemChangeNotification",
        "configurationItem": {
            "configurationItemCaptureTime": captured,
            "configurationItemStatus": "OK",
            "awsAccountId": account_id,
            "awsRegion": region,
            "resourceType": row.type,
            "resourceId": row.name,
        },
        "configurationItemDiff": {"changeType": "UPDATE", "changedProperties": {}},
    }


@lru_cache(maxsize=4096)
def _envelope(place: str) -> str:
    """Return what stands before an item: it says where the recorder is, which global types' items may not."""
    account_id, _, region = place.partition(" ")
    return (
        '{"source":"aws.config","detail-type":"Config Configuration Item Change",'
        f'"account":{json.dumps(account_id)},"region":{json.dumps(region)},'
        '"detail":{"messageType":"ConfigurationItemChangeNotification","configurationItem":'
    )

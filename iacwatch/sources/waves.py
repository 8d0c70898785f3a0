"""What a spool holds, as waves of deliveries: by capture time, each item with the one before it.

So lookups are planned over neighbouring times of all resources, however they were found.
"""

import json
from collections.abc import Generator, Sequence
from typing import Final

from iacwatch.core.model import Window
from iacwatch.core.text import plain
from iacwatch.ports import Delivery, Progress
from iacwatch.storage.spool import Row, Spool, moment_of, stamp

MOST: Final = 1_000
"""Deliveries in one wave."""

_MOST_TEXT: Final = 32_000_000
"""Characters of documents in one wave, those of the items before included."""

_AT_ONCE: Final = 100
_PHASE: Final = "Changes"
_CREATED: Final = ',"configurationItemDiff":{"changeType":"CREATE","changedProperties":{}}'
"""What Config's own notification of a discovery tells, whatever was before."""


def waves(spool: Spool, window: Window, tell: Progress) -> Generator[Sequence[Delivery], None, None]:
    """Yield the changes that were captured in a window."""
    start, end = stamp(window.start), stamp(window.end)
    total, done = spool.count(start, end), 0
    wave: list[Delivery] = []
    size = 0
    last, after = (-1, b""), (-1, b"", 0)
    tell(_PHASE, 0, total)
    while rows := list(spool.between(start, end, after, _AT_ONCE)):
        for number, row, before in rows:
            after = (row.captured, row.thing, number)
            done += 1
            if after[:2] == last:
                continue  # two files told of the same capture
            last = after[:2]
            delivery, length = delivery_of(number, row, before)
            if wave and (len(wave) >= MOST or size + length > _MOST_TEXT):
                yield wave
                wave, size = [], 0
                tell(_PHASE, done - 1, total)
            wave.append(delivery)
            size += length
    if wave:
        yield wave
    tell(_PHASE, total, total)


def delivery_of(number: int, row: Row, before: str | None) -> tuple[Delivery, int]:
    """Return a delivery, and how many characters it holds."""
    account_id, _, region = row.place.partition(" ")
    # The envelope tells where the recorder is: the items of global types may not.
    document = (
        '{"source":"aws.config","detail-type":"Config Configuration Item Change",'
        f'"account":{json.dumps(account_id)},"region":{json.dumps(region)},'
        '"detail":{"messageType":"ConfigurationItemChangeNotification",'
        f'"configurationItem":{row.document}{_CREATED if row.created else ""}}}}}'
    )
    delivery = Delivery(
        id=f"{number} ({plain(row.label, 160)}, captured at {moment_of(row.captured):%Y-%m-%dT%H:%M:%SZ})",
        document=document,
        previous_document=before,
        previous_known=True,
        noun="change",
    )
    return delivery, len(document) + len(before or "")

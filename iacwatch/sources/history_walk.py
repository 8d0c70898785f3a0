"""One resource's history over a range, from AWS Config's API: its items, and the one before the first.

GetResourceConfigHistory spans seven days a call, whatever it is asked for, and the pages of an old, quiet
resource are empty. So the pages that a range needs anyway are made to reach back as far as they can: only a
resource that changed, and whose item before lies further back, costs more.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from iacwatch.config_calls import ConfigCalls
from iacwatch.core.documents import moment
from iacwatch.core.model import Json, Window
from iacwatch.core.plain import plain
from iacwatch.errors import AwsError, ParseError
from iacwatch.sources.history_item import TASK_DEFINITION, created, mark
from iacwatch.sources.history_looks import MARGIN, Look
from iacwatch.spool import Row, stamp, thing_of

PAGE_SPAN: Final = timedelta(days=7)
_SECOND: Final = timedelta(seconds=1)
_PAGE: Final = 100
_FEW: Final = 3
_MOST_PAGES: Final = 400
"""Config keeps history for 2,557 days at most: 366 pages of seven days each."""

_UNKNOWN: Final = "ResourceNotDiscoveredException"


class Walked(NamedTuple):
    """What came of one resource: its rows, or why it could not be looked at. `missing`: it has no history."""

    look: Look
    rows: Sequence[Row] = ()
    failure: str = ""
    missing: bool = False


class Walk:
    """Reads the history of resources over one window; safe to be used by several threads."""

    def __init__(self, calls: ConfigCalls, window: Window, *, tag_key: str) -> None:
        """Take the window, and the tag of which a managed resource's history must tell somewhere."""
        self._calls = calls
        self._window = window
        self._mark = mark(tag_key)

    def __call__(self, look: Look) -> Walked:
        """Look at one resource; what AWS refuses is told in the answer."""
        try:
            rows = self._rows(look)
        except (AwsError, ParseError) as error:
            missing = isinstance(error, AwsError) and error.code == _UNKNOWN
            return Walked(look, failure="" if missing else str(error), missing=missing)
        # Where no state that it had carries the tag, none of its changes concerns us.
        ours = any(map(self._inside, rows)) and any(self._mark in row.document for row in rows)
        return Walked(look, rows=rows if ours else ())

    def _inside(self, row: Row) -> bool:
        return stamp(self._window.start) <= row.captured < stamp(self._window.end)

    def _rows(self, look: Look) -> list[Row]:
        """Return the items of the window, and of each thing the last one before it."""
        start = self._window.start
        last = look.last_at + MARGIN if look.last_at is not None else self._window.end
        later = min(self._window.end, last).replace(microsecond=0) + _SECOND
        pages = max(1, -(-(later - start) // PAGE_SPAN))
        earlier = later - pages * PAGE_SPAN
        kept: dict[tuple[bytes, int], Row] = {}
        before: dict[bytes, Row] = {}
        self._sort(self._read(look, later=later, earlier=earlier, limit=_PAGE), kept, before)
        lacking = _lacking(kept.values(), before)
        if lacking:
            self._look_back(look, earlier, lacking, before)
        return [*before.values(), *kept.values()]

    def _look_back(self, look: Look, later: datetime, lacking: set[bytes], before: dict[bytes, Row]) -> None:
        """Find the items before of the things that lack one, however far back."""
        limit = _PAGE if look.type == TASK_DEFINITION else _FEW
        for row in self._read(look, later=later + _SECOND, limit=limit):
            if row.thing in lacking and row.captured < stamp(self._window.start):
                before[row.thing] = row
                lacking.discard(row.thing)
                if not lacking:
                    return

    def _sort(
        self, rows: Iterator[Row], kept: dict[tuple[bytes, int], Row], before: dict[bytes, Row]
    ) -> None:
        for row in rows:
            if self._inside(row):
                kept.setdefault((row.thing, row.captured), row)
            elif row.captured < stamp(self._window.start):
                known = before.get(row.thing)
                if known is None or known.captured < row.captured:
                    before[row.thing] = row

    def _read(
        self, look: Look, *, later: datetime, earlier: datetime | None = None, limit: int
    ) -> Iterator[Row]:
        """Yield a resource's items, newest page first, following the tokens through empty pages."""
        doing = f"cannot read Config's history of {look.type} {plain(look.id, 80)} in {look.place}"
        asked: dict[str, Any] = {
            "resourceType": look.type,
            "resourceId": look.id,
            "laterTime": later,
            "limit": limit,
        }
        if earlier is not None:
            asked["earlierTime"] = earlier
        for _ in range(_MOST_PAGES):
            page = self._calls.ask(look.place, "GetResourceConfigHistory", doing, **asked)
            for document in page.get("configurationItems", ()):
                yield _row(look, document)
            if not page.get("nextToken"):
                return
            asked["nextToken"] = page["nextToken"]
        raise AwsError(f"{doing}: it has no end after {_MOST_PAGES} pages")


def _lacking(kept: Iterable[Row], before: dict[bytes, Row]) -> set[bytes]:
    """Return the things whose first item of the window has to be compared with one that is not there yet.

    A discovery is compared with nothing.
    """
    first: dict[bytes, Row] = {}
    for row in kept:
        if row.thing not in first or row.captured < first[row.thing].captured:
            first[row.thing] = row
    return {thing for thing, row in first.items() if not row.created and thing not in before}


def _row(look: Look, document: dict[str, Json]) -> Row:
    captured_at = moment(document.get("configurationItemCaptureTime"), "configurationItemCaptureTime")
    arn = str(document.get("arn") or "") if look.type == TASK_DEFINITION else ""
    return Row(
        thing=thing_of(*look.place, look.type, look.id, arn),
        captured=stamp(captured_at),
        created=created(document.get("configurationItemStatus")),
        place=f"{look.place.account_id} {look.place.region}",
        label=f"{look.type} {look.id} in {look.place}",
        document=json.dumps(document, default=_written, ensure_ascii=False, separators=(",", ":")),
    )


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    raise ParseError(f"an item holds a {type(value).__name__}, which AWS Config does not send")

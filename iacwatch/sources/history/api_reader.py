"""One resource's history over a range, from AWS Config's API: its items, and the one before the first.

GetResourceConfigHistory spans seven days a call, whatever it is asked for, and the pages of an old, quiet
resource are empty. So the pages that a range needs anyway are made to reach back as far as they can: only a
resource that changed, and whose item before lies further back, costs more.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from iacwatch.aws.config_api import PAGE, PAGE_SPAN, UNKNOWN, ConfigCalls
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import Json, Window
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import AwsError, ParseError
from iacwatch.sources.history.inventory import MARGIN, ListedResource
from iacwatch.sources.history.item import content_of, created, mark
from iacwatch.storage.spool import Row, stamp, thing_of

SECOND: Final = timedelta(seconds=1)
"""Times are asked for in whole seconds, and nobody documents whether the ends count."""

_FEW: Final = 3


class ResourceHistory(NamedTuple):
    """What came of one resource: its rows, or why it could not be looked at. `missing`: it has no history."""

    resource: ListedResource
    rows: Sequence[Row] = ()
    failure: str = ""
    missing: bool = False


class HistoryReader:
    """Reads the history of resources over one window; safe to be used by several threads."""

    def __init__(self, calls: ConfigCalls, window: Window, *, tag_key: str) -> None:
        """Take the window, and the tag that a managed resource's history must have somewhere."""
        self._calls = calls
        self._window = window
        self._mark = mark(tag_key)

    def __call__(self, resource: ListedResource) -> ResourceHistory:
        """ListedResource at one resource; what AWS refuses is said in the answer."""
        try:
            rows = self._rows(resource)
        except (AwsError, ParseError) as error:
            missing = isinstance(error, AwsError) and error.code == UNKNOWN
            return ResourceHistory(resource, failure="" if missing else str(error), missing=missing)
        # Where no state that it had carries the tag, none of its changes concerns us.
        ours = any(map(self._inside, rows)) and any(self._mark in row.document for row in rows)
        return ResourceHistory(resource, rows=rows if ours else ())

    def _inside(self, row: Row) -> bool:
        return stamp(self._window.start) <= row.captured < stamp(self._window.end)

    def _rows(self, resource: ListedResource) -> list[Row]:
        """Return the items of the window, and of each thing the last one before it."""
        start = self._window.start
        last = resource.last_at + MARGIN if resource.last_at is not None else self._window.end
        later = min(self._window.end, last).replace(microsecond=0) + SECOND
        pages = max(1, -(-(later - start) // PAGE_SPAN))
        earlier = later - pages * PAGE_SPAN
        inside: dict[tuple[bytes, int], Row] = {}
        before: dict[bytes, Row] = {}
        self._sort(rows_of(self._calls, resource, later=later, earlier=earlier, limit=PAGE), inside, before)
        lacking = _lacking(inside.values(), before)
        if lacking:
            self._look_back(resource, earlier, lacking, before)
        return [*before.values(), *inside.values()]

    def _look_back(
        self, resource: ListedResource, later: datetime, lacking: set[bytes], before: dict[bytes, Row]
    ) -> None:
        """Find the items before of the things that lack one, however far back."""
        limit = PAGE if facts_of(resource.type).revisions else _FEW
        for row in rows_of(self._calls, resource, later=later + SECOND, limit=limit):
            if row.thing in lacking and row.captured < stamp(self._window.start):
                before[row.thing] = row
                lacking.discard(row.thing)
                if not lacking:
                    return

    def _sort(
        self, rows: Iterator[Row], inside: dict[tuple[bytes, int], Row], before: dict[bytes, Row]
    ) -> None:
        for row in rows:
            if self._inside(row):
                inside.setdefault((row.thing, row.captured), row)
            elif row.captured < stamp(self._window.start):
                known = before.get(row.thing)
                if known is None or known.captured < row.captured:
                    before[row.thing] = row


def _lacking(inside: Iterable[Row], before: dict[bytes, Row]) -> set[bytes]:
    """Return the things whose first item of the window has to be compared with one that is not there yet.

    A discovery is compared with nothing.
    """
    first: dict[bytes, Row] = {}
    for row in inside:
        if row.thing not in first or row.captured < first[row.thing].captured:
            first[row.thing] = row
    return {thing for thing, row in first.items() if not row.created and thing not in before}


def rows_of(
    calls: ConfigCalls,
    resource: ListedResource,
    *,
    later: datetime,
    earlier: datetime | None = None,
    limit: int = PAGE,
) -> Iterator[Row]:
    """Yield a resource's items captured in ``[earlier, later]``, newest page first; to the first without.

    Raises `AwsError`, with the code `UNKNOWN` where Config does not know the resource, and `ParseError`.
    """
    for page in calls.history(
        resource.place, resource.type, resource.id, later=later, earlier=earlier, limit=limit
    ):
        yield from (_row(resource, document) for document in page)


def _row(resource: ListedResource, document: dict[str, Json]) -> Row:
    captured_at = moment(document.get("configurationItemCaptureTime"), "configurationItemCaptureTime")
    arn = str(document.get("arn") or "") if facts_of(resource.type).revisions else ""
    text = json.dumps(document, default=_written, ensure_ascii=False, separators=(",", ":"))
    return Row(
        thing=thing_of(*resource.place, resource.type, resource.id, arn),
        captured=stamp(captured_at),
        created=created(document.get("configurationItemStatus")),
        place=f"{resource.place.account_id} {resource.place.region}",
        type=resource.type,
        name=resource.id,
        document=text,
        content=content_of(document, text),
    )


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    raise ParseError(f"an item holds a {type(value).__name__}, which AWS Config does not send")

"""The items of one resource as AWS Config's API gives them: page by page, newest first, as rows of a spool.

GetResourceConfigHistory spans seven days a call, whatever it is asked for: an empty page with a token is
normal, and only a page without one says that there is no more.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from iacwatch.aws.config_api import ConfigCalls
from iacwatch.core.model import Json
from iacwatch.core.parse.json_values import moment
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, ParseError
from iacwatch.sources.history.inventory import Look
from iacwatch.sources.history.item import TASK_DEFINITION, created
from iacwatch.storage.spool import Row, stamp, thing_of

PAGE_SPAN: Final = timedelta(days=7)
"""What one call reads, whatever it is asked for."""

SECOND: Final = timedelta(seconds=1)
"""Times are asked for in whole seconds, and nobody documents whether the ends count."""

PAGE: Final = 100
"""Items that one call may bring at most."""

UNKNOWN: Final = "ResourceNotDiscoveredException"
"""What Config answers of a resource that it never saw, or has forgotten."""

_MOST_PAGES: Final = 400
"""Config keeps history for 2,557 days at most: 366 pages of seven days each."""


def rows_of(
    calls: ConfigCalls, look: Look, *, later: datetime, earlier: datetime | None = None, limit: int = PAGE
) -> Iterator[Row]:
    """Yield a resource's items captured in ``[earlier, later]``, newest page first; to the first without.

    Raises `AwsError`, with the code `UNKNOWN` where Config does not know the resource, and `ParseError`.
    """
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
        page = calls.ask(look.place, "GetResourceConfigHistory", doing, **asked)
        for document in page.get("configurationItems", ()):
            yield _row(look, document)
        if not page.get("nextToken"):
            return
        asked["nextToken"] = page["nextToken"]
    raise AwsError(f"{doing}: it has no end after {_MOST_PAGES} pages")


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

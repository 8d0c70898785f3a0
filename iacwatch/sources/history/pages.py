"""The items of one resource from AWS Config's API: page by page, newest first, as rows of a spool."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from iacwatch.aws.config_api import PAGE, ConfigCalls
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import Json
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import ParseError
from iacwatch.sources.history.inventory import Look
from iacwatch.sources.history.item import created
from iacwatch.storage.spool import Row, stamp, thing_of

SECOND: Final = timedelta(seconds=1)
"""Times are asked for in whole seconds, and nobody documents whether the ends count."""


def rows_of(
    calls: ConfigCalls, look: Look, *, later: datetime, earlier: datetime | None = None, limit: int = PAGE
) -> Iterator[Row]:
    """Yield a resource's items captured in ``[earlier, later]``, newest page first; to the first without.

    Raises `AwsError`, with the code `UNKNOWN` where Config does not know the resource, and `ParseError`.
    """
    for page in calls.history(look.place, look.type, look.id, later=later, earlier=earlier, limit=limit):
        yield from (_row(look, document) for document in page)


def _row(look: Look, document: dict[str, Json]) -> Row:
    captured_at = moment(document.get("configurationItemCaptureTime"), "configurationItemCaptureTime")
    arn = str(document.get("arn") or "") if facts_of(look.type).revisions else ""
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

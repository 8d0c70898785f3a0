"""What a trail's records can answer for, whether they lie in files or in a table."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from iacwatch.core.arn import home_of
from iacwatch.core.model import Window

BEGINNING: Final = datetime(2013, 11, 1, tzinfo=UTC)
"""When CloudTrail began: no record is older."""

AFTER: Final = timedelta(minutes=15)
"""How long after the last record a window may end: Config may capture so much later than the call."""

ON_THE_WAY: Final = timedelta(minutes=30)
"""How long after a window its last log file may still be on its way."""

DAY: Final = timedelta(days=1)


def touched(window: Window) -> Iterator[date]:
    """Yield the days that a window touches."""
    day = window.start.date()
    while day <= window.end.date():
        yield day
        day += DAY


def lacking(region: str) -> str:
    """Return what else a region's records are needed for, as a sentence about their lack goes on."""
    at_home = home_of(region) == region
    return ", where the calls of IAM and other global services are" if at_home else ""

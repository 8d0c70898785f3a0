"""What a trail's records can answer for, whether they lie in files or in a table."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from iacwatch.core.arn import home_of
from iacwatch.core.model import TrailQuery, Window
from iacwatch.ports import Collected
from iacwatch.storage.awslogs_layout import DAY

BEGINNING: Final = datetime(2013, 11, 1, tzinfo=UTC)
"""When CloudTrail began: no record is older."""

AFTER: Final = timedelta(minutes=15)
"""How long after the last record a window may end: Config may capture so much later than the call."""

ON_THE_WAY: Final = timedelta(minutes=30)
"""How long after a window its last log file may still be on its way."""

LATE: Final = timedelta(minutes=60)
"""How long after a call the file that records it may be delivered; a quarter of an hour is usual."""

EARLY: Final = timedelta(minutes=5)
"""How much older than its contents a file's minute may be: it has no seconds, and clocks differ."""


def where_likely(
    collect: Callable[[Sequence[TrailQuery]], Collected], queries: Sequence[TrailQuery]
) -> Collected:
    """Ask for what lies where the answers must be, of queries that know: of a window all has to be read."""
    if all(query.likely is None for query in queries):
        return collect(queries)
    asked = {query: replace(query, window=query.likely or query.window, likely=None) for query in queries}
    answer = collect(list(asked.values()))
    return replace(
        answer,
        failures={query: answer.failures[each] for query, each in asked.items() if each in answer.failures},
        tried={query: answer.tried[each] for query, each in asked.items() if each in answer.tried},
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """When the first and the last log file of an account and region were delivered."""

    first: datetime
    last: datetime

    def joined(self, other: "Coverage | None") -> "Coverage":
        """Return the span from the earlier beginning to the later end."""
        if other is None:
            return self
        return Coverage(first=min(self.first, other.first), last=max(self.last, other.last))


class DeliveryTimes:
    """When files with events of some windows may have been delivered."""

    def __init__(self, windows: Iterable[Window]) -> None:
        """Take the windows, overlapping or not."""
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted((each.start - EARLY, each.end + LATE) for each in windows):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, moment: datetime) -> bool:
        place = bisect_right(self._starts, moment) - 1
        return place >= 0 and moment < self._ends[place]

    @property
    def days(self) -> Sequence[date]:
        """Return the days that they lie on."""
        days: set[date] = set()
        for start, end in zip(self._starts, self._ends, strict=True):
            days.update(start.date() + number * DAY for number in range((end.date() - start.date()).days + 1))
        return sorted(days)

"""Spans of time in which files were delivered: which of them may hold events of some windows."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from iacwatch.core.model import Window

LATE: Final = timedelta(minutes=60)
"""How long after a call the file that tells of it may be delivered; a quarter of an hour is usual."""

EARLY: Final = timedelta(minutes=5)
"""How much older than its contents a file's minute may be: it has no seconds, and clocks differ."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """When the first and the last log file of an account and region were delivered."""

    first: datetime
    last: datetime

    def joined(self, other: "Cover | None") -> "Cover":
        """Return the span from the earlier beginning to the later end."""
        if other is None:
            return self
        return Cover(first=min(self.first, other.first), last=max(self.last, other.last))


class Deliveries:
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
            days.update(
                start.date() + number * _DAY for number in range((end.date() - start.date()).days + 1)
            )
        return sorted(days)

"""Of which times a table has records at all: what it lacks must not be taken for what was quiet.

An answer without rows proves nothing by itself: a partition that was never added, or a region's trail that
was never made, answers in the same way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from iacwatch.core.arn import home_of
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import ParseError
from iacwatch.storage.awslogs_layout import DAY, Place
from iacwatch.trails.coverage import AFTER, LATE, ON_THE_WAY, DeliveryTimes, lacking, touched

_MINUTE: Final = "%Y-%m-%d %H:%MZ"
_Ends = tuple[datetime, datetime]


class TableCoverage:
    """What is known so far of the times of which there are records."""

    def __init__(self) -> None:
        """Know nothing."""
        self._days: dict[Place, dict[date, _Ends]] = defaultdict(dict)
        self._settled: set[tuple[Place, date]] = set()

    def learn(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Take in rows of account, region, day, first and last time."""
        for account, region, _, first, last in rows:
            for at in (first, last):
                if account and region and at and (when := _moment(at)) is not None:
                    self.note((account, region), when)

    def note(self, place: Place, at: datetime) -> None:
        """Take in that there is a record of a place at a time."""
        first, last = self._days[place].get(at.date(), (at, at))
        self._days[place][at.date()] = (min(first, at), max(last, at))

    def settle(self, places: Iterable[Place], days: Iterable[date], now: datetime) -> None:
        """Remember what need not be asked again: days that are over, and whose files have all come."""
        over = [day for day in days if datetime.combine(day + DAY, time(), UTC) + 2 * LATE < now]
        self._settled.update((place, day) for place in places for day in over)

    def unknown(
        self, queries: Iterable[TrailQuery], now: datetime, *, wider: bool
    ) -> Mapping[Place, list[date]]:
        """Return the days that have to be asked about, by place; `wider`: a day more on either side."""
        asked: dict[Place, list[date]] = {}
        for query in queries:
            place = (query.account_id, query.region)
            for day in _days(query.window, now, wider=wider):
                if (place, day) not in self._settled and day not in asked.setdefault(place, []):
                    asked[place].append(day)
        return {place: days for place, days in asked.items() if days}

    def missing(self, query: TrailQuery, now: datetime) -> str:
        """Return why the table cannot answer for a query's time; "" where it can."""
        window, place = query.window, (query.account_id, query.region)
        near = _near(window)
        anywhere = [days for days in self._of(query.account_id) if not near.isdisjoint(days)]
        if near.isdisjoint(self._days.get(place, {})):
            more = lacking(query.region)
            return (
                f"it has no record of this account and region{more} within a day of {window.start:{_MINUTE}}"
            )
        ends = [days[day] for days in anywhere for day in near & days.keys()]
        first, last = min(each[0] for each in ends), max(each[1] for each in ends)
        if window.start < first - LATE:
            return f"its records of this account begin at {first:{_MINUTE}}"
        if window.end > last + AFTER and now > window.end + ON_THE_WAY:
            return f"its records of this account end at {last:{_MINUTE}}"
        for day in touched(window):
            if first.date() < day < last.date() and not any(day in days for days in anywhere):
                return f"it has no record of this account of {day}, in any region"
        return ""

    def _of(self, account_id: str) -> Iterator[Mapping[date, _Ends]]:
        return (days for place, days in self._days.items() if place[0] == account_id)


def with_homes(places: Iterable[Place]) -> list[Place]:
    """Return places with the home region of each account, where there is always something to be found."""
    asked = list(places)
    return list(dict.fromkeys((*asked, *((account, home_of(region)) for account, region in asked))))


def delivered(windows: Iterable[Window], now: datetime) -> list[date]:
    """Return the days on which files with events of some windows were delivered; none that is to come."""
    return [day for day in DeliveryTimes(windows).days if day <= now.date()]


def _days(window: Window, now: datetime, *, wider: bool) -> Iterator[date]:
    days = delivered([window], now)
    if not days:
        return
    first, last = (days[0] - DAY, min(days[-1] + DAY, now.date())) if wider else (days[0], days[-1])
    yield from (first + number * DAY for number in range((last - first).days + 1))


def _near(window: Window) -> set[date]:
    first, last = window.start.date() - DAY, window.end.date() + DAY
    return {first + number * DAY for number in range((last - first).days + 1)}


def _moment(text: str) -> datetime | None:
    try:
        return moment(text, "eventTime")
    except ParseError:
        return None

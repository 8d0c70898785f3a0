"""Which queries one statement asks for: as many as can be, since Athena is paid for what each reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from iacwatch.aws.cloudtrail_partitions import Partitions
from iacwatch.core.model import TrailQuery
from iacwatch.trails.athena.coverage import delivered
from iacwatch.trails.athena.sql import MOST_PLACES, Target, writes

MOST_BYTES: Final = 262_144
"""Of one statement: Athena takes no more."""

MOST_PARTITIONS: Final = 10_000
"""Of one statement: where there are many thousands, Athena may time out before it reads anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement for calls: its text, the queries that it asks for, and the days that it reads."""

    text: str
    queries: Sequence[TrailQuery]
    days: Sequence[date]


def statements(target: Target, queries: Sequence[TrailQuery], now: datetime) -> Iterator[Statement]:
    """Yield what asks for the calls that some queries want: one statement, or several where it must be.

    It must where one would be longer than Athena takes, or would read too many partitions. Then it is cut
    where partitions end, as far as that goes: Athena is paid for what each statement reads.
    """
    asked = [query for query in queries if query.window.start < query.window.end]
    days = delivered((query.window for query in asked), now)
    if not days:
        return
    halves = _halves(target.cut, asked)
    text = writes(target, asked, days, every=False)
    if len(text.encode()) > MOST_BYTES and not halves:
        text = writes(target, asked, days, every=True)
    elif halves and (len(text.encode()) > MOST_BYTES or _wide(target.cut, asked, days)):
        for half in halves:
            yield from statements(target, half, now)
        return
    yield Statement(text=text, queries=asked, days=days)


def _wide(cut: Partitions, queries: Sequence[TrailQuery], days: Sequence[date]) -> bool:
    """Return whether a statement would read the partitions of too many days and places."""
    count = len(days) * (24 if cut.hourly else 1)
    if cut.account is not None:
        if len({(query.account_id, query.region) for query in queries}) > MOST_PLACES:
            return True
        count *= len({query.account_id for query in queries})
    if cut.region is not None:
        count *= len({query.region for query in queries})
    return count > MOST_PARTITIONS


def _halves(cut: Partitions, queries: Sequence[TrailQuery]) -> Sequence[Sequence[TrailQuery]]:
    """Return two halves that share as few partitions as can be; none of a single query."""
    if len(queries) < 2:  # noqa: PLR2004  (two halves)
        return ()
    ordered = sorted(queries, key=lambda query: (query.account_id, query.region, query.window.start))
    middle = len(ordered) // 2
    if cut.account is None or ordered[0].account_id == ordered[-1].account_id:
        ordered.sort(key=lambda query: query.window.start)
        groups = [str(query.window.start.date()) for query in ordered]
    else:
        groups = [query.account_id for query in ordered]
    # The border of a group that is nearest to the middle.
    borders = [place for place in range(1, len(groups)) if groups[place - 1] != groups[place]]
    middle = min(borders, key=lambda place: abs(place - middle), default=middle)
    return (ordered[:middle], ordered[middle:])

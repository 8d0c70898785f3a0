"""What one round wants to know of one account's trail in one region, query by query, and what is answered."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from iacwatch.core.model import TrailQuery
from iacwatch.core.text import plain
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.state import WRITES, Known, Lookup, Seen

_LONGEST_VALUE: Final = 2_000
_DOUBLE: Final = frozenset("_ ,\n")
"""Characters that count twice in an attribute's value."""

_LONGEST_WORD: Final = 120
_NONE: Final = Intervals()
_WEIGHT: Final = 8.0
"""Samples that the table's word is worth: one sample never turns it round."""
_LEAST: Final = 0.02


class Shares:
    """The missing share of each resource type, as beta-like counts on top of what the query says.

    0 and 1 are promises of who asks ("names suffice", "only a sweep answers") and are never moved; what lies
    between only prices a plan, so that learning can cost calls but never an answer.
    """

    def __init__(self) -> None:
        """Begin with what the queries say."""
        self._counts: dict[str, tuple[int, int]] = {}

    def share(self, resource_type: str, prior: float) -> float:
        """Return the expected share of calls that list none of the names."""
        if prior <= 0 or prior >= 1:
            return min(1.0, max(0.0, prior))
        missing, seen = self._counts.get(resource_type, (0, 0))
        learnt = (prior * _WEIGHT + missing) / (_WEIGHT + seen)
        return min(1 - _LEAST, max(_LEAST, learnt))

    def learn(self, resource_type: str, *, missing: bool) -> None:
        """Take one sample: the call was found, and listed a name or did not."""
        before, seen = self._counts.get(resource_type, (0, 0))
        self._counts[resource_type] = (before + missing, seen + 1)


@dataclass(slots=True, kw_only=True, eq=False)
class Want:
    """One query: the seconds ``[lo, hi)`` that it asks about, and how they may be answered.

    `must`: only a sweep answers. `pay`: its share of the calls by name, one for each lookup. `as_of`: since
    when an answer must have been fetched. `seen`: an event that bears one of its names was read; `found`: one
    that a lookup finds. `spoiled`: a row bears one of them, and nobody can read its record.
    """

    query: TrailQuery
    lo: int
    hi: int
    lookups: tuple[Lookup, ...]
    missing: float
    must: bool
    as_of: float | None
    pay: float = 0.0
    open: bool = True
    seen: bool = False
    found: bool = False
    spoiled: Seen | None = None


class Wants:
    """The queries of a round, by the times, lookups and names that concern them."""

    def __init__(
        self, queries: Iterable[TrailQuery], known: Known, shares: Shares, *, now: float, oldest: int
    ) -> None:
        """Take the queries and what is known already; what that answers is not open.

        Nothing is asked about before `oldest`; what is asked from `now` on is new enough for every query.
        """
        self._known = known
        self._shares = shares
        self.all = sorted(
            (_want(query, shares, now=now, oldest=oldest) for query in queries),
            key=lambda want: (want.lo, want.hi),
        )
        self._los = [want.lo for want in self.all]
        self._longest = max((want.hi - want.lo for want in self.all), default=0)
        self._left = len(self.all)
        self.by_lookup: dict[Lookup, list[Want]] = defaultdict(list)
        self._by_name: dict[str, list[Want]] = defaultdict(list)
        for want in self.all:
            for lookup in want.lookups:
                self.by_lookup[lookup].append(want)
            for name in set(want.query.names):
                self._by_name[name].append(want)
        self._names = frozenset(self._by_name)
        for want in self.all:
            want.pay = sum(1 / len(self.by_lookup[lookup]) for lookup in want.lookups)
        self.as_of = max((want.as_of for want in self.all if want.as_of is not None), default=None)
        self.notice(known.events.values())
        for want in self.all:
            self.check(want)

    @property
    def open(self) -> bool:
        """Return whether any query is not answered yet."""
        return self._left > 0

    @property
    def swept(self) -> Intervals:
        """Return the seconds of which every write is known, fresh enough for all of the queries."""
        return self._known.reads[WRITES].usable(self.as_of)

    def close_swept(self, lo: int, hi: int) -> None:
        """Close the queries that are answered now that a sweep has completed ``[lo, hi)``."""
        for span_lo, span_hi in self.swept.around(lo, hi):
            first = bisect_left(self._los, max(span_lo, lo - self._longest))
            last = bisect_left(self._los, hi)
            for want in self.all[first:last]:
                if want.open and lo < want.hi <= span_hi and not want.query.reads:
                    self._close(want)

    def notice(self, rows: Iterable[Seen]) -> None:
        """Mark the queries that these rows are about, by the names that they bear."""
        for row in rows:
            if row.unreadable is not None:
                self._spoil(row)
                continue
            listed = self._names.intersection(row.names)
            for name in listed | (self._names & row.mentions):
                for want in self._by_name[name]:
                    if want.lo <= row.at < want.hi and (row.can_change or want.query.reads):
                        self._see(want, listed=name in listed or row.event_name in want.query.event_names)

    def bears(self, row: Seen) -> bool:
        """Return whether a row bears a name that any query asks for."""
        return not self._names.isdisjoint(row.names) or not self._names.isdisjoint(row.mentions)

    def needed(self, lookup: Lookup, expected: Intervals = _NONE) -> Intervals:
        """Return the seconds for which an open query still needs this lookup.

        Queries whose windows lie within `expected` are about to be answered otherwise.
        """
        needed = Intervals()
        for want in self.by_lookup[lookup]:
            if want.open and not want.must and not expected.covers(want.lo, want.hi):
                for lo, hi in self._swept_for(want).gaps(want.lo, want.hi):
                    for gap in self._known.reads[lookup].usable(want.as_of).gaps(lo, hi):
                        needed.add(*gap)
        return needed

    def check(self, want: Want) -> bool:
        """Close a query that is answered; return whether it has just become one that only a sweep answers."""
        if not want.open:
            return False
        gaps = self._swept_for(want).gaps(want.lo, want.hi)
        if not gaps:
            self._close(want)
            return False
        if want.must or not self._looked_up(want, gaps):
            return False
        if want.missing <= 0 or want.found:
            self._close(want)
            return False
        want.must = True
        return True

    def demand_sweeps(self, lookup: Lookup) -> list[Want]:
        """Take in that a lookup cannot be asked at all; return the queries that need a sweep for it."""
        changed = [want for want in self.by_lookup[lookup] if want.open and not want.must]
        for want in changed:
            want.must = True
        return changed

    def tried(self, want: Want) -> tuple[str, ...]:
        """Return in words what is known of a query's window, and by which lookups."""
        words = [
            f"{lookup.key} {plain(lookup.value, _LONGEST_WORD)}"
            for lookup in want.lookups
            if self._known.reads[lookup].usable(want.as_of).within(want.lo, want.hi)
        ]
        swept = self._swept_for(want).within(want.lo, want.hi)
        return (*words, *(f"all writes {_span(lo, hi)}" for lo, hi in swept))

    def _swept_for(self, want: Want) -> Intervals:
        """Return the seconds in which a sweep has answered a query: none where it asks for reads."""
        return _NONE if want.query.reads else self._known.reads[WRITES].usable(want.as_of)

    def _looked_up(self, want: Want, gaps: Sequence[tuple[int, int]]) -> bool:
        return all(
            self._known.reads[lookup].usable(want.as_of).covers(*gap)
            for lookup in want.lookups
            for gap in gaps
        )

    def _see(self, want: Want, *, listed: bool) -> None:
        if not want.seen:
            self._shares.learn(want.query.resource_type, missing=not listed)
        want.seen = True
        want.found = want.found or listed

    def _close(self, want: Want) -> None:
        want.open = False
        self._left -= 1

    def _spoil(self, row: Seen) -> None:
        text = row.unreadable or ""
        for want in self.all:
            if want.lo <= row.at < want.hi and any(
                name in row.names or name in text for name in want.query.names
            ):
                want.spoiled = row


def _want(query: TrailQuery, shares: Shares, *, now: float, oldest: int) -> Want:
    lookups = tuple(
        Lookup(key, value, query.reads)
        for key, values in (("ResourceName", query.names), ("EventName", query.event_names))
        for value in dict.fromkeys(values)
    )
    askable = bool(query.names) and all(_askable(lookup.value) for lookup in lookups)
    missing = shares.share(query.resource_type, query.missing)
    lo = max(oldest, math.ceil(query.window.start.timestamp()))
    hi = math.ceil(query.window.end.timestamp())
    return Want(
        query=query,
        lo=lo,
        hi=max(lo, hi),
        lookups=lookups if askable else (),
        missing=missing,
        must=query.thorough or missing >= 1 or not askable,
        as_of=min(now, query.as_of.timestamp()) if query.as_of else None,
    )


def _askable(value: str) -> bool:
    """Return whether LookupEvents takes a value: not empty, at most 2,000 characters as it counts them."""
    return 0 < sum(2 if letter in _DOUBLE else 1 for letter in value) <= _LONGEST_VALUE


def _span(lo: int, hi: int) -> str:
    """Write a span with both ends included, as LookupEvents takes it."""
    first, last = datetime.fromtimestamp(lo, UTC), datetime.fromtimestamp(hi - 1, UTC)
    if first.date() == last.date():
        return f"{first:%H:%M:%S}-{last:%H:%M:%S}Z"
    return f"{first:%Y-%m-%d %H:%M:%S}-{last:%Y-%m-%d %H:%M:%S}Z"

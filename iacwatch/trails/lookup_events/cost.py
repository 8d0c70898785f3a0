"""What a sweep is expected to cost, and where sweeping is cheaper than looking names up.

All times are epoch seconds, all costs are calls. A page holds 50 events.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple, Self, TypeAlias

from iacwatch.trails.lookup_events.density import BUCKET, Density
from iacwatch.trails.lookup_events.intervals import Intervals

PAGE: Final = 50

START: Final = 0.5
"""Every sweep ends with a page that is half empty on average."""

MUST: Final = 1e6
"""Calls that stand for "cannot be answered by names"."""

_FAR_LONGER: Final = 3
_BY_BEGINNING: Final = itemgetter(0)
_BY_END: Final = itemgetter(1)


class Pages:
    """Expected pages of a sweep of any part of ``[lo, hi)``, without what is `free`."""

    def __init__(self, rates: Sequence[float], lo: int, hi: int, free: Intervals) -> None:
        """Add up the rates of the buckets from `lo` on, over the seconds that have to be paid for."""
        self._rates, self._lo, self._hi, self._free = rates, lo, hi, free
        first = lo // BUCKET
        # The pages up to each second where the rate changes, or paying begins or ends.
        self._at, self._until = [lo], [0.0]
        for gap_lo, gap_hi in free.gaps(lo, hi):
            self._add(gap_lo, 0.0)
            for bucket in range(gap_lo // BUCKET, (gap_hi - 1) // BUCKET + 1):
                end = min(gap_hi, (bucket + 1) * BUCKET)
                self._add(end, rates[bucket - first] * (end - self._at[-1]) / PAGE)

    def _add(self, second: int, pages: float) -> None:
        if second > self._at[-1]:
            self._at.append(second)
            self._until.append(self._until[-1] + pages)

    @classmethod
    def expected(cls, density: Density, lo: int, hi: int, free: Intervals, daring: float = 0.0) -> Self:
        """Return what the density makes of ``[lo, hi)``, which is not empty."""
        return cls(density.rates(lo // BUCKET, (hi - 1) // BUCKET, daring), lo, hi, free)

    def without(self, spans: Iterable[tuple[int, int]]) -> "Pages":
        """Return the same where these spans, too, cost nothing."""
        return Pages(self._rates, self._lo, self._hi, Intervals((*self._free, *spans)))

    def until(self, second: int) -> float:
        """Return the pages from the beginning up to `second`."""
        place = bisect_right(self._at, second) - 1
        if place < 0:
            return 0.0
        if place >= len(self._at) - 1:
            return self._until[-1]
        before, at = self._until[place], self._at[place]
        return before + (self._until[place + 1] - before) * (second - at) / (self._at[place + 1] - at)

    def between(self, lo: int, hi: int) -> float:
        """Return the expected pages of ``[lo, hi)``, fractions included."""
        return max(0.0, self.until(hi) - self.until(lo))

    def middle(self, lo: int, hi: int) -> int:
        """Return the second that halves the pages of ``[lo, hi)``."""
        half = (self.until(lo) + self.until(hi)) / 2
        place = bisect_right(self._until, half) - 1
        if place >= len(self._at) - 1:
            return (lo + hi) // 2
        at, step = self._at[place], self._until[place + 1] - self._until[place]
        found = at + (half - self._until[place]) / step * (self._at[place + 1] - at)
        return min(hi, max(lo, round(found)))


_Chain: TypeAlias = "tuple[int, int, _Chain] | None"
"""Sweeps, the latest first: (beginning, end, those before it)."""


class Choice(NamedTuple):
    """A window that is answered by a sweep of all of it, or by names for `pay` calls.

    `own` is how many writes of its own it is expected to add to a sweep.
    """

    lo: int
    hi: int
    pay: float
    own: int = 0


def split(choices: Sequence[Choice], pages: Pages) -> list[tuple[int, int]]:
    """Return the spans to sweep, so that sweeps and the names of all other windows cost least.

    Exact where no window lies around a whole sweep. Windows that are far longer than the rest are therefore
    decided by themselves: at first those that must be swept, last those that may be.
    """
    if not choices:
        return []
    lengths = sorted(choice.hi - choice.lo for choice in choices)
    longest = _FAR_LONGER * lengths[len(lengths) // 2]
    common = [choice for choice in choices if choice.hi - choice.lo <= longest]
    spans = Intervals()
    if len(common) == len(choices):
        return _scan(common, pages)
    long = [choice for choice in choices if choice.hi - choice.lo > longest]
    for choice in long:
        if choice.pay >= MUST:
            spans.add(choice.lo, choice.hi)
    left = [choice for choice in common if not spans.covers(choice.lo, choice.hi)]
    for lo, hi in _scan(left, pages.without(spans)) if left else ():
        spans.add(lo, hi)
    rest = pages.without(spans)
    for choice in long:
        if rest.between(choice.lo, choice.hi) + START < choice.pay:
            spans.add(choice.lo, choice.hi)
    return list(spans)


def _scan(choices: Sequence[Choice], pages: Pages) -> list[tuple[int, int]]:
    """Decide along time, with two states, sweeping or not.

    A window that begins outside a sweep pays at once; one that is open when a sweep ends pays then.
    """
    ends = sorted(choices, key=_BY_END)
    begins = sorted(choices, key=_BY_BEGINNING)
    outside, inside, inside_since = 0.0, math.inf, 0
    outside_chain: _Chain = None
    inside_chain: _Chain = None
    open_pay = 0.0
    at, at_pages = begins[0].lo, pages.until(begins[0].lo)
    done = 0
    for begin in [*begins, None]:
        while done < len(ends) and (begin is None or ends[done].hi <= begin.lo):
            end = ends[done]
            if end.hi > at:
                here = pages.until(end.hi)
                inside += here - at_pages
                at, at_pages = end.hi, here
            inside += end.own / PAGE
            done += 1
            open_pay = max(0.0, open_pay - end.pay)
            if inside + open_pay < outside:
                outside = inside + open_pay
                outside_chain = (inside_since, end.hi, inside_chain)
        if begin is None:
            break
        if begin.lo > at:
            here = pages.until(begin.lo)
            inside += here - at_pages
            at, at_pages = begin.lo, here
        if outside + START < inside:
            inside, inside_chain, inside_since = outside + START, outside_chain, begin.lo
        outside += begin.pay
        open_pay += begin.pay
    found = []
    chain = outside_chain
    while chain is not None:
        found.append((chain[0], chain[1]))
        chain = chain[2]
    return found

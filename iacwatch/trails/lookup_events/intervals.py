"""Sets of whole seconds, as sorted, disjoint, half-open spans ``[lo, hi)`` of epoch seconds."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator


class Intervals:
    """A set of seconds that grows; neighbours that touch become one span."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        """Take the spans given, in any order, overlapping or not."""
        self._los: list[int] = []
        self._his: list[int] = []
        for lo, hi in spans:
            self.add(lo, hi)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._los, self._his, strict=True)

    def __bool__(self) -> bool:
        return bool(self._los)

    def __contains__(self, second: int) -> bool:
        place = bisect_right(self._los, second) - 1
        return place >= 0 and second < self._his[place]

    def add(self, lo: int, hi: int) -> None:
        """Add ``[lo, hi)``; an empty span adds nothing."""
        if lo >= hi:
            return
        first = bisect_left(self._his, lo)
        last = bisect_right(self._los, hi)
        if first < last:
            lo, hi = min(lo, self._los[first]), max(hi, self._his[last - 1])
        self._los[first:last] = [lo]
        self._his[first:last] = [hi]

    def covers(self, lo: int, hi: int) -> bool:
        """Return whether every second of ``[lo, hi)`` is in the set."""
        if lo >= hi:
            return True
        place = bisect_right(self._los, lo) - 1
        return place >= 0 and hi <= self._his[place]

    def gaps(self, lo: int, hi: int) -> list[tuple[int, int]]:
        """Return what of ``[lo, hi)`` is not in the set, oldest first."""
        found: list[tuple[int, int]] = []
        place = bisect_right(self._his, lo)
        while lo < hi and place < len(self._los) and self._los[place] < hi:
            if lo < self._los[place]:
                found.append((lo, self._los[place]))
            lo = self._his[place]
            place += 1
        if lo < hi:
            found.append((lo, hi))
        return found

    def within(self, lo: int, hi: int) -> list[tuple[int, int]]:
        """Return what of ``[lo, hi)`` is in the set, oldest first."""
        found: list[tuple[int, int]] = []
        place = bisect_right(self._his, lo)
        while place < len(self._los) and self._los[place] < hi:
            found.append((max(lo, self._los[place]), min(hi, self._his[place])))
            place += 1
        return found

    def around(self, lo: int, hi: int) -> list[tuple[int, int]]:
        """Return the whole spans of the set that share a second with ``[lo, hi)``, oldest first."""
        first, last = bisect_right(self._his, lo), bisect_left(self._los, hi)
        return list(zip(self._los[first:last], self._his[first:last], strict=True))

    def end_below(self, second: int) -> int:
        """Return where the last span that ends at or before `second` ends; 0 where there is none."""
        place = bisect_right(self._his, second) - 1
        return self._his[place] if place >= 0 else 0

"""How many writes a second an account makes, along time, as far as the pages of sweeps have shown."""

import math
from collections.abc import Iterable
from typing import Final

BUCKET: Final = 60
"""Seconds of one piece of the density along time."""

FIRST_GUESS: Final = 0.05
"""Writes per second before anything was seen: low, since one page shows what is true."""

_REACH: Final = math.exp(-BUCKET / 420)
"""How much the rate of one bucket says about the next: gone after some minutes."""

_DOUBT: Final = 30.0
"""Seconds of observation that the account's average counts for, against what was seen nearby."""

_HOPE: Final = 0.5
"""How far below its average, in spreads, unseen time is tried: a page shows what is true there."""

_PRIOR: Final = 4.0
_PRIOR_VARIANCE: Final = 0.5
"""Buckets that count as seen before any was, and the variance of the logarithm of their rates."""

_SPREAD_HOLDS: Final = 1.03
"""By how much more has to be seen for the spread to be worked out anew."""

_PLACE: Final = 5
"""Buckets whose rates are much alike: what was seen there counts as seen in one place."""


class Density:
    """Writes per second along time, learnt from the pages of sweeps.

    Events of the changes themselves are left out: they are known to be there, and are counted apart.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._writes: dict[int, float] = {}
        self._seconds: dict[int, float] = {}
        self._all_writes = 0.0
        self._all_seconds = 0.0
        self._spread = 0.0
        self._spread_at = 0.0
        self._places = 0

    @property
    def known(self) -> bool:
        """Return whether anything was seen yet."""
        return self._all_seconds > 0

    @property
    def average(self) -> float:
        """Return the account's writes per second as far as they were seen."""
        return self._all_writes / self._all_seconds if self.known else FIRST_GUESS

    def observe(self, lo: int, hi: int, moments: Iterable[int]) -> None:
        """Take in that ``[lo, hi)`` was read, with background writes at these seconds."""
        for moment in moments:
            bucket = moment // BUCKET
            self._writes[bucket] = self._writes.get(bucket, 0.0) + 1
            self._all_writes += 1
        for bucket in range(lo // BUCKET, (hi - 1) // BUCKET + 1):
            seconds = min(hi, (bucket + 1) * BUCKET) - max(lo, bucket * BUCKET)
            self._seconds[bucket] = self._seconds.get(bucket, 0.0) + seconds
            self._all_seconds += seconds

    def forget(self, edge: int) -> None:
        """Drop what was seen of single minutes before `edge`; the account's average stays."""
        for seen in (self._writes, self._seconds):
            for bucket in [bucket for bucket in seen if (bucket + 1) * BUCKET <= edge]:
                del seen[bucket]

    def guess(self, daring: float = 0.0) -> float:
        """Return the rate at which time is tried that nobody has seen: below the average, since pages show.

        How far below depends on how much the rate has varied. `daring` adds to it by how little was seen:
        a few pages may all have come from busy minutes.
        """
        if not self.known:
            return FIRST_GUESS
        if self._all_seconds > _SPREAD_HOLDS * self._spread_at:
            self._spread, self._spread_at = self._spread_of_rates(), self._all_seconds
            self._places = len({bucket // _PLACE for bucket in self._seconds})
        return self.average * math.exp(-self._spread * (_HOPE + daring / math.sqrt(max(1, self._places))))

    def _spread_of_rates(self) -> float:
        """Return the standard deviation of the logarithm of the rate, beyond what chance alone explains."""
        logs = [
            math.log((self._writes.get(bucket, 0.0) + 1) / (seconds * self.average + 1))
            for bucket, seconds in self._seconds.items()
            if seconds >= BUCKET / 4
        ]
        chance = 1 / max(1.0, self.average * BUCKET)
        squares = sum(log * log for log in logs) - len(logs) * chance + _PRIOR * _PRIOR_VARIANCE
        return math.sqrt(max(0.0, squares) / (len(logs) + _PRIOR))

    def rates(self, first: int, last: int, daring: float = 0.0) -> list[float]:
        """Return writes per second of the buckets `first` to `last`: seen nearby, else the guess."""
        guess = self.guess(daring)
        count = last - first + 1
        writes = [self._writes.get(first + place, 0.0) for place in range(count)]
        seconds = [self._seconds.get(first + place, 0.0) for place in range(count)]
        near_writes, near_seconds = list(writes), list(seconds)
        for order in (range(count), range(count - 1, -1, -1)):
            carried_writes = carried_seconds = 0.0
            for place in order:
                near_writes[place] += carried_writes
                near_seconds[place] += carried_seconds
                carried_writes = (carried_writes + writes[place]) * _REACH
                carried_seconds = (carried_seconds + seconds[place]) * _REACH
        return [
            (near_writes[place] + _DOUBT * guess) / (near_seconds[place] + _DOUBT) for place in range(count)
        ]

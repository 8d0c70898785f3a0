"""Lookups by name: which to ask, in which order, and which are put aside since they fill page after page."""

from collections.abc import Iterable
from typing import Final

from iacwatch.trails.lookup_events.cost import PAGE
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.queries import Want, Wants
from iacwatch.trails.lookup_events.state import Job, Known, Lookup

_JOIN: Final = 90 * 86_400
"""Seconds between two windows that one lookup still asks about together: most names are quiet."""

_SKIP: Final = 0.5
"""Pages between two windows from which on a lookup is begun anew beyond them."""

_HOT: Final = 1.0
_HOTTER: Final = 1.5
"""Pages that a lookup must have left to be put aside, and by how much more to be put aside again."""


class ByName:
    """The lookups by name of one round.

    Those of queries that may need a sweep afterwards come first, since such a sweep may answer others too. A
    hot name, one whose events fill page after page, waits until all else was asked: by then it is known
    whether a sweep is cheaper.
    """

    def __init__(self, wants: Wants, known: Known, rest: dict[Lookup, float]) -> None:
        """Take what is open; `rest` will hold how many pages each hot lookup is thought to have left."""
        self._wants = wants
        self._known = known
        self._rest = rest
        self._doubtful: list[Lookup] = []
        self._sure: list[Lookup] = []
        self._todo: list[Job] = []
        self._active: dict[Job, None] = {}
        self._hot: list[Job] = []
        self._fresh: list[Lookup] = []
        self.fill()

    def fill(self) -> None:
        """Line up the lookups of all open queries that names can answer."""
        doubtful: dict[Lookup, None] = {}
        sure: dict[Lookup, None] = {}
        for want in self._wants.all:
            if want.open and not want.must:
                (doubtful if want.missing > 0 else sure).update(dict.fromkeys(want.lookups))
        self._doubtful = list(reversed(doubtful))
        self._sure = [lookup for lookup in reversed(sure) if lookup not in doubtful]

    def doubtful(self, expected: Intervals) -> Job | None:
        """Return a lookup to ask a page of, for queries that may need a sweep afterwards.

        Windows within `expected` are being swept anyway.
        """
        return self._next(self._doubtful, expected)

    def sure(self, expected: Intervals) -> Job | None:
        """Return a lookup to ask a page of, for queries that names answer alone."""
        return self._next(self._sure, expected)

    def hot(self) -> Job | None:
        """Return one that was put aside, where it is still needed."""
        while self._hot:
            job = self._hot.pop()
            if self._narrow(job):
                self._active[job] = None
                return job
        return None

    def put_aside(self) -> list[Want]:
        """Return the open queries of names that were found to be hot since this was asked last."""
        fresh, self._fresh = self._fresh, []
        return [want for lookup in fresh for want in self._wants.by_lookup[lookup] if want.open]

    def take(self, job: Job, span: tuple[int, int]) -> None:
        """Take in that a page completed `span`."""
        self._known.reads[job.lookup].add(*span, job.at or 0.0)

    def go_on(self, job: Job) -> None:
        """Decide, once it is known what a page answered, whether to ask for the next one now."""
        if not self._narrow(job):
            self._active.pop(job, None)
            self._rest.pop(job.lookup, None)
            return
        left = sum(hi - lo for lo, hi in self._left(job))
        rest = job.rows / max(1, job.hi - job.cursor) * left / PAGE
        if rest > max(_HOT, _HOTTER * self._rest.get(job.lookup, 0.0)):
            self._rest[job.lookup] = rest
            self._active.pop(job, None)
            self._hot.append(job)
            self._fresh.append(job.lookup)

    def drop(self, job: Job) -> None:
        """Forget a lookup that cannot be asked."""
        self._active.pop(job, None)

    def _next(self, queue: list[Lookup], expected: Intervals) -> Job | None:
        for job in self._active:
            if not job.busy:
                return job
        while self._todo or queue:
            if not self._todo:
                self._todo = list(self._jobs(queue.pop(), expected))
                continue
            job = self._todo.pop()
            if self._narrow(job):
                self._active[job] = None
                return job
        return None

    def _jobs(self, lookup: Lookup, expected: Intervals) -> Iterable[Job]:
        """Yield what has to be asked of a lookup: a job for windows that lie near each other."""
        joined: list[tuple[int, int]] = []
        for lo, hi in self._wants.needed(lookup, expected):
            if joined and lo - joined[-1][1] <= _JOIN:
                joined[-1] = (joined[-1][0], hi)
            else:
                joined.append((lo, hi))
        return [Job(lookup=lookup, lo=lo, hi=hi, floor=lo, cursor=hi) for lo, hi in joined]

    def _left(self, job: Job) -> list[tuple[int, int]]:
        return self._wants.needed(job.lookup).within(job.lo, job.cursor)

    def _narrow(self, job: Job) -> bool:
        """Fit a job to what is still needed of it; return whether anything is."""
        left = self._left(job)
        if not left or job.done:
            return False
        job.floor, top = left[0][0], left[-1][1]
        gap = job.cursor - top
        dense = job.rows / max(1, job.hi - job.cursor) * gap / PAGE > _SKIP
        if gap > 0 and (job.token is None or dense):
            job.token, job.cursor = None, top
        return True

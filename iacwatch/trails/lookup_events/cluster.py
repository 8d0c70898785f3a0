"""Windows near each other, which are planned together."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from iacwatch.trails.lookup_events.queries import Want, Wants

if TYPE_CHECKING:
    from iacwatch.trails.lookup_events.cost import Pages
    from iacwatch.trails.lookup_events.state import Job

NEVER: Final = -1.0
"""The guess of a plan that has not been made, or no longer holds."""

_BRIDGE: Final = 3_600
"""Seconds between two windows that may still be swept as one."""

_LONGEST: Final = 2 * 3_600
_FAR: Final = 86_400
"""Seconds of windows that are planned together, and how far down a sweep may go on beyond them."""


class Cluster:
    """Windows near each other, and the plan for them: what to sweep; all else is asked by name.

    `todo` are spans to sweep that nobody has begun, `jobs` those under way, `suspended` those given up, by
    how far they came: should they be wanted after all, their tokens go on. `drift` is by how many pages the
    plan was wrong so far, `guess` the rate of unseen time that it was made with.
    """

    def __init__(self, wants: Sequence[Want], base: int) -> None:
        """Take the windows, sorted by their beginnings; its sweeps may go on down to `base`."""
        self.wants = list(wants)
        self.base = base
        self.lo = wants[0].lo
        self.hi = max(want.hi for want in wants)
        self.pages: Pages | None = None
        self.todo: list[tuple[int, int]] = []
        self.jobs: list[Job] = []
        self.suspended: dict[int, Job] = {}
        self.taken = 0
        self.drift = 0.0
        self.guess = NEVER


def grouped(wants: Iterable[Want]) -> Iterator[tuple[list[Want], int]]:
    """Yield windows that touch, or nearly so, with the beginning of all those that hang together.

    A group that grows too long is cut: planning it anew would take too long.
    """
    group: list[Want] = []
    end = base = 0
    for want in wants:
        apart = want.lo > end + _BRIDGE
        if group and (apart or want.lo > group[0].lo + _LONGEST):
            yield group, base
            group = []
        if apart or want.lo > base + _FAR:
            base = want.lo
        end = max(end, want.hi)
        group.append(want)
    if group:
        yield group, base


def pieces(spans: Iterable[tuple[int, int]], wants: Wants, cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (end, beginning) of what is left to sweep, cut where sweeps under way have come to."""
    for lo, hi in spans:
        for gap_lo, gap_hi in wants.swept.gaps(lo, hi):
            top = gap_hi
            for cut in [cut for cut in reversed(cuts) if gap_lo < cut < gap_hi]:
                yield top, cut
                top = cut
            yield top, gap_lo

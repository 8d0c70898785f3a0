"""In which regions to ask who opened a session: where most such events of the role were found before.

An STS event lies in the region of the endpoint that was called. That is the call's own region with newer
SDKs, the partition's home region with older ones; or the region that a runner is configured for.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from iacwatch.core.arn import home_of, is_region
from iacwatch.core.model import TrailEvent

_USUAL: Final = 2
"""Regions that are likely for any session, besides the one that its role is known for, and our own."""

_HERE, _HOME = "here", "home"
_FIRST: Final = {_HERE: 1.0, _HOME: 0.9}
"""What each way counts before anything is known."""

_PAST: Final = 100
"""How much more the role's own past counts than that of all roles."""


class Regions:
    """What was found where so far, by role: in the call's region, in the home region, or in which one."""

    def __init__(self, own: Callable[[], str] = str) -> None:
        """Begin without a past; `own` returns our own region."""
        self._own = own
        self._of: dict[str, Counter[str]] = defaultdict(Counter)
        self._all: Counter[str] = Counter()

    def known(self, role: str) -> bool:
        """Return whether anything was found of a role."""
        return role in self._of

    @staticmethod
    def tells(at: TrailEvent, region: str) -> bool:
        """Return whether a place says which way a role goes: of a call in the home region it may be both."""
        return not at.region == region == home_of(at.region)

    def learn(self, at: TrailEvent, role: str, region: str) -> None:
        """Take in where the session of an event's caller was opened."""
        if not self.tells(at, region):
            return
        way = _HERE if region == at.region else _HOME if region == home_of(at.region) else ""
        for each in filter(None, (way, region)):
            # What holds for other roles is what most roles do, not the one with most sessions.
            self._all[each] += not self._of[role][each]
            self._of[role][each] += 1

    def recall(self, role: str, region: str) -> None:
        """Take in where an earlier run has found the last session of a role, if that is a region."""
        if is_region(region):
            self._of[role][region] += 1

    def order(self, at: TrailEvent, role: str, near: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the regions to ask in turn; `near` are others that are likely."""
        home, past = home_of(at.region), self._of.get(role, Counter())
        ways = {_HERE: at.region, **({_HOME: home} if home != at.region else {})}
        for region in near if len(ways) < _USUAL else ():
            if region not in ways.values() and len(ways) < _USUAL:
                ways[region] = region
        known = (way for way, _ in past.most_common() if way not in _FIRST and way not in ways.values())
        if region := next(known, ""):
            ways[region] = region

        def weight(way: str) -> float:
            return _PAST * max(past[way], past[ways[way]]) + self._all[way] + _FIRST.get(way, 0.0)

        ranked = sorted(ways, key=weight, reverse=True)
        # Runners may all call STS where the company is at home.
        places = dict.fromkeys((*(ways[way] for way in ranked), self._own()))
        return tuple(place for place in places if place)

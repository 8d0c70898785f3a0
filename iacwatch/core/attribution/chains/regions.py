"""In which regions to ask who opened a session: where most such events of the role were found before.

An STS event lies in the region of the endpoint that was called. That is the call's own region with newer
SDKs, the partition's home region with older ones; or the region that a runner is configured for.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from iacwatch.core.arn import home_of, is_region
from iacwatch.core.model import TrailEvent

_USUAL: Final = 2
"""Regions that are asked for one session, besides one that its role is known for."""

_HERE, _HOME = "here", "home"
_FIRST: Final = {_HERE: 1.0, _HOME: 0.9}
"""What each way counts before anything is known."""

_OWN: Final = 100
"""How much more the role's own past counts than that of all roles."""


class Regions:
    """What was found where so far, by role: in the call's region, in the home region, or in which other."""

    def __init__(self) -> None:
        """Begin without a past."""
        self._of: dict[str, Counter[str]] = defaultdict(Counter)
        self._all: Counter[str] = Counter()

    def known(self, role: str) -> bool:
        """Return whether anything was found of a role."""
        return role in self._of

    def learn(self, at: TrailEvent, role: str, region: str) -> str:
        """Take in where the session of an event's caller was opened; return that as a word for `recall`."""
        way = _HERE if region == at.region else _HOME if region == home_of(at.region) else region
        self._of[role][way] += 1
        self._all[way] += 1
        return way

    def recall(self, role: str, way: str) -> None:
        """Take in what an earlier run has learnt of a role, if it is that."""
        if way in _FIRST or is_region(way):
            self._of[role][way] += 1

    def order(self, at: TrailEvent, role: str, near: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the regions to ask in turn; `near` are others that are likely."""
        home = home_of(at.region)
        ways = {_HERE: at.region, **({_HOME: home} if home != at.region else {})}
        own = self._of.get(role, Counter())
        other = [way for way, _ in own.most_common() if way not in _FIRST and way not in ways.values()][:1]
        for region in (*near, *other):
            if region in other or len(ways) < _USUAL:
                ways[region] = region
        ranked = sorted(ways, key=lambda way: -(_OWN * own[way] + self._all[way] + _FIRST.get(way, 0.0)))
        return tuple(dict.fromkeys(ways[way] for way in ranked))

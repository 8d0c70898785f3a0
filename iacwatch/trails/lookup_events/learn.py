"""How often the calls of a resource type list none of its names: a table to begin with, then learnt."""

from typing import Final

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

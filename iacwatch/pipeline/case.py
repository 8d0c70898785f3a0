"""One change on its way down the road, and the captures that a run has seen."""

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from iacwatch.core.attribution import matching, verdict
from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.chains import stacks
from iacwatch.core.attribution.chains.facts import About, Origin
from iacwatch.core.attribution.names import Names
from iacwatch.core.attribution.search import Stage
from iacwatch.core.catalog.operations import STACK
from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import Change, Finding, Managed, TrailQuery
from iacwatch.core.outcome import Failed, Outcome
from iacwatch.core.present.record import finding_id
from iacwatch.core.text import plain
from iacwatch.ports import Delivery

if TYPE_CHECKING:
    from iacwatch.core.addresses.choose import Located

_log = logging.getLogger("iacwatch.pipeline")
"""The whole road logs under this name, which users filter on; `replay-dlq --list` silences it."""
_NONE: Final = matching.Ranked(matches=(), candidates=())

Key = tuple[str, str, str, str, str]


@dataclass(slots=True, kw_only=True, eq=False)
class Case:
    """One change on its way from a delivery to an outcome; what is not known yet is None."""

    delivery: Delivery
    change: Change
    managed: Managed | None = None
    names: Names | None = None
    changed_by: ChangedBy = ChangedBy.CALLED
    stage: Stage = field(default_factory=Stage)
    query: TrailQuery | None = None
    queries: list[TrailQuery] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    answered_by: list[str] = field(default_factory=list)
    ranked: matching.Ranked = _NONE
    classified: verdict.Classified | None = None
    origins: dict[str, Origin] = field(default_factory=dict)
    finding: Finding | None = None
    located: "Located | None" = None
    outcome: Outcome | None = None
    _name: str = ""

    @property
    def open(self) -> bool:
        """Return whether the case still needs work."""
        return self.outcome is None

    @property
    def about(self) -> About:
        """Return what its calls changed, for who stands behind them."""
        resource = self.change.resource
        if resource.type == STACK:
            return About(resource, resource.arn or resource.id)
        return About(resource, self.managed.tags.get(stacks.TAG, "") if self.managed else "")

    @property
    def name(self) -> str:
        """Return the id of this change's finding, whether there is one or not."""
        if not self._name:  # (whatever is fetched for a change, it stays the same one)
            self._name = finding_id(self.change.resource, self.change.captured_at)
        return self._name

    @property
    def key(self) -> Key:
        """Return what identifies this resource's captures: those of one recorder."""
        return (*key_of(self.change.resource), self.change.resource.recorded_in)


class Captures:
    """The captures seen in this run, by resource: the previous one bounds where a cause may lie."""

    _MOST: Final = 200_000

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: dict[Key, list[datetime]] = defaultdict(list)  # (sets take eight times as much)
        self._count = 0

    def add(self, case: Case) -> None:
        """Remember one capture; when there are too many, forget all: it is a help, not a need."""
        if self._count >= self._MOST:
            self._seen.clear()
            self._count = 0
        self._seen[case.key].append(case.change.captured_at)
        self._count += 1

    def before(self, case: Case) -> datetime | None:
        """Return the latest capture of the same resource before this one, as far as the run knows."""
        return max((at for at in self._seen[case.key] if at < case.change.captured_at), default=None)


def failed(delivery: Delivery, reason: str, *, unreadable: bool = False) -> Failed:
    """Return what became of a delivery that could not be handled; the log says why."""
    _log.error("%s %s: %s", delivery.noun, plain(delivery.id, 240), plain(reason, 500))
    return Failed(reason=reason, unreadable=unreadable)

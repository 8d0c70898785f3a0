"""What the rules of the next apply look at: where an object lives, what was done to it, and its parts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.addresses.choose import Located
from iacwatch.core.addresses.next.effects import Did, Effect, effect_of
from iacwatch.core.addresses.terraform_types import stands_for
from iacwatch.core.iac import Engine, IndexedRow
from iacwatch.core.model import Change, Finding

_STATES: Final = frozenset({Engine.TERRAFORM, Engine.OPENTOFU})
_OF_INSTANCES: Final = ("aws_network_interface", "aws_ebs_volume")
"""What a state may hold as a block of an instance."""

_COPIES: Final = frozenset({"primaryregion", "replicaregions", "replicas"})
"""Keys in the items of objects that have copies in other regions: a state may hold them as blocks of one."""

_YOUNG: Final = timedelta(hours=1)
"""An object younger than this may be in a state that nobody has handed over yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a rule looks at.

    `happened_at`: when the change was made, as far as that is known. `young`: the object may be in a state
    that nobody has handed over yet; `within`: it may be a part of what one holds. `owned`: every part that
    was removed is known to be a resource by itself.
    """

    located: Located
    effect: Effect
    happened_at: datetime
    captured_at: datetime
    young: bool
    within: bool
    owned: bool

    @property
    def row(self) -> IndexedRow | None:
        """Return the row of the object in a state."""
        chosen = self.located.chosen
        return chosen if chosen is not None and chosen.head.planned_at is None else None

    @property
    def kept(self) -> bool:
        """Return whether a state held the object when it was changed."""
        return self.row is not None and self.held(self.row)

    @property
    def unheld(self) -> bool:
        """Return whether no indexed state holds the object, or may, although its account is covered."""
        where, rows = self.located, self.located.rows
        known = rows.objects or rows.facets or rows.parts or rows.planned or rows.planned_parts or rows.maybe
        return where.engine in _STATES and rows.covered and not known and not where.unread

    @property
    def orphan(self) -> bool:
        """Return whether an object that is there is surely in no state."""
        return self.unheld and self.effect.did is not Did.DELETED and not (self.young or self.within)

    @property
    def adopted(self) -> bool:
        """Return whether the object's resource takes what is there, and has rules of its own for it."""
        row = self.row.row if self.row else None
        return row is not None and (row.type.startswith("aws_default_") or row.type.endswith("_accepter"))

    @property
    def siblings(self) -> tuple[IndexedRow, ...]:
        """Return the parts of the changed kind that are resources by themselves."""
        kind = self.effect.parts
        return tuple(
            each for each in self.located.rows.parts if kind and kind.holds(each.row) and self.held(each)
        )

    def held(self, each: IndexedRow) -> bool:
        """Return whether a state held a row when the change was made."""
        return each.gone_at is None or each.gone_at > self.happened_at

    @property
    def exclusive(self) -> bool:
        """Return whether a resource removes the parts that it does not name."""
        kind = self.effect.parts
        return any(kind.rules(each.row) for each in self.located.rows.parts if kind and each.gone_at is None)


def situation(finding: Finding, located: Located) -> Situation:
    """Return what the rules look at."""
    change = finding.change
    effect = effect_of(change)
    made = change.item.created_at if change.item else None
    at = Situation(
        located=located,
        effect=effect,
        happened_at=finding.happened_at,
        captured_at=change.captured_at,
        young=effect.did is not Did.CREATED and made is not None and change.captured_at - made < _YOUNG,
        within=_within(change),
        owned=False,
    )
    return replace(at, owned=effect.did is Did.PART_REMOVED and _owned(at, finding))


def _within(change: Change) -> bool:
    """Return whether an object may be another's in code: an instance's disk, or a copy in another region."""
    item = change.item
    if item is None:
        return False
    attached = any(stands_for("aws_instance", each.type) for each in item.relationships)
    copied = any(value for key, value in (item.configuration or {}).items() if key.lower() in _COPIES)
    of_one = any(stands_for(each, change.resource.type) for each in _OF_INSTANCES)
    return (of_one and attached) or copied


def _owned(at: Situation, finding: Finding) -> bool:
    """Return whether all parts that were removed are resources by themselves.

    Their ids say so, here or in the call that removed them, or all parts of this kind that there were before
    are, or none may be that the code does not name.
    """
    kind, siblings = at.effect.parts, at.siblings
    if kind is None or not siblings:
        return False
    if at.exclusive:
        return True
    known = {each.row.id for each in siblings if each.row.id}
    if len(known & _called(finding)) >= len(at.effect.elements):
        return True
    if all(known.intersection(kind.ids(finding.change.resource, each)) for each in at.effect.elements):
        return True
    return at.effect.before is not None and len({each.row.address for each in siblings}) >= at.effect.before


def _called(finding: Finding) -> frozenset[str]:
    """Return every text in the call that made a change: it may name the very parts."""
    return (
        frozenset(mention.value for mention in finding.match.event.mentions) if finding.match else frozenset()
    )

"""What the latest plan that was made since a change says of it."""

from collections.abc import Sequence
from typing import Final

from iacwatch.core.addresses.next.effects import Did
from iacwatch.core.addresses.next.situation import Situation
from iacwatch.core.addresses.sorted_rows import state_of
from iacwatch.core.iac import Does, IndexedRow, NextApply

_IDLE: Final = frozenset({("no-op",), ("read",)})
_PLANNED: Final[dict[tuple[str, ...], tuple[Does, str]]] = {
    ("no-op",): (Does.NOTHING, "leaves it as it is"),
    ("read",): (Does.NOTHING, "only reads it"),
    ("forget",): (Does.NOTHING, "lets go of it in the state, and leaves the object as it is"),
    ("update",): (Does.REVERT, "updates it in place"),
    ("create",): (Does.RECREATE, "makes it again"),
    ("delete", "create"): (Does.REPLACE, "replaces it"),
    ("create", "delete"): (Does.REPLACE, "replaces it"),
    ("delete",): (Does.UNKNOWN, "deletes it, since the code no longer holds it"),
}


def by_plan(at: Situation) -> NextApply | None:
    """Return what the latest plan since the change does with it; None where that is not known."""
    rows, removed = at.located.rows, at.effect.did is Did.PART_REMOVED
    plan = _latest(at)
    if not any(each in rows.planned for each in plan):
        return None
    kind = at.effect.parts
    siblings = [each for each in rows.parts if removed and kind and kind.may_hold(each.row)]
    held = {each.row.address for each in siblings}
    addresses = {each.row.address for each in plan}
    known = [*rows.objects[:1], *rows.facets, *siblings]
    made = [each for each in plan if each in rows.planned_parts and not _idle(each)]
    if removed and any(each.row.address not in held for each in made):
        return None  # it makes a part that no state held: that may be another one
    if all(map(_idle, plan)) and any(each.row.address not in addresses for each in known if at.held(each)):
        return None  # what it does with an address of the object is not known: not that it does nothing
    does, said = _together(plan, at.effect.did)
    made_at = plan[0].head.planned_at
    return NextApply(does=does, rule="plan", reason=f"the plan of {made_at:%Y-%m-%d %H:%MZ} {said}")


def _latest(at: Situation) -> list[IndexedRow]:
    """Return the rows of the latest plan since the change: the object's, and those that bear on its parts."""
    rows, kind = at.located.rows, at.effect.parts
    removed = at.effect.did is Did.PART_REMOVED
    valid = [
        each
        for each in (
            *rows.planned,
            *(each for each in rows.planned_parts if kind and kind.rules(each.row)),
            *(each for each in rows.planned_parts if kind and removed and kind.may_hold(each.row)),
        )
        if each.row.planned is not None
        and not each.row.planned.drift_only
        and each.gone_at is None
        and each.head.planned_at is not None
        and each.head.planned_at > at.captured_at
    ]
    place = at.row.head.place if at.row else ""
    valid = [each for each in valid if state_of(each.head.place) == place] or valid
    latest = max((each.head.planned_at for each in valid if each.head.planned_at), default=None)
    return [each for each in valid if each.head.planned_at == latest]


def _idle(each: IndexedRow) -> bool:
    return each.row.planned is not None and each.row.planned.actions in _IDLE


def _together(plan: Sequence[IndexedRow], did: Did) -> tuple[Does, str]:
    """Return what a plan does with an object, by what it does with its resources."""
    outcomes = {each.row.planned.actions: each for each in plan if each.row.planned and not _idle(each)}
    if not outcomes and did is Did.DELETED:
        return Does.UNKNOWN, "leaves it as it is, and did not look whether it is there"
    if not outcomes:
        return _PLANNED[("no-op",)]
    if len(outcomes) > 1:
        return Does.UNKNOWN, "does several things with its resources"
    ((actions, one),) = outcomes.items()
    does, said = _PLANNED.get(actions, (Does.UNKNOWN, f"says {'/'.join(actions)}, which is not known here"))
    fitting = {Does.RECREATE: {Did.DELETED, Did.PART_REMOVED}}.get(does)
    if fitting is not None and did not in fitting:
        does, said = Does.UNKNOWN, f"makes {one.row.address}"  # a setting of it, or the object in its place
    if does is Does.REVERT and did is Did.DELETED:
        does = Does.UNKNOWN
    planned = one.row.planned
    details = [f"because of {', '.join(planned.replace_paths)}"] if planned and planned.replace_paths else []
    if planned and planned.action_reason:
        details.append(planned.action_reason.replace("_", " "))
    return does, f"{said} ({'; '.join(details)})" if details else said

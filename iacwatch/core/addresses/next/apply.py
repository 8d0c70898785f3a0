"""What may be said of the next apply: a table of rules, the first that fits counts.

A claim rests on what the engine is known to do, never on a guess: whether a property is set in the code, or
listed in `ignore_changes`, no state tells, and then the answer is "unknown".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.addresses.choose import Located
from iacwatch.core.addresses.next.effects import Did, Effect, effect_of
from iacwatch.core.addresses.sorted_rows import state_of
from iacwatch.core.iac import Does, Engine, IndexedRow, NextApply, Planned
from iacwatch.core.model import Finding, Verdict

EXPLAINED: Final = frozenset({Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED})
"""Verdicts whose findings say what the next apply does: other changes are what the code wants."""

_STACKS: Final = frozenset({Engine.CLOUDFORMATION, Engine.CDK, Engine.SAM})
_STATES: Final = frozenset({Engine.TERRAFORM, Engine.OPENTOFU})
_YOUNG: Final = timedelta(hours=1)
"""An object younger than this may be in a state that nobody has handed over yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a rule looks at. `happened_at`: when the change was made, as far as that is known."""

    located: Located
    effect: Effect
    happened_at: datetime
    captured_at: datetime
    young: bool
    owned: bool
    """Whether every part that was removed is known to be a resource by itself."""

    @property
    def row(self) -> IndexedRow | None:
        """Return the row of the object in a state."""
        chosen = self.located.chosen
        return chosen if chosen is not None and chosen.head.planned_at is None else None

    @property
    def kept(self) -> bool:
        """Return whether a state held the object when it was changed."""
        return self.row is not None and (self.row.gone_at is None or self.row.gone_at > self.happened_at)

    @property
    def siblings(self) -> tuple[IndexedRow, ...]:
        """Return the parts of the changed kind that are resources by themselves."""
        kind = self.effect.parts
        return tuple(
            each for each in self.located.rows.parts if kind and kind.holds(each.row) and _held(each, self)
        )

    @property
    def exclusive(self) -> bool:
        """Return whether a resource removes the parts that it does not name."""
        kind = self.effect.parts
        return any(kind.rules(each.row) for each in self.located.rows.parts if kind and each.gone_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table; `reason` is a sentence, ``{...}`` filled in from the situation."""

    name: str
    does: Does
    fits: Callable[[Situation], bool]
    reason: str


def _engine(*engines: Engine) -> Callable[[Situation], bool]:
    return lambda at: at.located.engine in engines and not at.located.contested


def _state(at: Situation, *dids: Did) -> bool:
    return at.kept and (not dids or at.effect.did in dids)


BEFORE_PLANS: Final = (
    Rule(
        name="sources-disagree",
        does=Does.UNKNOWN,
        fits=lambda at: at.located.contested,
        reason="a CloudFormation stack and a Terraform state both claim it",
    ),
    Rule(
        name="cfn-no-drift",
        does=Does.NOTHING,
        fits=_engine(Engine.CLOUDFORMATION, Engine.SAM),
        reason="an update of the stack compares templates, not the object; a change set with the deployment"
        " mode REVERT_DRIFT would revert it",
    ),
    Rule(
        name="cdk-no-drift",
        does=Does.NOTHING,
        fits=_engine(Engine.CDK),
        reason="a deployment compares templates, not the object; `cdk deploy --revert-drift` would revert it",
    ),
    Rule(
        name="pulumi-no-refresh",
        does=Does.NOTHING,
        fits=_engine(Engine.PULUMI),
        reason="an update goes by Pulumi's state until `pulumi refresh` or `pulumi up --refresh` looks at the"
        " object",
    ),
    Rule(
        name="crossplane-controller",
        does=Does.REVERT,
        fits=_engine(Engine.CROSSPLANE),
        reason="its controller compares the object with what is declared all the time, and reverts it",
    ),
    Rule(
        name="index-unread",
        does=Does.UNKNOWN,
        fits=lambda at: bool(at.located.unread),
        reason="address not looked up: {unread}",
    ),
)
"""Rules that hold whatever a plan says: Terraform's is not asked."""

RULES: Final = (
    Rule(
        name="tf-deposed",
        does=Does.NOTHING,
        fits=lambda at: _state(at, Did.DELETED) and bool(at.row and at.row.row.deposed),
        reason="it was the deposed object of {address}, which an apply would have deleted",
    ),
    Rule(
        name="tf-deposed-kept",
        does=Does.UNKNOWN,
        fits=lambda at: _state(at) and bool(at.row and at.row.row.deposed),
        reason="it is the deposed object of {address}, which the next apply deletes",
    ),
    Rule(
        name="tf-deleted",
        does=Does.RECREATE,
        fits=lambda at: _state(at, Did.DELETED),
        reason="an object that a state holds and that is gone is made again if it is still in code; its data"
        " is lost",
    ),
    Rule(
        name="tf-part-exclusive",
        does=Does.REVERT,
        fits=lambda at: _state(at, Did.PART_ADDED) and at.exclusive,
        reason="a resource of its own removes every part that the code does not name",
    ),
    Rule(
        name="tf-part-siblings",
        does=Does.NOTHING,
        fits=lambda at: _state(at, Did.PART_ADDED) and bool(at.siblings),
        reason="the parts of this kind that the code knows are resources by themselves: none of them removes"
        " what was added beside them",
    ),
    Rule(
        name="tf-part-deleted",
        does=Does.RECREATE,
        fits=lambda at: _state(at, Did.PART_REMOVED) and at.owned,
        reason="the part is a resource by itself, which is made again if it is still in code",
    ),
    Rule(
        name="tf-part-siblings-removed",
        does=Does.UNKNOWN,
        fits=lambda at: _state(at, Did.PART_REMOVED) and bool(at.siblings),
        reason="some parts of this kind are resources by themselves, and which was removed is not known: made"
        " again if it is one of them and still in code",
    ),
    Rule(
        name="tf-part",
        does=Does.UNKNOWN,
        fits=lambda at: _state(at, Did.PART_ADDED, Did.PART_REMOVED),
        reason="undone if the code lists the parts of this kind in the object itself, and not in"
        " ignore_changes",
    ),
    Rule(
        name="tf-attribute",
        does=Does.UNKNOWN,
        fits=_state,
        reason="restored if it is set in code and not in ignore_changes",
    ),
    Rule(
        name="tf-left-state",
        does=Does.UNKNOWN,
        fits=lambda at: at.row is not None,
        reason="{place} had let go of it before",
    ),
    Rule(
        name="tf-planned-only",
        does=Does.UNKNOWN,
        fits=lambda at: at.located.chosen is not None,
        reason="only a plan knows it, and none that was made since says what becomes of it",
    ),
    Rule(
        name="orphan-young",
        does=Does.UNKNOWN,
        fits=lambda at: _orphan(at) and at.young,
        reason="no indexed state holds it, but it was made so lately that one may not have been handed over"
        " yet",
    ),
    Rule(
        name="orphan",
        does=Does.NOTHING,
        fits=lambda at: _orphan(at) and at.effect.did is not Did.DELETED,
        reason="no indexed state holds it, though states of its account are indexed: no code is known to"
        " manage it",
    ),
    Rule(
        name="no-address",
        does=Does.UNKNOWN,
        fits=lambda _at: True,
        reason="where it lives in code is not known",
    ),
)
"""Rules that hold where no plan says more."""


def next_apply(finding: Finding, located: Located) -> NextApply | None:
    """Return what the next apply does with a finding's change; None where that is no question."""
    if finding.verdict not in EXPLAINED:
        return None
    at = situation(finding, located)
    rule = next((each for each in BEFORE_PLANS if each.fits(at)), None)
    if rule is None and (planned := _by_plan(at)) is not None:
        return _saying(planned, located)
    rule = rule or next(each for each in RULES if each.fits(at))
    row = at.row
    reason = rule.reason.format(
        unread=located.unread,
        address=row.row.address if row else "",
        place=row.head.place if row else "",
    )
    return _saying(NextApply(does=rule.does, rule=rule.name, reason=reason), located)


def _saying(apply: NextApply, located: Located) -> NextApply:
    """Return it with what the sources disagree about, which may be why the reader knows better."""
    other = located.iac.disagreement if located.iac else None
    return replace(apply, reason=f"{apply.reason}; {other}") if other else apply


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
        owned=False,
    )
    return replace(at, owned=effect.did is Did.PART_REMOVED and _owned(at, finding))


def is_orphan(finding: Finding, located: Located) -> bool:
    """Return whether an object that is there is in no state, although its account is covered."""
    at = situation(finding, located)
    return _orphan(at) and at.effect.did is not Did.DELETED and not at.young


def _orphan(at: Situation) -> bool:
    where = at.located
    rows = where.rows
    known = rows.objects or rows.facets or rows.parts or rows.planned or rows.planned_parts or rows.maybe
    return where.engine in _STATES and rows.covered and not known and not where.unread


def _held(each: IndexedRow, at: Situation) -> bool:
    """Return whether a state held a part when the change was made."""
    return each.gone_at is None or each.gone_at > at.happened_at


def _owned(at: Situation, finding: Finding) -> bool:
    """Return whether all parts that were removed are resources by themselves.

    Their ids say so, or all parts of this kind that there were before are, or none may be that the code does
    not name.
    """
    kind, siblings = at.effect.parts, at.siblings
    if kind is None or not siblings:
        return False
    if at.exclusive:
        return True
    known = {each.row.id for each in siblings}
    if all(known.intersection(kind.ids(finding.change.resource, each)) for each in at.effect.elements):
        return True
    return at.effect.before is not None and len({each.row.address for each in siblings}) >= at.effect.before


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


def _by_plan(at: Situation) -> NextApply | None:
    """Return what the latest plan that was made since the change says of it; None where there is none."""
    rows = at.located.rows
    parts = [row for row in rows.planned_parts if at.effect.parts and at.effect.parts.holds(row.row)]
    ruling = [row for row in rows.planned_parts if at.effect.parts and at.effect.parts.rules(row.row)]
    valid = [
        each
        for each in (*rows.planned, *parts, *ruling)
        if each.row.planned is not None
        and not each.row.planned.drift_only
        and each.gone_at is None
        and each.head.planned_at is not None
        and each.head.planned_at > at.captured_at
    ]
    place = at.row.head.place if at.row else ""
    valid = [each for each in valid if state_of(each.head.place) == place] or valid
    latest = max((each.head.planned_at for each in valid if each.head.planned_at), default=None)
    plan = [each for each in valid if each.head.planned_at == latest]
    if latest is None or not any(each in rows.planned for each in plan):
        return None
    addresses = {each.row.address for each in plan}
    known = [*rows.objects[:1], *rows.facets, *at.siblings]
    if all(_idle(each) for each in plan) and any(
        each.row.address not in addresses for each in known if _held(each, at)
    ):
        return None  # what it does with an address of the object is not known: not that it does nothing
    does, said = _together([each.row.planned for each in plan if each.row.planned], at.effect.did)
    return NextApply(does=does, rule="plan", reason=f"the plan of {latest:%Y-%m-%d %H:%MZ} {said}")


def _idle(each: IndexedRow) -> bool:
    return each.row.planned is not None and each.row.planned.actions in _IDLE


def _together(planned: Sequence[Planned], did: Did) -> tuple[Does, str]:
    """Return what a plan does with an object, by what it does with its resources."""
    outcomes = {each.actions: each for each in planned if each.actions not in _IDLE}
    if not outcomes and did is Did.DELETED:
        return Does.UNKNOWN, "leaves it as it is, and did not look whether it is there"
    if not outcomes:
        return _PLANNED[("no-op",)]
    if len(outcomes) > 1:
        return Does.UNKNOWN, "does several things with its resources"
    ((actions, each),) = outcomes.items()
    does, said = _PLANNED.get(actions, (Does.UNKNOWN, f"says {'/'.join(actions)}, which is not known here"))
    fitting = {Does.RECREATE: {Did.DELETED, Did.PART_REMOVED}}.get(does)
    if fitting is not None and did not in fitting:
        does = Does.UNKNOWN
    if does is Does.REVERT and did is Did.DELETED:
        does = Does.UNKNOWN
    details = [f"because of {', '.join(each.replace_paths)}"] if each.replace_paths else []
    if each.action_reason:
        details.append(each.action_reason.replace("_", " "))
    return does, f"{said} ({'; '.join(details)})" if details else said

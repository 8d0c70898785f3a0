"""What may be said of the next apply: a table of rules, the first that fits counts.

A claim rests on what the engine is known to do, never on a guess: whether a property is set in the code, or
listed in `ignore_changes`, no state tells, and then the answer is "unknown".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from iacwatch.core.addresses.choose import Located
from iacwatch.core.addresses.next.effects import Did
from iacwatch.core.addresses.next.planned import by_plan
from iacwatch.core.addresses.next.situation import Situation, situation
from iacwatch.core.iac import Does, Engine, NextApply
from iacwatch.core.model import Finding, Verdict

EXPLAINED: Final = frozenset({Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED})
"""Verdicts whose findings say what the next apply does: other changes are what the code wants."""


ORPHAN: Final = "orphan"


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
        name="tf-adopted",
        does=Does.UNKNOWN,
        fits=lambda at: _state(at, Did.DELETED, Did.PART_ADDED, Did.PART_REMOVED) and at.adopted,
        reason="its resource adopts what AWS or another account made, and goes by rules of its own",
    ),
    Rule(
        name="tf-deleted-since",
        does=Does.UNKNOWN,
        fits=lambda at: _state(at, Did.DELETED) and bool(at.row and at.row.gone_at),
        reason="a newer version of its state no longer holds it: an apply has made it again since, or the"
        " next one does if it is still in code",
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
        name="tf-part-deleted-since",
        does=Does.UNKNOWN,
        fits=lambda at: _state(at, Did.PART_REMOVED) and any(each.gone_at for each in at.siblings),
        reason="a newer version of its state no longer holds the part: an apply has made it again since, or"
        " the next one does if it is still in code",
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
        fits=lambda at: at.unheld and at.young,
        reason="no indexed state holds it, but it was made so lately that one may not have been handed over"
        " yet",
    ),
    Rule(
        name="orphan-within",
        does=Does.UNKNOWN,
        fits=lambda at: at.unheld and at.within,
        reason="no indexed state holds it by itself, but it may be a block of an instance, or a copy of what"
        " one holds",
    ),
    Rule(
        name="orphan-tagged",
        does=Does.UNKNOWN,
        fits=lambda at: at.unheld and at.located.provenance.leads_somewhere,
        reason="no indexed state holds it, but its tags name code, whose state may not be indexed",
    ),
    Rule(
        name=ORPHAN,
        does=Does.NOTHING,
        fits=lambda at: at.orphan,
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
    if rule is None and (planned := by_plan(at)) is not None:
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

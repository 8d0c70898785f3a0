"""The verdict on one change, with a reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.globs import any_matches
from iacwatch.core.model import (
    Actor,
    ActorKind,
    Change,
    ChangeType,
    IgnoreRule,
    Managed,
    Match,
    TrailEvent,
    Verdict,
    Workflow,
)

_NAMES_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classified:
    """A verdict, why, and the matches in the order in which the finding names them.

    `held` are calls because of which nobody is cleared: they may have made the change as well.
    """

    verdict: Verdict
    reason: str
    matches: tuple[Match, ...] = ()
    held: tuple[TrailEvent, ...] = ()


def classify(
    change: Change,
    managed: Managed,
    matches: Sequence[Match],
    workflows: Sequence[Workflow],
    *,
    changed_by: ChangedBy,
    unseen: Sequence[TrailEvent] = (),
    tag_key: str = "managed-by",
    tried: str = "",
) -> Classified:
    """Judge a change by the events that made it.

    `matches` are the events that made it, strongest first; `changed_by` is what kind of fields differ;
    `unseen` are calls that may have made it as well, whose parameters nobody can see; `tried` says in words
    what was looked up, for the reason of an unattributed change.
    """
    if changed_by is ChangedBy.AWS:
        return Classified(verdict=Verdict.SIDE_EFFECT, reason=_kept_reason(change))
    covered = [replace(match, workflow=_workflow(match.event, managed, workflows)) for match in matches]
    out = [match for match in covered if match.workflow is None and not match.event.actor.on_own_account]
    inside = [
        match for match in covered if match.workflow is not None and not match.event.actor.on_own_account
    ]
    service = [match for match in covered if match.event.actor.on_own_account]
    held = tuple(
        event
        for event in unseen
        if not event.actor.on_own_account and _workflow(event, managed, workflows) is None
    )
    if managed.value is None and not managed.removed and matches:
        return Classified(
            verdict=Verdict.UNMANAGED, reason="it was never managed", matches=(*out, *inside, *service)
        )
    if out:
        reason = _out_reason(out[0].event.actor, managed, tag_key)
        return Classified(
            verdict=Verdict.OUT_OF_BAND, reason=reason, matches=(*out, *inside, *service), held=held
        )
    if held:
        reason = _held_reason(held, tried, inside[0].workflow if inside else None)
        return Classified(verdict=Verdict.UNATTRIBUTED, reason=reason, held=held)
    if inside:
        reason = f"workflow {inside[0].workflow} may change {_tag(managed, tag_key)}"
        return Classified(verdict=Verdict.IN_WORKFLOW, reason=reason, matches=(*inside, *service))
    if service:
        reason = f"{service[0].event.actor.name} did it on its own account"
        return Classified(verdict=Verdict.AWS_SERVICE, reason=reason, matches=tuple(service))
    if changed_by is ChangedBy.FOLLOWS:
        return Classified(verdict=Verdict.SIDE_EFFECT, reason=_kept_reason(change))
    if managed.value is None and not managed.removed:
        return Classified(
            verdict=Verdict.UNMANAGED, reason="it was never managed, and no trail event explains it"
        )
    return Classified(verdict=Verdict.UNATTRIBUTED, reason=tried or "no trail event explains it")


def ignored(
    change: Change, rules: Sequence[IgnoreRule], events: Sequence[TrailEvent], *, now: datetime
) -> IgnoreRule | None:
    """Return the rule by which a change is known noise, if there is one.

    `events` are all that made the change, or may have: a rule with `principals` needs them.
    """
    return next((rule for rule in rules if _is_noise(change, rule, events, now)), None)


def noise_last(
    change: Change, rules: Sequence[IgnoreRule], matches: Sequence[Match], *, now: datetime
) -> Sequence[Match]:
    """Return the matches with those last that would be known noise by themselves: another one is named."""
    if not rules or len(matches) <= 1:
        return matches
    return sorted(matches, key=lambda match: ignored(change, rules, (match.event,), now=now) is not None)


def _is_noise(change: Change, rule: IgnoreRule, events: Sequence[TrailEvent], now: datetime) -> bool:
    resource = change.resource
    if rule.until is not None and now >= rule.until:
        return False
    if not (rule.resource_types or rule.properties or rule.resources or rule.principals):
        return False
    if rule.resource_types and not any_matches(rule.resource_types, [resource.type]):
        return False
    if rule.resources and not any_matches(rule.resources, [resource.id, resource.name, resource.arn]):
        return False
    if rule.properties and not _only_properties(change, rule.properties):
        return False
    if rule.principals:
        # Nobody hides beside the noise; AWS's own calls count only where there is no other.
        callers = [event for event in events if not event.actor.on_own_account] or events
        return bool(callers) and all(any_matches(rule.principals, _identities(event)) for event in callers)
    return True


def _only_properties(change: Change, globs: Sequence[str]) -> bool:
    """Return whether nothing but the given properties differs; an update without a diff never does."""
    if change.change_type is not ChangeType.UPDATE or not change.diff:
        return False
    lowered = [glob.lower() for glob in globs]
    patterns = [*lowered, *(f"{glob}.*" for glob in lowered)]
    return all(
        any_matches(patterns, [entry.path.lower()]) or entry.path.lower().startswith("relationships.")
        for entry in change.diff
    )


def _workflow(event: TrailEvent, managed: Managed, workflows: Sequence[Workflow]) -> str | None:
    values = [value for value in (managed.value, managed.new_value) if value is not None]
    for workflow in workflows:
        if all(
            not workflow.managed_by or any_matches(workflow.managed_by, [value]) for value in values
        ) and _covers(workflow, event):
            return workflow.name
    return None


def _covers(workflow: Workflow, event: TrailEvent) -> bool:
    """Return whether every condition of a workflow fits a call; one without conditions covers nothing."""
    actor = event.actor
    holds = [
        any_matches(workflow.principals, _identities(event)) if workflow.principals else None,
        any_matches(workflow.user_agents, [actor.user_agent]) if workflow.user_agents else None,
        any_matches(workflow.invoked_by, [actor.invoked_by]) if workflow.invoked_by else None,
        _from(actor.source_ip, workflow.source_ips) if workflow.source_ips else None,
        actor.tool in workflow.tools if workflow.tools else None,
    ]
    asked = [held for held in holds if held is not None]
    if workflow.not_before is not None and event.occurred_at < workflow.not_before:
        return False
    if workflow.not_after is not None and event.occurred_at >= workflow.not_after:
        return False
    return bool(asked) and all(asked)


def _identities(event: TrailEvent) -> list[str | None]:
    """Return the ARNs that a glob on principals is held against: the role's or user's, never a session's.

    A session's name is chosen by its caller; the role behind it is not.
    """
    principal, actor = event.principal, event.actor
    if principal.issuer_arn:
        return [principal.issuer_arn]
    return [actor.principal] if actor.principal else [principal.arn]


def _from(source_ip: str | None, networks: Sequence[str]) -> bool:
    try:
        address = ip_address(source_ip or "")
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in networks)


def _tag(managed: Managed, key: str) -> str:
    if managed.new_value is not None:
        return f"{key}={managed.value} and {managed.new_value}"
    return f"{key}={managed.value}"


def _out_reason(actor: Actor, managed: Managed, key: str) -> str:
    who = actor.principal or actor.arn or actor.name
    if actor.kind is ActorKind.AWS_ACCOUNT and actor.account_id not in {None, who}:
        who = f"{who} of account {actor.account_id}"
    return f"{who} matches no workflow for {_tag(managed, key)}"


def _held_reason(held: Sequence[TrailEvent], tried: str, workflow: str | None) -> str:
    calls = "a call" if len(held) == 1 else f"{len(held)} calls"
    left_out = f"CloudTrail left out the parameters of {calls} that may have changed it"
    if workflow is not None:
        return f"{left_out} beside workflow {workflow}"
    return f"{tried}; {left_out}" if tried else left_out


def _kept_reason(change: Change) -> str:
    names = sorted({_property(entry.path) for entry in change.diff or ()})
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    differ = "differs" if len(names) == 1 else "differ"
    return f"only {shown}{more} {differ}, which AWS keeps by itself"


def _property(path: str) -> str:
    keys = [key for key in path.split(".") if not key.isdigit()]
    return keys[0] if len(keys) == 1 else ".".join(keys[1:3])

"""The verdict on one change, with a reason in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.workflows import Origins, callers, cover, refusal
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
_NOBODY: Final[Origins] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classified:
    """A verdict, why, and the matches in the order in which the finding names them.

    `held` are calls because of which nobody is cleared: they may have made the change as well. `unsure` are
    those because of which the verdict is what it is, and of which nobody knows yet who opened the session.
    """

    verdict: Verdict
    reason: str
    matches: tuple[Match, ...] = ()
    held: tuple[TrailEvent, ...] = ()
    unsure: tuple[TrailEvent, ...] = ()


def classify(
    change: Change,
    managed: Managed,
    matches: Sequence[Match],
    workflows: Sequence[Workflow],
    *,
    changed_by: ChangedBy,
    unseen: Sequence[TrailEvent] = (),
    origins: Origins = _NOBODY,
    tag_key: str = "managed-by",
    tried: str = "",
) -> Classified:
    """Judge a change by the events that made it.

    `matches` are the events that made it, strongest first; `changed_by` is what kind of fields differ;
    `unseen` are calls that may have made it as well, whose parameters nobody can see; `origins` are who
    stands behind the calls of which a workflow asks that (`asked_after`); `tried` says in words what was
    looked up, for the reason of an unattributed change.
    """
    if changed_by is ChangedBy.AWS:
        return Classified(verdict=Verdict.SIDE_EFFECT, reason=_kept_reason(change))
    covers = {event.event_id: cover(event, managed, workflows, origins) for event in _all(matches, unseen)}
    covered = [replace(match, workflow=covers[match.event.event_id].name) for match in matches]
    theirs = [match for match in covered if not match.event.actor.on_own_account]
    inside = [match for match in theirs if match.workflow is not None]
    out = sorted(
        (match for match in theirs if match.workflow is None),
        key=lambda match: covers[match.event.event_id].unsure,
    )
    service = [match for match in covered if match.event.actor.on_own_account]
    held = tuple(
        event for event in unseen if not event.actor.on_own_account and covers[event.event_id].name is None
    )
    if managed.value is None and not managed.removed and matches:
        return Classified(
            verdict=Verdict.UNMANAGED, reason="it was never managed", matches=(*out, *inside, *service)
        )
    if out:
        named = out[0].event
        asks = covers[named.event_id].asks
        return Classified(
            verdict=Verdict.OUT_OF_BAND,
            reason=refusal(named, asks, origins.get(named.event_id))
            if asks
            else _out_reason(named.actor, managed, tag_key),
            matches=(*out, *inside, *service),
            held=held,
            unsure=tuple(match.event for match in out) if covers[named.event_id].unsure else (),
        )
    if held:
        reason = _held_reason(held, tried, inside[0].workflow if inside else None)
        unsure = tuple(event for event in held if covers[event.event_id].unsure)
        return Classified(
            verdict=Verdict.UNATTRIBUTED,
            reason=reason,
            held=held,
            unsure=unsure if len(unsure) == len(held) else (),
        )
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


def asked_after(
    managed: Managed, events: Sequence[TrailEvent], workflows: Sequence[Workflow]
) -> list[TrailEvent]:
    """Return the calls that a workflow covers or not, depending on who opened their sessions."""
    return [
        event
        for event in events
        if not event.actor.on_own_account and cover(event, managed, workflows, _NOBODY).asks is not None
    ]


def _all(matches: Sequence[Match], unseen: Sequence[TrailEvent]) -> Iterator[TrailEvent]:
    yield from (match.event for match in matches)
    yield from unseen


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
        counted = [event for event in events if not event.actor.on_own_account] or events
        return bool(counted) and all(any_matches(rule.principals, callers(event)) for event in counted)
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
    kind = "a field" if len(names) == 1 else "fields"
    return f"only {shown}{more} changed, {kind} that AWS maintains"


def _property(path: str) -> str:
    keys = [key for key in path.split(".") if not key.isdigit()]
    return keys[0] if len(keys) == 1 else ".".join(keys[1:3])

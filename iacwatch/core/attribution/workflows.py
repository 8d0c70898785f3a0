"""Which workflow covers a call: by who called, how, from where, when, and by who opened the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Final

from iacwatch.core.attribution.chains.facts import Origin
from iacwatch.core.globs import any_matches
from iacwatch.core.model import Managed, TrailEvent, Via, Workflow
from iacwatch.core.parse.identity import lasting_arn
from iacwatch.core.text import plain

Origins = Mapping[str, Origin]
"""Who stands behind calls, by the ids of the events; calls that nobody asks after are not in it."""

_LONGEST: Final = 160
_SHOWN: Final = 2
_MACHINES: Final = frozenset({Via.INSTANCE, Via.FUNCTION, Via.SERVICE})


class _Fit(Enum):
    """Whether a workflow covers a call. `ORIGIN`: it would, had somebody else opened the session."""

    YES = "yes"
    NO = "no"
    ORIGIN = "origin"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The workflow that covers a call, if there is one; else the one that asks who opened its session.

    `unsure`: it is not known who did, so that the call is covered by none as far as anybody knows.
    """

    name: str | None = None
    asks: Workflow | None = None
    unsure: bool = False


def cover(event: TrailEvent, managed: Managed, workflows: Sequence[Workflow], origins: Origins) -> Cover:
    """Return which workflow covers a call on something managed so."""
    values = [value for value in (managed.value, managed.new_value) if value is not None]
    asks: Workflow | None = None
    unsure = False
    for workflow in workflows:
        if not all(not workflow.managed_by or any_matches(workflow.managed_by, [value]) for value in values):
            continue
        fit = _fit(workflow, event, origins.get(event.event_id))
        if fit is _Fit.YES:
            return Cover(name=workflow.name)
        if fit is not _Fit.NO and asks is None:
            asks, unsure = workflow, fit is _Fit.UNKNOWN
    return Cover(asks=asks, unsure=unsure)


def _fit(workflow: Workflow, event: TrailEvent, origin: Origin | None) -> _Fit:
    """Return whether every condition of a workflow fits a call; one without conditions covers nothing."""
    actor = event.actor
    holds = [
        any_matches(workflow.principals, callers(event)) if workflow.principals else None,
        any_matches(workflow.user_agents, [actor.user_agent]) if workflow.user_agents else None,
        any_matches(workflow.invoked_by, [actor.invoked_by]) if workflow.invoked_by else None,
        _from(actor.source_ip, workflow.source_ips) if workflow.source_ips else None,
        actor.tool in workflow.tools if workflow.tools else None,
    ]
    asked = [held for held in holds if held is not None]
    if workflow.not_before is not None and event.occurred_at < workflow.not_before:
        return _Fit.NO
    if workflow.not_after is not None and event.occurred_at >= workflow.not_after:
        return _Fit.NO
    if not all(asked) or not (asked or workflow.started_by):
        return _Fit.NO
    if not workflow.started_by:
        return _Fit.YES
    if origin is None or origin.unknown:
        return _Fit.UNKNOWN
    return _Fit.YES if any_matches(workflow.started_by, origin.identities) else _Fit.ORIGIN


def callers(event: TrailEvent) -> list[str | None]:
    """Return the ARNs that a glob on principals is held against: the role's or user's, never a session's.

    A session's name is chosen by its caller; the role behind it is not.
    """
    return [lasting_arn(event.principal)]


def refusal(event: TrailEvent, workflow: Workflow, origin: Origin | None) -> str:
    """Return in a sentence why a workflow does not cover a call: by who opened its session."""
    shown = " or ".join(plain(glob, _LONGEST) for glob in workflow.started_by[:_SHOWN])
    more = f" or {len(workflow.started_by) - _SHOWN} more" if len(workflow.started_by) > _SHOWN else ""
    may = f"workflow {workflow.name} may only be started by {shown}{more}"
    if origin is None or origin.unknown:
        why = origin.unknown if origin else "nobody looked"
        return f"who opened the session is not known ({why}), and {may}"
    role = (lasting_arn(event.principal) or event.principal.arn).rpartition("/")[2]
    token = next((text for text in origin.identities if not text.startswith("arn:")), "")
    if token:
        return f"{plain(token, _LONGEST)} took role {role}, and {may}"
    who = plain(origin.actor.name, _LONGEST)
    if not origin.actor.chain:
        return f"{origin.identities[0] if origin.identities else who} called, and {may}"
    by_hand = "" if origin.actor.via in _MACHINES else " by hand"
    return f"{who} took role {role}{by_hand}, and {may}"


def _from(source_ip: str | None, networks: Sequence[str]) -> bool:
    try:
        address = ip_address(source_ip or "")
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in networks)

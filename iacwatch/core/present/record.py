"""What every sink needs of a finding: its id, the group it belongs to, and its record.

The record is the interface that people script against: ``iacwatch.finding/1``, keys in a fixed order.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from iacwatch.core.catalog.places import key_of
from iacwatch.core.iac import IacAddress, NextApply
from iacwatch.core.model import Actor, Finding, Json, Lead, Match, Resource
from iacwatch.core.parse.identity import lasting_arn

SCHEMA: Final = "iacwatch.finding/1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DIGITS: Final = 32
MOST_WINDOWS: Final = 6
"""How many windows a group, or a message about it, may grow in all."""


def finding_id(resource: Resource, captured_at: datetime) -> str:
    """Return the id of a change: the same whichever way it came in, in whole milliseconds.

    It is the first 32 hex digits of sha256 over ``account|region|type|id|capture time``.
    """
    milliseconds = (captured_at - _EPOCH) // _MILLISECOND
    return _digest("|".join((*key_of(resource), str(milliseconds))))


def cause_key(resource: Resource, event_ids: Sequence[str]) -> str:
    """Return the key of what was done to a resource by exactly these events, whoever recorded it.

    A global resource's change is captured in several regions at several times: the cause is the same.
    """
    account_id, _, resource_type, unique = key_of(resource)
    return _digest(json.dumps(["cause", account_id, resource_type, unique, *sorted(set(event_ids))]))


def group(findings: Sequence[Finding], window: timedelta) -> list[tuple[Finding, ...]]:
    """Return what one origin made together: same person or machine, account and verdict.

    A group goes on where the next call comes within `window` after its last one, and spans less than
    `MOST_WINDOWS` of them. (Captures count where nobody can be named: Config captures up to 15 minutes late,
    and what was done together need not be captured together.) Groups come in the order of their first, the
    findings of each in the order of capture.
    """
    groups: list[_Group] = []
    latest: dict[Hashable, _Group] = {}
    for finding in sorted(findings, key=lambda each: (each.happened_at, each.finding_id)):
        key = company(finding)
        known = latest.get(key)
        at = finding.happened_at
        if known is None or at - known.last >= window or at - known.first >= window * MOST_WINDOWS:
            known = latest[key] = _Group(first=at, last=at, findings=[])
            groups.append(known)
        known.findings.append(finding)
        known.last = at
    return [tuple(sorted(each.findings, key=_captured)) for each in groups]


def company(finding: Finding) -> Hashable:
    """Return what the findings of one group have in common: account, verdict and origin.

    The origin is a principal with the person who used it, or with the repository that a pipeline ran for. A
    machine is called after its role, whatever its sessions are called.
    """
    actor = finding.actor
    who = (actor.principal, actor.name, actor.repository) if actor else None
    return finding.change.resource.account_id, finding.verdict, who


def record(finding: Finding, *, redact: Sequence[str] = ()) -> dict[str, Json]:
    """Return the report's record of a finding: JSON values only, keys in the documented order.

    `redact` are further globs on property paths whose values are redacted. An entry of ``other_events`` has
    the keys of ``event`` and, last, its ``actor``.
    """
    from iacwatch.core.present import links  # noqa: PLC0415  (an id needs none of it)
    from iacwatch.core.present import redact as redaction  # noqa: PLC0415  (the same)

    change, resource = finding.change, finding.change.resource
    return {
        "schema": SCHEMA,
        "finding_id": finding.finding_id,
        "verdict": str(finding.verdict),
        "reason": finding.reason,
        "change": {
            "account_id": resource.account_id,
            "region": resource.region,
            "resource_type": resource.type,
            "resource_id": resource.id,
            "resource_name": resource.name,
            "arn": resource.arn,
            "change_type": str(change.change_type),
            "captured_at": milliseconds(change.captured_at),
            "previous_captured_at": milliseconds(change.previous.captured_at) if change.previous else None,
            "managed_by": finding.managed.value,
            "managed_evidence": str(finding.managed.evidence) if finding.managed.value is not None else None,
            "changed_properties": [
                {
                    "path": entry.path,
                    "change_type": str(entry.change_type),
                    "previous": redaction.bounded(entry.previous),
                    "updated": redaction.bounded(entry.updated),
                }
                for entry in redaction.redacted(change, redact)
            ],
        },
        "actor": _actor(finding.actor) if finding.actor else None,
        "event": _event(finding.match) if finding.match else None,
        "other_events": [{**_event(match), "actor": _actor(match.event.actor)} for match in finding.others],
        "leads": [_lead(lead) for lead in finding.leads],
        "iac": _iac(finding.iac) if finding.iac else None,
        "next_apply": _next_apply(finding.next_apply) if finding.next_apply else None,
        "next_steps": [
            {"kind": step.kind, "text": step.text, "url": step.url} for step in finding.next_steps
        ],
        "links": {
            "config": links.config_timeline(resource),
            "cloudtrail": links.cloudtrail_event(finding.match.event) if finding.match else None,
        },
    }


def shortened(document: Mapping[str, Any], fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return a record that is too large as one that fits: it bears ``"shortened": true``.

    Old and new values go first; where that is not enough, every list is cut ever shorter.
    """
    change, iac = document["change"], document["iac"]
    entries = [{**each, "previous": None, "updated": None} for each in change["changed_properties"]]
    lists = {"other_events": document["other_events"], "leads": document["leads"]}
    lists["next_steps"], also = document["next_steps"], iac["also"] if iac else []
    while True:
        short = {
            **document,
            **lists,
            "change": {**change, "changed_properties": entries},
            "iac": {**iac, "also": also} if iac else None,
            "shortened": True,
        }
        if fits(short) or not any((entries, also, *lists.values())):
            return short
        entries, also = entries[: len(entries) // 2], also[: len(also) // 2]
        lists = {name: some[: len(some) // 2] for name, some in lists.items()}


def milliseconds(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC with milliseconds, which Config gives."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def seconds(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC with whole seconds, which CloudTrail gives."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class _Group:
    first: datetime
    last: datetime
    findings: list[Finding]


def _captured(finding: Finding) -> tuple[datetime, str]:
    return finding.change.captured_at, finding.finding_id


def _actor(actor: Actor) -> dict[str, Json]:
    return {
        "kind": str(actor.kind),
        "name": actor.name,
        "arn": actor.arn,
        "principal": actor.principal,
        "account_id": actor.account_id,
        "via": str(actor.via) if actor.via else None,
        "source_ip": actor.source_ip,
        "user_agent": actor.user_agent,
        "tool": actor.tool,
        "invoked_by": actor.invoked_by,
        "access_key_id": actor.access_key_id,
        "source_identity": actor.source_identity,
        "repository": actor.repository,
        "chain": [
            {"arn": link.arn, "access_key_id": link.access_key_id, "event_id": link.event_id}
            for link in actor.chain
        ],
        "session": actor.session,
    }


def _event(match: Match) -> dict[str, Json]:
    event = match.event
    return {
        "event_id": event.event_id,
        "event_name": event.event_name,
        "event_source": event.event_source,
        "event_time": seconds(event.occurred_at),
        "region": event.region,
        "lag_s": int(match.lag.total_seconds()),
        "match": str(match.kind),
        "workflow": match.workflow,
        "principal": lasting_arn(event.principal),
        "arn": event.principal.arn or None,
    }


def _lead(lead: Lead) -> dict[str, Json]:
    return {
        "event_id": lead.event.event_id,
        "event_name": lead.event.event_name,
        "event_time": seconds(lead.event.occurred_at),
        "actor": lead.event.actor.name,
        "why": lead.why,
    }


def _iac(iac: IacAddress) -> dict[str, Json]:
    return {
        "engine": str(iac.engine) if iac.engine else None,
        "address": iac.address,
        "also": list(iac.also),
        "stack": iac.stack,
        "state": iac.state,
        "serial": iac.serial,
        "seen_at": seconds(iac.seen_at) if iac.seen_at else None,
        "repository": iac.repository,
        "path": iac.path,
        "commit": iac.commit,
        "owner": iac.owner,
        "evidence": str(iac.evidence),
        "precision": str(iac.precision),
    }


def _next_apply(apply: NextApply) -> dict[str, Json]:
    return {"does": str(apply.does), "rule": apply.rule, "reason": apply.reason}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS]

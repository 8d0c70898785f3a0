"""A finding as it is kept, and back: its redacted record, and what reports show besides.

So every report of a finding can be made once more, long after its change was handled.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from iacwatch.core.iac import (
    AddressEvidence,
    Does,
    Engine,
    IacAddress,
    NextApply,
    NextStep,
    Precision,
)
from iacwatch.core.model import (
    Actor,
    ActorKind,
    ChainLink,
    Change,
    ChangeType,
    Evidence,
    Finding,
    Item,
    Json,
    Lead,
    Managed,
    Match,
    MatchKind,
    Principal,
    PropertyChange,
    Resource,
    TrailEvent,
    Verdict,
    Via,
)
from iacwatch.core.parse.cloudtrail import without_version
from iacwatch.core.present.record import record
from iacwatch.errors import ParseError

_TOO_LARGE: Final = "(too large to be kept)"
_STATUS: Final = {ChangeType.CREATE: "ResourceDiscovered", ChangeType.DELETE: "ResourceDeleted"}


def kept(finding: Finding, *, redact: Sequence[str] = ()) -> dict[str, Json]:
    """Return a finding as JSON values; `redact` are further globs on property paths to redact."""
    managed, iac = finding.managed, finding.iac
    return {
        "record": record(finding, redact=redact),
        "recorded_in": finding.change.resource.recorded_in,
        "tag": {"new_value": managed.new_value, "removed": managed.removed, "added": managed.added},
        "iac": {"directory": iac.directory, "disagreement": iac.disagreement} if iac else None,
    }


def finding_of(document: Mapping[str, Any]) -> Finding:
    """Return the finding that was kept, as far as reports show it; raise `ParseError` for what is none.

    The values in its diff are those that might be shown then. The item itself is not kept.
    """
    try:
        return _finding(
            document["record"], document["recorded_in"], document["tag"], iac=document.get("iac") or {}
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise ParseError(
            "a kept record cannot be read", hint="update iacwatch: a newer one may have written it"
        ) from error


def _finding(
    document: Mapping[str, Any], recorded_in: str, tag: Mapping[str, Any], *, iac: Mapping[str, Any]
) -> Finding:
    """Return a finding; what an older iacwatch kept says nothing of IaC."""
    fields = document["change"]
    resource = Resource(
        account_id=fields["account_id"],
        region=fields["region"],
        type=fields["resource_type"],
        id=fields["resource_id"],
        name=fields["resource_name"],
        arn=fields["arn"],
        recorded_in=recorded_in,
    )
    evidence = fields["managed_evidence"]
    return Finding(
        finding_id=document["finding_id"],
        change=_change(fields, resource, short=document.get("shortened", False)),
        managed=Managed(
            value=fields["managed_by"], evidence=Evidence(evidence) if evidence else Evidence.TAGS, **tag
        ),
        verdict=Verdict(document["verdict"]),
        reason=document["reason"],
        match=_match(document["event"], document["actor"], resource) if document["event"] else None,
        others=tuple(_match(each, each["actor"], resource) for each in document["other_events"]),
        leads=tuple(_lead(each, resource) for each in document["leads"]),
        iac=_address(document["iac"], iac) if document.get("iac") else None,
        next_apply=_next_apply(document["next_apply"]) if document.get("next_apply") else None,
        next_steps=tuple(NextStep(**each) for each in document.get("next_steps", ())),
    )


def _address(fields: Mapping[str, Any], more: Mapping[str, Any]) -> IacAddress:
    made = {
        "engine": Engine(fields["engine"]) if fields["engine"] else None,
        "evidence": AddressEvidence(fields["evidence"]),
        "precision": Precision(fields["precision"]),
        "also": tuple(fields["also"]),
        "seen_at": _moment(fields["seen_at"]) if fields["seen_at"] else None,
    }
    return IacAddress(**{**fields, **more, **made})


def _next_apply(fields: Mapping[str, Any]) -> NextApply:
    return NextApply(does=Does(fields["does"]), rule=fields["rule"], reason=fields["reason"])


def _change(fields: Mapping[str, Any], resource: Resource, *, short: bool) -> Change:
    kind, before = ChangeType(fields["change_type"]), fields["previous_captured_at"]
    return Change(
        resource=resource,
        captured_at=_moment(fields["captured_at"]),
        change_type=kind,
        status=_STATUS.get(kind, "OK"),
        item=None,
        diff=tuple(_entry(each, short=short) for each in fields["changed_properties"]),
        previous=Item(resource=resource, captured_at=_moment(before), status="OK") if before else None,
    )


def _entry(fields: Mapping[str, Any], *, short: bool) -> PropertyChange:
    kind = ChangeType(fields["change_type"])
    previous, updated = fields["previous"], fields["updated"]
    if short:
        previous = None if kind is ChangeType.CREATE else _TOO_LARGE
        updated = None if kind is ChangeType.DELETE else _TOO_LARGE
    return PropertyChange(path=fields["path"], change_type=kind, previous=previous, updated=updated)


def _match(fields: Mapping[str, Any], actor: Mapping[str, Any], resource: Resource) -> Match:
    return Match(
        event=_event(
            fields,
            _actor(actor),
            resource,
            event_source=fields["event_source"],
            region=fields["region"],
            principal=Principal(type="", arn=fields["arn"] or "", issuer_arn=fields["principal"] or ""),
        ),
        kind=MatchKind(fields["match"]),
        lag=timedelta(seconds=fields["lag_s"]),
        reasons=(),
        score=(),
        workflow=fields["workflow"],
    )


def _lead(fields: Mapping[str, Any], resource: Resource) -> Lead:
    actor = Actor(kind=ActorKind.UNKNOWN, name=fields["actor"])
    return Lead(event=_event(fields, actor, resource), why=fields["why"])


def _event(fields: Mapping[str, Any], actor: Actor, resource: Resource, **more: Any) -> TrailEvent:
    given = {"event_source": "", "region": resource.region, "principal": Principal(type=""), **more}
    return TrailEvent(
        event_id=fields["event_id"],
        event_name=fields["event_name"],
        name=without_version(fields["event_name"]),
        occurred_at=_moment(fields["event_time"]),
        account_id=resource.account_id,
        actor=actor,
        **given,
    )


def _actor(fields: Mapping[str, Any]) -> Actor:
    plain = {name: value for name, value in fields.items() if name not in {"kind", "via", "chain"}}
    return Actor(
        kind=ActorKind(fields["kind"]),
        via=Via(fields["via"]) if fields["via"] else None,
        chain=tuple(ChainLink(**link) for link in fields["chain"]),
        **plain,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment

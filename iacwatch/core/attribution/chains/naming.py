"""Puts who stands behind its calls into a finding."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from iacwatch.core.attribution.chains.facts import Origin
from iacwatch.core.model import Finding, TrailEvent


def calls(finding: Finding) -> Iterator[TrailEvent]:
    """Yield the calls that a finding names somebody for."""
    if finding.match is not None:
        yield finding.match.event
    yield from (match.event for match in finding.others)
    yield from (lead.event for lead in finding.leads)


def named(finding: Finding, origins: Mapping[str, Origin]) -> Finding:
    """Return a finding whose actors are who stands behind the calls; `origins` are by the events' ids.

    Where that is not known of the call that the finding names, the reason says so.
    """

    def seen(event: TrailEvent) -> TrailEvent:
        origin = origins.get(event.event_id)
        return replace(event, actor=origin.actor) if origin else event

    match, reason = finding.match, finding.reason
    first = origins.get(match.event.event_id) if match else None
    if first is not None and first.unknown and first.unknown not in reason:
        reason = f"{reason}; who opened the session is not known ({first.unknown})"
    return replace(
        finding,
        reason=reason,
        match=replace(match, event=seen(match.event)) if match else None,
        others=tuple(replace(other, event=seen(other.event)) for other in finding.others),
        leads=tuple(replace(lead, event=seen(lead.event)) for lead in finding.leads),
    )

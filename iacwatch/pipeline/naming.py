"""Names who stands behind the calls of the findings that will be reported."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from iacwatch.core.attribution.chains import naming
from iacwatch.core.model import TrailEvent
from iacwatch.pipeline.case import Case
from iacwatch.pipeline.origins import Origins


def name(cases: Sequence[Case], origins: Origins, *, now: datetime) -> None:
    """Name them in the findings of cases, with one round of lookups for all.

    What cannot be looked up holds nothing back: the finding's reason says that it is not known.
    """
    trace({case: list(naming.calls(case.finding)) for case in cases if case.finding}, origins, now=now)
    for case in cases:
        if case.finding is not None:
            case.finding = naming.named(case.finding, case.origins)


def trace(calls: Mapping[Case, Sequence[TrailEvent]], origins: Origins, *, now: datetime) -> None:
    """Learn who stands behind some calls of cases, where that is not known yet."""
    open_ = {
        event: case.about
        for case, events in calls.items()
        for event in events
        if event.event_id not in case.origins
    }
    found = origins.trace(open_, deciding=False, now=now) if open_ else {}
    for case, events in calls.items():
        case.origins |= {event.event_id: found[event] for event in events if event in found}

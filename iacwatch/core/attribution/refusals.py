"""Why a call that bears a name of the resource does not count, in words that people read."""

from dataclasses import dataclass
from typing import Final

from iacwatch.core.attribution.calls import (
    another,
    full,
    is_tagging,
    named_target,
    plain_name,
    refused,
    source_of,
)
from iacwatch.core.attribution.names import Names
from iacwatch.core.catalog.schema import Shows
from iacwatch.core.model import TrailEvent
from iacwatch.core.text import plain

_LONGEST: Final = 120
_FIELDS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call does not count; `near`: it is about the right object all the same."""

    reason: str
    near: bool = False


def refusal(names: Names, event: TrailEvent) -> Refusal:
    """Return why `calls.hit` finds that a call does not act on the resource."""
    facts, called = names.facts, plain_name(event.name)
    source = source_of(event)
    if source not in facts.sources and not is_tagging(event):
        return Refusal("a call of another service, which only mentions the resource")
    if named_target(names, event) is None:
        if why := another(names, event):
            return Refusal(f"it names another object of that name: {plain(why, _LONGEST)}")
        return Refusal("it only mentions the resource")
    if refused(names, event):
        return Refusal("its answer says that it failed for this resource")
    if full(facts.never, called):
        if facts.derived:
            return Refusal(f"{event.event_name} acts on a part that has a life of its own", near=True)
        return Refusal(_not_shown(event), near=True)
    for rule in facts.shows:
        if full(rule.events, called):
            return Refusal(_would_differ(rule, event), near=True)
    noun = facts.called or facts.type.rpartition("::")[2]
    about = noun.lower() in called.lower()
    return Refusal(f"{event.event_name} is not a call that changes such a resource itself", near=about)


def _would_differ(rule: Shows, event: TrailEvent) -> str:
    """Return what would have to differ, were the change the work of a call that shows in some fields."""
    if rule.unless:
        return _not_shown(event)
    fields = ", ".join(rule.fields[:_FIELDS_SHOWN])
    more = f" and {len(rule.fields) - _FIELDS_SHOWN} more" if len(rule.fields) > _FIELDS_SHOWN else ""
    return f"what {event.event_name} sets shows in {fields}{more} alone, which did not change"


def _not_shown(event: TrailEvent) -> str:
    return f"the item does not show what {event.event_name} sets"

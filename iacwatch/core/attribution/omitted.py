"""Calls whose parameters CloudTrail left out, since they are too large: which may have changed a resource.

Such a call names nothing, so that all that is known of it is its kind, its time and its caller. Somebody may
make a call that large on purpose (blanks in a policy do it), so it clears nobody.
"""

from typing import Final

from iacwatch.core.attribution.calls import Strength, full, is_tagging, plain_name, source_of, strength_of
from iacwatch.core.attribution.names import Names
from iacwatch.core.catalog.schema import TypeFacts
from iacwatch.core.model import Change, ChangeType, TrailEvent
from iacwatch.core.parse.call_paths import dotted_path, dotted_paths
from iacwatch.core.parse.tags import is_tag

WHY: Final = "CloudTrail left out its parameters: it may have changed this resource"

_UPSERT: Final = "Put"
"""How calls begin that make a thing, or change the one there is."""

_SHALLOW: Final = 2


def may_have_changed(change: Change, names: Names, event: TrailEvent) -> bool:
    """Return whether a call that left out what it is about can have made such a change of such a resource."""
    facts, called = names.facts, plain_name(event.name)
    if "request" not in event.omitted and not only_makes(facts, event):
        return False  # its parameters are there, and name another
    if _names_another(change, names, event):
        return False
    if is_tagging(event):
        return change.diff is None or any(is_tag(entry) for entry in change.diff)
    if not concerns(facts, event):
        return False
    ends, makes = full(facts.deletes, called), full(facts.creates, called)
    fits = {
        ChangeType.CREATE: makes or not ends,
        ChangeType.UPDATE: not ends and not only_makes(facts, event),
        ChangeType.DELETE: ends,
    }[change.change_type]
    return fits and strength_of(names, event, called) in {Strength.ACTS, Strength.SHOWS}


def concerns(facts: TypeFacts, event: TrailEvent) -> bool:
    """Return whether a call belongs to a service that changes such resources."""
    return source_of(event) in facts.sources or is_tagging(event)


def only_makes(facts: TypeFacts, event: TrailEvent) -> bool:
    """Return whether a call makes such a resource, and cannot change one that is there."""
    called = plain_name(event.name)
    return full(facts.creates, called) and not called.startswith(_UPSERT)


def _names_another(change: Change, names: Names, event: TrailEvent) -> bool:
    """Return whether what CloudTrail kept of a call, which does not name the resource, names another one."""
    targets = dotted_paths(names.facts.targets)
    listed = {mention.value for mention in event.mentions if mention.path[0] == "resources"}
    if change.resource.type in listed and listed.isdisjoint(names.kinds):
        return True
    for mention in event.mentions:
        root, keys = mention.path[0], mention.path[1:]
        if root == "resources":
            continue
        at = dotted_path(keys)
        if at in targets or (
            root == "response" and at.count(".") < _SHALLOW and keys[-1] in names.facts.answers
        ):
            return True
    return False

"""What a change did, as far as the next apply cares: to the whole, to a part, or to the object itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from iacwatch.core.addresses.next.parts import Element, Parts, parts_of
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import Change, ChangeType, Json, PropertyChange
from iacwatch.core.parse.firewall import openings

_MOST: Final = 2_000


class Did(Enum):
    """What was done."""

    DELETED = auto()
    CREATED = auto()
    PART_ADDED = auto()
    PART_REMOVED = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What was done, and to parts of which kind.

    `elements` are the parts that were added or removed, `before` is how many there were of what was removed.
    """

    did: Did
    parts: Parts | None = None
    elements: tuple[Element, ...] = ()
    before: int | None = None


def effect_of(change: Change) -> Effect:
    """Return what a change did; what is not surely one thing is a change of the object itself."""
    if change.change_type is ChangeType.DELETE:
        return Effect(did=Did.DELETED)
    if change.change_type is ChangeType.CREATE:
        return Effect(did=Did.CREATED)
    entries = [entry for entry in change.diff or () if not _by_itself(entry, change)]
    kinds = {_kind_of(entry, change.resource.type) for entry in entries}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        return Effect(did=Did.CHANGED)
    removed = {key: each for entry in entries for key, each in _keyed(kind, entry.previous)}
    added = {key: each for entry in entries for key, each in _keyed(kind, entry.updated)}
    # What is in both was there all along: Config lists a port range's entries as one.
    gone, come = removed.keys() - added.keys(), added.keys() - removed.keys()
    altered = kind.identity and any(removed[key] != added[key] for key in removed.keys() & added.keys())
    if altered or bool(gone) == bool(come):
        return Effect(did=Did.CHANGED)
    listed = (
        {key for key, each in _keyed(kind, _list_in(change, kind)) if not kind.innate(each)} if gone else ()
    )
    return Effect(
        did=Did.PART_ADDED if come else Did.PART_REMOVED,
        parts=kind,
        elements=tuple(added[key] if come else removed[key] for key in sorted(come or gone, key=repr)),
        before=len(gone.union(listed)) if gone else None,
    )


def _by_itself(entry: PropertyChange, change: Change) -> bool:
    """Return whether an entry says nothing of what was done: neighbours, and counters of AWS's own."""
    section, *keys = entry.path.lower().split(".")
    return section == "relationships" or (
        section == "configuration" and keys[:1] != [] and keys[0] in facts_of(change.resource.type).counted
    )


def _kind_of(entry: PropertyChange, config_type: str) -> Parts | None:
    section, *keys = entry.path.lower().split(".")
    whole = len(keys) == 1 or (len(keys) == 2 and keys[1].isdigit())  # noqa: PLR2004  (a list and its index)
    if section != "configuration" or not whole:
        return None
    return next((kind for kind in parts_of(config_type) if kind.field == keys[0]), None)


def _keyed(kind: Parts, value: Json) -> Iterator[tuple[object, Element]]:
    """Yield the parts in a value, an element or a list of them, each with what tells it from others."""
    for element in value[:_MOST] if isinstance(value, list | tuple) else [value]:
        if not isinstance(element, Mapping):
            continue
        lowered = {str(key).lower(): each for key, each in element.items()}
        if kind.identity:
            yield tuple(repr(lowered.get(key)) for key in kind.identity), lowered
        else:
            yield from ((way, lowered) for way in openings(element))


def _list_in(change: Change, kind: Parts) -> Json:
    """Return the list of parts in the item after the change."""
    configuration = (change.item.configuration if change.item else None) or {}
    return next((value for key, value in configuration.items() if key.lower() == kind.field), None)

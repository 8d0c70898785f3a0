"""Finds the tags in a configuration item, and those before a change.

Tags stand in several places and spellings, since each follows its service's API; a resource's tags are the
union of them, the item's own ``tags`` map first.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from iacwatch.core.catalog.catalog import ROWS
from iacwatch.core.model import Change, ChangeType, Item, Json, PropertyChange

_IN_MOST: Final = ("tags", "tagset", "taglist")
_IN_CONFIGURATION: Final = (*_IN_MOST, *sorted({place for row in ROWS.values() for place in row.tags_at}))
_IN_SUPPLEMENTARY: Final = (*_IN_MOST, *sorted({place for row in ROWS.values() for place in row.tags_beside}))
_KEYS: Final = ("key", "tagkey", "tagname")
_VALUES: Final = ("value", "tagvalue")
_MOST: Final = 200


def tags_of(item: Item) -> dict[str, str]:
    """Return all tags of an item, from every place where one may stand."""
    found = dict(item.tags)
    for container in _containers(item.configuration, item.supplementary):
        for key, value in _pairs(container):
            found.setdefault(key, value)
    return found


def tags_in_deletion(change: Change) -> tuple[dict[str, str], bool]:
    """Return the tags in a deletion's own diff, and whether they are surely all of them.

    The diff of a deletion holds the whole previous configuration. Where the service keeps tags elsewhere,
    or the diff lists tag values without their keys, it proves nothing.
    """
    configuration: Json = None
    supplementary: dict[str, Json] = {}
    found: dict[str, str] = {}
    keyless = 0
    for entry in change.diff or ():
        head, _, tail = entry.path.partition(".")
        if head.lower() == "configuration" and not tail:
            configuration = entry.previous
        elif head.lower() == "supplementaryconfiguration" and tail and "." not in tail:
            supplementary[tail] = entry.previous
        elif pair := _pair_of(entry, entry.previous):
            found.setdefault(*pair)
        elif is_tag(entry) and (listed_here := _listed(entry)):
            found.update(listed_here[0])
        elif is_tag(entry):
            keyless += 1
    listed: dict[str, str] = {}
    for container in _containers(configuration, supplementary):
        listed.update(_pairs(container))
    complete = bool(listed) and keyless <= len(listed)
    return {**listed, **found}, complete


def tags_before(change: Change, current: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Undo the tag entries of an update's diff on the `current` tags.

    Return the tags before, and whether that is certain: Config may list a tag's value without its key.
    """
    before = dict(current)
    keyed_values: set[str] = set()
    keyless: list[PropertyChange] = []
    created: list[tuple[str, str]] = []
    deleted: list[tuple[str, str]] = []
    for entry in change.diff or ():
        if not is_tag(entry):
            continue
        old, new = _pair_of(entry, entry.previous), _pair_of(entry, entry.updated)
        if old is None and new is None:
            listed = _listed(entry)
            if listed is None:
                keyless.append(entry)
                continue
            deleted.extend(listed[0])
            created.extend(listed[1])
        if new:
            created.append(new)
        if old:
            deleted.append(old)
    for key, value in created:
        before.pop(key, None)
        keyed_values.add(value)
    for key, value in deleted:
        before[key] = value
        keyed_values.add(value)
    certain = all(
        value is None or (isinstance(value, str) and value in keyed_values)
        for entry in keyless
        for value in (entry.previous, entry.updated)
    )
    return before, certain


def keyless_may_hide(change: Change, current: str | None) -> bool:
    """Return whether an entry without a key may be the managed tag's, whose `current` value is given."""
    for entry in change.diff or ():
        if not is_tag(entry) or _pair_of(entry, entry.previous) or _pair_of(entry, entry.updated):
            continue
        if _listed(entry) is not None:
            continue
        removed = entry.change_type is not ChangeType.CREATE
        added = entry.change_type is not ChangeType.DELETE
        if current is None and removed:
            return True
        # What is not text is a form that is not known here: it may be anything.
        if current is not None and added and (entry.updated == current or not isinstance(entry.updated, str)):
            return True
        if not isinstance(entry.previous, str | None):
            return True
    return False


def _containers(configuration: Json, supplementary: Mapping[str, Json]) -> Iterator[Json]:
    if isinstance(configuration, Mapping):
        for key, value in configuration.items():
            if isinstance(key, str) and key.lower() in _IN_CONFIGURATION:
                yield value
    for key, value in supplementary.items():
        if key.lower() in _IN_SUPPLEMENTARY:
            yield value


def _pairs(container: Json) -> Iterator[tuple[str, str]]:
    """Yield key and value of each tag in a container: a map, a list of pairs, or S3's tag sets."""
    if isinstance(container, Mapping):
        sets = container.get("tagSets") or container.get("TagSets")
        if isinstance(sets, list):
            for entry in sets[:_MOST]:
                yield from _pairs(entry)
            return
        inner = container.get("tags") or container.get("Tags")
        if isinstance(inner, Mapping | list | tuple):  # one of the tag sets, as a diff may list it alone
            yield from _pairs(inner)
            return
        for key, value in list(container.items())[:_MOST]:
            if isinstance(key, str) and isinstance(value, str):
                yield key, value
    elif isinstance(container, list | tuple):
        for entry in container[:_MOST]:
            if pair := _pair(entry):
                yield pair


def _pair(entry: Json) -> tuple[str, str] | None:
    if not isinstance(entry, Mapping):
        return None
    lowered = {key.lower(): value for key, value in entry.items() if isinstance(key, str)}
    key = next((lowered[name] for name in _KEYS if isinstance(lowered.get(name), str)), None)
    if key is None:
        return None
    value = next((lowered[name] for name in _VALUES if isinstance(lowered.get(name), str)), "")
    return (key, value)


def is_tag(entry: PropertyChange) -> bool:
    """Return whether an entry of a diff is about a tag."""
    keys = entry.path.lower().split(".")
    if keys[0] == "tags":
        return True
    if len(keys) < 2:  # noqa: PLR2004  (a section and a property)
        return False
    places = {"configuration": _IN_CONFIGURATION, "supplementaryconfiguration": _IN_SUPPLEMENTARY}
    return keys[1] in places.get(keys[0], ())


def _pair_of(entry: PropertyChange, value: Json) -> tuple[str, str] | None:
    """Return key and value where a diff entry is one tag's, with its key."""
    if value is None or not is_tag(entry):
        return None
    if pair := _pair(value):
        return pair
    head, _, tail = entry.path.partition(".")
    if head.lower() == "supplementaryconfiguration" or head.lower() == "configuration":
        tail = tail.partition(".")[2]
    if tail.lower().startswith("tagsets."):
        tail = tail[at + len(".tags.") :] if (at := tail.lower().find(".tags.")) >= 0 else ""
    # Config begins the parts of a path with a capital: only the item before shows whether the key does, too.
    if tail and not tail.isdigit() and not tail[0].isupper() and isinstance(value, str):
        return (tail, value)
    return None


def _listed(entry: PropertyChange) -> tuple[list[tuple[str, str]], list[tuple[str, str]]] | None:
    """Return the tags of an entry that replaces a whole container; None where it is not a container."""
    old, new = list(_pairs(entry.previous)), list(_pairs(entry.updated))
    return (old, new) if old or new else None

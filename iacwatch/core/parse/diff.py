"""Computes what differs between two configuration items, in the form that AWS Config itself uses.

Paths are `Configuration.State.Name`, `SupplementaryConfiguration.X.Y`, `Relationships.3`, `Tags.KEY`. Lists
are compared as bags, as Config does: an element that changed is the DELETE of one index and the CREATE of
another, and the index is no position. Noise is no difference: the order of lists, null or "" or an empty
list beside a missing key, 16 beside 16.0. An empty object is a value, though: in ``{"Block": {}}`` it says
which of several ways was chosen. So is whatever stands in a list, but for null.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import compress
from operator import eq, not_
from typing import Final, TypeVar

from iacwatch.core.model import ChangeType, Item, Json, PropertyChange, Relationship
from iacwatch.core.parse.plain_values import same, spelled

_TAG_MAPS: Final = frozenset({"tags", "tagset", "taglist", "filesystemtags"})
_OBJECTS: Final = (dict, Mapping)  # the first is the faster test
_Key = TypeVar("_Key", str, bytes)
_SHORT: Final = 90
_LONG: Final = 96
"""Texts longer than this are compared by their digest, so that deep documents stay linear."""


def diff(before: Item | None, after: Item) -> tuple[PropertyChange, ...]:
    """Return what `after` changed: () for a creation, everything that `before` held for a deletion."""
    if before is None:
        return ()
    if after.deleted:
        return tuple(_deletion(before))
    if before.deleted and after.status == "ResourceDiscovered":
        return ()
    return tuple(_update(before, after))


def _deletion(before: Item) -> Iterator[PropertyChange]:
    if before.configuration is not None:
        yield _entry("Configuration", before.configuration, None)
    for key in sorted(before.supplementary):
        yield _entry(f"SupplementaryConfiguration.{_capital(key)}", before.supplementary[key], None)
    for index, neighbour in enumerate(before.relationships):
        yield _entry(f"Relationships.{index}", _relationship(neighbour), None)
    for key in sorted(before.tags):
        yield _entry(f"Tags.{key}", before.tags[key], None)


def _update(before: Item, after: Item) -> Iterator[PropertyChange]:
    if before.configuration or after.configuration:
        yield from _values("Configuration", before.configuration, after.configuration)
    yield from _values("SupplementaryConfiguration", before.supplementary, after.supplementary)
    if before.relationships != after.relationships:
        yield from _values(
            "Relationships",
            [_relationship(neighbour) for neighbour in before.relationships],
            [_relationship(neighbour) for neighbour in after.relationships],
        )
    yield from _tags("Tags", before.tags, after.tags)
    names = (("ARN", before.resource.arn, after.resource.arn),)
    for path, old, new in (*names, ("ResourceName", before.resource.name, after.resource.name)):
        if old and new and old != new:
            yield _entry(path, old, new)


def _values(path: str, old: Json, new: Json) -> Iterator[PropertyChange]:
    """Yield what differs between two values of any JSON type; mappings are compared key by key."""
    if isinstance(old, _OBJECTS) and isinstance(new, _OBJECTS):
        for key in sorted(old.keys() | new.keys()):
            before, after = old.get(key), new.get(key)
            if same(before, after):
                continue
            below = f"{path}.{_capital(key)}"
            if key.lower() in _TAG_MAPS and _is_tag_map(before) and _is_tag_map(after):
                yield from _tags(below, before or {}, after or {})
            else:
                yield from _values(below, before, after)
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        yield from _lists(path, old, new)
    elif _canonical(old) != _canonical(new):
        yield _entry(path, old, new)


def _lists(path: str, old: Sequence[Json], new: Sequence[Json]) -> Iterator[PropertyChange]:
    old, new = _unpaired(old, new)
    old_keys, new_keys = list(map(_element, old)), list(map(_element, new))
    index = 0
    for value in _beyond(old, old_keys, Counter(new_keys)):
        yield _entry(f"{path}.{index}", value, None, ChangeType.DELETE)
        index += 1
    for value in _beyond(new, new_keys, Counter(old_keys)):
        yield _entry(f"{path}.{index}", None, value, ChangeType.CREATE)
        index += 1


def _unpaired(old: Sequence[Json], new: Sequence[Json]) -> tuple[Sequence[Json], Sequence[Json]]:
    """Leave out what is in both lists in one form: nearly always, one of many elements changed."""
    alike = list(map(eq, old, new))
    if same(list(compress(old, alike)), list(compress(new, alike))):
        others = list(map(not_, alike))
        old = [*compress(old, others), *old[len(alike) :]]
        new = [*compress(new, others), *new[len(alike) :]]
    if len(old) * len(new) <= 1:
        return old, new
    try:
        old_keys, new_keys = list(map(spelled, old)), list(map(spelled, new))
    except ValueError:  # a type that is none of JSON's
        return old, new
    return list(_beyond(old, old_keys, Counter(new_keys))), list(_beyond(new, new_keys, Counter(old_keys)))


def _beyond(values: Sequence[Json], keys: Sequence[_Key], others: Counter[_Key]) -> Iterator[Json]:
    """Yield the elements that the other list has no equal for, each equal used up once."""
    for value, key in zip(values, keys, strict=True):
        if key in others and others[key] > 0:
            others[key] -= 1
        elif key:
            yield value


def _tags(path: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[PropertyChange]:
    """Yield what differs between two maps of tags: keys as they are, and "" is a value like any other."""
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield _entry(f"{path}.{key}", old.get(key), new.get(key))


def _is_tag_map(value: Json) -> bool:
    return not value or (isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values()))


def _entry(path: str, old: Json, new: Json, change_type: ChangeType | None = None) -> PropertyChange:
    if change_type is None:
        change_type = ChangeType.UPDATE
        if old is None:
            change_type = ChangeType.CREATE
        elif new is None:
            change_type = ChangeType.DELETE
    return PropertyChange(path=path, change_type=change_type, previous=old, updated=new)


def _relationship(neighbour: Relationship) -> dict[str, Json]:
    return {
        "resourceId": neighbour.id,
        "resourceName": neighbour.name,
        "resourceType": neighbour.type,
        "name": neighbour.label,
    }


def _capital(key: str) -> str:
    return key[:1].upper() + key[1:]


def _canonical(value: Json) -> str:
    """Return a text that is equal for values that do not differ; "" for null, "" and an empty list."""
    if type(value) is str and len(value) < _SHORT:  # (most are: a call less)
        return f'"{len(value)}:{value}' if value else ""
    text = _written(value)
    if len(text) <= _LONG:
        return text
    return "#" + blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _element(value: Json) -> str:
    """Return the same of a list's element, where only null is nothing."""
    return _canonical(value) or ("" if value is None else f"empty {type(value).__name__}")


def _written(value: Json) -> str:
    if isinstance(value, str):
        return f'"{len(value)}:{value}' if value else ""  # the length, so that no text can pose as two
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:x}"
    if isinstance(value, float):
        return f"{int(value):x}" if value.is_integer() else repr(value)
    if isinstance(value, _OBJECTS):
        members = sorted(
            [f"{_canonical(key)}:{text}" for key, each in value.items() if (text := _canonical(each))]
        )
        return "{" + ",".join(members) + "}"
    elements = sorted([text for each in value if (text := _element(each))])
    return "[" + ",".join(elements) + "]" if elements else ""

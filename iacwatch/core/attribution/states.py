"""What a change shows of its resource's configuration, at the change and before it, whole or in parts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from iacwatch.core.model import Change, Json

MAX_VALUES: Final = 200
"""Elements read of one list: a route table has tens of parts, a hostile document has thousands."""

LONGEST: Final = 2048
"""Characters of the longest name that AWS knows."""

_SECTIONS: Final = frozenset({"configuration", "supplementaryconfiguration"})


def states(change: Change) -> Iterator[Mapping[str, Json]]:
    """Yield configurations, whole or in parts, that show the resource at or before the change."""
    for item in (change.item, change.previous):
        if item and item.configuration:
            yield item.configuration
    for entry in change.diff or ():
        keys = [key for key in entry.path.split(".") if not key.isdigit()]
        if not keys or keys[0].lower() != "configuration":
            continue
        for value in (entry.previous, entry.updated):
            if value is None:
                continue
            state: Json = value
            for key in reversed(keys[1:]):
                state = {key: state}
            if isinstance(state, Mapping):
                yield state


def values(shown: Iterable[Mapping[str, Json]], path: str) -> Iterator[str]:
    """Yield the strings at a dotted, lower-case path, whatever the case of the keys, through lists."""
    for state in shown:
        yield from _at(state, path.split("."))


def changed_fields(change: Change) -> frozenset[str]:
    """Return the first keys of what differs in configuration and supplementary configuration, lower-case."""
    return frozenset(
        keys[1]
        for entry in change.diff or ()
        if len(keys := entry.path.lower().split(".", 2)) > 1 and keys[0] in _SECTIONS
    )


def changed_below(change: Change) -> frozenset[str]:
    """Return the keys one below those of `changed_fields` as far as it shows which differ: ``first.second``.

    Of a list's elements they are the keys whose values, taken together, are others than before.
    """
    found: set[str] = set()
    before: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    after: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for entry in change.diff or ():
        section, *keys = entry.path.lower().split(".")
        if section not in _SECTIONS or not keys:
            continue
        if below := next((key for key in keys[1:] if not key.isdigit()), None):
            found.add(f"{keys[0]}.{below}")
            continue
        for side, value in ((before, entry.previous), (after, entry.updated)):
            for element in value[:MAX_VALUES] if isinstance(value, list | tuple) else (value,):
                for key, inner in element.items() if isinstance(element, Mapping) else ():
                    side[keys[0], str(key).lower()][repr(inner)] += 1
    differing = (at for at in before.keys() | after.keys() if before[at] != after[at])
    return frozenset(found.union(".".join(at) for at in differing))


def _at(value: Json, keys: list[str]) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for entry in value[:MAX_VALUES]:
            yield from _at(entry, keys)
    elif not keys:
        if isinstance(value, str) and 0 < len(value) <= LONGEST:
            yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str) and key.lower() == keys[0]:
                yield from _at(inner, keys[1:])

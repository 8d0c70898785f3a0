"""Collects every string in a trail event by which it may name a resource, with the keys that lead to it.

Each service writes parameters in its own shape, so nothing is taken for granted: all strings are collected,
within bounds, and what a path means is decided where events are matched.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from iacwatch.core.model import Json, Mention
from iacwatch.core.parse.json_values import loads, whole
from iacwatch.errors import ParseError

MOST: Final = 5_000
"""The most strings collected of one event; CloudTrail cuts parameters at 100 KB."""

LONGEST: Final = 2_048
"""Characters of the longest name that AWS knows; what is longer is a policy or a user's script."""

_DEEPEST: Final = 60
_LONGEST_KEY: Final = 256
_MOST_VALUES: Final = 100_000
_MOST_SENT: Final = 200
_USUAL: Final = 40


def mentions(*sections: tuple[str, Json]) -> tuple[Mention, ...]:
    """Collect the strings of an event's sections, each given with the name that its paths begin with.

    A section may be JSON text, as Athena and some exports hold it. Strings beyond `MOST`, and those longer
    than `LONGEST`, are left out.
    """
    found: list[Mention] = []
    for root, section in sections:
        for path, value in _strings(root, _read(section)):
            if len(found) >= MOST:
                return tuple(found)
            found.append(Mention(path=path, value=value))
    return tuple(found)


def object_of(section: Json) -> Mapping[str, Json]:
    """Return a section that is an object, or JSON text of a small one; else an empty one."""
    if isinstance(section, str) and len(section) <= LONGEST:
        section = _read(section)
    return section if isinstance(section, Mapping) else {}


def sent(request: Json) -> frozenset[str]:
    """Return the keys of a call's parameters that have a value, and those one below: dotted, lower-cased."""
    request = _read(request)
    if isinstance(request, Mapping) and len(request) == 1:
        (key, inner), *_ = request.items()
        if isinstance(key, str) and key.lower().endswith("request"):
            request = inner
    if not isinstance(request, Mapping):
        return frozenset()
    keys = tuple(
        (key, tuple(value)[:_MOST_SENT] if isinstance(value, Mapping) else ())
        for key, value in islice(request.items(), _MOST_SENT)
        if value is not None
    )
    usual = sum(len(below) for _, below in keys) + len(keys) <= _USUAL
    return _shared(keys) if usual else _paths(keys)


def _paths(keys: Iterable[tuple[Json, tuple[Json, ...]]]) -> frozenset[str]:
    paths = (path for key, below in keys for path in (key, *(f"{key}.{inner}" for inner in below)))
    return frozenset(
        path.lower()
        for path in islice(paths, _MOST_SENT)
        if isinstance(path, str) and len(path) <= _LONGEST_KEY
    )


_shared: Final = lru_cache(maxsize=2048)(_paths)
"""The same, as one set for all calls that send the same."""


def _read(section: Json) -> Json:
    if isinstance(section, str) and section[:1] in {"{", "["}:
        try:
            return loads(section, "")
        except ParseError:
            return None
    return section


def _strings(root: str, section: Json) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield paths and strings in the document's order; a stack, since documents may be very deep."""
    stack: list[tuple[tuple[str, ...], Json]] = [((root,), section)]
    seen = 0
    while stack and seen < _MOST_VALUES:
        path, value = stack.pop()
        seen += 1
        if isinstance(value, str):
            if 0 < len(value) <= LONGEST and len(path) > 1:
                yield path, whole(value)
        elif isinstance(value, Mapping):
            if len(path) <= _DEEPEST:
                inner = [
                    ((*path, key.lower()), each)
                    for key, each in value.items()
                    if isinstance(key, str) and len(key) <= _LONGEST_KEY and each is not None
                ]
                stack.extend(reversed(inner))
        # Lists add nothing to a path: their depth shows in the number of values alone.
        elif isinstance(value, list | tuple):
            stack.extend((path, each) for each in reversed(value[:_MOST_VALUES]))

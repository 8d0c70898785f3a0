"""Walks the members of a state or a plan: keeps its header, reads its lists, and lets go of the rest."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from iacwatch.storage.json_walk import BrokenJsonError, JsonWalk

BEGIN: Final = 64
"""Characters of a document, and of a member's name, that are looked at to tell what it is."""


@dataclass(slots=True, kw_only=True)
class Members:
    """What was found: the header's values, the names of all members, and whether the document is whole."""

    header: dict[str, Any] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    whole: bool = False


def read_members(
    walk: JsonWalk, header: Collection[str], readers: Mapping[str, Callable[[], None]]
) -> Members:
    """Walk a document to its end, or to where it breaks off.

    Of each of `readers`, the function reads the value that the walk stands at; it is not called for null, an
    empty list's other form.
    """
    found = Members()
    try:
        for key in walk.members():
            found.keys.add(key[:BEGIN])
            if key in header:
                found.header[key] = walk.value()
            elif key in readers and walk.ahead() != "n":
                readers[key]()
            else:
                walk.skip()
        walk.end()
    except BrokenJsonError:
        return found
    found.whole = True
    return found

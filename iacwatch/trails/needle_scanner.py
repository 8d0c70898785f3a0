r"""Needles found in one pass over a text, however many they are: by `hyperscan`, where that is installed.

Letters and digits may be written in code (``\u0061``, ``%61``), which nobody does to a name but who wants it
missed: what holds any is let through, to be parsed.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Literal

Scan = Callable[[bytes], list[int]]
"""Takes a text; returns where needles end in it, sorted."""

_CHARACTER: Final = rb"(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|2[DEde]|5[Ff])"
_PERCENT, _ESCAPE = (re.compile(start + _CHARACTER) for start in (b"%", rb"\\u00"))
"""Each begins with what is the same in all, which is quickly found."""


def is_coded(text: bytes) -> bool:
    """Return whether a character that names are made of is written in code."""
    return (b"%" in text and _PERCENT.search(text) is not None) or (
        b"\\u00" in text and _ESCAPE.search(text) is not None
    )


def ends_of(needles: Iterable[bytes], text: bytes) -> list[int]:
    """Return where needles, or coded characters, end in a text, sorted."""
    ends = [
        match.end()
        for pattern, start in ((_PERCENT, b"%"), (_ESCAPE, b"\\u00"))
        if start in text
        for match in pattern.finditer(text)
    ]
    for needle in needles:
        at = text.find(needle)
        while at >= 0:
            ends.append(at + len(needle))
            at = text.find(needle, at + 1)
    return sorted(ends)


@lru_cache(maxsize=4)
def compiled(needles: frozenset[bytes]) -> Scan | Literal[False]:
    """Return what finds needles, and coded characters; False where `hyperscan` is not installed."""
    try:
        import hyperscan  # noqa: PLC0415  (it is installed with iacwatch[fast] only)
    except ImportError:
        return False
    patterns = [*(re.escape(needle) for needle in sorted(needles)), _PERCENT.pattern, _ESCAPE.pattern]
    database = hyperscan.Database()
    try:
        database.compile(expressions=patterns, elements=len(patterns), flags=0)
    except hyperscan.error:
        return False

    def scan(text: bytes) -> list[int]:
        ends: list[int] = []

        def take(_number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends.append(end)

        database.scan(text, match_event_handler=take)
        return ends

    return scan

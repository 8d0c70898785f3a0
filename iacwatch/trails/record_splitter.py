"""CloudTrail's log files cut into records without parsing them, which would take most of the time.

CloudTrail writes ``{"Records":[{"eventVersion":...},{"eventVersion":...}]}`` without a blank, always in this
order of keys. A file that deviates in any way is not guessed at: that is an `UnusualLayout`, and it is parsed
whole.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

OPENING: Final = b'{"eventVersion":'
"""What every record begins with, and what is cut off."""

TIME: Final = b'"eventTime":"'

_HEAD: Final = b'{"Records":[' + OPENING
_CUT: Final = b"," + OPENING
_END: Final = b"]}"
_LONGEST: Final = 8 * 1024 * 1024
"""Bytes of one record; CloudTrail's own stay below 256 KB."""


class UnusualLayout(Exception):
    """A file is not written as CloudTrail writes it: only parsing finds its records."""


def bodies(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the records of a file, some at a time, each without its `OPENING`.

    Raises `UnusualLayout` wherever a cut may not be one between two records: every record has one time, so
    that there have to be as many times as records, and the last one has to be whole. (A second gzip member, a
    file that was cut short and another way of writing show in that.)
    """
    tail, begun = b"", False
    for piece in pieces:
        text = tail + piece
        parts = text.split(_CUT)
        if not begun:
            if len(text) < len(_HEAD):
                tail = text
                continue
            if not text.startswith(_HEAD):
                raise UnusualLayout
            parts[0], begun = parts[0][len(_HEAD) :], True
        tail = parts.pop()
        if len(tail) > _LONGEST or text.count(TIME, 0, len(text) - len(tail)) != len(parts):
            raise UnusualLayout
        yield parts
    yield [_last(tail)] if begun else _unusual()


def whole(body: bytes) -> bytes:
    """Return a record's JSON text."""
    return OPENING + body


def parsed(body: bytes) -> Any:
    """Return a record parsed; None where it is whole, and yet beyond what can be read (too deep, say)."""
    try:
        return json.loads(whole(body))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise UnusualLayout from None
    except (ValueError, RecursionError):
        return None


def _last(tail: bytes) -> bytes:
    """Return the last record of a file, which shows whether the file is whole."""
    text = tail.rstrip()
    body = text[: -len(_END)]
    if not text.endswith(_END) or body.count(TIME) != 1:
        raise UnusualLayout
    parsed(body)
    return body


def _unusual() -> list[bytes]:
    raise UnusualLayout

"""CloudTrail's log files cut into records without parsing them, which would take most of the time.

CloudTrail writes ``{"Records":[{"eventVersion":...},{"eventVersion":...}]}`` without a blank, always in this
order of keys. A file that deviates in any way is not guessed at: that is an `UnusualLayout`, and it is parsed
whole. What is cut is proved to be records by its braces, whatever strangers wrote between them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

OPENING: Final = b'{"eventVersion":'
"""What every record begins with, and what is cut off."""

TIME: Final = b'"eventTime":"'
CUT: Final = b"," + OPENING
NOT_SHAPE: Final = bytes(byte for byte in range(256) if byte not in b'{}"\\')
"""What `bytes.translate` deletes to leave the shape of a text: braces, quotes and backslashes."""

_HEAD: Final = b'{"Records":[' + OPENING
_END: Final = b"]}"
_LONGEST: Final = 8 * 1024 * 1024
"""Bytes of one record; CloudTrail's own stay below 256 KB."""

_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)
_STRING: Final = re.compile(rb'"[^"]*"')
_BROKEN: Final = -100
_OPEN: Final = ord("{")


class UnusualLayout(Exception):
    """A file is not written as CloudTrail writes it: only parsing finds its records."""


class Block(NamedTuple):
    """Some records of a file, each without its `OPENING`, with `CUT` between them; `alone`: they are all."""

    text: bytes
    alone: bool


def blocks(pieces: Iterable[bytes]) -> Iterator[Block]:
    """Yield the records of a file, many at a time, with the last one proved to be whole.

    Raises `UnusualLayout` where the file does not begin or end as it should. (A second gzip member and a file
    that was cut short show in that.) Of the other records `are_whole` says whether they are.
    """
    text, begun, alone = b"", False, True
    for piece, last in _with_last(pieces):
        text += piece
        if not begun:
            if len(text) < len(_HEAD) and not last:
                continue
            if not text.startswith(_HEAD):
                raise UnusualLayout
            text, begun = text[len(_HEAD) :], True
        if last:
            yield Block(_ended(text), alone)
        elif (at := text.rfind(CUT)) >= 0:
            alone = False
            yield Block(text[:at], alone)
            text = text[at + len(CUT) :]
        if len(text) > _LONGEST:
            raise UnusualLayout
    if not begun:
        raise UnusualLayout


def bodies(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the records of a file, some at a time, each without its `OPENING`. Raises `UnusualLayout`."""
    for block in blocks(pieces):
        cut = block.text.split(CUT)
        if not are_whole(cut):
            raise UnusualLayout
        yield cut


def are_whole(cut: Sequence[bytes]) -> bool:
    """Return whether what was cut are records, and no parts of one: each closes what it opens."""
    return all(
        body.endswith(b"}") and (depth(body.translate(None, NOT_SHAPE)) == -1 or net(body) == -1)
        for body in cut
    )


def net(text: bytes) -> int:
    """Return how many braces a text of JSON opens and does not close, those in strings left out.

    The text begins outside of strings. The last brace that it closes may be one that it did not open; in any
    other case, and where a string does not end, the answer is far below zero.
    """
    if b"\\" in text:
        text = _ESCAPED.sub(b"", text)
    return depth(text.translate(None, NOT_SHAPE))


@lru_cache(maxsize=16_384)
def depth(shape: bytes) -> int:
    """Return `net` by a text's braces and quotes alone; far below zero where backslashes are among them.

    Few shapes recur all the time, so that the answers are cached.
    """
    braces = _STRING.sub(b"", shape)
    if b'"' in braces or b"\\" in shape:
        return _BROKEN
    level = 0
    for brace in braces:
        if level < 0:
            return _BROKEN
        level += 1 if brace == _OPEN else -1
    return level


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


def _ended(text: bytes) -> bytes:
    """Return the last records of a file without what closes it; the last one shows whether it is whole."""
    text = text.rstrip()
    body = text[: -len(_END)]
    if not text.endswith(_END) or TIME not in (last := body[body.rfind(CUT) + 1 :].removeprefix(OPENING)):
        raise UnusualLayout
    parsed(last)
    return body


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each piece, and whether it is the last one."""
    before: bytes | None = None
    for piece in pieces:
        if before is not None:
            yield before, False
        before = piece
    if before is not None:
        yield before, True

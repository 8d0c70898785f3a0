"""The items of a file of AWS Config by `msgspec`, where it is installed: no more is parsed than is looked at.

A file is cut into blocks of whole items: that a cut lies between two of them is proved by the block's being
JSON. Whatever is not as Config writes it is left to `storage.json_stream`, which also says what is wrong
with it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any, Final, TypedDict

import msgspec

from iacwatch.errors import ParseError
from iacwatch.sources.history.file_layout import FORMAT
from iacwatch.sources.history.item import AT_A_GLANCE
from iacwatch.storage.json_stream import objects

_MOST: Final = 8 << 20
"""Bytes that are searched for an item's end; a larger item is read by the other way."""

_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_KEY: Final = 64
_Head: Any = TypedDict("_Head", dict.fromkeys(AT_A_GLANCE, Any), total=False)  # type: ignore[misc]  # (the fields are declared there)
_items: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_head: Final[Callable[[bytes], Any]] = msgspec.json.Decoder(_Head).decode

Found = tuple[dict[str, Any], str | bytes]
"""What is looked at of an item (the plain way: all of it), and its text."""


def typed_items(pieces: Iterable[bytes], name: str) -> Iterator[Found]:
    """Yield what is looked at of each item, as `objects` yields the whole of it."""
    coming = iter(pieces)
    left = next(coming, b"").removeprefix(_BOM)
    head = FORMAT.head.match(left[: FORMAT.longest_head].decode("latin-1"))
    if head is None or not left[: head.end()].isascii():
        yield from objects(chain([left], coming), name, FORMAT)
        return
    left = left[head.end() :].lstrip()
    begun, begin = False, left[: left.find(b":", 0, _LONGEST_KEY) + 1]
    while begin:
        try:
            piece = next(coming, b"")
        except ParseError:
            with suppress(ParseError):
                yield from objects([b"[" + left], name, FORMAT, begun=begun)
            raise
        left += piece
        cut = left.rfind(begin) if piece else len(left)
        found = _parsed(left[:cut], last=not piece)
        if found is not None:
            yield from found
            begun, left = True, left[cut:]
            if not piece:
                return
        elif not piece or len(left) > _MOST:
            break
    # Nothing that was yielded is read again: what is left looks like a list by itself.
    yield from objects(chain([b"[" + left], coming), name, FORMAT, begun=begun)


def _parsed(block: bytes, *, last: bool) -> list[tuple[dict[str, Any], bytes]] | None:
    """Return the items of a block; None where it holds anything but whole items, and what follows them."""
    items = block.rstrip()
    for end in (b"}", b"]") if last else (b",",):
        if not items.endswith(end):
            return None
        items = items[:-1].rstrip()
    try:
        if not items.isascii():
            items.decode()
        texts = list(map(bytes, _items(b"[%b]" % items)))
        heads = list(map(_head, texts))
    except (ValueError, RecursionError):
        return None
    return list(zip(heads, texts, strict=True)) if all("resourceType" in head for head in heads) else None

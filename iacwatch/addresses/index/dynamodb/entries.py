"""What a state says under each key, how that is stored, and the list of its rows for the next write."""

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from iacwatch.addresses.index.dynamodb.head import short
from iacwatch.addresses.index.row_text import compact, moment_of, row_of, row_values, stamped
from iacwatch.core.addresses.keys import account_key, row_keys
from iacwatch.core.addresses.versions import Kept, accounts_of
from iacwatch.core.iac import StateHead

PART: Final = 350_000
"""Bytes of one part of what is too large for one item, which holds 400 KB."""

_PLAIN: Final = 600
"""Bytes of an entry that gzip makes hardly shorter."""

_MOST_READ: Final = 256_000_000
"""Bytes of a text that is read back; what claims to be longer was not written here."""

COVERED: Final = "1"
_NOT_COVERED: Final = "0"


def item_key(key: str) -> str:
    """Return the key of the item that holds the entries of a row's key."""
    return f"key#{short(key, 16)}"


def part_keys(what: str, state: str, number: int, parts: int) -> list[str]:
    """Return the keys of the parts of something that a version of a state has written beside its entries."""
    return [f"part#{what}#{state}#{number}#{part}" for part in range(parts)]


def contents(kept: Sequence[Kept], head: StateHead) -> dict[str, str]:
    """Return what a state's version says under each key: its rows there, or whether it covers an account."""
    lists: dict[str, list[str]] = defaultdict(list)
    for row, gone_at in kept:
        text = compact([stamped(gone_at) or 0, *row_values(row)])
        for key in row_keys(row):
            lists[key].append(text)
    said = {item_key(key): f"[{','.join(sorted(texts))}]" for key, texts in lists.items()}
    for account_id, covered in accounts_of(kept, head).items():
        said[item_key(account_key(account_id))] = COVERED if covered else _NOT_COVERED
    return said


def kept_of(text: str) -> list[Kept]:
    """Return the rows of an entry or a manifest; raise one of `UNREADABLE` where it is none."""
    return [Kept(row_of(values), moment_of(gone_at or None)) for gone_at, *values in json.loads(text)]


def manifest(kept: Iterable[Kept]) -> list[bytes]:
    """Return the list of all rows of a version, in parts that fit into one item each."""
    text = compact([[stamped(gone_at) or 0, *row_values(row)] for row, gone_at in kept])
    return parts_of({"B": gzip.compress(text.encode(), mtime=0)})


def stored(text: str) -> dict[str, Any]:
    """Return an entry's text as DynamoDB keeps it."""
    return {"S": text} if len(text) <= _PLAIN else {"B": gzip.compress(text.encode(), mtime=0)}


def size_of(value: Mapping[str, Any]) -> int:
    """Return about how many bytes of an item a value takes."""
    return max(len(each) if isinstance(each, str | bytes) else 8 for each in value.values())


def parts_of(value: Mapping[str, Any]) -> list[bytes]:
    """Return a stored text in parts that fit into one item each."""
    data = value["B"] if "B" in value else value["S"].encode()
    return [data[start : start + PART] for start in range(0, len(data), PART)]


def text_of(data: bytes | str) -> str:
    """Return the text of what was stored; raise `ValueError` where it cannot be read."""
    if isinstance(data, str):
        return data
    if not data.startswith(b"\x1f\x8b"):
        return data.decode()
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        text = reader.decompress(data, _MOST_READ)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not reader.eof:
        raise ValueError("it is cut off, or too long")
    return text.decode()

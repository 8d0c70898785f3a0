"""How notes are stored: their texts as gzip, their keys as what every store takes for a key."""

import gzip
import hashlib
import re
import zlib
from typing import Final

from iacwatch.errors import DeliveryError

MOST_STORED: Final = 380_000
"""Bytes of one note as it is stored; an item of DynamoDB's holds 400 KB, names and key included."""

_MOST_READ: Final = 64_000_000
"""Bytes of a text that is read back; what claims to be longer was not written by `packed`."""

_PLAIN_KEY: Final = re.compile(r"[!-~]{1,200}")
_GZIP: Final = 16 + zlib.MAX_WBITS


def packed(text: str) -> bytes:
    """Return a text as it is stored; raise `DeliveryError` where it is too large."""
    data = text.encode("utf-8", "surrogatepass")
    stored = gzip.compress(data, mtime=0)
    if len(stored) > MOST_STORED or len(data) > _MOST_READ:
        raise DeliveryError(
            f"the ledger takes no note of {len(data)} bytes ({len(stored)} as gzip)",
            hint=f"{MOST_STORED} are the most that fit into one of its entries",
        )
    return stored


def unpacked(stored: bytes) -> str:
    """Return the text of what was stored; raise `ValueError` where it is no note's."""
    reader = zlib.decompressobj(wbits=_GZIP)
    try:
        data = reader.decompress(stored, _MOST_READ)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not reader.eof:
        raise ValueError("it is cut off, or too long")
    return data.decode("utf-8", "surrogatepass")


def key_name(key: str) -> str:
    """Return what stands for a key: itself where it is short and plain, else its digest.

    Keys are made of strangers' texts, too: a session's name may be long, or hold what no store takes.
    """
    if _PLAIN_KEY.fullmatch(key):
        return f"note#{key}"
    return f"note-digest#{digest(key)}"


def digest(text: str) -> str:
    """Return what stands for a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""Zips and unzips, by the faster of two libraries: ISA-L where it is installed (`iacwatch[fast]`), else zlib.

Either reads what the other wrote.
"""

import zlib
from typing import Any, Final

try:
    from isal import isal_zlib
except ImportError:
    _LIBRARY: Any = zlib
else:
    _LIBRARY = isal_zlib

_GZIP: Final = 31
_ZLIB: Final = (1, zlib.DEFLATED, 12, 6)
"""zlib's level, method, window and memory: items shrink to a fifth at once. More costs more than it saves;
clearing the usual 256 kB for each item would take three times as long as zipping it."""

ERRORS: Final[tuple[type[Exception], ...]] = (zlib.error, _LIBRARY.error)
"""What unzipping raises where the data is damaged."""


def gzip_reader() -> Any:
    """Return an object like `zlib.decompressobj`'s, for one member of a gzip file."""
    return _LIBRARY.decompressobj(wbits=_GZIP)


def zipped(data: bytes) -> bytes:
    """Return some kilobytes zipped, at the least cost."""
    if _LIBRARY is not zlib:
        return bytes(_LIBRARY.compress(data, 0))
    zipping = zlib.compressobj(*_ZLIB)
    return zipping.compress(data) + zipping.flush()


def unzipped(data: bytes) -> bytes:
    """Return what was zipped."""
    return bytes(_LIBRARY.decompress(data))

"""Writes a file that somebody named: whole or not at all, through links, and never in a device's place."""

import errno
import os
import secrets
import stat
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

_SUFFIX: Final = ".iacwatch-unfinished"
PRIVATE: Final = 0o600
"""The mode of a file that its owner alone may read."""
PUBLIC: Final = 0o666
"""The mode of any other file, less the process's umask."""


class AtomicFile:
    """A file that appears under its name on `commit`, with all that was written to `stream`; or never.

    A link is followed and stays a link. What is not a plain file (a device, a pipe) cannot be replaced: it is
    written to on `commit`. Without a `commit` nothing stays, however the process ends in an orderly way.
    """

    def __init__(self, path: Path, *, mode: int = PUBLIC) -> None:
        """Open a temporary file beside `path`; raise `OSError` where the file could not be written."""
        self._path = path
        self._replaced = _plain_file(path)
        target = self._replaced or Path(tempfile.gettempdir(), path.name)
        unfinished = target.with_name(f".{target.name[:100]}-{secrets.token_hex(4)}{_SUFFIX}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        self.stream: BinaryIO = os.fdopen(os.open(unfinished, flags, mode), "wb")
        self._unfinished = unfinished
        self.discard = weakref.finalize(self, _discard, self.stream, unfinished)

    def commit(self) -> None:
        """Put the file in its place; raise `OSError`, leaving nothing, where that fails."""
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            if self._replaced is None:
                with self._path.open("wb") as out:
                    out.write(self._unfinished.read_bytes())
            else:
                self._unfinished.replace(self._replaced)
                _sync(self._replaced.parent)
        finally:
            self.discard()


def _plain_file(path: Path) -> Path | None:
    """Return the plain file that a path leads to, there already or not; None for what is not a plain file."""
    target = Path(os.path.realpath(path))
    try:
        there = path.stat()
    except FileNotFoundError:
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
        return target
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    # /dev/stdout leads to a pipe, or to a file that was deleted: no path names those.
    if not stat.S_ISREG(there.st_mode) or not target.exists() or not target.samefile(path):
        return None
    return target


def _sync(folder: Path) -> None:
    """Make the file's new name survive a power failure: what the file reports may be deleted next."""
    with suppress(OSError):  # some file systems cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _discard(stream: BinaryIO, unfinished: Path) -> None:
    with suppress(OSError):
        stream.close()
    unfinished.unlink(missing_ok=True)

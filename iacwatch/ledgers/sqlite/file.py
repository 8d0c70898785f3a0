"""One SQLite file for the ledger and its notes, shared by the runs of one machine, however many at once.

SQLite's rollback journal is used as it comes: a crash at any point leaves the file as before or after a step.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from iacwatch.core.text import plain
from iacwatch.errors import DeliveryError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
AT_ONCE: Final = 500
"""Keys in one SELECT; old SQLite takes 999 parameters."""

_BUSY: Final = 10.0
"""Seconds to wait for another run that is writing."""

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE told (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    lease_until INTEGER NOT NULL,
    told_at INTEGER
) WITHOUT ROWID
"""
_ADDED: Final = (
    "CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, text BLOB NOT NULL, expires_at INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS note_expiry ON note (expires_at)",
)
"""What came later; an iacwatch that does not know of it goes on with the file as before."""

_CREATING: Final = threading.Lock()
_HINTS: Final = {
    sqlite3.SQLITE_FULL: ("the disk is full", "make room"),
    sqlite3.SQLITE_READONLY: ("it cannot be written to", "check its mode and its folder's"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check its mode and its folder's"),
    sqlite3.SQLITE_BUSY: ("another run keeps it locked", "try again once that has ended"),
    sqlite3.SQLITE_NOTADB: (
        "it is not an SQLite file",
        "move it away, or name another in ledger.url; without it, things may be reported again",
    ),
}
_RIGHT_BYTE: Final = 0xFF
"""The rest of an extended error code says more than is needed here."""


class SqliteFile:
    """The file `path`, made where it is not there: for its owner's eyes only."""

    def __init__(self, path: Path) -> None:
        """Open the file once, to see that it is one; raise `DeliveryError` where it is not to be had."""
        self._path = path
        with _CREATING:
            self._create()
        with self.writing() as database:
            self._prepare(database)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own to each step: no state is shared by threads or forked processes."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None)) as database:
                yield database
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & _RIGHT_BYTE
            happened, hint = _HINTS.get(code, (plain(str(error), 200), "check the file and its disk"))
            raise self.unusable(happened, hint) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are kept together or not at all, one writer at a time."""
        with self.opened() as database:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    def unusable(self, happened: str, hint: str) -> DeliveryError:
        """Return the error that says why the file cannot be used."""
        return DeliveryError(f"cannot use the ledger {self._path}: {happened}", hint=hint)

    def _create(self) -> None:
        """Make the file, and the folder it is in, readable for nobody else."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return
        except OSError as error:
            raise self.unusable(error.strerror or type(error).__name__, "check its folder's mode") from error

    def _prepare(self, database: sqlite3.Connection) -> None:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise self.unusable("a newer iacwatch wrote it", "update iacwatch, or name another in ledger.url")
        if version < _VERSION:
            database.execute(_SCHEMA)
            database.execute(f"PRAGMA user_version = {_VERSION}")
        for statement in _ADDED:
            database.execute(statement)


def stamp(moment: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND

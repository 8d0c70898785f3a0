"""One SQLite file that the runs of one machine share, however many at once.

SQLite's rollback journal is used as it comes: a crash at any point leaves the file as before or after a step.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
AT_ONCE: Final = 500
"""Keys in one SELECT; old SQLite takes 999 parameters."""

_BUSY: Final = 10.0
"""Seconds to wait for another run that is writing."""

_CREATING: Final = threading.Lock()
_HINTS: Final = {
    sqlite3.SQLITE_FULL: ("the disk is full", "make room"),
    sqlite3.SQLITE_READONLY: ("it cannot be written to", "check its mode and its folder's"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check its mode and its folder's"),
    sqlite3.SQLITE_BUSY: ("another run keeps it locked", "try again once that has ended"),
}
_RIGHT_BYTE: Final = 0xFF
"""The rest of an extended error code says more than is needed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteKind:
    """What is kept in a file.

    `noun` is what people call it, `setting` the key that names it, `lost` what its loss means and `filled`
    how to fill it ("": nothing to say). `schema` makes the tables of `version`; `added` came later, and an
    iacwatch that does not know of it goes on with the file as before. `application` is the file's mark
    (0: it bears none): a file without tables becomes one of this kind, one with another mark is left alone.
    """

    noun: str
    setting: str
    schema: tuple[str, ...]
    version: int = 1
    added: tuple[str, ...] = ()
    application: int = 0
    lost: str = ""
    filled: str = ""
    error: type[IacwatchError] = IacwatchError


class SqliteFile:
    """The file `path`; what goes wrong becomes the kind's error, in a sentence."""

    def __init__(self, path: Path, kind: SqliteKind) -> None:
        """Take where it is and what is kept there; nothing is opened yet."""
        self._path = path
        self._kind = kind

    def make(self) -> None:
        """Make the file where it is not there, for its owner's eyes only; see that it is of its kind."""
        with _CREATING:
            self._create()
        with self.writing() as database:
            self._prepare(database)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own to each step: no state is shared by threads or forked processes."""
        place = f"{self._path.absolute().as_uri()}?mode=rw"  # what is not there is not made by reading it
        try:
            with closing(sqlite3.connect(place, uri=True, timeout=_BUSY, isolation_level=None)) as database:
                yield database
        except sqlite3.Error as error:
            raise self._explained(error) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees the file as it is at its first question, whoever writes meanwhile.

        Raises the kind's error where there is no such file, or where it is another kind of file.
        """
        try:
            self._path.stat()
        except FileNotFoundError:
            raise self.unusable("there is no such file", self._unfilled) from None
        except OSError as error:
            raise self.unusable(error.strerror or type(error).__name__, "check its folder's mode") from error
        with self.opened() as database:
            database.execute("BEGIN")
            if not self._of_kind(database):
                raise self.unusable("it is empty", self._unfilled)
            yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are kept together or not at all, one writer at a time."""
        with self.opened() as database:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    def unusable(self, happened: str, hint: str) -> IacwatchError:
        """Return the error that says why the file cannot be used."""
        return self._kind.error(f"cannot use the {self._kind.noun} {self._path}: {happened}", hint=hint)

    def _explained(self, error: sqlite3.Error) -> IacwatchError:
        code = getattr(error, "sqlite_errorcode", 0) & _RIGHT_BYTE
        if code == sqlite3.SQLITE_NOTADB:
            return self.unusable("it is not an SQLite file", self._elsewhere)
        happened, hint = _HINTS.get(code, (plain(str(error), 200), "check the file and its disk"))
        return self.unusable(happened, hint)

    @property
    def _elsewhere(self) -> str:
        lost = f"; {self._kind.lost}" if self._kind.lost else ""
        return f"move it away, or name another in {self._kind.setting}{lost}"

    @property
    def _unfilled(self) -> str:
        return f"{self._kind.filled}, or correct {self._kind.setting}"

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
        if not self._of_kind(database):
            for statement in self._kind.schema:
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {self._kind.version}")
            database.execute(f"PRAGMA application_id = {self._kind.application}")
        for statement in self._kind.added:
            database.execute(statement)

    def _of_kind(self, database: sqlite3.Connection) -> bool:
        """Return whether the tables are there; raise the kind's error where they are not ours to use."""
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if application == self._kind.application:
            if version > self._kind.version:
                hint = f"update iacwatch, or name another in {self._kind.setting}"
                raise self.unusable("a newer iacwatch wrote it", hint)
            if version == self._kind.version:
                return True
        if application or (
            self._kind.application and database.execute("SELECT 1 FROM sqlite_master").fetchone()
        ):
            raise self.unusable(f"it is no {self._kind.noun}, but something else's file", self._elsewhere)
        return False


def stamp(moment: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND

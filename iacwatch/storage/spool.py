"""What a run over the past has gathered so far, in one SQLite file: it outlives the process.

The items of all resources are put into it in whatever order they are found, and come out by capture time,
each with the item before it. Beside them lies what is still to be looked at, and what was done already, so
that a run that was killed goes on where it was. One run at a time uses a file.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.storage.zipping import unzipped, zipped

_VERSION: Final = 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_HALF: Final = _MILLISECOND / 2
_SCHEMA: Final = """
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE item (
    thing BLOB NOT NULL, captured INTEGER NOT NULL, created INTEGER NOT NULL, place TEXT NOT NULL,
    type TEXT NOT NULL, name TEXT NOT NULL, document BLOB NOT NULL, content BLOB NOT NULL
);
"""
_BETWEEN: Final = """
SELECT item.rowid, item.thing, item.captured, item.created, item.place, item.type, item.name, item.document,
    item.content, earlier.document, earlier.content
FROM item LEFT JOIN item AS earlier ON earlier.rowid = (
    SELECT rowid FROM item AS other
    WHERE other.thing = item.thing AND other.captured < item.captured
    ORDER BY other.captured DESC, other.rowid DESC LIMIT 1
)
WHERE item.captured >= ? AND item.captured < ? AND (item.captured, item.thing, item.rowid) > (?, ?, ?)
ORDER BY item.captured, item.thing, item.rowid LIMIT ?
"""
_INDEXES: Final = """
CREATE INDEX IF NOT EXISTS item_of_thing ON item (thing, captured);
CREATE INDEX IF NOT EXISTS item_by_time ON item (captured, thing);
"""


class Row(NamedTuple):
    """One item as it is saved.

    `thing` distinguishes its resource from all others (`thing_of`), `captured` is in epoch milliseconds,
    `created` says that the resource was discovered with it; `place` is the account and region of the
    recorder, with a blank between; `type` and `name` (or id) are the resource's; `document` is the item as
    JSON text. `content` is the same for items that surely differ in nothing but when they were captured (b"":
    not known).
    """

    thing: bytes
    captured: int
    created: bool
    place: str
    type: str
    name: str
    document: str
    content: bytes = b""


class SpooledItem(NamedTuple):
    """One item as it comes out: its number, and the text of the item of its resource before it, if any.

    Where it is `unchanged` since then, both texts are left out.
    """

    number: int
    row: Row
    before: str | None
    unchanged: bool


def thing_of(*parts: str) -> bytes:
    """Return what distinguishes a resource, as one recorder saw it, from all others: 16 bytes."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).digest()


def stamp(moment: datetime) -> int:
    """Return a moment in whole epoch milliseconds, rounded as capture times are."""
    span = moment - _EPOCH + _HALF
    return (span.days * 86_400 + span.seconds) * 1000 + span.microseconds // 1000


def moment_of(milliseconds: int) -> datetime:
    """Return the moment of whole epoch milliseconds."""
    return _EPOCH + milliseconds * _MILLISECOND


class Spool:
    """One file, open for this run alone."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it, for its owner's eyes only; raise `IacwatchError` where it can't be used.

        A file of another version, or one that is damaged, is thrown away: it can be gathered anew.
        """
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.database = self._opened()
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from error
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error

    def close(self) -> None:
        """Close the file; what it holds stays."""
        self.database.close()

    def remove(self) -> None:
        """Close the file and delete it: nothing will go on from it."""
        self.close()
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def commit(self) -> None:
        """Save what was put in since the last time, all of it or nothing; raise where the disk is full."""
        try:
            self.database.commit()
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error

    def roll_back(self) -> None:
        """Forget what was put in since the last `commit`."""
        self.database.rollback()

    def note(self, name: str) -> str | None:
        """Return what was noted under a name."""
        row = self.database.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def take_note(self, name: str, value: str) -> None:
        """Note something; saved with the next `commit`."""
        self.database.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def add(self, rows: Iterable[Row]) -> None:
        """Put items in; saved with the next `commit`."""
        self.run_many(
            "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row[:-2], _zipped(row.document), row.content) for row in rows),
        )

    def run(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement of a source's own tables."""
        try:
            return self.database.execute(statement, values)
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        try:
            self.database.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error

    def sort(self) -> None:
        """Make the items come out fast; call it when all of them are in."""
        self.database.executescript(_INDEXES)

    def count(self, start: int, end: int) -> int:
        """Return how many items were captured in ``[start, end)``."""
        (count,) = self.run(
            "SELECT COUNT(*) FROM item WHERE captured >= ? AND captured < ?", (start, end)
        ).fetchone()
        return int(count)

    def between(
        self, start: int, end: int, after: tuple[int, bytes, int], most: int
    ) -> Iterator[SpooledItem]:
        """Yield the next items of ``[start, end)`` by capture time, at most `most` of them.

        `after` is (captured, thing, number) of the last one. What two files hold of one capture comes twice.
        """
        start = max(start, after[0])  # where the index is entered: `after` alone would read it from the front
        rows = self.run(_BETWEEN, (start, end, *after, most)).fetchall()
        for number, *values, document, content, before, content_before in rows:
            if content and content == content_before:
                yield SpooledItem(number, Row._make((*values, "", content)), None, unchanged=True)
            else:
                row = Row._make((*values, _text(document), content))
                yield SpooledItem(number, row, before and _text(before), unchanged=False)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._prepared()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
                raise
            self._path.unlink()
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
        database = sqlite3.connect(self._path, timeout=0, check_same_thread=False)
        try:
            # Locked until it is closed: a second run with the same arguments finds it locked.
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(
                "PRAGMA synchronous = OFF"
            )  # a crash of the machine costs the spool, nothing else
            database.execute("BEGIN IMMEDIATE")
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != _VERSION:
                for (name,) in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                ).fetchall():
                    database.execute(f'DROP TABLE "{name}"')
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {_VERSION}")
            database.commit()
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _unusable(self, reason: str) -> IacwatchError:
        if "locked" in reason:
            return IacwatchError(
                "another run with the same arguments is under way", hint="wait for it, or stop it"
            )
        return IacwatchError(
            f"cannot keep what was gathered in {plain(str(self._path), 300)}: {plain(reason, 200)}",
            hint="check the disk and the folder's mode; XDG_STATE_HOME names another",
        )


def _zipped(document: str) -> bytes:
    return zipped(document.encode("utf-8", "surrogatepass"))


def _text(document: bytes) -> str:
    return unzipped(document).decode("utf-8", "surrogatepass")


def about(spool: Spool, wanted: Mapping[str, str]) -> bool:
    """Return whether a spool holds what belongs to these terms already; else note them down."""
    known = {name: spool.note(f"about:{name}") for name in wanted}
    if known == dict(wanted):
        return True
    for name, value in wanted.items():
        spool.take_note(f"about:{name}", value)
    spool.commit()
    return False

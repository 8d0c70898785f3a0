"""Notes in the ledger's SQLite file."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from iacwatch.ledgers.note_text import key_name, packed, unpacked
from iacwatch.ledgers.sqlite.file import ledger_file
from iacwatch.storage.sqlite_file import AT_ONCE, stamp

_WRITE: Final = "INSERT OR REPLACE INTO note (key, text, expires_at) VALUES (?, ?, ?)"


class SqliteNotes:
    """`ports.Notes` in the file `path`, made where it is not there."""

    def __init__(self, path: Path) -> None:
        """Open the file once, to see that it is one; raise `DeliveryError` where it is not to be had."""
        self._file = ledger_file(path)
        self._pruned = False

    def read(self, keys: Sequence[str], *, now: datetime) -> Mapping[str, str]:
        """Return the notes that there are and that have not expired, by key."""
        with self._file.opened() as database:
            return dict(self._there(database, keys, now))

    def write(self, notes: Mapping[str, str], *, now: datetime, expires_at: datetime) -> None:
        """Write notes whatever stood there before."""
        rows = [(key_name(key), packed(text), stamp(expires_at)) for key, text in notes.items()]
        if rows:
            with self._file.writing() as database:
                self._prune(database, now)
                database.executemany(_WRITE, rows)

    def swap(
        self, key: str, *, seen: str | None, new: str, now: datetime, expires_at: datetime
    ) -> str | None:
        """Write a note where it still says what was `seen`; return what it says then."""
        row = (key_name(key), packed(new), stamp(expires_at))
        with self._file.writing() as database:
            self._prune(database, now)
            there = dict(self._there(database, [key], now)).get(key)
            if there == seen:
                database.execute(_WRITE, row)
                there = new
        return there

    def _there(
        self, database: sqlite3.Connection, keys: Sequence[str], now: datetime
    ) -> Iterator[tuple[str, str]]:
        keys_of = {key_name(key): key for key in keys}
        left = iter(keys_of)
        while some := list(islice(left, AT_ONCE)):
            marks = ", ".join("?" * len(some))
            for name, stored in database.execute(
                f"SELECT key, text FROM note WHERE expires_at > ? AND key IN ({marks})",  # noqa: S608  (marks only)
                [stamp(now), *some],
            ):
                try:
                    yield keys_of[name], unpacked(stored)
                except (TypeError, ValueError) as error:
                    raise self._file.unusable(f"its note {name} cannot be read", "delete that") from error

    def _prune(self, database: sqlite3.Connection, now: datetime) -> None:
        """Forget, once a run, what has expired."""
        if not self._pruned:
            database.execute("DELETE FROM note WHERE expires_at <= ?", (stamp(now),))
            self._pruned = True

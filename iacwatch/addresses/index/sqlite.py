"""The index of addresses in one SQLite file, for the runs of one machine.

Keys stand there as numbers: 64 bits of their digests. Of some million keys no two have the same, and a row
tells itself what it is.
"""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from iacwatch.addresses.index.outcome import came_of
from iacwatch.addresses.index.row_text import (
    UNREADABLE,
    compact,
    head_of,
    head_values,
    moment_of,
    row_of,
    row_values,
    stamped,
)
from iacwatch.core.addresses.keys import is_named, resource_keys, row_keys, text_keys
from iacwatch.core.addresses.versions import (
    GONE_FOR,
    Kept,
    accounts_of,
    answers,
    merged,
    ordered,
)
from iacwatch.core.iac import AddressRow, Indexed, IndexedRow, StateHead, StateRows
from iacwatch.core.model import Resource
from iacwatch.errors import IacwatchError
from iacwatch.ports import Failure, Replaced
from iacwatch.storage.sqlite_file import AT_ONCE, SqliteFile, SqliteKind

_KIND: Final = SqliteKind(
    noun="address index",
    setting="iac.index",
    filled="fill it with `iacwatch address add`",
    application=0x1AC0ADD2,
    schema=(
        """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY,
            place TEXT NOT NULL UNIQUE, -- as JSON, so that any file's name is a text
            head TEXT NOT NULL,
            dropped INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE row (
            id INTEGER PRIMARY KEY,
            state INTEGER NOT NULL,
            gone_at INTEGER,
            text TEXT NOT NULL
        )
        """,
        "CREATE INDEX row_state ON row (state)",
        "CREATE INDEX row_gone ON row (gone_at) WHERE gone_at IS NOT NULL",
        "CREATE TABLE key (key INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (key, row)) WITHOUT ROWID",
        """
        CREATE TABLE account (
            account TEXT NOT NULL,
            state INTEGER NOT NULL,
            covered INTEGER NOT NULL,
            PRIMARY KEY (account, state)
        ) WITHOUT ROWID
        """,
    ),
)

_BY_KEY: Final = "SELECT key, id, gone_at, text, state FROM key JOIN row ON id = key.row WHERE key IN"


class SqliteIndex:
    """A `ports.AddressIndex` in the file `path`, made by the first write: for its owner's eyes only."""

    def __init__(self, path: Path) -> None:
        """Take where the file is; nothing is opened yet."""
        self._file = SqliteFile(path, _KIND)
        self._made = False

    def find(self, resources: Sequence[Resource], *, now: datetime) -> Mapping[Resource, Indexed | Failure]:
        """Answer for every resource; a file that cannot be used is a `Failure` of each."""
        asked = {each: resource_keys(each) for each in resources}
        try:
            with self._file.reading() as database:
                found = self._rows(database, [key for keys in asked.values() for key in keys])
                covered = _accounts(database, "WHERE covered")
        except IacwatchError as error:
            failure = Failure(reason=str(error))
            return dict.fromkeys(resources, failure)
        return dict(answers(asked, found, covered, now=now))

    def search(self, text: str, *, now: datetime) -> Sequence[IndexedRow]:
        """Return the rows whose id, ARN, address or name is exactly `text`, in a fixed order."""
        with self._file.reading() as database:
            found = self._rows(database, text_keys(text, _accounts(database)))
        return ordered(
            (each for some in found.values() for each in some if is_named(each.row, text)), now=now
        )

    def states(self) -> Sequence[StateHead]:
        """Return every state and plan that the index holds, by place."""
        with self._file.reading() as database:
            heads = [
                self._head(place, head)
                for place, head in database.execute("SELECT place, head FROM state WHERE NOT dropped")
            ]
        return sorted(heads, key=lambda head: head.place)

    def replace(self, state: StateRows, *, now: datetime) -> Replaced:
        """Put a state's rows in the place of what the index has of it, unless that is newer."""
        self._make()
        place = json.dumps(state.head.place)
        with self._file.writing() as database:
            there = database.execute(
                "SELECT id, head, dropped FROM state WHERE place = ?", (place,)
            ).fetchone()
            number, head, dropped = there or (None, "", True)
            came = came_of(state.head, None if dropped else self._head(place, head))
            if came is Replaced.OLDER:
                return came
            database.execute(
                "INSERT INTO state (place, head, dropped) VALUES (?, ?, 0)"
                " ON CONFLICT (place) DO UPDATE SET head = excluded.head, dropped = 0",
                (place, compact(head_values(state.head))),
            )
            if number is None:
                (number,) = database.execute("SELECT id FROM state WHERE place = ?", (place,)).fetchone()
            self._keep(database, number, state.head, state.rows, now)
            self._prune(database, now)
        return came

    def drop(self, places: Sequence[str], *, now: datetime) -> None:
        """Let all rows of states be gone."""
        self._make()
        with self._file.writing() as database:
            for place in map(json.dumps, places):
                there = database.execute(
                    "SELECT id, head FROM state WHERE place = ? AND NOT dropped", (place,)
                ).fetchone()
                if there is not None:
                    number, head = there
                    self._keep(database, number, self._head(place, head), (), now)
                    database.execute("UPDATE state SET dropped = 1 WHERE id = ?", (number,))
            self._prune(database, now)

    def _keep(
        self,
        database: sqlite3.Connection,
        state: int,
        head: StateHead,
        rows: Iterable[AddressRow],
        now: datetime,
    ) -> None:
        """Write what differs from what is there."""
        selected = database.execute("SELECT id, gone_at, text FROM row WHERE state = ?", (state,))
        there = {self._row(text): (number, moment_of(gone_at)) for number, gone_at, text in selected}
        kept = merged((Kept(row, gone_at) for row, (_, gone_at) in there.items()), rows, now=now)
        for row, gone_at in kept:
            number, was = there.pop(row, (None, None))
            if number is None:
                added = database.execute(
                    "INSERT INTO row (state, gone_at, text) VALUES (?, ?, ?)",
                    (state, stamped(gone_at), compact(row_values(row))),
                )
                keys = [(_number(key), added.lastrowid) for key in row_keys(row)]
                database.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", keys)
            elif was != gone_at:
                database.execute("UPDATE row SET gone_at = ? WHERE id = ?", (stamped(gone_at), number))
        _forget(database, {number: row for row, (number, _) in there.items()})
        database.execute("DELETE FROM account WHERE state = ?", (state,))
        database.executemany(
            "INSERT INTO account VALUES (?, ?, ?)",
            [(account, state, covered) for account, covered in accounts_of(kept, head).items()],
        )

    def _prune(self, database: sqlite3.Connection, now: datetime) -> None:
        """Forget what is gone for too long to be answered, and dropped states without rows."""
        old = database.execute("SELECT id, text FROM row WHERE gone_at <= ?", (stamped(now - GONE_FOR),))
        _forget(database, {number: self._row(text) for number, text in old.fetchall()})
        empty = "SELECT id FROM state WHERE dropped AND NOT EXISTS (SELECT 1 FROM row WHERE state = state.id)"
        database.execute(f"DELETE FROM account WHERE state IN ({empty})")  # noqa: S608  (our own words)
        database.execute(f"DELETE FROM state WHERE id IN ({empty})")  # noqa: S608  (our own words)

    def _rows(self, database: sqlite3.Connection, keys: Iterable[str]) -> Mapping[str, Sequence[IndexedRow]]:
        """Return the rows of keys, by key."""
        keys_of = {_number(key): key for key in keys}
        hits: list[tuple[str, int, tuple[int | None, str, int]]] = []
        left = iter(keys_of)
        while some := list(islice(left, AT_ONCE)):
            selected = database.execute(
                f"{_BY_KEY} ({', '.join('?' * len(some))})",
                some,
            )
            hits += [(keys_of[number], row, stored) for number, row, *stored in selected]
        heads = self._heads(database, {state for _, _, (_, _, state) in hits})
        rows: dict[int, IndexedRow] = {}
        found: dict[str, list[IndexedRow]] = defaultdict(list)
        for key, number, (gone_at, text, state) in hits:
            if number not in rows:
                rows[number] = IndexedRow(row=self._row(text), head=heads[state], gone_at=moment_of(gone_at))
            found[key].append(rows[number])
        return found

    def _heads(self, database: sqlite3.Connection, states: Iterable[int]) -> dict[int, StateHead]:
        heads: dict[int, StateHead] = {}
        for state in states:
            selected = database.execute("SELECT place, head FROM state WHERE id = ?", (state,))
            heads[state] = self._head(*next(selected))
        return heads

    def _row(self, text: str) -> AddressRow:
        try:
            return row_of(json.loads(text))
        except UNREADABLE as error:
            raise self._damaged() from error

    def _head(self, place: str, text: str) -> StateHead:
        try:
            return head_of(json.loads(text))
        except UNREADABLE as error:
            raise self._damaged(f" of {place}") from error

    def _damaged(self, what: str = "") -> IacwatchError:
        return self._file.unusable(f"an entry{what} cannot be read", "move it away, and fill it anew")

    def _make(self) -> None:
        if not self._made:
            self._file.make()
            self._made = True


def _forget(database: sqlite3.Connection, rows: Mapping[int, AddressRow]) -> None:
    keys = [(_number(key), number) for number, row in rows.items() for key in row_keys(row)]
    database.executemany("DELETE FROM key WHERE key = ? AND row = ?", keys)
    database.executemany("DELETE FROM row WHERE id = ?", [(number,) for number in rows])


def _accounts(database: sqlite3.Connection, those: str = "") -> frozenset[str]:
    selected = database.execute(f"SELECT DISTINCT account FROM account {those}")  # noqa: S608  (our own words)
    return frozenset(account for (account,) in selected)


def _number(key: str) -> int:
    """Return what stands for a key: 64 bits of its digest, as SQLite keeps them in the least space."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)

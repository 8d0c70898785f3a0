"""A ledger in one SQLite file, for the runs of one machine, however many at once.

What was reported stays for 400 days, longer than any queue or trail holds what could report it again.
SQLite's rollback journal is used as it comes: a crash at any point leaves the file as before or after a step.
"""

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from iacwatch.core.text import plain
from iacwatch.errors import DeliveryError
from iacwatch.ports import Claim, Claimed, Grant

RETENTION: Final = timedelta(days=400)
_ABANDONED: Final = timedelta(days=1)
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
_CLAIM: Final = """
INSERT INTO told (id, token, lease_until) VALUES (:id, :token, :until)
ON CONFLICT (id) DO UPDATE SET token = :token, lease_until = :until
WHERE told_at IS NULL AND lease_until <= :now
"""
_COMPLETE: Final = "UPDATE told SET told_at = :at WHERE id = :id AND token = :token AND told_at IS NULL"
_RELEASE: Final = "DELETE FROM told WHERE id = :id AND token = :token AND told_at IS NULL"
_AT_ONCE: Final = 500
"""Ids in one SELECT; old SQLite takes 999 parameters."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
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


class SqliteLedger:
    """A `ports.Ledger` in the file `path`, made where it is not there: for its owner's eyes only."""

    def __init__(self, path: Path) -> None:
        """Open the file once, to see that it is one; raise `DeliveryError` where it is not to be had."""
        self._path = path
        self._pruned = False
        with _CREATING:
            self._create()
        with self._writing() as database:
            self._prepare(database)

    def reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those that were completed."""
        with self._open() as database:
            return frozenset(key for key, (_, _, at) in _rows(database, ids).items() if at is not None)

    def claim(self, ids: Sequence[str], *, now: datetime, lease: timedelta) -> Mapping[str, Claimed]:
        """Claim each id until ``now + lease``, where nobody holds it and it was not reported."""
        token = uuid.uuid4().hex
        keys = list(dict.fromkeys(ids))
        terms = {"token": token, "now": _stamp(now), "until": _stamp(now + lease)}
        with self._writing() as database:
            self._prune(database, now)
            database.executemany(_CLAIM, [{"id": key, **terms} for key in keys])
            rows = _rows(database, keys)
        return {key: _claimed(key, token, *rows[key]) for key in keys}

    def complete(self, grants: Sequence[Grant], *, now: datetime) -> None:
        """Record as reported what is still ours."""
        self._change(_COMPLETE, grants, now)

    def release(self, grants: Sequence[Grant]) -> None:
        """Give up the claims that are still ours."""
        self._change(_RELEASE, grants, _EPOCH)

    def _change(self, statement: str, grants: Sequence[Grant], at: datetime) -> None:
        if grants:
            with self._writing() as database:
                database.executemany(
                    statement, [{"id": grant.id, "token": grant.token, "at": _stamp(at)} for grant in grants]
                )

    def _create(self) -> None:
        """Make the file, and the folder it is in, readable for nobody else."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__, "check its folder's mode") from error

    def _prepare(self, database: sqlite3.Connection) -> None:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise self._unusable(
                "a newer iacwatch wrote it", "update iacwatch, or name another in ledger.url"
            )
        if version < _VERSION:
            database.execute(_SCHEMA)
            database.execute(f"PRAGMA user_version = {_VERSION}")

    def _prune(self, database: sqlite3.Connection, now: datetime) -> None:
        """Forget, once a run, what is too old to be reported again, and claims that nobody came back for."""
        if not self._pruned:
            database.execute(
                "DELETE FROM told WHERE told_at < ? OR (told_at IS NULL AND lease_until < ?)",
                (_stamp(now - RETENTION), _stamp(now - _ABANDONED)),
            )
            self._pruned = True

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give a connection of its own to each step: no state is shared by threads or forked processes."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None)) as database:
                yield database
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & _RIGHT_BYTE
            happened, hint = _HINTS.get(code, (plain(str(error), 200), "check the file and its disk"))
            raise self._unusable(happened, hint) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose changes are kept together or not at all, one writer at a time."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    def _unusable(self, happened: str, hint: str) -> DeliveryError:
        return DeliveryError(f"cannot use the ledger {self._path}: {happened}", hint=hint)


def _rows(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[str, int, int | None]]:
    """Return token, lease and time of reporting of the ids that are known."""
    rows: dict[str, tuple[str, int, int | None]] = {}
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        marks = ", ".join("?" * len(some))
        found = database.execute(
            f"SELECT id, token, lease_until, told_at FROM told WHERE id IN ({marks})",  # noqa: S608  (marks only)
            some,
        )
        rows.update((key, (token, until, at)) for key, token, until, at in found)
    return rows


def _claimed(key: str, token: str, holder: str, until: int, told_at: int | None) -> Claimed:
    if told_at is not None:
        return Claimed(claim=Claim.REPORTED)
    if holder != token:
        return Claimed(claim=Claim.HELD, until=_EPOCH + until * _MILLISECOND)
    return Claimed(claim=Claim.GRANTED, grant=Grant(id=key, token=token))


def _stamp(moment: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND

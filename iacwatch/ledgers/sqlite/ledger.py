"""A ledger in one SQLite file, for the runs of one machine, however many at once.

What was reported stays for 400 days, longer than any queue or trail holds what could report it again.
"""

import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from iacwatch.ledgers.sqlite.file import ledger_file
from iacwatch.ports import RETENTION, Claim, Claimed, Grant
from iacwatch.storage.sqlite_file import AT_ONCE, EPOCH, MILLISECOND, stamp

_ABANDONED: Final = timedelta(days=1)
_CLAIM: Final = """
INSERT INTO told (id, token, lease_until) VALUES (:id, :token, :until)
ON CONFLICT (id) DO UPDATE SET token = :token, lease_until = :until
WHERE told_at IS NULL AND lease_until <= :now
"""
_COMPLETE: Final = "UPDATE told SET told_at = :at WHERE id = :id AND token = :token AND told_at IS NULL"
_RELEASE: Final = "DELETE FROM told WHERE id = :id AND token = :token AND told_at IS NULL"


class SqliteLedger:
    """A `ports.Ledger` in the file `path`, made where it is not there: for its owner's eyes only."""

    def __init__(self, path: Path) -> None:
        """Open the file once, to see that it is one; raise `DeliveryError` where it is not to be had."""
        self._file = ledger_file(path)
        self._pruned = False

    def reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those that were completed."""
        with self._file.opened() as database:
            return frozenset(key for key, (_, _, at) in _rows(database, ids).items() if at is not None)

    def claim(self, ids: Sequence[str], *, now: datetime, lease: timedelta) -> Mapping[str, Claimed]:
        """Claim each id until ``now + lease``, where nobody holds it and it was not reported."""
        token = uuid.uuid4().hex
        keys = list(dict.fromkeys(ids))
        terms = {"token": token, "now": stamp(now), "until": stamp(now + lease)}
        with self._file.writing() as database:
            self._prune(database, now)
            database.executemany(_CLAIM, [{"id": key, **terms} for key in keys])
            rows = _rows(database, keys)
        return {key: _claimed(key, token, *rows[key]) for key in keys}

    def complete(self, grants: Sequence[Grant], *, now: datetime) -> None:
        """Record as reported what is still ours."""
        self._change(_COMPLETE, grants, now)

    def release(self, grants: Sequence[Grant]) -> None:
        """Give up the claims that are still ours."""
        self._change(_RELEASE, grants, EPOCH)

    def _change(self, statement: str, grants: Sequence[Grant], at: datetime) -> None:
        if grants:
            with self._file.writing() as database:
                database.executemany(
                    statement, [{"id": grant.id, "token": grant.token, "at": stamp(at)} for grant in grants]
                )

    def _prune(self, database: sqlite3.Connection, now: datetime) -> None:
        """Forget, once a run, what is too old to be reported again, and claims that nobody came back for."""
        if not self._pruned:
            database.execute(
                "DELETE FROM told WHERE told_at < ? OR (told_at IS NULL AND lease_until < ?)",
                (stamp(now - RETENTION), stamp(now - _ABANDONED)),
            )
            self._pruned = True


def _rows(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[str, int, int | None]]:
    """Return token, lease and time of reporting of the ids that are known."""
    rows: dict[str, tuple[str, int, int | None]] = {}
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
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
        return Claimed(claim=Claim.HELD, until=EPOCH + until * MILLISECOND)
    return Claimed(claim=Claim.GRANTED, grant=Grant(id=key, token=token))

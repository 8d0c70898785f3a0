"""The SQLite file of the ledger and its notes."""

from pathlib import Path
from typing import Final

from iacwatch.errors import DeliveryError
from iacwatch.storage.sqlite_file import SqliteFile, SqliteKind

_KIND: Final = SqliteKind(
    noun="ledger",
    setting="ledger.url",
    schema=(
        """
        CREATE TABLE told (
            id TEXT PRIMARY KEY,
            token TEXT NOT NULL,
            lease_until INTEGER NOT NULL,
            told_at INTEGER
        ) WITHOUT ROWID
        """,
    ),
    added=(
        (
            "CREATE TABLE IF NOT EXISTS note"
            " (key TEXT PRIMARY KEY, text BLOB NOT NULL, expires_at INTEGER NOT NULL)"
        ),
        "CREATE INDEX IF NOT EXISTS note_expiry ON note (expires_at)",
    ),
    lost="without it, things may be reported again",
    error=DeliveryError,
)


def ledger_file(path: Path) -> SqliteFile:
    """Return the file, made where it is not there; raise `DeliveryError` where it is not to be had."""
    file = SqliteFile(path, _KIND)
    file.make()
    return file

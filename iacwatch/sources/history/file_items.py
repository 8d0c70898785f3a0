"""The bins into which files' items are sorted, in a spool: what concerns nobody is not kept.

An item that mentions the managed tag is kept whole. Of one that does not (it is *bare*), only in which file
it is: it counts if its resource turns out to carry the tag at another time. Deletions carry no tags and are
small: they are kept until it is known whose they are. A resource's first change of the range *wants* the item
before it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from iacwatch.core.model import Window
from iacwatch.sources.history.sift import Sifted
from iacwatch.storage.spool import Row, Spool, moment_of, stamp

_BATCH: Final = 500
_TABLES: Final = {
    "bare": "(thing BLOB, captured INTEGER, created INTEGER, file INTEGER, place TEXT, type TEXT)",
    "ours": "(thing BLOB PRIMARY KEY) WITHOUT ROWID",
    "want": "(thing BLOB PRIMARY KEY, place TEXT, type TEXT) WITHOUT ROWID",
    "best": "(thing BLOB PRIMARY KEY, captured INTEGER, created INTEGER, place TEXT, label TEXT,"
    " document TEXT, ours INTEGER) WITHOUT ROWID",
}
_WANTS: Final = """
INSERT OR IGNORE INTO want SELECT thing, place, type FROM (
    SELECT thing, MIN(captured) AS captured, created, place, type FROM (
        SELECT thing, captured, created, place, type FROM bare
        UNION ALL
        SELECT thing, captured, created, place, substr(label, 1, instr(label, ' ') - 1) AS type FROM item
    ) GROUP BY thing
) WHERE captured >= ? AND captured < ? AND NOT created
"""
_BETTER: Final = """
INSERT INTO best SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM want WHERE thing = ?)
ON CONFLICT DO UPDATE SET captured = excluded.captured, created = excluded.created, place = excluded.place,
    label = excluded.label, document = excluded.document, ours = excluded.ours
WHERE excluded.captured > best.captured
"""
_ORPHANS: Final = (
    "DELETE FROM item WHERE thing NOT IN (SELECT thing FROM ours) AND thing NOT IN (SELECT thing FROM want)"
)


class Lacking(NamedTuple):
    """How many resources of the range have no earlier item: that carry the tag, that are gone, others."""

    ours: int
    gone: int
    others: int


class Bins:
    """The bins of one run. What is put in is kept with the spool's next `commit`."""

    def __init__(self, spool: Spool, window: Window) -> None:
        """Make the tables where they are not there yet."""
        self._spool = spool
        self._start, self._end = stamp(window.start), stamp(window.end)
        for name, columns in _TABLES.items():
            spool.run(f"CREATE TABLE IF NOT EXISTS {name} {columns}")

    def put(self, found: Iterable[Sifted], file: int) -> None:
        """Put the items of one file into the bins; `file` is its number."""
        rows: list[Row] = []
        bare: list[tuple[bytes, int, bool, int, str, str]] = []
        ours: set[bytes] = set()
        for each in found:
            row = each.row
            if each.ours or each.gone:
                rows.append(row)
            else:
                bare.append((row.thing, row.captured, row.created, file, row.place, each.type))
            if each.ours:
                ours.add(row.thing)
            if len(rows) + len(bare) >= _BATCH:
                self._pour(rows, bare, ours)
        self._pour(rows, bare, ours)

    def _pour(
        self, rows: list[Row], bare: list[tuple[bytes, int, bool, int, str, str]], ours: set[bytes]
    ) -> None:
        self._spool.add(rows)
        self._spool.run_many("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?)", bare)
        self._spool.run_many("INSERT OR IGNORE INTO ours VALUES (?)", [(thing,) for thing in ours])
        rows.clear()
        bare.clear()
        ours.clear()

    def look_for_earlier(self) -> None:
        """Find out which resources want the item before their first one of the range."""
        self._spool.run("CREATE INDEX IF NOT EXISTS bare_of_thing ON bare (thing)")
        self._spool.run(_WANTS, (self._start, self._end))

    def wanted(self) -> dict[str, set[str]]:
        """Return the types of what still wants an earlier item, by place (account and region)."""
        found: dict[str, set[str]] = defaultdict(set)
        for place, kind in self._spool.run("SELECT DISTINCT place, type FROM want"):
            found[place].add(kind)
        return found

    def offer(self, found: Iterable[Sifted]) -> None:
        """Offer items of one day: for each resource that wants one, the last before the range is taken."""
        self._spool.run_many(
            _BETTER,
            ((*each.row, each.ours, each.row.thing) for each in found if each.row.captured < self._start),
        )

    def take(self) -> None:
        """Take what was offered, since no later item can come any more: it is no longer wanted."""
        self._spool.run("INSERT OR IGNORE INTO ours SELECT thing FROM best WHERE ours")
        rows = self._spool.run(
            "SELECT thing, captured, created, place, label, document FROM best"
            " WHERE thing IN (SELECT thing FROM ours)"
        )
        while some := rows.fetchmany(_BATCH):
            self._spool.add(Row._make(each) for each in some)
        self._spool.run("DELETE FROM want WHERE thing IN (SELECT thing FROM best)")
        self._spool.run("DELETE FROM best")

    def there_is_none(self, place: str) -> None:
        """Say that what a place still wants does not exist: a snapshot shows that it was not there yet."""
        self._spool.run("DELETE FROM want WHERE place = ?", (place,))

    def scattered(self) -> list[int]:
        """Return the numbers of the files that hold bare items of resources that are ours after all."""
        rows = self._spool.run("SELECT DISTINCT file FROM bare WHERE thing IN (SELECT thing FROM ours)")
        return sorted(number for (number,) in rows)

    def gather(self, found: Iterable[Sifted]) -> None:
        """Put in, whole, the bare items of a file whose resources are ours after all."""
        self._spool.add(
            each.row for each in found if not each.ours and not each.gone and self._is_ours(each.row.thing)
        )

    def _is_ours(self, thing: bytes) -> bool:
        return self._spool.run("SELECT 1 FROM ours WHERE thing = ?", (thing,)).fetchone() is not None

    def throw_away(self) -> None:
        """Drop the deletions of what never carried the tag, as far as that is known."""
        self._spool.run(_ORPHANS)

    def last(self) -> datetime | None:
        """Return when the last of all the items was captured; None where there is none."""
        held = "SELECT captured FROM item UNION ALL SELECT captured FROM bare"
        (captured,) = self._spool.run(f"SELECT MAX(captured) FROM ({held})").fetchone()  # noqa: S608  (constants)
        return None if captured is None else moment_of(captured)

    def lacking(self) -> Lacking:
        """Count the resources whose earlier item was not found."""

        def count(condition: str) -> int:
            (found,) = self._spool.run(f"SELECT COUNT(*) FROM want WHERE {condition}").fetchone()  # noqa: S608  (constants)
            return int(found)

        ours = count("thing IN (SELECT thing FROM ours)")
        gone = count("thing NOT IN (SELECT thing FROM ours) AND thing IN (SELECT thing FROM item)")
        return Lacking(ours, gone, count("1") - ours - gone)

"""The items in Config's files: which were asked for, and the tables that gather them until all is read."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.core.arn import is_account, is_region
from iacwatch.core.catalog.catalog import JUDGES, facts_of
from iacwatch.core.model import Json, Window
from iacwatch.core.parse.config_item import recorder_region
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import ParseError
from iacwatch.sources.history.item import content_of, created, gone, mark
from iacwatch.storage.spool import Row, Spool, moment_of, stamp, thing_of

_BATCH: Final = 500
_ORIGINS: Final = 4096
_TABLES: Final = {
    "bare": "(thing BLOB, captured INTEGER, created INTEGER, file INTEGER, place TEXT, type TEXT)",
    "ours": "(thing BLOB PRIMARY KEY) WITHOUT ROWID",
    "want": "(thing BLOB PRIMARY KEY, place TEXT, type TEXT) WITHOUT ROWID",
    "best": "(thing BLOB PRIMARY KEY, captured INTEGER, created INTEGER, place TEXT, type TEXT, name TEXT,"
    " document TEXT, content BLOB, ours INTEGER) WITHOUT ROWID",
}
_WANTS: Final = """
INSERT OR IGNORE INTO want SELECT thing, place, type FROM (
    SELECT thing, MIN(captured) AS captured, created, place, type FROM (
        SELECT thing, captured, created, place, type FROM bare
        UNION ALL
        SELECT thing, captured, created, place, type FROM item
    ) GROUP BY thing
) WHERE captured >= ? AND captured < ? AND NOT created
"""
_BETTER: Final = """
INSERT INTO best SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM want WHERE thing = ?)
ON CONFLICT DO UPDATE SET captured = excluded.captured, created = excluded.created, place = excluded.place,
    type = excluded.type, name = excluded.name, document = excluded.document, content = excluded.content,
    ours = excluded.ours
WHERE excluded.captured > best.captured
"""
_ORPHANS: Final = (
    "DELETE FROM item WHERE thing NOT IN (SELECT thing FROM ours) AND thing NOT IN (SELECT thing FROM want)"
)


class FileItem(NamedTuple):
    """One item of a file, and what is known of it at a glance; `ours`: it mentions the managed tag."""

    thing: bytes
    captured: int
    created: bool
    gone: bool
    ours: bool
    origin: "_Origin"
    document: dict[str, Json]
    text: str | bytes

    def row(self) -> Row:
        """Return the item as it is saved."""
        text = self.text if isinstance(self.text, str) else self.text.decode()
        return Row(
            self.thing,
            self.captured,
            self.created,
            self.origin.place,
            self.origin.type,
            str(self.document["resourceId"]),
            text,
            content_of(self.document, text),
        )


class _Origin(NamedTuple):
    """What many items share: their recorder, also in words, and their type."""

    where: ConfigPlace
    place: str
    type: str
    revisions: bool


class ItemFilter:
    """Reads items at a glance, and leaves out what was not asked for."""

    def __init__(
        self, *, tag_key: str, accounts: Collection[str], regions: Collection[str], types: Collection[str]
    ) -> None:
        """Take the tag, and what is asked for; an empty collection asks for all."""
        self._accounts, self._regions, self._types = frozenset(accounts), frozenset(regions), frozenset(types)
        self._mark = mark(tag_key)
        self._mark_bytes = self._mark.encode()
        self._origin = lru_cache(maxsize=_ORIGINS)(self._origin_of)  # (nearly all items share a few)

    def wants(self, place: ConfigPlace | None, resource_type: str = "") -> bool:
        """Return whether a place's items of a type may be asked for; what isn't known may be."""
        return (
            (place is None or not self._accounts or place.account_id in self._accounts)
            and (place is None or not self._regions or place.region in self._regions)
            and (not resource_type or self._wants_type(resource_type))
        )

    def _wants_type(self, resource_type: str) -> bool:
        return resource_type in self._types if self._types else resource_type not in JUDGES

    def item(
        self, document: dict[str, Json], text: str | bytes, place: ConfigPlace | None
    ) -> FileItem | None:
        """Return an item, None where it isn't asked for; raise `ParseError` where it is none.

        `place` is what the file's name says, which counts where the item says nothing, or "global".
        """
        kind, name = document.get("resourceType"), document.get("resourceId")
        account = document.get("awsAccountId") or document.get("accountId") or (place and place.account_id)
        if not (isinstance(kind, str) and isinstance(name, str) and kind and name):
            raise ParseError("an item names no resource")
        if not isinstance(account, str):
            raise ParseError("an item names no account")
        origin = self._origin(account, _recorder(document, place), kind)
        if origin is None:
            return None
        arn = str(document.get("ARN") or document.get("arn") or "") if origin.revisions else ""
        is_created, is_gone = _fate(str(document.get("configurationItemStatus")))
        captured_at = moment(document.get("configurationItemCaptureTime"), "configurationItemCaptureTime")
        return FileItem(
            thing_of(*origin.where, kind, name, arn),
            stamp(captured_at),
            is_created,
            is_gone,
            self._mark in text if isinstance(text, str) else self._mark_bytes in text,
            origin,
            document,
            text,
        )

    def _origin_of(self, account: str, region: str, kind: str) -> _Origin | None:
        """Return what items share; None where they are not asked for."""
        if not is_account(account):
            raise ParseError("an item names no account")
        where = ConfigPlace(account, region)
        if not self.wants(where, kind):
            return None
        return _Origin(where, f"{account} {region}", kind, facts_of(kind).revisions)


class Lacking(NamedTuple):
    """How many resources of the range have no earlier item: that carry the tag, that are gone, others."""

    ours: int
    gone: int
    others: int


class ItemTables:
    """The tables of one run in a spool, saved by its `commit`; what concerns nobody is left out.

    An item that mentions the managed tag is saved whole. Of one that does not (it is *bare*) only in which
    file it is: it counts if its resource turns out to carry the tag at another time. Deletions carry no tags
    and are small: they are saved until it is known whose they are. A resource's first change of the range
    *wants* the item before it.
    """

    def __init__(self, spool: Spool, window: Window) -> None:
        """Make the tables where they are not there yet."""
        self._spool = spool
        self._start, self._end = stamp(window.start), stamp(window.end)
        for name, columns in _TABLES.items():
            spool.run(f"CREATE TABLE IF NOT EXISTS {name} {columns}")

    def add(self, found: Iterable[FileItem], file: int) -> None:
        """Add the items of one file; `file` is its number."""
        rows: list[Row] = []
        bare: list[tuple[bytes, int, bool, int, str, str]] = []
        ours: set[bytes] = set()
        for each in found:
            if each.ours or each.gone:
                rows.append(each.row())
            else:
                bare.append(
                    (each.thing, each.captured, each.created, file, each.origin.place, each.origin.type)
                )
            if each.ours:
                ours.add(each.thing)
            if len(rows) + len(bare) >= _BATCH:
                self._write(rows, bare, ours)
        self._write(rows, bare, ours)

    def _write(
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

    def offer(self, found: Iterable[FileItem]) -> None:
        """Offer items of one day: for each resource that wants one, the last before the range is taken."""
        self._spool.run_many(
            _BETTER,
            ((*each.row(), each.ours, each.thing) for each in found if each.captured < self._start),
        )

    def take(self) -> None:
        """Take what was offered, since no later item can come any more: it is no longer wanted."""
        self._spool.run("INSERT OR IGNORE INTO ours SELECT thing FROM best WHERE ours")
        rows = self._spool.run(
            "SELECT thing, captured, created, place, type, name, document, content FROM best"
            " WHERE thing IN (SELECT thing FROM ours)"
        )
        while some := rows.fetchmany(_BATCH):
            self._spool.add(Row._make(each) for each in some)
        self._spool.run("DELETE FROM want WHERE thing IN (SELECT thing FROM best)")
        self._spool.run("DELETE FROM best")

    def there_is_none(self, place: str) -> None:
        """Want nothing more in a place: a snapshot shows that it was not there yet."""
        self._spool.run("DELETE FROM want WHERE place = ?", (place,))

    def files_of_bare(self) -> list[int]:
        """Return the numbers of the files that hold bare items of resources that are ours after all."""
        rows = self._spool.run("SELECT DISTINCT file FROM bare WHERE thing IN (SELECT thing FROM ours)")
        return sorted(number for (number,) in rows)

    def add_bare(self, found: Iterable[FileItem]) -> None:
        """Add, whole, the bare items of a file whose resources are ours after all."""
        self._spool.add(
            each.row() for each in found if not each.ours and not each.gone and self._is_ours(each.thing)
        )

    def _is_ours(self, thing: bytes) -> bool:
        return self._spool.run("SELECT 1 FROM ours WHERE thing = ?", (thing,)).fetchone() is not None

    def drop_orphans(self) -> None:
        """Drop the deletions of what never carried the tag, as far as that is known."""
        self._spool.run(_ORPHANS)

    def last_captured_at(self) -> datetime | None:
        """Return when the last of all the items was captured; None where there is none."""
        both = "SELECT captured FROM item UNION ALL SELECT captured FROM bare"
        (captured,) = self._spool.run(f"SELECT MAX(captured) FROM ({both})").fetchone()  # noqa: S608  (constants)
        return None if captured is None else moment_of(captured)

    def lacking(self) -> Lacking:
        """Count the resources whose earlier item was not found."""

        def count(condition: str) -> int:
            (found,) = self._spool.run(f"SELECT COUNT(*) FROM want WHERE {condition}").fetchone()  # noqa: S608  (constants)
            return int(found)

        ours = count("thing IN (SELECT thing FROM ours)")
        gone = count("thing NOT IN (SELECT thing FROM ours) AND thing IN (SELECT thing FROM item)")
        return Lacking(ours, gone, count("1") - ours - gone)


@lru_cache(maxsize=256)
def _is_region(name: str) -> bool:
    return is_region(name)


@lru_cache(maxsize=64)
def _fate(status: str) -> tuple[bool, bool]:
    """Return whether an item of this status is of a discovery, and whether of a deletion."""
    return created(status), gone(status)


def _recorder(document: dict[str, Json], place: ConfigPlace | None) -> str:
    """Return the region of the recorder, by the rule that the whole item is read by later."""
    own = document.get("awsRegion")
    if isinstance(own, str) and _is_region(own):
        return own
    arn = document.get("ARN") or document.get("arn")
    return recorder_region(
        own if isinstance(own, str) else "",
        arn if isinstance(arn, str) else None,
        place=place.region if place is not None else "",
    )

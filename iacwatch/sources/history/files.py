"""Every change in a range of time, from the history files that AWS Config delivers to a bucket.

They hold everything that was recorded, tagged or not, whatever became of it since. The files of the range are
read once (`ItemTables` says what of them is saved); then, for what changed without an item before it in them,
earlier days are read, back to the last snapshot, which holds the state of all. A run that was killed goes on.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import IO, Final

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.core.model import Window
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError, ParseError
from iacwatch.ports import Delivery, Progress
from iacwatch.sources.history import coverage
from iacwatch.sources.history.changes import SpooledChanges
from iacwatch.sources.history.file_items import FileItem, ItemFilter, ItemTables
from iacwatch.sources.history.file_layout import FORMAT, HistoryFile
from iacwatch.sources.history.file_listing import HistoryListing, Refuse
from iacwatch.storage.awslogs_layout import DAY
from iacwatch.storage.files import FileStore, Opened, unzipped
from iacwatch.storage.json_stream import ForeignFileError, objects
from iacwatch.storage.spool import Spool

try:
    from iacwatch.sources.history.typed_items import typed_items as _items
except ImportError:  # msgspec is installed with iacwatch[fast] only
    _items = partial(objects, form=FORMAT)

BACK: Final = timedelta(days=35)
"""How far before the range files are read for the items before, where no snapshot is found earlier."""

_READING: Final = "Config files"
_BACK: Final = "Earlier files"
_AGAIN: Final = "Files read again"


class HistoryFiles(SpooledChanges):
    """A `ports.PastSource` by Config's files in a folder or a bucket."""

    def __init__(
        self,
        *,
        store: FileStore,
        spool: Spool,
        window: Window,
        tag_key: str,
        accounts: Collection[str],
        regions: Collection[str],
        types: Collection[str],
        refuse: Refuse,
        progress: Progress,
    ) -> None:
        """Take the place and what is asked for; empty collections ask for everything that is there.

        `refuse` says which accounts are left out where none are named.
        """
        super().__init__(spool, window, progress)
        self._filter = ItemFilter(tag_key=tag_key, accounts=accounts, regions=regions, types=types)
        self._listing = HistoryListing(store, self._filter, accounts=accounts, refuse=refuse)
        self._items = ItemTables(spool, window)
        self._read = self._foreign = 0
        spool.run(
            "CREATE TABLE IF NOT EXISTS file (number INTEGER PRIMARY KEY, name TEXT UNIQUE, again INTEGER)"
        )

    def waves(self) -> Generator[Sequence[Delivery], None, None]:
        """Read what is needed, then yield the changes by capture time."""
        self._read_range()
        self._look_back()
        self._read_again()
        self._items.drop_orphans()
        self._spool.sort()
        self._spool.commit()
        yield from self._changes()

    @property
    def failures(self) -> Sequence[str]:
        """Return why something could not be read, each reason once."""
        nothing = (
            not self._listing.known and self._read == self._foreign and self._items.last_captured_at() is None
        )
        trouble = ["there is no file of AWS Config's history: check --changes"] if nothing else []
        return [*trouble, *super().failures]

    @property
    def gaps(self) -> Sequence[str]:
        """Return what these files do not show."""
        # Where a file's name does not say how far it reaches, its items do.
        reached = [at for at in (self._listing.reached, self._items.last_captured_at()) if at is not None]
        return coverage.sentences(
            self._items.lacking(),
            back=BACK.days,
            until=self._window.end,
            reached=max(reached, default=None),
            foreign=self._foreign,
            left_out=self._listing.left_out,
        )

    @property
    def work(self) -> Mapping[str, int]:
        """Return how many files were read."""
        return {"files read": self._read}

    @property
    def _wider(self) -> Window:
        """Return the range and the day before it: what was captured then is the item before, as a rule."""
        return Window(start=self._window.start - DAY, end=self._window.end)

    def _read_range(self) -> None:
        files = [file for file in self._listing.of_range(self._wider) if self._is_new(file)]
        self._progress(_READING, 0, len(files))
        for number, opened in enumerate(self._listing.opened(files), start=1):
            self._saved(opened, self._add)
            self._progress(_READING, number, len(files))
        self._items.look_for_earlier()

    def _look_back(self) -> None:
        """Read back, day by day, until every first change of the range has the item before it."""
        wanted = self._items.wanted()
        for number, (place, kinds) in enumerate(sorted(wanted.items())):
            self._progress(_BACK, number, len(wanted))
            self._look_back_in(place, kinds)
        self._progress(_BACK, len(wanted), len(wanted))

    def _look_back_in(self, place: str, kinds: set[str]) -> None:
        last = self._wider.start.date()
        for files in self._listing.earlier(ConfigPlace(*place.split(" ")), last - BACK, last):
            snapshots = [file for file in files if file.snapshot and self._before(file)]
            history = [file for file in files if not file.snapshot and file.type in {"", *kinds}]
            whole = True
            for opened in self._listing.opened([*history, *snapshots[-1:]]):
                whole &= self._guarded(opened, self._offer)
            self._items.take()
            if snapshots and whole:
                self._items.there_is_none(place)
            self._spool.commit()
            kinds = self._items.wanted().get(place, set())
            if not kinds:
                return

    def _before(self, file: HistoryFile) -> bool:
        return file.end is not None and file.end < self._window.start

    def _read_again(self) -> None:
        """Read files again that hold items without the tag of resources that turned out to carry it."""
        numbers = set(self._items.files_of_bare())
        rows = self._spool.run("SELECT number, name FROM file WHERE again IS NULL").fetchall()
        wanted = {name for number, name in rows if number in numbers}
        if not wanted:
            return
        files = [file for file in self._listing.of_range(self._wider) if file.stored.name in wanted]
        for number, opened in enumerate(self._listing.opened(files), start=1):
            self._saved(opened, self._add_bare)
            self._progress(_AGAIN, number, len(files))

    def _is_new(self, file: HistoryFile) -> bool:
        return self._spool.run("SELECT 1 FROM file WHERE name = ?", (file.stored.name,)).fetchone() is None

    # What is done with one file.

    def _add(self, file: HistoryFile, found: Iterable[FileItem]) -> None:
        put = "INSERT INTO file (name) VALUES (?) RETURNING number"
        (number,) = self._spool.run(put, (file.stored.name,)).fetchone()
        self._items.add(found, number)

    def _offer(self, _file: HistoryFile, found: Iterable[FileItem]) -> None:
        self._items.offer(found)

    def _add_bare(self, file: HistoryFile, found: Iterable[FileItem]) -> None:
        self._items.add_bare(found)
        self._spool.run("UPDATE file SET again = 1 WHERE name = ?", (file.stored.name,))

    def _saved(
        self, opened: Opened[HistoryFile], work: Callable[[HistoryFile, Iterable[FileItem]], None]
    ) -> None:
        """Do something with a file, wholly or not at all."""
        if self._guarded(opened, work):
            self._spool.commit()
        else:
            self._spool.roll_back()

    def _guarded(
        self, opened: Opened[HistoryFile], work: Callable[[HistoryFile, Iterable[FileItem]], None]
    ) -> bool:
        """Do something with the items of a file; return whether that went well."""
        with opened.stack:
            if opened.source is None:
                self._fail(opened.failure)
                return False
            try:
                work(opened.file, self._wanted(opened.file, opened.source))
            except ForeignFileError as foreign:
                if opened.file.place is not None:
                    self._fail(str(foreign))
                    return False
                self._foreign += 1
            except IacwatchError as error:
                self._fail(str(error))
                return False
        self._read += 1
        return True

    def _wanted(self, file: HistoryFile, source: IO[bytes]) -> Iterator[FileItem]:
        name = file.stored.name
        for document, text in _items(unzipped(source, name), name):
            try:
                item = self._filter.item(document, text, file.place)
            except ParseError as error:
                self._fail(f"{plain(name, 300)}: {error}")
                continue
            if item is not None and not self._listing.leaves_out(item.origin.where.account_id):
                yield item

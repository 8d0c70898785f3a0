"""The files of AWS Config in one place: which of them to read for a range, and how to get at them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from itertools import groupby
from typing import Final

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.aws.thread_pool import done_by
from iacwatch.core.model import Window
from iacwatch.sources.history.file_items import ItemFilter
from iacwatch.sources.history.file_layout import SERVICE, HistoryFile, read_name
from iacwatch.storage.awslogs_layout import DAY, ServiceFolders
from iacwatch.storage.files import FileStore, Opened, open_file

_THREADS: Final = 4
_LATE: Final = timedelta(hours=12)
"""By how much a file's own times may be off: it is read rather than left out."""

Refuse = Callable[[str], str | None]
"""Says why changes of an account are not ours to look into, or None where they are."""


class HistoryListing:
    """The files of one folder or bucket. `reached` is the latest time in a file's name so far."""

    def __init__(
        self, store: FileStore, wanted: ItemFilter, *, accounts: Collection[str], refuse: Refuse
    ) -> None:
        """Take the place and what is asked for; nothing is looked at yet.

        `accounts` are those that were named; of others `refuse` says which are left out.
        """
        self._store, self._filter, self._refuse = store, wanted, refuse
        self._refused: dict[str, str | None] = dict.fromkeys(accounts)
        self.reached: datetime | None = None
        self._named = False

    @property
    def known(self) -> bool:
        """Return whether what was listed so far is Config's: by the folders, or by the name of any file."""
        return self._named or bool(self._regions)

    @property
    def left_out(self) -> list[str]:
        """Return why accounts that are there were left out."""
        return [reason for reason in self._refused.values() if reason]

    def leaves_out(self, account_id: str) -> bool:
        """Return whether an account's changes are not ours to look into."""
        if account_id not in self._refused:
            self._refused[account_id] = self._refuse(account_id)
        return self._refused[account_id] is not None

    def of_range(self, window: Window) -> Iterator[HistoryFile]:
        """Yield the history files that may hold items of a window."""
        for file in self._listed(window.start.date(), (window.end + DAY).date()):
            if file.snapshot:
                continue
            if file.start is not None and file.end is not None and file.start <= file.end:
                self.reached = max(file.end, self.reached or file.end)
            begins, ends = file.start or window.start, file.end or window.start
            if begins < window.end + _LATE and ends >= window.start - _LATE:
                yield file

    def earlier(self, place: ConfigPlace, first: date, last: date) -> Iterator[list[HistoryFile]]:
        """Yield the files of a place day by day, the latest day first, snapshots among them."""
        if self._regions:
            for _, folders in reversed(self._days(place, first, last)):
                yield list(self._below(folders))
            return
        days: dict[date, list[HistoryFile]] = defaultdict(list)
        for file in self._below([""]):
            if file.place == place and file.end is not None and first <= file.end.date() <= last:
                days[file.end.date()].append(file)
        for day in sorted(days, reverse=True):
            yield days[day]

    def opened(self, files: Sequence[HistoryFile]) -> Iterator[Opened[HistoryFile]]:
        """Open files ahead of their being read: those of a bucket are fetched meanwhile."""
        return done_by(_THREADS, partial(open_file, self._store), files)

    @cached_property
    def _folders(self) -> ServiceFolders:
        return ServiceFolders(self._store, SERVICE)

    @cached_property
    def _regions(self) -> Mapping[ConfigPlace, Sequence[str]]:
        """Return the folders of each account and region; none where it is not laid out as AWS does it."""
        return {ConfigPlace(*place): folders for place, folders in self._folders.all().items()}

    def _days(self, place: ConfigPlace, first: date, last: date) -> list[tuple[date, list[str]]]:
        """Return the days, oldest first, of which a place has folders, with these."""
        found: dict[date, list[str]] = defaultdict(list)
        for folder in self._regions.get(place, ()):
            month = first.replace(day=1)
            while month <= last:
                for day, folders in self._folders.days(folder, month).items():
                    if first <= day <= last:
                        found[day].extend(f"{each}/" for each in folders)
                month = (month + 31 * DAY).replace(day=1)
        return sorted(found.items())

    def _below(self, prefixes: Iterable[str]) -> Iterator[HistoryFile]:
        """Yield every file below some folders that may hold configuration items."""
        for prefix in prefixes:
            for stored in self._store.list(prefix):
                if (file := read_name(stored)) is not None:
                    yield file

    def _listed(self, first: date, last: date) -> Iterator[HistoryFile]:
        """Yield the files that may be asked for, of these days where they lie in folders of days."""
        if not self._regions:
            for file in self._below([""]):
                self._named |= file.end is not None
                if self._wanted(file):
                    yield file
            return
        for account_id, places in groupby(sorted(self._regions), key=lambda place: place.account_id):
            asked = [place for place in places if self._filter.wants(place)]
            if not asked or self.leaves_out(account_id):
                continue
            for place in asked:
                for _, folders in self._days(place, first, last):
                    yield from filter(self._wanted, self._below(folders))

    def _wanted(self, file: HistoryFile) -> bool:
        if not self._filter.wants(file.place, file.type):
            return False
        return file.place is None or not self.leaves_out(file.place.account_id)

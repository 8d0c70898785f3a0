"""Which log files there are: listed by day in the folders that AWS gives them, or known by their names."""

import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.storage.awslogs_layout import DAY, Place, ServiceFolders, rooted
from iacwatch.storage.files import S3, FileStore
from iacwatch.trails.coverage import LATE, Coverage, DeliveryTimes
from iacwatch.trails.log_files.layout import SERVICE, LogFile, read_name

_MONTH: Final = timedelta(days=31)
_MOST_LISTED: Final = 100_000
"""Files of days long past whose names are cached."""

_MOST_FOREIGN: Final = 10_000
"""Files of a bucket that CloudTrail did not name: where there are more, it is not listed to its end."""

_HOME: Final = "us-east-1"
_NUMBER: Final = re.compile(r"\d{1,4}")


class LogListing:
    """The log files of one folder or bucket; a place is looked at when it is asked for first."""

    def __init__(self, store: FileStore) -> None:
        """Take the place; nothing is looked at yet."""
        self._store = rooted(store)
        self._folders: FolderListing | None = None
        self._names: NameListing | None = None

    @property
    def store(self) -> FileStore:
        """Return the place with the names that its files are listed by."""
        return self._store

    def at(self, now: datetime, *, until: datetime) -> "FolderListing | NameListing":
        """Return what lies there; `until` is when what is asked about ends: what came later is not missed.

        Raises `IacwatchError` where it cannot be listed.
        """
        if self._folders is None:
            folders = ServiceFolders(self._store, SERVICE)
            self._folders = FolderListing(self._store, folders) if folders.any() else None
        if self._folders is not None:
            self._folders.begin(now)
            return self._folders
        if self._names is None or until + 2 * LATE > self._names.at:
            self._names = NameListing(self._store, now)
        return self._names


class NameListing:
    """All files of a place that is not laid out as AWS does it, as they were listed `at` a time."""

    cut = False

    def __init__(self, store: FileStore, now: datetime) -> None:
        """List them; raise `IacwatchError` where there are too many of others."""
        self.at = now
        self._unnamed: list[LogFile] = []
        self._files: dict[Place, list[tuple[datetime, LogFile]]] = defaultdict(list)
        self._days: set[tuple[str, date]] = set()
        foreign = 0
        for stored in store.list():
            file = LogFile(stored=stored, ours=True) if store.single else read_name(stored)
            foreign += not (file and file.ours)
            if foreign > _MOST_FOREIGN and store.where.startswith(S3):
                raise IacwatchError(
                    f"{plain(store.where, 200)} holds more than {_MOST_FOREIGN:,} files that CloudTrail did"
                    " not name",
                    hint="name the folder that its log files are in",
                )
            if file is None:
                continue
            if file.place is None or file.delivered is None:
                self._unnamed.append(file)
            else:
                self._files[file.place].append((file.delivered, file))
                self._days.add((file.place[0], file.delivered.date()))

    def unnamed(self, wanted: DeliveryTimes) -> Sequence[LogFile]:
        """Return the files that may be of anybody and of any time."""
        del wanted
        return self._unnamed

    def near(self, place: Place, wanted: DeliveryTimes) -> Coverage | None:
        """Return from when to when files of a place were delivered."""
        del wanted
        return self.coverage(place)

    def coverage(self, place: Place) -> Coverage | None:
        """Return from when to when files of a place were delivered, by their names; None: there are none."""
        times = [delivered for delivered, _ in self._files.get(place, ())]
        return Coverage(first=min(times), last=max(times)) if times else None

    def holds(self, account_id: str, day: date) -> bool:
        """Return whether any file of an account was delivered on a day, or may have been."""
        return bool(self._unnamed) or (account_id, day) in self._days

    def files(self, place: Place, wanted: DeliveryTimes) -> list[LogFile]:
        """Return the files of a place that were delivered at the times wanted."""
        return [file for delivered, file in self._files.get(place, ()) if delivered in wanted]


class FolderListing:
    """A place laid out as AWS does it; `begin` it anew before each question, since files keep coming."""

    def __init__(self, store: FileStore, folders: ServiceFolders) -> None:
        """Take where what lies; nothing more is listed yet."""
        self._store, self._folders = store, folders
        self.cut = folders.cut
        self._now = datetime.min.replace(tzinfo=UTC)
        self._regions: dict[str, Mapping[str, Sequence[str]]] = {}
        self._firsts: dict[str, datetime] = {}
        self._lasts: dict[str, datetime] = {}
        self._months: dict[tuple[str, date], Mapping[date, Sequence[str]]] = {}
        self._listed: OrderedDict[str, tuple[LogFile, ...]] = OrderedDict()
        self._recent: dict[str, tuple[LogFile, ...]] = {}
        self._count = 0

    def begin(self, now: datetime) -> None:
        """Forget what may have changed since it was listed: all but what is long past."""
        self._now = now
        self._lasts.clear()
        self._regions.clear()
        self._recent.clear()
        self._months = {key: days for key, days in self._months.items() if key[1] + _MONTH + DAY < now.date()}

    def unnamed(self, wanted: DeliveryTimes) -> Sequence[LogFile]:
        """Return the files of these days that may be of anybody: neither folder nor name says whose."""
        return [
            file
            for folder in self._folders.anybody
            for day in wanted.days
            for file in self._of_day(folder, None, day)
            if file.place is None
        ]

    def near(self, place: Place, wanted: DeliveryTimes) -> Coverage | None:
        """Return from when to when files of a place were delivered on these days, whose names say so."""
        times = [
            file.delivered
            for folder, own in self._of_place(place)
            for day in wanted.days
            for file in self._of_day(folder, own, day)
            if file.delivered is not None and file.place == place
        ]
        return Coverage(first=min(times), last=max(times)) if times else None

    def coverage(self, place: Place) -> Coverage | None:
        """Return from when to when files of a place were delivered; None: there are none."""
        found: Coverage | None = None
        for folder, own in self._of_place(place):
            first = self._end(self._firsts, folder, own or place, last=False)
            last = self._end(self._lasts, folder, own or place, last=True)
            if first is not None and last is not None:
                found = Coverage(first=first, last=last).joined(found)
        return found

    def holds(self, account_id: str, day: date) -> bool:
        """Return whether any file of an account, of whatever region, was delivered on a day.

        A folder alone proves nothing: what copies files may leave an empty one.
        """
        regions = self._of_account(account_id)
        # Of the home of the global services a file is likeliest.
        own = sorted(regions, key=lambda region: (region != _HOME, region))
        return any(
            self._of_day(folder, (account_id, region), day) for region in own for folder in regions[region]
        ) or any(
            file.place is None or file.place[0] == account_id
            for folder in self._folders.anybody
            for file in self._of_day(folder, None, day)
        )

    def files(self, place: Place, wanted: DeliveryTimes) -> list[LogFile]:
        """Return the files of a place that were delivered at the times wanted."""
        return [
            file
            for folder, own in self._of_place(place)
            for day in wanted.days
            for file in self._of_day(folder, own, day)
            if file.place == place and (file.delivered is None or file.delivered in wanted)
        ]

    def _of_account(self, account_id: str) -> Mapping[str, Sequence[str]]:
        if account_id not in self._regions:
            self._regions[account_id] = self._folders.of_account(account_id)
        return self._regions[account_id]

    def _of_place(self, place: Place) -> Iterator[tuple[str, Place | None]]:
        """Yield the folders of a place, as its own, and those of anybody, without."""
        account_id, region = place
        for folder in self._of_account(account_id).get(region, ()):
            yield folder, place
        for folder in self._folders.anybody:
            yield folder, None

    def _of_day(self, folder: str, place: Place | None, day: date) -> list[LogFile]:
        """Return the files in a region's folder of a day."""
        key = (folder, day.replace(day=1))
        if key not in self._months:
            self._months[key] = self._folders.days(*key)
        long_past = datetime.combine(day + DAY, time(), UTC) + LATE < self._now
        found: list[LogFile] = []
        for below in self._months[key].get(day, ()):
            if below in self._listed:
                self._listed.move_to_end(below)
                found.extend(self._listed[below])
                continue
            if below not in self._recent:
                files = tuple(files_below(self._store, below, place))
                if long_past:
                    self._remember(below, files)
                    found.extend(files)
                    continue
                self._recent[below] = files
            found.extend(self._recent[below])
        return found

    def _remember(self, folder: str, files: tuple[LogFile, ...]) -> None:
        self._listed[folder] = files
        self._count += len(files)
        while self._count > _MOST_LISTED and self._listed:
            _, forgotten = self._listed.popitem(last=False)
            self._count -= len(forgotten)

    def _end(self, known: dict[str, datetime], folder: str, place: Place, *, last: bool) -> datetime | None:
        """Return when the first, or last, file below a region's folder was delivered; None: there is none."""
        key = f"{folder} {place}"
        if key not in known and (at := self._looked_up_end(folder, place, last=last)) is not None:
            known[key] = at
        return known.get(key)

    def _looked_up_end(self, folder: str, place: Place, *, last: bool) -> datetime | None:
        own = None if folder in self._folders.anybody else place
        for year in self._numbers(folder, last=last):
            for month in self._numbers(year, last=last):
                for day in self._numbers(month, last=last):
                    at = _date(day.removeprefix(f"{folder}/"))
                    if at is None:
                        continue
                    files = [file for file in files_below(self._store, day, own) if file.place == place]
                    if times := [_time(file, at, last=last) for file in files]:
                        return max(times) if last else min(times)
        return None

    def _numbers(self, folder: str, *, last: bool) -> list[str]:
        names = [name for name in self._store.folders(folder) if _NUMBER.fullmatch(name)]
        return [f"{folder}/{name}" if folder else name for name in sorted(names, key=int, reverse=last)]


def files_below(store: FileStore, folder: str, place: Place | None = None) -> Iterator[LogFile]:
    """Yield the log files in a day's folder, all of them as `place`'s where that is known."""
    for stored in store.list(f"{folder}/"):
        if (file := read_name(stored, place)) is not None:
            yield file


def by_delivery(files: Sequence[LogFile]) -> Iterator[LogFile]:
    """Yield files, oldest first; those of an unknown time before all others."""
    yield from (file for file in files if file.delivered is None)
    yield from sorted(
        (file for file in files if file.delivered is not None),
        key=lambda file: (file.delivered, file.stored.name),
    )


def _date(text: str) -> date | None:
    """Read ``2023/07/10``."""
    try:
        year, month, day = (int(part) for part in text.split("/"))
        return date(year, month, day)
    except ValueError:
        return None


def _time(file: LogFile, day: date, *, last: bool) -> datetime:
    """Return when a file was delivered; where its name does not say, the day of its folder does."""
    return file.delivered or datetime.combine(day + DAY if last else day, time(), UTC)

"""Log files in the folders that AWS gives them: listed by day, and no more than some windows need."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.log_files.layout import DAY, File, Layout
from iacwatch.trails.spans import LATE, Cover, Deliveries

_MONTH: Final = timedelta(days=31)
_MOST_LISTED: Final = 100_000
"""Files of days long past whose names are kept."""


class Laid:
    """A place laid out as AWS does it; `begin` it anew before each question, since files keep coming."""

    loose: Sequence[File] = ()

    def __init__(self, layout: Layout) -> None:
        """Take where what lies; nothing more is listed yet."""
        self._layout = layout
        self._now = datetime.min.replace(tzinfo=UTC)
        self._regions: dict[str, dict[str, list[str]]] = {}
        self._firsts: dict[str, datetime] = {}
        self._lasts: dict[str, datetime] = {}
        self._months: dict[tuple[str, date], dict[date, str]] = {}
        self._listed: OrderedDict[str, tuple[File, ...]] = OrderedDict()
        self._count = 0

    def begin(self, now: datetime) -> None:
        """Forget what may have changed since it was listed: all but what is long past."""
        self._now = now
        self._lasts.clear()
        self._regions.clear()
        self._months = {key: days for key, days in self._months.items() if key[1] + _MONTH + DAY < now.date()}

    def cover(self, place: Place) -> Cover | None:
        """Return from when to when files of a place were delivered; None: there are none."""
        found: Cover | None = None
        for folder in self._folders(place):
            first = self._end(self._firsts, folder, last=False)
            last = self._end(self._lasts, folder, last=True)
            if first is not None and last is not None:
                found = Cover(first=first, last=last).joined(found)
        return found

    def holds(self, account_id: str, day: date) -> bool:
        """Say whether any file of an account, of whatever region, was delivered on a day.

        A folder alone proves nothing: what copies files may leave an empty one.
        """
        return any(
            self._of_day(folder, (account_id, region), day)
            for region, folders in self._of(account_id).items()
            for folder in folders
        )

    def files(self, place: Place, wanted: Deliveries) -> list[File]:
        """Return the files of a place that were delivered at the times wanted."""
        return [
            file
            for folder in self._folders(place)
            for day in wanted.days
            for file in self._of_day(folder, place, day)
            if file.delivered is None or file.delivered in wanted
        ]

    def _of(self, account_id: str) -> dict[str, list[str]]:
        if account_id not in self._regions:
            self._regions[account_id] = self._layout.regions(account_id)
        return self._regions[account_id]

    def _folders(self, place: Place) -> Sequence[str]:
        account_id, region = place
        return self._of(account_id).get(region, ())

    def _end(self, known: dict[str, datetime], folder: str, *, last: bool) -> datetime | None:
        if folder not in known:
            at = self._layout.end(folder, last=last)
            if at is None:
                return None
            known[folder] = at
        return known[folder]

    def _days(self, folder: str, day: date) -> dict[date, str]:
        key = (folder, day.replace(day=1))
        if key not in self._months:
            self._months[key] = self._layout.days(*key)
        return self._months[key]

    def _of_day(self, folder: str, place: Place, day: date) -> Sequence[File]:
        below = self._days(folder, day).get(day)
        if below is None:
            return ()
        if below in self._listed:
            self._listed.move_to_end(below)
            return self._listed[below]
        files = tuple(self._layout.files(below, place))
        if datetime.combine(day + DAY, time(), UTC) + LATE < self._now:
            self._listed[below] = files
            self._count += len(files)
            self._forget()
        return files

    def _forget(self) -> None:
        while self._count > _MOST_LISTED and self._listed:
            _, files = self._listed.popitem(last=False)
            self._count -= len(files)


def by_delivery(files: Sequence[File]) -> Iterator[File]:
    """Yield files, oldest first; those of an unknown time before all others."""
    unknown = [file for file in files if file.delivered is None]
    yield from unknown
    yield from sorted(
        (file for file in files if file.delivered is not None),
        key=lambda file: (file.delivered, file.blob.name),
    )

"""The files of AWS Config in one place: which of them to read for a range, and how to get at them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import IO, Final, NamedTuple

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.aws.thread_pool import done_by
from iacwatch.core.model import Window
from iacwatch.errors import IacwatchError
from iacwatch.sources.history.file_layout import DAY, File, Layout
from iacwatch.sources.history.sift import Sieve
from iacwatch.storage.files import Blobs

_THREADS: Final = 4
_LATE: Final = timedelta(hours=12)
"""By how much a file's own times may be off: it is read rather than left out."""

Refuse = Callable[[str], str | None]
"""Says why changes of an account are not ours to look into, or None where they are."""


class Opened(NamedTuple):
    """A file that was opened, to be closed by its `stack`; or why it could not be."""

    file: File
    stack: ExitStack
    source: IO[bytes] | None = None
    failure: str = ""


class Shelf:
    """One folder or bucket. `reached` is the latest time that a file's name told so far."""

    def __init__(self, blobs: Blobs, sieve: Sieve, *, accounts: Collection[str], refuse: Refuse) -> None:
        """Take the place and what is asked for; nothing is looked at yet.

        `accounts` are those that were named; of others `refuse` says which are left out.
        """
        self._blobs, self._sieve, self._refuse = blobs, sieve, refuse
        self._refused: dict[str, str | None] = dict.fromkeys(accounts)
        self.reached: datetime | None = None
        self._named = False

    @property
    def known(self) -> bool:
        """Say whether what was listed so far is Config's: by the folders, or by the name of any file."""
        return self._named or self._layout.known

    @property
    def left_out(self) -> list[str]:
        """Return why accounts that are there were left out."""
        return [reason for reason in self._refused.values() if reason]

    def leaves_out(self, account_id: str) -> bool:
        """Say whether an account's changes are not ours to look into."""
        if account_id not in self._refused:
            self._refused[account_id] = self._refuse(account_id)
        return self._refused[account_id] is not None

    def of_range(self, window: Window) -> Iterator[File]:
        """Yield the history files that may hold items of a window."""
        for file in self._listed(window.start.date(), (window.end + DAY).date()):
            if file.snapshot:
                continue
            if file.start is not None and file.end is not None and file.start <= file.end:
                self.reached = max(file.end, self.reached or file.end)
            begins, ends = file.start or window.start, file.end or window.start
            if begins < window.end + _LATE and ends >= window.start - _LATE:
                yield file

    def earlier(self, place: ConfigPlace, first: date, last: date) -> Iterator[list[File]]:
        """Yield the files of a place day by day, the latest day first, snapshots among them."""
        if self._layout.known:
            if place in self._layout.regions:
                for day in reversed(self._layout.days(place, first, last)):
                    yield list(self._layout.files(place, day))
            return
        days: dict[date, list[File]] = defaultdict(list)
        for file in self._layout.everything():
            if file.place == place and file.end is not None and first <= file.end.date() <= last:
                days[file.end.date()].append(file)
        for day in sorted(days, reverse=True):
            yield days[day]

    def opened(self, files: Sequence[File]) -> Iterator[Opened]:
        """Open files ahead of their being read: those of a bucket are fetched meanwhile."""
        return done_by(_THREADS, self._open, files)

    def _open(self, file: File) -> Opened:
        stack = ExitStack()
        try:
            return Opened(file, stack, stack.enter_context(self._blobs.open(file.blob)))
        except IacwatchError as error:
            return Opened(file, stack, failure=str(error))

    @cached_property
    def _layout(self) -> Layout:
        return Layout(self._blobs)

    def _listed(self, first: date, last: date) -> Iterator[File]:
        """Yield the files that may be asked for, of these days where they lie in folders of days."""
        if not self._layout.known:
            for file in self._layout.everything():
                self._named |= file.end is not None
                if self._wanted(file):
                    yield file
            return
        for account_id, places in groupby(sorted(self._layout.regions), key=lambda place: place.account_id):
            asked = [place for place in places if self._sieve.wants(place)]
            if not asked or self.leaves_out(account_id):
                continue
            for place in asked:
                for day in self._layout.days(place, first, last):
                    yield from filter(self._wanted, self._layout.files(place, day))

    def _wanted(self, file: File) -> bool:
        if not self._sieve.wants(file.place, file.type):
            return False
        return file.place is None or not self.leaves_out(file.place.account_id)

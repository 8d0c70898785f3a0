"""CloudTrail's log files in a folder or a bucket as a trail: as far back as they go, without a single lookup.

Only the files of the days, accounts and regions that are asked about are read, each once for all queries.
They can answer for what lies there: of an account and region without files, before the first file and after
the last one, nobody looked (`Failure`); between them, no file means that nothing happened, unless a whole
day of the whole account is not there.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.ports import Clock, Collected, Progress, silent
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import S3, FileStore
from iacwatch.trails.coverage import (
    AFTER,
    BEGINNING,
    EARLY,
    LATE,
    ON_THE_WAY,
    Coverage,
    DeliveryTimes,
    lacking,
    touched,
    where_likely,
)
from iacwatch.trails.log_files.fetch import Fetcher
from iacwatch.trails.log_files.layout import LogFile
from iacwatch.trails.log_files.listing import FolderListing, LogListing, NameListing, by_delivery
from iacwatch.trails.log_files.reader import Reading, UnnamedFiles
from iacwatch.trails.log_files.workers import read_by_workers, start_workers, workers_for
from iacwatch.trails.record_filter import RecordFilter

_PHASE: Final = "Log files"
_CUT: Final = " (there are more folders than were looked into: name the one that its AWSLogs is in)"
_MINUTE: Final = "%Y-%m-%d %H:%MZ"


class LogFiles:
    """A `ports.TrailSource` by CloudTrail's log files; used by one thread."""

    def __init__(self, *, store: FileStore, clock: Clock, progress: Progress = silent) -> None:
        """Take where the files lie; nothing is looked at yet."""
        self._where, self._clock, self._progress = store.where, clock, progress
        self._listing = LogListing(store)
        self._fetcher = Fetcher(self._listing.store)
        self._unnamed = UnnamedFiles()

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return all of the past: what the files do not hold is a failure of the query, with its reason."""
        del account_id, region
        return Window(start=BEGINNING, end=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Read what the queries ask for, in one pass over the files concerned. Raises `Stopping`."""
        return where_likely(self._collect, queries)

    def _collect(self, queries: Sequence[TrailQuery]) -> Collected:
        asked = list(dict.fromkeys(queries))
        if not asked:
            return Collected(events=())
        reading = Reading(self._where, self._unnamed, self._clock)
        tried: dict[TrailQuery, tuple[str, ...]] = {}
        now = self._clock.now()
        try:
            listed = self._listing.at(now, until=max(query.window.end for query in asked))
        except IacwatchError as error:
            reading.fail(asked, str(error))
            listed = None
        if listed is not None:
            tried = self._read(asked, listed, reading, now)
        words = (f"log files of {plain(self._where, 200)}: not looked at",)
        return Collected(
            events=tuple(reading.events.values()),
            failures=reading.failures,
            tried={query: tried.get(query, words) for query in asked},
        )

    def _read(
        self,
        asked: Sequence[TrailQuery],
        listed: FolderListing | NameListing,
        reading: Reading,
        now: datetime,
    ) -> dict[TrailQuery, tuple[str, ...]]:
        """Read the files that the queries need; return in words what was looked at, by query."""
        places: dict[Place, list[TrailQuery]] = defaultdict(list)
        for query in asked:
            places[query.account_id, query.region].append(query)
        unnamed = self._unnamed.needed(listed.unnamed(_times(asked)), asked)
        work: list[tuple[RecordFilter, list[LogFile]]] = [(RecordFilter(asked), unnamed)] if unnamed else []
        tried: dict[TrailQuery, tuple[str, ...]] = {}
        for place, there in places.items():
            try:
                files = listed.files(place, _times(there))
            except IacwatchError as error:
                reading.fail(there, str(error))
                continue
            work.append((RecordFilter(there, among=asked), list(by_delivery(files))))
            times = sorted(file.delivered for file in files if file.delivered is not None)
            others = len(unnamed) + len(files) - len(times)
            tried |= {query: (_tried(query, times, others),) for query in there}
        self._pass(work, reading)
        for place, there in places.items():
            self._check(place, there, listed, reading, now)
        return tried

    def _pass(self, work: Sequence[tuple[RecordFilter, list[LogFile]]], reading: Reading) -> None:
        total, done = sum(len(files) for _, files in work), 0
        self._progress(_PHASE, 0, total)
        store = self._listing.store
        workers = start_workers(workers_for(work, remote=store.where.startswith(S3)), store, work)
        if workers:
            for wanted, scan, records in read_by_workers(workers, work, reading.pause):
                reading.take(scan, records, wanted)
                done += 1
                self._progress(_PHASE, done, total)
            return
        for wanted, files in work:
            for opened in self._fetcher.opened(files):
                reading.read(opened, wanted)
                done += 1
                self._progress(_PHASE, done, total)

    def _check(
        self,
        place: Place,
        queries: Sequence[TrailQuery],
        listed: FolderListing | NameListing,
        reading: Reading,
        now: datetime,
    ) -> None:
        """Fail the queries about times of which there are no files."""
        try:
            wanted = _times(queries)
            unnamed = self._unnamed.coverage(place, listed.unnamed(wanted))
            near = listed.near(place, wanted)
            if near is None or not all(_lies_within(query.window, near) for query in queries):
                near = listed.coverage(place)
            covered = unnamed.joined(near) if unnamed else near
            silent = set(_silent_days(place[0], queries, listed, covered)) if covered else set()
        except IacwatchError as error:
            reading.fail(queries, str(error))
            return
        for query in queries:
            if reason := _missing(query, covered, silent, now):
                more = _CUT if listed.cut and covered is None else ""
                if covered is None and self._unnamed.foreign:
                    more += f" ({self._unnamed.foreign})"
                reading.fail([query], reason + more, beyond=True)


def _times(queries: Iterable[TrailQuery]) -> DeliveryTimes:
    return DeliveryTimes(query.window for query in queries)


def _lies_within(window: Window, covered: Coverage) -> bool:
    """Return whether files from both sides of a window, and of its first and last day, are known."""
    return (
        covered.first <= window.start + LATE
        and covered.first.date() <= window.start.date()
        and covered.last >= window.end - AFTER
        and covered.last.date() >= window.end.date()
    )


def _missing(query: TrailQuery, covered: Coverage | None, silent: set[date], now: datetime) -> str:
    """Return why the files there cannot answer a query; "" where they can."""
    window = query.window
    more = "name a folder or bucket that holds it, or search event history with --trail api"
    if covered is None:
        return f"there is no log file of this account and region{lacking(query.region)}; {more}"
    if window.start < covered.first - LATE:
        return f"the log files there begin at {covered.first:{_MINUTE}}; {more}"
    if window.end > covered.last + AFTER and now > window.end + ON_THE_WAY:
        return f"the log files there end at {covered.last:{_MINUTE}}; {more}"
    if gaps := [day for day in touched(window) if day in silent]:
        return f"there is no log file of this account of {gaps[0]}, in any region; {more}"
    return ""


def _silent_days(
    account_id: str, queries: Sequence[TrailQuery], listed: FolderListing | NameListing, covered: Coverage
) -> Iterator[date]:
    """Yield the days asked about, between the first and the last file, of which an account has none."""
    days = {day for query in queries for day in touched(query.window)}
    for day in sorted(days):
        if covered.first.date() < day < covered.last.date() and not listed.holds(account_id, day):
            yield day


def _tried(query: TrailQuery, times: Sequence[datetime], others: int) -> str:
    """Return in words which files were read for a query: `times` are when they were delivered, sorted."""
    first, last = query.window.start - EARLY, query.window.end + LATE
    count = bisect_left(times, last) - bisect_left(times, first)
    days = "%Y-%m-%d " if first.date() != last.date() else ""
    span = f"{first:%Y-%m-%d %H:%M}-{last:{days}%H:%M}Z"
    words = f"log files of {plain(query.region, 40)} delivered {span}: {count}"
    return words + (f", and {others} whose names hold no time" if others else "")

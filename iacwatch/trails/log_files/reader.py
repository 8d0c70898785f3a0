"""One pass over log files: the events that some queries want, and the queries that could not be answered."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from iacwatch.core.model import TrailEvent, TrailQuery
from iacwatch.core.parse import cloudtrail
from iacwatch.core.text import plain
from iacwatch.errors import ParseError
from iacwatch.ports import Clock, Failure
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import Opened
from iacwatch.trails.coverage import Coverage, DeliveryTimes
from iacwatch.trails.log_files.file_scan import ANYBODY, FileScan, Record, moment_of
from iacwatch.trails.log_files.layout import LogFile
from iacwatch.trails.record_filter import RecordFilter

_log = logging.getLogger(__name__)
_NOTHING: Final = timedelta(0)


class UnnamedFiles:
    """What is known of files whose names say nothing (exports): whose records they hold, and of when.

    It is known once they were read; then they are read again only where they may concern a question.
    `foreign` says of the first that was no log file of CloudTrail that it is none.
    """

    foreign = ""

    def __init__(self) -> None:
        """Begin without any."""
        self._known: dict[tuple[str, int], Mapping[Place, Coverage]] = {}

    def coverage(self, place: Place, files: Sequence[LogFile]) -> Coverage | None:
        """Return from when to when these files hold records of a place; None: they hold none."""
        found: Coverage | None = None
        for file in files:
            span = self._known.get(file.key, {}).get(place)
            if span is not None:
                found = span.joined(found)
        return found

    def needed(self, files: Sequence[LogFile], queries: Sequence[TrailQuery]) -> list[LogFile]:
        """Return those files that may hold an event of a query's window."""
        return [file for file in files if self._may_concern(file, queries)]

    def learn(self, file: LogFile, spans: Mapping[Place, Coverage]) -> None:
        """Remember what a file was found to hold."""
        self._known[file.key] = dict(spans)

    def _may_concern(self, file: LogFile, queries: Sequence[TrailQuery]) -> bool:
        known = self._known.get(file.key)
        if known is None or ANYBODY in known:
            return True
        return any(
            (span := known.get((query.account_id, query.region))) is not None
            and span.first < query.window.end
            and span.last >= query.window.start
            for query in queries
        )


class Reading:
    """What was found in the files read so far: `events` by id, `failures` by query."""

    def __init__(self, where: str, unnamed: UnnamedFiles, clock: Clock) -> None:
        """Take how people call the place, and what is known of files whose names say nothing."""
        self.events: dict[str, TrailEvent] = {}
        self.failures: dict[TrailQuery, Failure] = {}
        self._where, self._unnamed, self._clock = where, unnamed, clock

    def read(self, opened: Opened[LogFile], wanted: RecordFilter) -> None:
        """Read one file to its end, and close it. Raises `Stopping` alone."""
        found = FileScan(opened.file)
        for record in found.records(opened, wanted, self.pause):
            self._take(opened.file, wanted, record)
        self._close(found, wanted)

    def take(self, found: FileScan, records: Iterable[Record], wanted: RecordFilter) -> None:
        """Take in a file that was read elsewhere."""
        for record in records:
            self._take(found.file, wanted, record)
        self._close(found, wanted)

    def pause(self) -> None:
        """Raise `Stopping` as soon as the run has to end."""
        self._clock.sleep(_NOTHING)

    def _close(self, found: FileScan, wanted: RecordFilter) -> None:
        file = found.file
        if found.foreign and not file.ours:
            _log.debug("%s: it is left out", found.foreign)
            self._unnamed.foreign = self._unnamed.foreign or found.foreign
            self._unnamed.learn(file, {})
        elif failure := found.failure or found.foreign:
            self._spoil(file, wanted, failure)
        elif found.spans is not None:
            self._unnamed.learn(file, found.spans)

    def fail(self, queries: Iterable[TrailQuery], reason: str, *, beyond: bool = False) -> None:
        """Note why queries could not be answered, unless a reason is known.

        `beyond`: the files do not hold what they ask about.
        """
        for query in queries:
            why = f"{doing(query, self._where)}: {reason}"
            self.failures.setdefault(query, Failure(reason=why, beyond=beyond))

    def _take(self, file: LogFile, wanted: RecordFilter, record: Record) -> None:
        document, text = record
        try:
            event = cloudtrail.event(_placed(document, file))
        except ParseError:
            self._spoil_by_record(file, wanted, document, text.decode("utf-8", "replace"))
            return
        reads = event.read_only is True and not wanted.takes_reads
        if not reads and (event.account_id, event.region) in wanted.places:
            self.events[event.event_id] = event

    def _spoil(self, file: LogFile, wanted: RecordFilter, reason: str) -> None:
        """Note that a file could not be read: it may contain an event of any window near its minute."""
        self.fail(
            (
                query
                for query in wanted.queries
                if file.delivered is None or file.delivered in DeliveryTimes([query.window])
            ),
            plain(reason, 400),
        )

    def _spoil_by_record(self, file: LogFile, wanted: RecordFilter, document: Any, text: str) -> None:
        """Note that a record could not be read: not to have understood it is not to have found nothing."""
        known = document if isinstance(document, Mapping) else {}
        account, region = known.get("recipientAccountId"), known.get("awsRegion")
        place = file.place or ((account, region) if account and region else None)
        at = moment_of(known.get("eventTime"))
        event_id = plain(str(known.get("eventID", "")), 80)
        self.fail(
            wanted.concerned(place, at, text),
            f"the record of event {event_id or 'without an id'} in {plain(file.stored.name, 300)}, which may"
            " concern what was asked, is not one that iacwatch can read; look at it there",
        )


def doing(query: TrailQuery, where: str) -> str:
    """Begin the sentence about what went wrong: whose trail was to be read, and where from."""
    account_id, region = plain(query.account_id, 40), plain(query.region, 40)
    return f"cannot read the trail of {account_id} in {region} from {plain(where, 200)}"


def _placed(document: Any, file: LogFile) -> Mapping[str, Any]:
    """Return a record that says whose trail it is of: old ones do not, but their file's name does."""
    if not isinstance(document, Mapping):
        raise ParseError("a record is nested too deeply")
    if file.place is None or document.get("recipientAccountId") or "eventID" not in document:
        return document
    return {**document, "recipientAccountId": file.place[0]}

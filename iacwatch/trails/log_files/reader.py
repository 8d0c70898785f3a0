"""One pass over log files: the events that some queries want, and the queries that could not be answered."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final

from iacwatch.core.model import TrailEvent, TrailQuery
from iacwatch.core.parse import cloudtrail
from iacwatch.core.parse.json_values import moment
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError, ParseError
from iacwatch.ports import Clock, Failure
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import Opened, unzipped
from iacwatch.storage.json_stream import ForeignFileError, objects
from iacwatch.trails import record_splitter
from iacwatch.trails.coverage import Coverage, DeliveryTimes
from iacwatch.trails.log_files.layout import FORMAT, LogFile
from iacwatch.trails.record_filter import RecordFilter

_log = logging.getLogger(__name__)
_NOTHING: Final = timedelta(0)
_ANYBODY: Final[Place] = ("", "")
"""Whose a record is that does not say."""

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME: Final = re.compile(record_splitter.TIME + rb'([^"]{1,40})"')
_ACCOUNT: Final = re.compile(rb'"recipientAccountId":"(\d{12})"')
_REGION: Final = re.compile(rb'"awsRegion":"([a-z0-9-]{5,30})"')


class UnnamedFiles:
    """What is known of files whose names say nothing (exports): whose records they hold, and of when.

    It is known once they were read; then they are read again only where they may concern a question.
    """

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
        if known is None or _ANYBODY in known:
            return True
        return any(
            (span := known.get((query.account_id, query.region))) is not None
            and span.first < query.window.end
            and span.last >= query.window.start
            for query in queries
        )


class _Contents:
    """Of whom and of when the records of one file are, gathered while it is read."""

    def __init__(self) -> None:
        self.spans: dict[Place, Coverage] = {}

    def add_bodies(self, bodies: Sequence[bytes]) -> None:
        """Take in records as `record_splitter.bodies` gives them."""
        for body in bodies:
            account, region, at = _ACCOUNT.search(body), _REGION.search(body), _TIME.search(body)
            place = (account[1].decode(), region[1].decode()) if account and region else _ANYBODY
            self._add(place, at[1].decode("ascii", "replace") if at else None)

    def add_document(self, document: Mapping[str, Any]) -> None:
        """Take in one record."""
        account, region = document.get("recipientAccountId"), document.get("awsRegion")
        named = isinstance(account, str) and isinstance(region, str)
        self._add((str(account), str(region)) if named else _ANYBODY, document.get("eventTime"))

    def _add(self, place: Place, time: Any) -> None:
        at = _moment(time)
        if at is None:
            place, at = _ANYBODY, _NEVER
        known = self.spans.get(place)
        if known is None or not known.first <= at <= known.last:
            self.spans[place] = Coverage(first=at, last=at).joined(known)


class Reading:
    """What was found in the files read so far: `events` by id, `failures` by query."""

    def __init__(self, where: str, unnamed: UnnamedFiles, clock: Clock) -> None:
        """Take how people call the place, and what is known of files whose names say nothing."""
        self.events: dict[str, TrailEvent] = {}
        self.failures: dict[TrailQuery, Failure] = {}
        self._where, self._unnamed, self._clock = where, unnamed, clock

    def read(self, opened: Opened[LogFile], wanted: RecordFilter) -> None:
        """Read one file to its end, and close it. Raises `Stopping` alone."""
        file = opened.file
        with opened.stack:
            if opened.source is None:
                self._spoil(file, wanted, opened.failure)
                return
            try:
                self._read(file, opened.source, wanted)
            except ForeignFileError as error:
                if file.ours:
                    self._spoil(file, wanted, str(error))
                else:
                    _log.debug("%s: it is left out", error)
            except (IacwatchError, OSError) as error:
                # (`Stopping` is no IacwatchError: it goes on up.)
                self._spoil(file, wanted, str(error))

    def fail(self, queries: Iterable[TrailQuery], reason: str, *, beyond: bool = False) -> None:
        """Note why queries could not be answered, unless a reason is known.

        `beyond`: the files do not hold what they ask about.
        """
        for query in queries:
            why = f"{doing(query, self._where)}: {reason}"
            self.failures.setdefault(query, Failure(reason=why, beyond=beyond))

    def _read(self, file: LogFile, source: IO[bytes], wanted: RecordFilter) -> None:
        contents = _Contents() if file.place is None else None
        try:
            for bodies in record_splitter.bodies(self._pieces(file, source)):
                if contents is not None:
                    contents.add_bodies(bodies)
                for body in wanted.picked(bodies):
                    self._take(file, wanted, record_splitter.parsed(body), record_splitter.whole(body))
        except record_splitter.UnusualLayout:
            contents = self._read_whole(file, source, wanted)
        if contents is not None:
            self._unnamed.learn(file, contents.spans)

    def _read_whole(self, file: LogFile, source: IO[bytes], wanted: RecordFilter) -> _Contents | None:
        """Parse a file of another layout: all of its records."""
        contents = _Contents() if file.place is None else None
        source.seek(0)
        for document, text in objects(self._pieces(file, source), file.stored.name, FORMAT):
            record = document.get("detail", document) if "eventID" not in document else document
            if not isinstance(record, Mapping):
                record = document
            if contents is not None:
                contents.add_document(record)
            at = _moment(record.get("eventTime"))
            reads = record.get("readOnly") is True and not wanted.takes_reads
            if not reads and (at is None or wanted.wants(at, text)):
                self._take(file, wanted, document, text.encode("utf-8", "replace"))
        return contents

    def _pieces(self, file: LogFile, source: IO[bytes]) -> Iterator[bytes]:
        for piece in unzipped(source, file.stored.name):
            self._clock.sleep(_NOTHING)  # it raises as soon as the run has to end
            yield piece

    def _take(self, file: LogFile, wanted: RecordFilter, document: Any, text: bytes) -> None:
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
        at = _moment(known.get("eventTime"))
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


def _moment(time: Any) -> datetime | None:
    """Return when a record says that its call was; None where it says nothing that can be read."""
    try:
        return moment(time, "eventTime").replace(microsecond=0)
    except ParseError:
        return None

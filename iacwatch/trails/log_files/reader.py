"""One pass over log files: the events that some queries want, and the queries that could not be answered."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import IO, Any, Final

from iacwatch.core.model import TrailEvent, TrailQuery
from iacwatch.core.parse import cloudtrail
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError, ParseError
from iacwatch.ports import Clock, Failure
from iacwatch.storage.files import unzipped
from iacwatch.storage.json_stream import ForeignFileError, objects
from iacwatch.trails import record_splitter
from iacwatch.trails.log_files.layout import FORMAT, File
from iacwatch.trails.log_files.listing import Opened
from iacwatch.trails.log_files.loose import Loose, Spans, moment_of
from iacwatch.trails.record_filter import Sieve
from iacwatch.trails.spans import Deliveries

_log = logging.getLogger(__name__)
_NOTHING: Final = timedelta(0)


class Reading:
    """What was found so far: `events` by id, `failures` by query."""

    def __init__(self, where: str, loose: Loose, clock: Clock) -> None:
        """Take how people call the place, and what is known of files whose names tell nothing."""
        self.events: dict[str, TrailEvent] = {}
        self.failures: dict[TrailQuery, Failure] = {}
        self._where, self._loose, self._clock = where, loose, clock

    def read(self, opened: Opened, sieve: Sieve) -> None:
        """Read one file to its end, and close it. Raises `Stopping` alone."""
        file = opened.file
        with opened.stack:
            if opened.source is None:
                self._spoil(file, sieve, opened.failure)
                return
            try:
                self._read(file, opened.source, sieve)
            except ForeignFileError as error:
                if file.ours:
                    self._spoil(file, sieve, str(error))
                else:
                    _log.debug("%s: it is left out", error)
            except (IacwatchError, OSError) as error:
                # (`Stopping` is no IacwatchError: it goes on up.)
                self._spoil(file, sieve, str(error))

    def fail(self, queries: Iterable[TrailQuery], reason: str) -> None:
        """Note why queries could not be answered, unless a reason is known."""
        for query in queries:
            self.failures.setdefault(query, Failure(reason=f"{doing(query, self._where)}: {reason}"))

    def _read(self, file: File, source: IO[bytes], sieve: Sieve) -> None:
        spans = Spans() if file.place is None else None
        try:
            for bodies in record_splitter.bodies(self._pieces(file, source)):
                if spans is not None:
                    spans.bodies(bodies)
                for body in sieve.picked(bodies):
                    self._take(file, sieve, record_splitter.parsed(body), record_splitter.whole(body))
        except record_splitter.UnusualLayout:
            spans = self._read_whole(file, source, sieve)
        if spans is not None:
            self._loose.learn(file, spans.found)

    def _read_whole(self, file: File, source: IO[bytes], sieve: Sieve) -> Spans | None:
        """Parse a file of another layout: all of its records."""
        spans = Spans() if file.place is None else None
        source.seek(0)
        for document, text in objects(self._pieces(file, source), file.blob.name, FORMAT):
            record = document.get("detail", document) if "eventID" not in document else document
            if not isinstance(record, Mapping):
                record = document
            if spans is not None:
                spans.document(record)
            at = moment_of(record.get("eventTime"))
            if record.get("readOnly") is not True and (at is None or sieve.wants(at, text)):
                self._take(file, sieve, document, text.encode("utf-8", "replace"))
        return spans

    def _pieces(self, file: File, source: IO[bytes]) -> Iterator[bytes]:
        for piece in unzipped(source, file.blob.name):
            self._clock.sleep(_NOTHING)  # it raises as soon as the run has to end
            yield piece

    def _take(self, file: File, sieve: Sieve, document: Any, text: bytes) -> None:
        try:
            event = cloudtrail.event(_placed(document, file))
        except ParseError:
            self._spoil_by_record(file, sieve, document, text.decode("utf-8", "replace"))
            return
        if event.read_only is not True and (event.account_id, event.region) in sieve.places:
            self.events[event.event_id] = event

    def _spoil(self, file: File, sieve: Sieve, reason: str) -> None:
        """Note that a file could not be read: it may have held an event of any window near its minute."""
        self.fail(
            (
                query
                for query in sieve.queries
                if file.delivered is None or file.delivered in Deliveries([query.window])
            ),
            plain(reason, 400),
        )

    def _spoil_by_record(self, file: File, sieve: Sieve, document: Any, text: str) -> None:
        """Note that a record could not be read: not to have understood it is not to have found nothing."""
        known = document if isinstance(document, Mapping) else {}
        account, region = known.get("recipientAccountId"), known.get("awsRegion")
        place = file.place or ((account, region) if account and region else None)
        at = moment_of(known.get("eventTime"))
        told = plain(str(known.get("eventID", "")), 80)
        self.fail(
            sieve.concerned(place, at, text),
            f"the record of event {told or 'without an id'} in {plain(file.blob.name, 300)}, which may"
            " concern what was asked, is not one that iacwatch can read; look at it there",
        )


def doing(query: TrailQuery, where: str) -> str:
    """Begin the sentence about what went wrong: whose trail was to be read, and where from."""
    account_id, region = plain(query.account_id, 40), plain(query.region, 40)
    return f"cannot read the trail of {account_id} in {region} from {plain(where, 200)}"


def _placed(document: Any, file: File) -> Mapping[str, Any]:
    """Return a record that says whose trail it is of: old ones do not, but their file's name does."""
    if not isinstance(document, Mapping):
        raise ParseError("a record is nested too deeply")
    if file.place is None or document.get("recipientAccountId") or "eventID" not in document:
        return document
    return {**document, "recipientAccountId": file.place[0]}

"""The records of one log file that some queries may want: cut out where CloudTrail wrote it, else parsed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any, Final

from iacwatch.core.parse.json_values import moment
from iacwatch.errors import IacwatchError, ParseError
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import Opened, unzipped
from iacwatch.storage.json_stream import ForeignFileError, objects
from iacwatch.trails import record_splitter
from iacwatch.trails.coverage import Coverage
from iacwatch.trails.log_files.layout import FORMAT, LogFile, records_of
from iacwatch.trails.record_filter import RecordFilter

Record = tuple[Any, bytes]
"""A record parsed (None: it is too deep to be), and its JSON text."""

ANYBODY: Final[Place] = ("", "")
"""Whose a record is that does not say."""

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME: Final = re.compile(record_splitter.TIME + rb'([^"]{1,40})"')
_ACCOUNT: Final = re.compile(rb'"recipientAccountId":"(\d{12})"')
_REGION: Final = re.compile(rb'"awsRegion":"([a-z0-9-]{5,30})"')


class FileScan:
    """One pass over a file. Afterwards `failure` or `foreign` says what was wrong with it, if anything was.

    `spans` says of whom and of when its records are, where its name does not.
    """

    def __init__(self, file: LogFile) -> None:
        """Take the file."""
        self.file = file
        self.failure = self.foreign = ""
        self.spans: Mapping[Place, Coverage] | None = None

    def records(
        self, opened: Opened[LogFile], wanted: RecordFilter, pause: Callable[[], None]
    ) -> Iterator[Record]:
        """Yield what may be wanted, and close the file. `pause` is called again and again, and may raise."""
        with opened.stack:
            if opened.source is None:
                self.failure = opened.failure
                return
            try:
                yield from self._records(opened.source, wanted, pause)
            except ForeignFileError as error:
                self.foreign = str(error)
            except (IacwatchError, OSError) as error:
                # (`Stopping` is no IacwatchError: it goes on up.)
                self.failure = str(error)

    def _records(
        self, source: IO[bytes], wanted: RecordFilter, pause: Callable[[], None]
    ) -> Iterator[Record]:
        contents = _Contents() if self.file.place is None else None
        try:
            for block in record_splitter.blocks(self._pieces(source, pause)):
                if contents is not None:
                    contents.add_bodies(block.text.split(record_splitter.CUT))
                for body in wanted.found(block, self.file.delivered):
                    yield record_splitter.parsed(body), record_splitter.whole(body)
        except record_splitter.UnusualLayout:
            contents = _Contents() if self.file.place is None else None
            source.seek(0)
            yield from self._parsed(source, wanted, pause, contents)
        self.spans = contents.spans if contents is not None else None

    def _parsed(
        self,
        source: IO[bytes],
        wanted: RecordFilter,
        pause: Callable[[], None],
        contents: "_Contents | None",
    ) -> Iterator[Record]:
        """Parse a file of another layout: all of its records."""
        name = self.file.stored.name
        for value, whole in objects(self._pieces(source, pause), name, FORMAT):
            for document, text in records_of(value, whole, name):
                record = document.get("detail", document) if "eventID" not in document else document
                if not isinstance(record, Mapping):
                    record = document
                if contents is not None:
                    contents.add_document(record)
                at = moment_of(record.get("eventTime"))
                reads = record.get("readOnly") is True and not wanted.takes_reads
                if not reads and (at is None or wanted.wants(at, text)):
                    yield document, text.encode("utf-8", "replace")

    def _pieces(self, source: IO[bytes], pause: Callable[[], None]) -> Iterator[bytes]:
        for piece in unzipped(source, self.file.stored.name):
            pause()
            yield piece


class _Contents:
    """Of whom and of when the records of one file are, gathered while it is read."""

    def __init__(self) -> None:
        self.spans: dict[Place, Coverage] = {}

    def add_bodies(self, bodies: Sequence[bytes]) -> None:
        """Take in records as `record_splitter.bodies` gives them."""
        for body in bodies:
            account, region, at = _ACCOUNT.search(body), _REGION.search(body), _TIME.search(body)
            place = (account[1].decode(), region[1].decode()) if account and region else ANYBODY
            self._add(place, at[1].decode("ascii", "replace") if at else None)

    def add_document(self, document: Mapping[str, Any]) -> None:
        """Take in one record."""
        account, region = document.get("recipientAccountId"), document.get("awsRegion")
        named = isinstance(account, str) and isinstance(region, str)
        self._add((str(account), str(region)) if named else ANYBODY, document.get("eventTime"))

    def _add(self, place: Place, time: Any) -> None:
        at = moment_of(time)
        if at is None:
            place, at = ANYBODY, _NEVER
        known = self.spans.get(place)
        if known is None or not known.first <= at <= known.last:
            self.spans[place] = Coverage(first=at, last=at).joined(known)


def moment_of(time: Any) -> datetime | None:
    """Return when a record says that its call was; None where it says nothing that can be read."""
    with suppress(ParseError):
        return moment(time, "eventTime").replace(microsecond=0)
    return None

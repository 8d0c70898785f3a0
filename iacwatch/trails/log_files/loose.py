"""What files tell of whose names tell nothing (exports): whose records they hold, and of when.

It is known once they were read; then they are read again only where they may concern a question.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from iacwatch.core.model import TrailQuery
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import ParseError
from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.log_files.layout import File
from iacwatch.trails.record_splitter import TIME
from iacwatch.trails.spans import Cover

ANYBODY: Final[Place] = ("", "")
"""Whose a record is that does not say."""

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME: Final = re.compile(TIME + rb'([^"]{1,40})"')
_ACCOUNT: Final = re.compile(rb'"recipientAccountId":"(\d{12})"')
_REGION: Final = re.compile(rb'"awsRegion":"([a-z0-9-]{5,30})"')


class Loose:
    """The spans of the files that were read, by account and region."""

    def __init__(self) -> None:
        """Begin without any."""
        self._known: dict[tuple[str, int], Mapping[Place, Cover]] = {}

    def cover(self, place: Place, files: Sequence[File]) -> Cover | None:
        """Return from when to when these files hold records of a place; None: they hold none."""
        found: Cover | None = None
        for file in files:
            span = self._known.get(_key(file), {}).get(place)
            if span is not None:
                found = span.joined(found)
        return found

    def needed(self, files: Sequence[File], queries: Sequence[TrailQuery]) -> list[File]:
        """Return those files that may hold an event of a query's window."""
        return [file for file in files if self._may_concern(file, queries)]

    def learn(self, file: File, spans: Mapping[Place, Cover]) -> None:
        """Keep what a file was found to hold."""
        self._known[_key(file)] = dict(spans)

    def _may_concern(self, file: File, queries: Sequence[TrailQuery]) -> bool:
        known = self._known.get(_key(file))
        if known is None or ANYBODY in known:
            return True
        return any(
            (span := known.get((query.account_id, query.region))) is not None
            and span.first < query.window.end
            and span.last >= query.window.start
            for query in queries
        )


class Spans:
    """The spans of one file, while it is read."""

    def __init__(self) -> None:
        """Begin without any."""
        self.found: dict[Place, Cover] = {}

    def bodies(self, bodies: Sequence[bytes]) -> None:
        """Take in records as `log_scan.bodies` gives them."""
        for body in bodies:
            account, region, at = _ACCOUNT.search(body), _REGION.search(body), _TIME.search(body)
            place = (account[1].decode(), region[1].decode()) if account and region else ANYBODY
            self._add(place, at[1].decode("ascii", "replace") if at else None)

    def document(self, document: Mapping[str, Any]) -> None:
        """Take in one record."""
        account, region = document.get("recipientAccountId"), document.get("awsRegion")
        told = isinstance(account, str) and isinstance(region, str)
        self._add((str(account), str(region)) if told else ANYBODY, document.get("eventTime"))

    def _add(self, place: Place, time: Any) -> None:
        at = moment_of(time)
        if at is None:
            place, at = ANYBODY, _NEVER
        known = self.found.get(place)
        if known is None or not known.first <= at <= known.last:
            self.found[place] = Cover(first=at, last=at).joined(known)


def moment_of(time: Any) -> datetime | None:
    """Return when a record says that its call was; None where it says nothing that can be read."""
    try:
        return moment(time, "eventTime").replace(microsecond=0)
    except ParseError:
        return None


def _key(file: File) -> tuple[str, int]:
    return file.blob.name, file.blob.size

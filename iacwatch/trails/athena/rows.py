"""What was found in Athena's table: rows read as events, and the queries that could not be answered."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from iacwatch.aws.cloudtrail_table import CloudTrailTable
from iacwatch.core.arn import is_account, is_region
from iacwatch.core.model import TrailEvent, TrailQuery
from iacwatch.core.parse import cloudtrail
from iacwatch.core.parse.json_values import moment
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, ParseError
from iacwatch.ports import Failure
from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.athena.client import Row
from iacwatch.trails.athena.columns import Column, category, cell, record, text
from iacwatch.trails.record_filter import RecordFilter


class AthenaAnswer:
    """What was found in the table so far: `events` by id, `failures` by query."""

    def __init__(self, name: str) -> None:
        """Take what people call the table."""
        self.events: dict[str, TrailEvent] = {}
        self.failures: dict[TrailQuery, Failure] = {}
        self._where = name
        self._times: dict[Place, list[datetime]] = defaultdict(list)

    def admitted(self, queries: Iterable[TrailQuery]) -> Iterator[TrailQuery]:
        """Yield the queries whose account and region are such: others can be in no statement."""
        for query in queries:
            if is_account(query.account_id) and is_region(query.region):
                yield query
            else:
                self.fail([query], "that is not an account and region")

    def fail(self, queries: Iterable[TrailQuery], reason: str, *, beyond: bool = False) -> None:
        """Note why queries could not be answered, unless a reason is known.

        `beyond`: the table does not hold what they ask about.
        """
        for query in queries:
            account_id, region = plain(query.account_id, 40), plain(query.region, 40)
            doing = f"cannot read the trail of {account_id} in {region} from Athena's table {self._where}"
            self.failures.setdefault(query, Failure(reason=f"{doing}: {reason}", beyond=beyond))

    def sort(self) -> None:
        """Bring the events' times into order, by account and region, to count them later."""
        for event in self.events.values():
            self._times[event.account_id, event.region].append(event.occurred_at)
        for times in self._times.values():
            times.sort()

    def words(self, query: TrailQuery, table: CloudTrailTable | None) -> str:
        """Return in words what was looked at for a query."""
        if query in self.failures and table is None:
            return f"Athena's table {self._where}: not looked at"
        window = query.window
        times = self._times.get((query.account_id, query.region), ())
        count = bisect_left(times, window.end) - bisect_left(times, window.start)
        days = "%Y-%m-%d " if window.start.date() != window.end.date() else ""
        span = f"{window.start:%Y-%m-%d %H:%M}-{window.end:{days}%H:%M}Z"
        words = f"Athena's table {self._where}, {plain(query.region, 40)}, {span}: {count} calls looked at"
        lost = table.lost if table is not None else ()
        return words + (f" (not declared there, so unknown: {plain(', '.join(lost), 300)})" if lost else "")


class Reader:
    """Turns the rows of one statement into events, and into failures of what they may concern."""

    def __init__(self, made: Sequence[Column], queries: Sequence[TrailQuery], *, categories: bool) -> None:
        """Take the columns of the rows, who asks, and whether the rows say of which category an event is."""
        there: dict[Place, list[TrailQuery]] = defaultdict(list)
        for query in queries:
            there[query.account_id, query.region].append(query)
        self._reads = any(query.reads for query in queries)
        self._filters = {place: RecordFilter(some) for place, some in there.items()}
        self._all = RecordFilter(queries)
        self._columns, self._categories = made, categories

    def read(self, rows: Iterable[Row], answer: AthenaAnswer) -> Iterator[TrailEvent]:
        """Yield the events that some query may want, and put them into the answer."""
        for row in rows:
            if len(row) != len(self._columns):
                raise AwsError("Athena returned rows in an unexpected form", hint="try again")
            place = (cell(self._columns, row, "recipientAccountId"), cell(self._columns, row, "awsRegion"))
            if not self._wanted(place, row):
                continue
            try:
                event = cloudtrail.event(self._record(row))
            except ParseError as error:
                self._spoil(place, row, str(error), answer)
                continue
            reads = event.read_only is True and not self._reads
            if not reads and (event.account_id, event.region) in self._filters:
                answer.events[event.event_id] = event
                yield event

    def _wanted(self, place: Place, row: Row) -> bool:
        """Return whether a query may want a row: spans that were joined hold more than the windows do."""
        wanted, at = self._filters.get(place), self._at(row)
        return wanted is None or at is None or wanted.wants(at, text(row))

    def _at(self, row: Row) -> datetime | None:
        try:
            return moment(cell(self._columns, row, "eventTime"), "eventTime")
        except ParseError:
            return None

    def _record(self, row: Row) -> Mapping[str, object]:
        document = record(self._columns, row)
        if not self._categories:
            document["eventCategory"] = category(document)
        return document

    def _spoil(self, place: Place, row: Row, why: str, answer: AthenaAnswer) -> None:
        event_id = plain(cell(self._columns, row, "eventID"), 80)
        answer.fail(
            self._all.concerned(place if all(place) else None, self._at(row), text(row)),
            f"the record of event {event_id or 'without an id'}, which may concern what was asked, is not one"
            f" that iacwatch can read ({plain(why, 120)}); look at it there",
        )

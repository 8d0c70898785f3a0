"""CloudTrail's table in Athena as a trail: as far back as its log files go, asked in SQL, without a lookup.

All windows of a round are asked for together, since Athena is paid by the bytes that it reads, and reads
whole days. What the table cannot answer (the query failed, a day or a region is not there, a record cannot
be read) is a failure of the queries concerned, never silence.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from iacwatch.aws.cloudtrail_table import TableAddress
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, IacwatchError
from iacwatch.ports import Clock, Collected, Progress, silent
from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.athena.batches import Statement, statements
from iacwatch.trails.athena.budget import ScanBudget
from iacwatch.trails.athena.client import AthenaClient
from iacwatch.trails.athena.coverage import TableCoverage, with_homes
from iacwatch.trails.athena.rows import AthenaAnswer, Reader
from iacwatch.trails.athena.sizes import PartitionSizes
from iacwatch.trails.athena.sql import Target, covered, target
from iacwatch.trails.coverage import BEGINNING, where_likely

_PHASE: Final = "Athena"


class Athena:
    """A `ports.TrailSource` by CloudTrail's table in Athena; used by one thread."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        where: TableAddress,
        budget: ScanBudget | None = None,
        progress: Progress = silent,
    ) -> None:
        """Take what makes clients, what waits, whom to ask, and what may be read; nothing is asked yet."""
        self._clock, self._where, self._progress = clock, where, progress
        self._budget = budget or ScanBudget()
        self._calls = AthenaClient(
            sessions=sessions, clock=clock, where=where, budget=self._budget, progress=self._note
        )
        self._made: Target | None = None
        self._sizes: PartitionSizes | None = None
        self._coverage = TableCoverage()

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return all of the past: what the table does not hold is a failure of the query, with its reason."""
        del account_id, region
        return Window(start=BEGINNING, end=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Ask for what the queries want, in as few statements as can be. Raises `Stopping`."""
        return where_likely(self._collect, queries)

    def _collect(self, queries: Sequence[TrailQuery]) -> Collected:
        asked = list(dict.fromkeys(queries))
        if not asked:
            return Collected(events=())
        answer, before = AthenaAnswer(self._where.name), self._budget.used
        possible = list(answer.admitted(asked))
        try:
            for statement in statements(self._target(), possible, self._clock.now()):
                self._ask(self._target(), statement, answer)
        except IacwatchError as error:
            answer.fail(possible, str(error))
        finally:
            self._progress(_PHASE, 1, 1)
        answer.sort()
        table = self._made.table if self._made is not None else None
        return Collected(
            events=tuple(answer.events.values()),
            failures=answer.failures,
            tried={query: (answer.words(query, table),) for query in asked},
            scanned=self._budget.used - before,
        )

    def _target(self) -> Target:
        """Return what the table declares; raise `IacwatchError` where that is not enough to name anybody."""
        if self._made is None:
            found = self._calls.table()
            if found.missing:
                raise AwsError(
                    f"the table {self._where.name} does not declare"
                    f" {plain(', '.join(found.missing), 300)} as a table of CloudTrail's does",
                    hint="check trail.athena_table, or create it again with AWS's statement for CloudTrail",
                )
            self._made = target(self._where.source, found)
        return self._made

    def _ask(self, made: Target, statement: Statement, answer: AthenaAnswer) -> None:
        """Ask for the queries of one statement; whatever fails is theirs alone."""
        now, asked = self._clock.now(), statement.queries
        places = list({(query.account_id, query.region) for query in asked})
        try:
            reader = Reader(made.columns, asked, categories=made.table.separates_data_events)
            rows = self._calls.rows(statement.text, estimate=self._estimate(made, statement.days, places))
            for event in reader.read(rows, answer):
                self._coverage.note((event.account_id, event.region), event.occurred_at)
            self._check(made, asked, answer, now)
        except IacwatchError as error:
            answer.fail(asked, str(error))

    def _estimate(self, made: Target, days: Sequence[date], places: Sequence[Place]) -> int | None:
        """Return about how many bytes a statement reads; None: nobody knows."""
        if self._sizes is None:
            self._sizes = PartitionSizes(made.table, made.cut, self._calls.partitions)
        return self._sizes.estimate(days, places)

    def _check(
        self, made: Target, queries: Sequence[TrailQuery], answer: AthenaAnswer, now: datetime
    ) -> None:
        """Fail the queries about times of which the table has no records."""
        for wider in (False, True):
            open_ = [query for query in queries if self._coverage.missing(query, now)]
            unknown = self._coverage.unknown(open_, now, wider=wider)
            if not unknown:
                continue
            days = sorted({day for days in unknown.values() for day in days})
            places = with_homes(unknown)
            rows = self._calls.rows(covered(made, places, days), estimate=self._estimate(made, days, places))
            self._coverage.learn(rows)
            self._coverage.settle(unknown, days, now)
        for query in queries:
            if reason := self._coverage.missing(query, now):
                answer.fail(
                    [query],
                    f"{reason}; name a table that holds it (`iacwatch doctor` looks at this one), or look in"
                    " event history with --trail api",
                    beyond=True,
                )

    def _note(self, note: str) -> None:
        self._progress(_PHASE, 0, None, note)

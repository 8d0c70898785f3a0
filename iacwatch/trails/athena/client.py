"""Athena's API: one statement run to its end, its rows page by page, and what the table is declared as.

A statement costs money, so one that nobody waits for any more is stopped, and a repeated request bears the
token of the first, so that it is not run twice.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from iacwatch.aws.caller import ApiCaller, Retries, pages
from iacwatch.aws.cloudtrail_table import CloudTrailTable, TableAddress, declared
from iacwatch.aws.errors import calling
from iacwatch.aws.sessions import Sessions
from iacwatch.core.text import plain, size
from iacwatch.errors import AwsError, IacwatchError
from iacwatch.ports import Clock
from iacwatch.trails.athena.budget import ScanBudget
from iacwatch.trails.athena.errors import explained, passing

_log = logging.getLogger(__name__)

Row = Sequence[str | None]

_PAGE: Final = 1_000
_PATIENCE: Final = timedelta(minutes=30)
"""How long a statement may take; Athena's own limit is the same unless it was raised."""

_RETRIES: Final = Retries(
    throttled=timedelta(minutes=3), faults=2, pauses=[timedelta(seconds=2 * number) for number in range(1, 6)]
)
GLUE: Final = "AwsDataCatalog"
"""How Athena names the catalog that is Glue's own."""

_MOST_PAGES: Final = 20
"""Of partitions: beyond some ten thousand nobody waits to hear what a query will read."""

_FIRST, _LAST = timedelta(seconds=0.5), timedelta(seconds=5)
_AGAIN: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 45))
"""Before a statement that failed by what passes by itself is run again."""


class PassingError(AwsError):
    """A statement failed by what passes by itself."""


class AthenaClient:
    """The calls to one Athena; its `budget` counts the bytes that statements have read so far."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        where: TableAddress,
        budget: ScanBudget,
        progress: Callable[[str], None],
    ) -> None:
        """Take what sends, what waits, whom to ask, what may be read, and who hears how far it has come."""
        self._sessions, self._clock, self._where = sessions, clock, where
        self._budget, self._progress = budget, progress
        self._caller = ApiCaller("athena", clock=clock, retries=_RETRIES)
        self._glue = ApiCaller("glue", clock=clock, retries=_RETRIES)
        self._doing = f"cannot ask Athena for {where.name}"

    def table(self) -> CloudTrailTable:
        """Return what the catalog says of the table. Raises `IacwatchError`, `Stopping`."""
        answer = self._call(
            "GetTableMetadata",
            self._where.reading,
            CatalogName=self._where.catalog,
            DatabaseName=self._where.database,
            TableName=self._where.table,
        )
        return declared(answer["TableMetadata"])

    def partitions(self) -> Iterator[Mapping[str, Any]]:
        """Yield the partitions that Glue has of the table. Raises `IacwatchError`, `Stopping`."""
        if self._where.catalog != GLUE:
            return
        doing = f"cannot list the partitions of {self._where.name}"
        client = self._sessions.client("glue", region=self._where.region or None)
        table = {"DatabaseName": self._where.database, "TableName": self._where.table}

        def ask(**asked: Any) -> Mapping[str, Any]:
            return self._glue.call(client, "GetPartitions", asked, doing=doing)

        for number, answer in enumerate(pages(ask, {**table, "ExcludeColumnSchema": True})):
            if number == _MOST_PAGES:
                raise AwsError(f"{doing}: there are too many")
            yield from answer["Partitions"]

    def rows(self, statement: str, *, estimate: int | None = None) -> Iterator[Row]:
        """Run a statement, again where it may succeed then, and yield its rows.

        `estimate` is how many bytes it will read, where that is known. Raises `IacwatchError`, also where it
        would read more than may be, and `Stopping`; both stop it.
        """
        if estimate is not None:
            self._progress(f"about {size(estimate)} to scan")
        for pause in (*_AGAIN, None):
            self._budget.admit(estimate)
            execution = self._start(statement)
            try:
                self._wait(execution)
            except PassingError as error:
                if pause is None:
                    raise
                _log.info("%s; asking again in %d seconds", error, pause.total_seconds())
                self._clock.sleep(pause)
            except BaseException:
                self._stop(execution)
                raise
            else:
                yield from self._pages(execution)
                return

    def _start(self, statement: str) -> str:
        asked: dict[str, Any] = {
            "QueryString": statement,
            "ClientRequestToken": secrets.token_hex(32),
            "QueryExecutionContext": {"Catalog": self._where.catalog, "Database": self._where.database},
            "WorkGroup": self._where.workgroup,
        }
        if self._where.output:
            asked["ResultConfiguration"] = {"OutputLocation": self._where.output}
        _log.debug("Athena: %s", plain(statement, 2_000))
        return str(self._call("StartQueryExecution", self._doing, **asked)["QueryExecutionId"])

    def _wait(self, execution: str) -> None:
        """Return once a statement has succeeded."""
        pause, begun, before = _FIRST, self._clock.now(), self._budget.used
        while True:
            found = self._call("GetQueryExecution", self._doing, QueryExecutionId=execution)["QueryExecution"]
            status = found.get("Status", {})
            self._budget.used = before + int(found.get("Statistics", {}).get("DataScannedInBytes") or 0)
            self._progress(f"{size(self._budget.used)} scanned so far")
            match status.get("State"):
                case "SUCCEEDED":
                    return
                case "FAILED" | "CANCELLED" as state:
                    ended = "failed" if state == "FAILED" else "was cancelled"
                    error = status.get("AthenaError") or {}
                    reason = str(
                        status.get("StateChangeReason") or error.get("ErrorMessage") or "it does not say why"
                    )
                    failure = explained(f"{self._doing}: the query {ended}", reason)
                    if state == "FAILED" and passing(reason, error):
                        hint = failure.hint or "Athena says that it may succeed later: run it again"
                        raise PassingError(failure.message, hint=hint)
                    raise failure
            self._budget.check()
            if self._clock.now() - begun >= _PATIENCE:
                minutes = int(_PATIENCE / timedelta(minutes=1))
                raise AwsError(
                    f"{self._doing}: the query took more than {minutes} minutes and was stopped",
                    hint="ask for a shorter range, or give the table partitions by day",
                )
            self._clock.sleep(pause)
            pause = min(pause * 1.5, _LAST)

    def _stop(self, execution: str) -> None:
        """Stop a statement, as far as that can be: whatever ended the wait is what matters."""
        try:
            with calling(self._doing, action="athena:StopQueryExecution"):
                self._client.stop_query_execution(QueryExecutionId=execution)
        except IacwatchError as error:
            _log.info("cannot stop an Athena query: %s", error)

    def _pages(self, execution: str) -> Iterator[Row]:
        ask = partial(self._call, "GetQueryResults", self._doing)
        header: list[str] | None = None
        for answer in pages(ask, {"QueryExecutionId": execution, "MaxResults": _PAGE}):
            found = answer["ResultSet"]
            rows = [
                [cell.get("VarCharValue") for cell in row.get("Data", ())] for row in found.get("Rows", ())
            ]
            if header is None:
                header = [info["Name"] for info in found["ResultSetMetadata"]["ColumnInfo"]]
                if rows and rows[0] == header:
                    del rows[0]
            yield from rows

    @property
    def _client(self) -> Any:
        return self._sessions.client("athena", region=self._where.region or None)

    def _call(self, operation: str, doing: str, **asked: Any) -> Mapping[str, Any]:
        """Make a call; raise what Athena says, with what to do about it."""
        try:
            return self._caller.call(self._client, operation, asked, doing=doing)
        except AwsError as error:
            raise explained(doing, error=error) from error

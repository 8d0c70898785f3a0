"""Every change of one resource, the newest first, from AWS Config's history.

One call reads seven days. Several weeks are asked for at once, and the first that holds a change goes on
its way while the others are still coming: who asks wants to see the last change at once.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Final, NamedTuple

from iacwatch.aws.config_api import PAGE, PAGE_SPAN, UNKNOWN, ConfigCalls
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import Window
from iacwatch.core.outcome import Deferred, Outcome
from iacwatch.errors import AwsError, ParseError
from iacwatch.ports import Delivery, Progress
from iacwatch.sources.history.api_reader import SECOND, rows_of
from iacwatch.sources.history.changes import MOST_TEXT, delivery_of
from iacwatch.sources.history.inventory import ListedResource
from iacwatch.sources.history.resource_search import Found
from iacwatch.sources.waves import Sized, waves
from iacwatch.storage.spool import Row, moment_of, stamp, thing_of

_AT_ONCE: Final = 4
"""Weeks that are asked for at once."""

_FEW: Final = 3
_PHASE: Final = "Config: history"


class Young(NamedTuple):
    """A change that is too young for a verdict: when it was captured, and when to ask again."""

    captured_at: datetime
    until: datetime


class HistoryOfOne:
    """A `ports.PastSource` of one resource's changes; `begin` it first, since Config may not know it.

    `account` returns the account of our own credentials, for a place that leaves it open. `young` are the
    changes that it is too early to judge, as far as the run has gone.
    """

    def __init__(
        self,
        *,
        calls: ConfigCalls,
        found: Found,
        window: Window,
        account: Callable[[], str],
        progress: Progress,
        aside: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Take what to read; `aside` is asked at the end for what else there is to say, in words."""
        self._calls, self._found, self._window, self._progress = calls, found, window, progress
        self._account = account
        self._resource = ListedResource(place=found.place, type=found.type, id=found.id)
        self._weeks = list(_weeks(window))
        self._left = iter(self._weeks)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="history")
        self._coming: deque[Future[list[Row]]] = deque()
        self._failures: list[str] = []
        self._aside = aside
        self._gaps: tuple[str, ...] = ()
        self._captured: dict[str, datetime] = {}
        self._made = calls.made
        self._begun = False
        self.young: list[Young] = []

    def begin(self) -> bool:
        """Ask for the newest weeks; return whether Config knows the resource. Raises `AwsError`."""
        self._calls.ready(self._resource.place)
        for _ in range(_AT_ONCE):
            self._ask()
        try:
            self._coming[0].result()
        except AwsError as error:
            self._pool.shutdown(wait=False, cancel_futures=True)
            if error.code == UNKNOWN:
                return False
            raise
        return True

    def waves(self) -> Generator[Sequence[Delivery], None, None]:
        """Yield the changes, the newest first: those of the newest week that has any make the first wave."""
        try:
            for wave in waves(self._changes(), most_text=MOST_TEXT):
                self._begun = True
                yield wave
            self._gaps = tuple(self._aside())
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _changes(self) -> Iterator[Sized | None]:
        """Yield the changes; None where a week is over, until there is a first wave."""
        for number, pair in enumerate(self._pairs()):
            if pair is not None:
                delivery, size = delivery_of(number, *pair)
                self._captured[delivery.id] = moment_of(pair[0].captured)
                yield delivery, size
            elif not self._begun:
                yield None

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Remember which changes it was too early to judge: history itself stays where it is."""
        for delivery, outcome in done:
            if isinstance(outcome, Deferred):
                self.young.append(Young(self._captured[delivery.id], outcome.until))

    def finish(self) -> None:
        """Do nothing: nothing was saved."""

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def failures(self) -> Sequence[str]:
        """Return why some of the history could not be read."""
        return self._failures

    @property
    def gaps(self) -> Sequence[str]:
        """Return what it cannot see."""
        return self._gaps

    @property
    def work(self) -> Mapping[str, int]:
        """Return the calls that were made."""
        return {"Config calls": self._calls.made - self._made}

    def _ask(self) -> None:
        """Let the next week be asked for, where there is one."""
        if (week := next(self._left, None)) is not None:
            self._coming.append(self._pool.submit(self._week, week))

    def _week(self, week: Window) -> list[Row]:
        """Return the items of one week, the newest first."""
        rows = self._rows(later=week.end, earlier=week.start)
        return sorted(rows, key=lambda row: row.captured, reverse=True)

    def _rows(self, *, later: datetime, earlier: datetime | None = None, limit: int = PAGE) -> Iterator[Row]:
        rows = rows_of(self._calls, self._resource, later=later, earlier=earlier, limit=limit)
        if facts_of(self._resource.type).revisions and self._found.arn:
            ours = thing_of(*self._resource.place, self._resource.type, self._resource.id, self._found.arn)
            return (row for row in rows if row.thing == ours)
        return rows

    def _pairs(self) -> Iterator[tuple[Row, str | None] | None]:
        """Yield each item of the window with the text of the one before it, and None as a week is over."""
        last_seen: dict[bytes, Row] = {}
        try:
            for rows in self._read():
                for row in rows:
                    last = last_seen.pop(row.thing, None)
                    if last is not None:
                        yield self._placed(last), row.document
                    if stamp(self._window.start) <= row.captured < stamp(self._window.end):
                        last_seen[row.thing] = row
                yield None
            for row in list(last_seen.values()):
                yield self._placed(row), None if row.created else self._before(row)
        except (AwsError, ParseError) as error:
            self._failures.append(str(error))

    def _read(self) -> Iterator[list[Row]]:
        """Yield the items of each week, and each item once: neighbouring weeks share a second or two."""
        known: set[tuple[bytes, int]] = set()
        for done in range(len(self._weeks)):
            self._progress(_PHASE, done, len(self._weeks), "weeks")
            rows = [row for row in self._coming.popleft().result() if (row.thing, row.captured) not in known]
            known = {(row.thing, row.captured) for row in rows}
            self._ask()
            yield rows
        self._progress(_PHASE, len(self._weeks), len(self._weeks))

    def _before(self, row: Row) -> str | None:
        """Return the text of the item before one, however far back: the first of the window has one, too."""
        for earlier in self._rows(later=self._weeks[-1].start + SECOND, limit=_FEW):
            if earlier.thing == row.thing and earlier.captured < row.captured:
                return earlier.document
        return None

    def _placed(self, row: Row) -> Row:
        """Return a row with its account, which may not have been known when it was asked for."""
        account_id = self._found.place.account_id or self._account()
        return row._replace(place=f"{account_id} {self._found.place.region}")


def _weeks(window: Window) -> Iterator[Window]:
    """Yield spans of seven days, as Config takes them, from the window's end down to before its start."""
    later = window.end.replace(microsecond=0) + SECOND
    while later > window.start:
        yield Window(start=later - PAGE_SPAN, end=later)
        later -= PAGE_SPAN

"""The search in one account and region: its plan, who sends the requests, and the answers so far."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailEvent, TrailQuery
from iacwatch.core.text import plain
from iacwatch.errors import AccessDenied
from iacwatch.ports import Clock, Collected, Failure
from iacwatch.trails.lookup_events.client import LookupEventsClient
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares, Want
from iacwatch.trails.lookup_events.state import Known, Seen
from iacwatch.trails.lookup_events.workers import Workers

if TYPE_CHECKING:
    from iacwatch.storage.awslogs_layout import Place

RETENTION: Final = timedelta(days=90)


class PlaceSearch:
    """Looks up what some queries ask of one place; it goes on by itself once it was started."""

    def __init__(
        self,
        place: "Place",
        queries: Sequence[TrailQuery],
        *,
        known: Known,
        shares: Shares,
        sessions: Sessions,
        clock: Clock,
        rate_limit: RateLimit,
        ended: Callable[[], None],
        taken: Callable[[int], None],
    ) -> None:
        """Take the place and what is known of it; `ended` and `taken` are called as `Workers` does."""
        now = clock.now()
        oldest = math.ceil((now - RETENTION).timestamp())
        self._known = known
        self._plan = Plan(queries, known, shares, now=now.timestamp(), oldest=oldest)
        self._calls = LookupEventsClient(
            sessions=sessions,
            clock=clock,
            rate_limit=rate_limit,
            account_id=place[0],
            region=place[1],
            doing=doing(place, queries),
        )
        self._workers = Workers(self._plan, self._calls, clock, ended=ended, taken=taken)
        self.start, self.leave = self._workers.start, self._workers.leave
        self._given: set[Want] = set()
        self._counted = 0

    @property
    def over(self) -> bool:
        """Return whether nothing more will come of it, once it was started; raise what broke it."""
        if self._workers.broken is not None:
            raise self._workers.broken
        return not self._workers.working

    @property
    def unanswered(self) -> list[TrailQuery]:
        """Return the queries whose answers were not given yet."""
        return [want.query for want in self._plan.wants.all if want not in self._given]

    @property
    def news(self) -> bool:
        """Return whether there are answers that were not given yet."""
        return any(not want.open and want not in self._given for want in self._plan.wants.all)

    def answers(self, *, last: bool) -> Collected:
        """Return the answers that were not given yet; `last`: also why there are no others."""
        with self._workers.turn:
            wants = [
                want for want in self._plan.wants.all if want not in self._given and (last or not want.open)
            ]
            self._given.update(wants)
            made, self._counted = self._calls.made - self._counted, self._calls.made
            return Collected(
                events=_events(self._known, wants),
                failures={want.query: why for want in wants if (why := self._failure(want))},
                calls=made,
                tried={want.query: self._plan.wants.tried(want) for want in wants},
            )

    def _failure(self, want: Want) -> Failure | None:
        """Return why a query could not be answered: not to have looked is not to have found nothing."""
        if want.spoiled is not None:
            return Failure(reason=_unreadable(want, want.spoiled, self._calls.doing))
        if not want.open:
            return None
        failed = self._workers.failed
        return Failure(
            reason=str(failed) if failed else f"{self._calls.doing}: it was not read to the end; try again",
            denied=isinstance(failed, AccessDenied),
        )


def doing(place: "Place", queries: Iterable[TrailQuery]) -> str:
    """Begin the sentence about what went wrong: whose trail, and the time that was asked about."""
    windows = [query.window for query in queries]
    start, end = min(window.start for window in windows), max(window.end for window in windows)
    days = "%Y-%m-%d " if start.date() != end.date() else ""
    account_id, region = (plain(part, 40) for part in place)
    return f"cannot read the trail of {account_id} in {region}, {start:{days}%H:%M}-{end:{days}%H:%M}Z"


def _events(known: Known, wants: Iterable[Want]) -> tuple[TrailEvent, ...]:
    """Return what is known of the windows that were asked about."""
    windows = Intervals((want.lo, want.hi) for want in wants)
    rows = (*known.events.values(), *known.refused.values())
    return tuple(row.event for row in rows if row.event is not None and row.at in windows)


def _unreadable(want: Want, row: Seen, doing: str) -> str:
    name = next((name for name in want.query.names if name in row.names), want.query.names[0])
    return (
        f"{doing}: the record of event {plain(row.event_id, 80)} at {_clock(row.at)}, which may concern "
        f"{plain(name, 120)}, is not one that iacwatch can read; look at it in CloudTrail's console"
    )


def _clock(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%H:%M:%S}Z"

"""CloudTrail's event history (LookupEvents) as a trail: nothing to set up, and it reaches back 90 days.

What it costs is calls: AWS allows two a second for an account and region, shared with everybody else there.
The plan sees to it that there are few; this module remembers what was read and turns answers into events.
"""

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailEvent, TrailQuery, Window
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.ports import Clock, Collected, Failure
from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.lookup_events.client import LookupEventsClient
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares, Want
from iacwatch.trails.lookup_events.state import Known, Seen
from iacwatch.trails.lookup_events.workers import Workers

RETENTION: Final = timedelta(days=90)

_LATE: Final = timedelta(hours=2)
"""How long a run may take between asking how far the trail reaches and looking there."""

_AT_ONCE: Final = 12
"""Accounts and regions that are asked at once."""

_MOST_EVENTS: Final = 20_000
_LEAST_EVENTS: Final = 1_000
"""Events remembered from one round to the next: of all places together, and of each in any case."""


class LookupEvents:
    """A `ports.TrailSource` by CloudTrail's LookupEvents."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        rate_limit: RateLimit,
        budget: Callable[[Mapping[Place, int]], None] = lambda _left: None,
    ) -> None:
        """Take what makes clients, what waits, and how fast one account and region may be asked.

        `budget` is called, by any thread, with how many lookups each account and region is thought to have
        left; with none, once all is answered.
        """
        self._budget = budget
        self._left: dict[Place, int] = {}
        self._sessions = sessions
        self._clock = clock
        self._rate_limit = rate_limit
        self._known: dict[Place, Known] = defaultdict(Known)
        self._shares = Shares()

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return the last 90 days: what event history holds, in every account and region alike."""
        del account_id, region
        return Window(start=now - RETENTION, end=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Look up what the queries ask for, the accounts and regions at once.

        What cannot be looked up is a failure of the queries concerned. Raises `Stopping`.
        """
        places: dict[Place, list[TrailQuery]] = defaultdict(list)
        for query in dict.fromkeys(queries):
            places[query.account_id, query.region].append(query)
        try:
            parts = self._parts(places)
        finally:
            self._left.clear()
            self._budget({})
        events = {event.event_id: event for part in parts for event in part.events}
        most = max(_LEAST_EVENTS, _MOST_EVENTS // max(1, len(self._known)))
        for known in self._known.values():
            known.forget(most)
        return Collected(
            events=tuple(events.values()),
            failures={query: failure for part in parts for query, failure in part.failures.items()},
            calls=sum(part.calls for part in parts),
            tried={query: words for part in parts for query, words in part.tried.items()},
        )

    def _parts(self, places: Mapping[Place, Sequence[TrailQuery]]) -> list[Collected]:
        """Ask all places at once; an exception in one ends the others at their next call."""
        if len(places) <= 1:
            return [self._one(place, queries) for place, queries in places.items()]
        over = threading.Event()
        pool = ThreadPoolExecutor(min(len(places), _AT_ONCE), thread_name_prefix="lookup-events")
        try:
            futures = [pool.submit(self._one, place, queries, over) for place, queries in places.items()]
            wait(futures, return_when=FIRST_EXCEPTION)
            # Some may still run where one raised: it is that one's exception which has to be seen.
            return [future.result() for future in sorted(futures, key=lambda each: not each.done())]
        finally:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _one(
        self, place: Place, queries: Sequence[TrailQuery], over: threading.Event | None = None
    ) -> Collected:
        """Ask one account in one region, until `over` says that nobody waits for it any more."""
        now = self._clock.now()
        oldest = now - RETENTION
        within = [query for query in queries if query.window.start >= oldest - _LATE]
        failures = {query: _too_old(query) for query in queries if query.window.start < oldest - _LATE}
        if not within:
            return Collected(events=(), failures=failures)
        known = self._known[place]
        plan = Plan(within, known, self._shares, now=now.timestamp(), oldest=math.ceil(oldest.timestamp()))
        calls = LookupEventsClient(
            sessions=self._sessions,
            clock=self._clock,
            rate_limit=self._rate_limit,
            account_id=place[0],
            region=place[1],
            doing=_doing(place, within),
        )

        def taken(left: int) -> None:
            self._left[place] = left
            self._budget(dict(self._left))

        error = Workers(plan, calls, self._clock, over or threading.Event(), taken).run()
        self._left.pop(place, None)
        failures |= {want.query: why for want in plan.wants.all if (why := _failure(want, calls, error))}
        return Collected(
            events=_events(known, plan.wants.all),
            failures=failures,
            calls=calls.made,
            tried={want.query: plan.wants.tried(want) for want in plan.wants.all},
        )


def _events(known: Known, wants: Iterable[Want]) -> tuple[TrailEvent, ...]:
    """Return what is known of the windows that were asked about."""
    windows = Intervals((want.lo, want.hi) for want in wants)
    rows = (*known.events.values(), *known.refused.values())
    return tuple(row.event for row in rows if row.event is not None and row.at in windows)


def _failure(want: Want, calls: LookupEventsClient, error: IacwatchError | None) -> Failure | None:
    """Return why a query could not be answered, if so: not to have looked is not to have found nothing."""
    if want.spoiled is not None:
        return Failure(reason=_unreadable(want, want.spoiled, calls.doing))
    if not want.open:
        return None
    return Failure(reason=str(error) if error else f"{calls.doing}: it was not read to the end; try again")


def _unreadable(want: Want, row: Seen, doing: str) -> str:
    name = next((name for name in want.query.names if name in row.names), want.query.names[0])
    return (
        f"{doing}: the record of event {plain(row.event_id, 80)} at {_clock(row.at)}, which may concern "
        f"{plain(name, 120)}, is not one that iacwatch can read; look at it in CloudTrail's console"
    )


def _too_old(query: TrailQuery) -> Failure:
    place = (query.account_id, query.region)
    return Failure(reason=f"{_doing(place, [query])}: event history reaches back {RETENTION.days} days only")


def _doing(place: Place, queries: Iterable[TrailQuery]) -> str:
    """Begin the sentence about what went wrong: whose trail, and the time that was asked about."""
    windows = [query.window for query in queries]
    start, end = min(window.start for window in windows), max(window.end for window in windows)
    days = "%Y-%m-%d " if start.date() != end.date() else ""
    account_id, region = (plain(part, 40) for part in place)
    return f"cannot read the trail of {account_id} in {region}, {start:{days}%H:%M}-{end:{days}%H:%M}Z"


def _clock(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%H:%M:%S}Z"

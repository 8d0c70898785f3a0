"""CloudTrail's event history (LookupEvents) as a trail: nothing to set up, and it reaches back 90 days.

What it costs is calls: AWS allows two a second for an account and region, shared with everybody else there.
The plan sees to it that there are few; this module remembers what was read and turns answers into events.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.errors import Stopping
from iacwatch.ports import Clock, Collected, Failure
from iacwatch.trails.lookup_events.place_search import RETENTION, PlaceSearch, doing
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import Known

if TYPE_CHECKING:
    from iacwatch.storage.awslogs_layout import Place

_LATE: Final = timedelta(hours=2)
"""How long a run may take between asking how far the trail reaches and looking there."""

AT_ONCE: Final = 32
"""Accounts and regions that are asked at once, each at its own rate: mostly they wait."""

_MOST_EVENTS: Final = 20_000
_LEAST_EVENTS: Final = 1_000
"""Events remembered from one round to the next: of all places together, and of each in any case."""

_PATIENCE: Final = 8.0
"""Seconds after which what is answered by then is returned."""

_LOOK_EVERY: Final = 0.1


class LookupEvents:
    """A `ports.TrailSource` by CloudTrail's LookupEvents."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        rate_limit: RateLimit,
        budget: "Callable[[Mapping[Place, int]], None]" = lambda _left: None,
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
        self._searches: list[PlaceSearch] = []
        self._waiting: deque[PlaceSearch] = deque()
        self._changed = threading.Event()
        self._aside: LookupEvents | None = None

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return the last 90 days: what event history holds, in every account and region alike."""
        del account_id, region
        return Window(start=now - RETENTION, end=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Look up what the queries ask for, the accounts and regions at once.

        Those that ask for reads are looked up beside the others, which they neither help nor hold up.

        Where it takes long, some are left unanswered: they are looked up on, and asked again, alone, they are
        waited for. What cannot be looked up is a failure of the queries concerned. Where the run has to
        end, what is answered by then is returned; raises `Stopping` where it had to before.
        """
        writes = [query for query in queries if not query.reads]
        reads = [query for query in queries if query.reads]
        if not reads:
            return self._collect(writes)
        if self._aside is None:
            self._aside = LookupEvents(
                sessions=self._sessions, clock=self._clock, rate_limit=self._rate_limit
            )
        beside = self._aside._collect(reads)  # noqa: SLF001  (one of ours)
        return _joined(beside, self._collect(writes)) if writes else beside

    def _collect(self, queries: Sequence[TrailQuery]) -> Collected:
        self._clock.sleep(timedelta(0))
        asked = tuple(dict.fromkeys(queries))
        failures: Mapping[TrailQuery, Failure] = {}
        if not asked or set(asked) != set(self._unanswered()):
            failures = self._begin(asked)
        try:
            self._wait()
            parts = [
                search.answers(last=search.over and search not in self._waiting) for search in self._searches
            ]
        except Stopping:
            parts = [search.answers(last=False) for search in self._searches]
            unanswered = self._unanswered()
            self._leave()
        except BaseException:
            self._leave()
            raise
        else:
            unanswered = self._unanswered()
            if not unanswered:
                self._leave()
        return Collected(
            events=tuple({event.event_id: event for part in parts for event in part.events}.values()),
            failures={**failures, **{query: why for part in parts for query, why in part.failures.items()}},
            calls=sum(part.calls for part in parts),
            tried={query: words for part in parts for query, words in part.tried.items()},
            unanswered=frozenset(unanswered),
        )

    def _begin(self, queries: Sequence[TrailQuery]) -> Mapping[TrailQuery, Failure]:
        """Begin to look up all queries but those that are too old; return why those cannot be."""
        if self._searches:
            self._leave()
        oldest = self._clock.now() - RETENTION - _LATE
        places: dict[Place, list[TrailQuery]] = defaultdict(list)
        for query in queries:
            if query.window.start >= oldest:
                places[query.account_id, query.region].append(query)
        self._searches = [self._search(place, there) for place, there in places.items()]
        self._waiting = deque(self._searches)
        return {query: _too_old(query) for query in queries if query.window.start < oldest}

    def _search(self, place: "Place", queries: Sequence[TrailQuery]) -> PlaceSearch:
        def taken(left: int) -> None:
            self._left[place] = left
            self._budget(dict(self._left))

        return PlaceSearch(
            place,
            queries,
            known=self._known[place],
            shares=self._shares,
            sessions=self._sessions,
            clock=self._clock,
            rate_limit=self._rate_limit,
            ended=self._changed.set,
            taken=taken,
        )

    def _wait(self) -> None:
        """Wait until all is answered, or some after a while; raise what broke a search, and `Stopping`."""
        until = time.monotonic() + _PATIENCE
        while True:
            self._changed.clear()
            while self._waiting and self._running() < AT_ONCE:
                self._waiting.popleft().start()
            if not self._running():
                return
            if time.monotonic() >= until and any(search.news for search in self._searches):
                return
            self._clock.sleep(timedelta(0))
            self._changed.wait(_LOOK_EVERY)

    def _running(self) -> int:
        return sum(not search.over for search in self._searches)

    def _unanswered(self) -> list[TrailQuery]:
        return [query for search in self._searches for query in search.unanswered]

    def _leave(self) -> None:
        """Look for nothing more, and forget the oldest of what was read."""
        for search in self._searches:
            search.leave()
        self._searches, self._waiting = [], deque()
        self._left.clear()
        self._budget({})
        most = max(_LEAST_EVENTS, _MOST_EVENTS // max(1, len(self._known)))
        for known in self._known.values():
            known.forget(most)


def _joined(one: Collected, other: Collected) -> Collected:
    events = {event.event_id: event for event in (*one.events, *other.events)}
    return Collected(
        events=tuple(events.values()),
        failures={**one.failures, **other.failures},
        calls=one.calls + other.calls,
        tried={**one.tried, **other.tried},
        unanswered=one.unanswered | other.unanswered,
    )


def _too_old(query: TrailQuery) -> Failure:
    place = (query.account_id, query.region)
    reason = f"{doing(place, [query])}: event history reaches back only {RETENTION.days} days"
    return Failure(reason=reason, beyond=True)

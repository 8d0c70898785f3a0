"""Several trails as one: each is asked for what those before it cannot answer for.

A trail cannot answer for an account that it is not for, for a time before its reach, and for what it finds
that it does not hold (`Failure.beyond`): log files that begin later, or none of this account and region.
Whatever goes wrong where a trail could answer (throttled, denied, a file that cannot be read) is a failure of
the query, and no other trail is asked: an answer must not depend on what was out of order for a moment.
A window is never cut: whoever answers holds all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from iacwatch.core.model import TrailEvent, TrailQuery, Window
from iacwatch.core.text import plain
from iacwatch.errors import Stopping
from iacwatch.ports import Clock, Collected, Failure, TrailSource


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTrail:
    """One of several trails: its `name`, as it is configured, and its accounts (empty: any)."""

    name: str
    trail: TrailSource
    accounts: frozenset[str] = frozenset()

    def serves(self, account_id: str) -> bool:
        """Return whether it is for an account."""
        return not self.accounts or account_id in self.accounts


@dataclass(slots=True, kw_only=True, eq=False)
class _Way:
    """A query's way through the trails: whose turn it is, what was looked up, and who could not answer."""

    turn: int = 0
    tried: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def pass_on(self, name: str, why: str) -> None:
        """Note why the trail whose turn it is cannot answer; it is the next one's turn."""
        self.turn += 1
        self.tried.append(f"{name}: {why}")
        self.refusals.append(f"{name}: {why}")


class FallbackTrail:
    """A `ports.TrailSource` over several trails, in their order; used by one thread."""

    def __init__(self, trails: Sequence[RankedTrail], *, clock: Clock) -> None:
        """Take the trails, the one to be asked first at the head; it is for any account."""
        self._trails, self._clock = tuple(trails), clock
        self._under_way: dict[TrailQuery, _Way] = {}

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return the span from the earliest to the latest time that a trail of the account reaches."""
        reaches = [
            each.trail.reach(account_id, region, now=now) for each in self._trails if each.serves(account_id)
        ]
        return Window(start=min(each.start for each in reaches), end=max(each.end for each in reaches))

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Ask each trail for what those before it cannot answer for.

        Raises `Stopping`; where the run has to end once something is answered, that is returned.
        """
        ways = {query: self._under_way.get(query) or _Way() for query in dict.fromkeys(queries)}
        events: dict[str, TrailEvent] = {}
        failures: dict[TrailQuery, Failure] = {}
        answered_by: dict[TrailQuery, str] = {}
        calls = scanned = 0
        for turn, each in enumerate(self._trails):
            asked = [query for query, way in ways.items() if way.turn == turn and self._may(each, query, way)]
            if not asked:
                continue
            try:
                found = each.trail.collect(asked)
            except Stopping:
                if not (answered_by or failures):
                    raise
                break
            calls, scanned = calls + found.calls, scanned + found.scanned
            events |= {event.event_id: event for event in found.events}
            for query in asked:
                ways[query].tried += [f"{each.name}: {words}" for words in found.tried.get(query, ())]
                failure = found.failures.get(query)
                if failure is not None and failure.beyond:
                    ways[query].pass_on(each.name, failure.reason)
                elif failure is not None:
                    failures[query] = failure
                elif query not in found.unanswered:
                    answered_by[query] = each.name
        left = {
            query: way for query, way in ways.items() if query not in failures and query not in answered_by
        }
        # Of questions that others wait for meanwhile, the ways go on.
        others = {query: way for query, way in self._under_way.items() if query not in ways}
        open_ = {query: way for query, way in left.items() if way.turn < len(self._trails)}
        self._under_way = {**others, **open_}
        for query in left.keys() - open_.keys():
            failures[query] = _nobody_can(query, left[query].refusals)
        return Collected(
            events=tuple(events.values()),
            failures=failures,
            calls=calls,
            tried={query: tuple(way.tried) for query, way in ways.items() if way.tried},
            unanswered=frozenset(open_),
            answered_by=answered_by,
            scanned=scanned,
        )

    def _may(self, each: RankedTrail, query: TrailQuery, way: _Way) -> bool:
        """Return whether a trail may know the answer to a query; it is passed on where it cannot."""
        if not each.serves(query.account_id):
            way.pass_on(each.name, f"not for account {plain(query.account_id, 40)}")
            return False
        # The time that the question is of: how far the trail reaches was asked then, too.
        now = query.as_of or self._clock.now()
        reach = each.trail.reach(query.account_id, query.region, now=now)
        if query.window.start < reach.start:
            way.pass_on(each.name, f"it begins at {reach.start:%Y-%m-%d %H:%M}Z, too late for this question")
            return False
        return True


def _nobody_can(query: TrailQuery, refusals: Sequence[str]) -> Failure:
    account_id, region = plain(query.account_id, 40), plain(query.region, 40)
    reasons = "; ".join(refusals)
    return Failure(reason=f"cannot read the trail of {account_id} in {region}: {reasons}", beyond=True)

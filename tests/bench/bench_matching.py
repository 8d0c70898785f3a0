"""How fast a wave's changes are matched with its trail events, against two loops around each other.

Run it as `python -m tests.bench.bench_matching`. The other way collects each event's names once, too, and
holds every change's names against every event's; that both find the same candidates is asserted.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from iacwatch.core.attribution.matching import TrailIndex, rank
from iacwatch.core.attribution.names import Names, canonical, names_of
from iacwatch.core.model import Change, TrailEvent, Window
from iacwatch.core.parse import cloudtrail
from tests.fixtures import builders
from tests.fixtures.small_world import call, group_id

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WINDOW = Window(start=AT - timedelta(hours=1), end=AT + timedelta(hours=1))
CHANGES, EVENTS, ROUNDS = 1_000, 500, 7
GOAL = 0.25


def change(number: int) -> Change:
    """Return a change of one security group."""
    return builders.change(
        resource=builders.resource(id=group_id(number), name=f"web-{number}"), captured_at=AT
    )


def event(number: int, draw: random.Random) -> TrailEvent:
    """Return a call on one of the groups, or on another one, with a console call's usual parameters."""
    mine = draw.random() < 0.5
    target = draw.randrange(CHANGES) if mine else 0xFFF0000000000 + number
    rules = [{"ipProtocol": "tcp", "ipRanges": {"items": [{"cidrIp": f"10.{n}.0.0/16"}]}} for n in range(4)]
    asked = {"groupId": group_id(target), "ipPermissions": {"items": rules}}
    at = (AT - timedelta(seconds=draw.randrange(600))).strftime("%Y-%m-%dT%H:%M:%SZ")
    return cloudtrail.event(call(target, eventTime=at, eventID=f"e-{number:06d}", requestParameters=asked))


def indexed(changes: list[tuple[Change, Names]], events: list[TrailEvent]) -> list[list[TrailEvent]]:
    """Find each change's candidates as the road does: one index for the wave."""
    index = TrailIndex(events, frozenset().union(*(names.wanted for _, names in changes)))
    return [list(index.events(names)) for _, names in changes]


def nested(changes: list[tuple[Change, Names]], events: list[TrailEvent]) -> list[list[TrailEvent]]:
    """Hold every change's names against every event's, which are collected once."""
    ordered = sorted(events, key=lambda each: (each.occurred_at, each.event_id))
    told = [(each, frozenset(canonical(mention.value) for mention in each.mentions)) for each in ordered]
    return [[each for each, values in told if not names.wanted.isdisjoint(values)] for _, names in changes]


def ranked(changes: list[tuple[Change, Names]], candidates: list[list[TrailEvent]]) -> int:
    """Rank every change's candidates; return how many matches there are."""
    found = (
        rank(each, names, near, WINDOW, previous_at=None)
        for (each, names), near in zip(changes, candidates, strict=True)
    )
    return sum(len(each.matches) for each in found)


def seconds(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return how long a piece of work takes, and what it returns."""
    start = time.perf_counter()
    answer = work(*arguments)
    return time.perf_counter() - start, answer


def main() -> int:
    """Measure, print, and say whether the goal is kept."""
    draw = random.Random(7)
    changes = [(each, names_of(each)) for each in map(change, range(CHANGES))]
    events = [event(number, draw) for number in range(EVENTS)]
    ratios, whole, ours, theirs, ranking = [], [], [], [], []
    for _ in range(ROUNDS):
        ways = [indexed, nested]
        draw.shuffle(ways)
        taken = {way: seconds(way, changes, events) for way in ways}
        assert taken[indexed][1] == taken[nested][1], "both ways must find the same"
        spent, matches = seconds(ranked, changes, taken[indexed][1])
        assert matches > 0, "something must be found"
        ours.append(taken[indexed][0])
        theirs.append(taken[nested][0])
        ranking.append(spent)
        ratios.append(ours[-1] / theirs[-1])
        whole.append((ours[-1] + spent) / (theirs[-1] + spent))
    ratio = statistics.median(ratios)
    print(f"{CHANGES:,} changes x {EVENTS} events, median of {ROUNDS} rounds, {matches} matches")
    print(f"candidates by an index of the wanted names {statistics.median(ours) * 1e3:8.1f} ms")
    print(f"candidates by two loops over sets of names {statistics.median(theirs) * 1e3:8.1f} ms")
    print(f"ranking them                               {statistics.median(ranking) * 1e3:8.1f} ms")
    print(f"ratio {ratio:.3f} (goal: at most {GOAL}); with the ranking, {statistics.median(whole):.3f}")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())

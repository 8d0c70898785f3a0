"""How fast a wave's changes are matched with its trail events, against two loops around each other.

Run it as `python -m tests.bench.bench_matching [ROUNDS]`. The other way collects each event's names once, too, and
holds every change's names against every event's; that both find the same candidates is asserted.
"""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from iacwatch.core.attribution.matching import TrailIndex, rank
from iacwatch.core.attribution.names import canonical, names_of
from iacwatch.core.model import Window
from iacwatch.core.parse import cloudtrail
from tests.bench.paired import line, number, paired, ratio
from tests.fixtures import builders
from tests.fixtures.small_world import call, group_id

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WINDOW = Window(start=AT - timedelta(hours=1), end=AT + timedelta(hours=1))
CHANGES, EVENTS = 1_000, 500
RULES = [{"ipProtocol": "tcp", "ipRanges": {"items": [{"cidrIp": f"10.{n}.0.0/16"}]}} for n in range(4)]


def event(number, draw):
    """Return a call on one of the groups, or on another one, with a console call's usual parameters."""
    target = draw.randrange(CHANGES) if draw.random() < 0.5 else 0xFFF0000000000 + number
    at = (AT - timedelta(seconds=draw.randrange(600))).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {"groupId": group_id(target), "ipPermissions": {"items": RULES}}
    return cloudtrail.event(call(target, eventTime=at, eventID=f"e-{number:06d}", requestParameters=asked))


def indexed(changes, events):
    """Find each change's candidates as the road does: one index for the wave."""
    index = TrailIndex(events, frozenset().union(*(names.wanted for _, names in changes)))
    return [list(index.events(names)) for _, names in changes]


def nested(changes, events):
    """Hold every change's names against every event's, which are collected once."""
    ordered = sorted(events, key=lambda each: (each.occurred_at, each.event_id))
    told = [(each, frozenset(canonical(mention.value) for mention in each.mentions)) for each in ordered]
    return [[each for each, values in told if not names.wanted.isdisjoint(values)] for _, names in changes]


def main():
    """Print the times of both, and with the ranking of what they find."""
    draw = random.Random(7)
    resources = (builders.resource(id=group_id(each), name=f"web-{each}") for each in range(CHANGES))
    changes = [builders.change(resource=each, captured_at=AT) for each in resources]
    named = [(each, names_of(each)) for each in changes]
    events = [event(each, draw) for each in range(EVENTS)]
    answers = {}

    def timed(way):
        began = time.perf_counter()
        answers[way] = way(named, events)
        found = time.perf_counter()
        ranked = [
            rank(change, names, near, WINDOW, previous_at=None)
            for (change, names), near in zip(named, answers[way], strict=True)
        ]
        assert any(each.matches for each in ranked)
        return found - began, time.perf_counter() - began

    taken = paired({way.__name__: partial(timed, way) for way in (indexed, nested)}, number(7))
    assert answers[indexed] == answers[nested], "both ways must find the same"
    line(f"{CHANGES:,} x {EVENTS} (goal 0.25)", "ms", "ratio", "+ ranking", "ratio")
    for name, took in taken.items():
        figures = []
        for mine, other in zip(zip(*took, strict=True), zip(*taken["nested"], strict=True), strict=True):
            figures += [statistics.median(mine) * 1e3, ratio(mine, other)]
        line(name, *figures)


if __name__ == "__main__":
    main()

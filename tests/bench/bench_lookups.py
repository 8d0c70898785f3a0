"""How many calls iacwatch's way of asking LookupEvents takes, beside the fewest possible, in a simulated history.

Run it as `python -m tests.bench.bench_lookups [--seeds 5] [--most 10000]`. The optimum knows every event beforehand:
a dynamic programme over sweeps and lookups by name. Every change's event must be found. (Only a hot name can be
read in part and the rest of its window swept, which the optimum leaves out of account: ratios may fall a little
below 1 there.)
"""

import argparse
import itertools
import math
import random
import statistics
from bisect import bisect_left, bisect_right

from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import Known
from tests.bench.paired import line
from tests.fixtures.simulated_history import PAGE, Change, History, history

NEVER = 10**9
MIXES = {
    "p=.05": (("a", 1, 0.05),),
    "by type": (("a", 1, 0.0), ("b", 2, 0.0), ("c", 1, 0.05), ("d", 1, 0.2), ("e", 1, 0.5)),
}


def optimum(world: History) -> int:
    """Return the fewest calls: every window lies in a sweep, or is answered by names.

    All windows have the same length, so that what is answered first is always a beginning of them in time: of
    each number of calls only the furthest beginning counts. A sweep that starts there at the write numbered `s`
    after `c` calls has come to write `s + 50 * (calls - c)`; of all sweeps under way only the furthest counts.
    """
    changes = sorted(world.changes, key=lambda change: change.captured)
    lows = [bisect_left(world.seconds, change.lo) for change in changes]
    highs = [bisect_left(world.seconds, change.hi) for change in changes]
    named: dict[int, int] = {}
    calls, done, ahead = 0, -1, -NEVER
    reached = 0
    while True:
        if reached > done:
            done = reached
            if done == len(changes):
                return calls
            ahead = max(ahead, lows[done] - PAGE * calls)
            pay = pages_by_name(changes[done])
            named[calls + pay] = max(named.get(calls + pay, 0), done + 1)
        calls += 1
        reached = max(bisect_right(highs, PAGE * calls + ahead), named.pop(calls, 0))


def pages_by_name(change: Change) -> int:
    """Return what answering a change by its names costs; one whose write lists none can't be."""
    if not change.listed or change.missing >= 1:
        return NEVER
    return len(change.names) - 1 + max(1, math.ceil(change.hot_pages))


def ours(world: History) -> int:
    """Return the calls of iacwatch, which must find everything."""
    known = Known()
    plan = Plan([change.query() for change in world.changes], known, Shares(), now=2e9)
    while ask := plan.next(2e9):
        plan.take(ask, world.answer(ask))
    assert plan.done
    found = {row.event for row in known.events.values() if row.event is not None}
    assert found == {change.number for change in world.changes}, "a change was not found"
    return world.calls


def compared(title: str, worlds: list[History]) -> float:
    """Print the median calls and ratios of some histories; return the median ratio."""
    calls = [ours(world) for world in worlds]
    fewest = [optimum(world) for world in worlds]
    ratios = [mine / best for mine, best in zip(calls, fewest, strict=True)]
    median = statistics.median(ratios)
    line(title, statistics.median(fewest), statistics.median(calls), median, max(ratios))
    return median


def main() -> None:
    """Print the calls where names see everything, then those where names may be missing and some are hot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--most", type=int, default=10_000, help="changes")
    given = parser.parse_args()
    counts = [count for count in (1, 10, 100, 1_000, 10_000) if count <= given.most]
    line("background, writes/s, changes", "optimum", "ours", "ratio", "worst")
    for uneven, rate, shape, count in itertools.product(
        (False, True), (0.05, 1.5), ("burst", "spread"), counts
    ):
        kind = "uneven" if uneven else "even"
        rng = random.Random(f"{kind}{rate}{shape}{count}")
        world = history(rng, count, shape=shape, per_second=rate, uneven=uneven)
        compared(f"{kind}, {rate}, {count:,} {shape}", [world])
    line("missing, writes/s, changes", "optimum", "ours", "median", "worst")
    medians = []
    for (mix, kinds), rate, shape, count in itertools.product(
        MIXES.items(), (0.1, 1.0, 5.0), ("bursts", "spread"), (100, 1_000)
    ):
        some = {
            "shape": shape,
            "per_second": rate,
            "uneven": True,
            "kinds": kinds,
            "hot": 0.02,
            "span": 21_600,
        }
        seeds = [random.Random(f"{mix}{rate}{shape}{count}{seed}") for seed in range(given.seeds)]
        worlds = [history(rng, count, **some) for rng in seeds]
        medians.append(compared(f"{mix}, {rate}, {count:,} {shape}", worlds))
    line("worst median", max(medians))


if __name__ == "__main__":
    main()

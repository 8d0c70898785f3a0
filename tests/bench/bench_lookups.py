"""How many calls each way of asking LookupEvents takes, beside the fewest possible, in a simulated history.

Run it as `python -m tests.bench.bench_lookups [--seeds 5] [--streams 1] [--all]`. The optimum knows every event
beforehand: a dynamic programme over sweeps and lookups by name. Every way must find every change's event, and
none may take fewer calls than the optimum. (Only a hot name can be read in part and the rest of its window swept,
which the optimum leaves out of account: ratios may fall a little below 1 there.)
"""

import argparse
import gc
import math
import random
import statistics
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import WRITES, Ask, Known, Lookup
from tests.fixtures.simulated_history import PAGE, Change, History, history

ACCOUNTS = {"quiet": 0.05, "busy": 1.5}
NEVER = 10**9


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


def read(world: History, lookup: Lookup, lo: int, hi: int) -> set[int]:
    """Read a span to its end; return the changes whose write was found."""
    found, token = set(), None
    while True:
        page = world.answer(Ask(lookup=lookup, lo=lo, hi=hi, token=token))
        found |= {row.event for row in page.rows if row.event is not None}
        token = page.token
        if token is None:
            return found


def names_only(world: History) -> set[int]:
    """Ask by every name; where that finds nothing though it may be missing, sweep the window."""
    found: set[int] = set()
    for change in world.changes:
        mine = set()
        if change.missing < 1:
            for name in change.names:
                mine |= read(world, Lookup("ResourceName", name), change.lo, change.hi)
        if change.missing > 0 and change.number not in mine:
            mine |= read(world, WRITES, change.lo, change.hi)
        found |= mine
    return found


def sweep_only(world: History) -> set[int]:
    """Sweep all windows, those that join as one."""
    found: set[int] = set()
    spans: list[list[int]] = []
    for change in sorted(world.changes, key=lambda change: change.lo):
        if spans and change.lo <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], change.hi)
        else:
            spans.append([change.lo, change.hi])
    for lo, hi in spans:
        found |= read(world, WRITES, lo, hi)
    return found


def adaptive(world: History, streams: int = 1) -> set[int]:
    """Ask as iacwatch does; with several streams, so many requests are under way at any time."""
    known = Known()
    plan = Plan([change.query() for change in world.changes], known, Shares(), now=2e9)
    flying: list[Ask] = []
    while True:
        while len(flying) < streams and (ask := plan.next(2e9)):
            flying.append(ask)
        if not flying:
            break
        ask = flying.pop(0)
        plan.take(ask, world.answer(ask))
    assert plan.done
    return {row.event for row in known.events.values() if row.event is not None}


def counted(world: History, way: Callable[..., set[int]], *more: int) -> tuple[int, float]:
    """Return the calls of one way and the seconds of CPU it took; what it finds must be everything."""
    before, began = world.calls, time.process_time()
    found = way(world, *more)
    assert found == {change.number for change in world.changes}, "a change was not found"
    return world.calls - before, time.process_time() - began


def grid(counts: list[int], streams: int) -> None:
    """Print the calls of each way over shapes and accounts, names seeing everything."""
    print(
        f"{'background':10} {'account':7} {'shape':7} {'changes':>7} {'names':>7} {'sweep':>7} {'optimum':>7}",
        end="",
    )
    print(f" {'ours':>7} {'ratio':>6} {'CPU s':>6}")
    for uneven in (False, True):
        for account, rate in ACCOUNTS.items():
            for shape in ("burst", "spread"):
                for count in counts:
                    rng = random.Random(f"{uneven}{account}{shape}{count}")
                    world = history(rng, count, shape=shape, per_second=rate, uneven=uneven)
                    names, _ = counted(world, names_only)
                    sweep, _ = counted(world, sweep_only)
                    ours, seconds = counted(world, adaptive, streams)
                    best = optimum(world)
                    assert best <= min(names, sweep, ours)
                    kind = "uneven" if uneven else "even"
                    print(
                        f"{kind:10} {account:7} {shape:7} {count:7,} {names:7,} {sweep:7,} {best:7,}", end=""
                    )
                    print(f" {ours:7,} {ours / best:6.2f} {seconds:6.2f}", flush=True)


MIXES = {
    "p=.05": (("a", 1, 0.05),),
    "p=.2": (("a", 1, 0.2),),
    "by type": (("a", 1, 0.0), ("b", 2, 0.0), ("c", 1, 0.05), ("d", 1, 0.2), ("e", 1, 0.5)),
    "one in 50 unknown": (*(("a", 1, 0.0),) * 33, *(("b", 2, 0.0),) * 16, ("z", 1, 1.0)),
}
DEFAULT = ("p=.05", "by type")


def missing(mixes: Iterable[str], counts: list[int], seeds: int, streams: int) -> None:
    """Print our ratio to the optimum where names may be missing and some are hot: medians over seeds."""
    print(
        f"\n{'names':18} {'writes/s':>8} {'shape':7} {'changes':>7} {'optimum':>7} {'ours':>7} {'median':>7} {'worst':>6}"
    )
    medians = []
    for title, kinds in ((title, MIXES[title]) for title in mixes):
        for rate in (0.1, 1.0, 5.0):
            for shape in ("bursts", "spread"):
                for count in counts:
                    ratios, bests, all_ours = [], [], []
                    for seed in range(seeds):
                        rng = random.Random(f"{title}{rate}{shape}{count}{seed}")
                        world = history(
                            rng,
                            count,
                            shape=shape,
                            per_second=rate,
                            uneven=True,
                            kinds=kinds,
                            hot=0.02,
                            span=21_600,
                        )
                        ours, _ = counted(world, adaptive, streams)
                        best = optimum(world)
                        ratios.append(ours / best)
                        bests.append(best)
                        all_ours.append(ours)
                    median = statistics.median(ratios)
                    medians.append(median)
                    print(f"{title:18} {rate:8} {shape:7} {count:7,} {statistics.median(bests):7,}", end="")
                    print(f" {statistics.median(all_ours):7,} {median:7.2f} {max(ratios):6.2f}", flush=True)
    print(f"worst median {max(medians):.2f}, median of medians {statistics.median(medians):.2f}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=1, help="requests under way at any time")
    parser.add_argument("--all", action="store_true", help="more ways in which names may be missing")
    given = parser.parse_args()
    gc.disable()  # its passes over a simulated day would count as the plan's time
    began = time.perf_counter()
    grid([1, 10, 100, 1_000, 10_000], given.streams)
    missing(MIXES if given.all else DEFAULT, [100, 1_000], given.seeds, given.streams)
    print(f"{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()

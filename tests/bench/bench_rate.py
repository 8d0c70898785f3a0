"""How the function gets on with a burst of changes in many accounts: simulated, with no waiting and no AWS.

Run it as `python -m tests.bench.bench_rate [--messages 10000]`. Real are the plan of the lookups, the rate limit of each
copy, and what a copy knows from one event to the next. Simulated are the time, SQS and its mapping to the
function, event history (two calls a second for an account and region, to all copies together and to somebody
else there), the CPU of a function of 512 MB, and Slack, which takes a message a second. Assumed: a lookup takes
0.4 s; event history is complete when the queue's delay ends; nine of ten changes are a pipeline's, and are
looked at again once a late event would have come; of each account's others, one message is posted.
"""

import argparse
import heapq
import itertools
import math
import random
from collections import defaultdict
from dataclasses import dataclass, field

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import Known
from iacwatch.trails.lookup_events.trail import AT_ONCE
from tests.bench.paired import line
from tests.fixtures.simulated_history import REGION, START, Change, History, history, moment

ROUND_TRIP, BUDGET = 0.4, 2
OTHERS = 0.1  # calls a second of somebody else in each account
SHARE = 512 / 1769  # of a core
# Seconds of CPU, measured at a whole core:
PAGE, CHANGE, ACCOUNT = 0.0016 / SHARE, 0.001 / SHARE, 0.03 / SHARE
ASSUME, POST = 0.2, 1.0
NOTICE, DELAY, WINDOW, TIMEOUT, SETTLE = 60, 600, 60, 300, 900
FIRST = START + NOTICE + DELAY
MOST_RECEIVES, GIVE_UP = 15, 12 * 3_600

DICE = random.Random(1)


class Time:
    """The simulated time, which leaps to what is next: each process says how many seconds it waits."""

    def __init__(self):
        self.at, self._next, self._number = float(START), [], itertools.count()

    def begin(self, process, after=0.0):
        heapq.heappush(self._next, (self.at + max(0.0, after), next(self._number), process))

    def run(self):
        while self._next and self.at < START + GIVE_UP:
            self.at, _, process = heapq.heappop(self._next)
            waits = next(process, None)
            if waits is not None:
                self.begin(process, waits)

    def now(self):
        return moment(self.at)


@dataclass
class Trail:
    """Event history of one account, which takes two calls in any second, whoever makes them."""

    made: History
    calls: int = 0
    refused: int = 0
    _taken: list[float] = field(default_factory=list)

    def takes(self, at):
        self._taken = [each for each in self._taken if each > at - 1]
        others = DICE.random() < OTHERS
        self.calls += 1
        if len(self._taken) + others >= BUDGET:
            self.refused += 1
            return False
        self._taken.append(at)
        return True


@dataclass(slots=True, eq=False)
class Message:
    """A change in the queue."""

    account: str
    change: Change
    person: bool
    visible_at: float = 0.0
    receives: int = 0
    done_at: float | None = None
    lost: bool = False


class World:
    """The accounts, their changes, and what was counted."""

    def __init__(self, accounts, messages, writes):
        """Make a burst: all changes within three minutes, the same number in each account."""
        self.time, self.trails, self.messages, self.given_back = Time(), {}, [], 0
        self.spent = defaultdict(float)
        self._hidden, self._seen, self._number = [], [], itertools.count()
        kinds = (("one", 1, 0.0), ("two", 2, 0.1))
        for account in (f"{number:012d}" for number in range(accounts)):
            made = history(DICE, messages // accounts, shape="burst", per_second=writes, kinds=kinds)
            self.trails[account] = Trail(made)
            for change in made.changes:
                self.messages.append(Message(account, change, DICE.random() < 0.1))
                self.hide(self.messages[-1], change.captured + NOTICE + DELAY)
        self.open = len(self.messages)

    def hide(self, message, until):
        message.visible_at = until
        heapq.heappush(self._hidden, (until, next(self._number), message))

    def received(self, most):
        """Return a batch as the mapping gathers it; none while it still gathers."""
        now = self.time.at
        while self._hidden and self._hidden[0][0] <= now:
            message = heapq.heappop(self._hidden)[2]
            message.lost = message.receives >= MOST_RECEIVES
            if message.lost:
                self.open -= 1
            else:
                self._seen.append(message)
        seen = self._seen
        if not seen or (len(seen) < most and now - min(each.visible_at for each in seen) < WINDOW):
            return []
        DICE.shuffle(seen)
        taken, self._seen = seen[:most], seen[most:]
        for each in taken:
            each.receives += 1
        return taken


class Copy:
    """One copy of the function: it takes events one after the other, and keeps what it knows."""

    def __init__(self, world, per_second):
        self.world, self.time = world, world.time
        self.limit = RateLimit(world.time, per_second=per_second)
        self.known, self.shares, self.most, self._cpu_free = {}, Shares(), 1_000, 0.0

    def work(self, most):
        while self.world.open:
            batch = self.world.received(most)
            if not batch:
                yield 1.0
                continue
            begun, ends = self.time.at, self.time.at + TIMEOUT - 10
            while batch and self.time.at < ends:
                wave, batch = batch[: self.most], batch[self.most :]
                left = yield from self._wave(wave, ends)
                if left:
                    self._give_back(left)
                    self.most = max(10, len(wave) // 2)
            self._give_back(batch)
            if not batch:
                self.most = min(self.most * 2, 1_000)
            self.world.spent["busy"] += self.time.at - begun

    def _give_back(self, messages):
        self.world.given_back += len(messages)
        for each in messages:
            self.world.hide(each, self.time.at + min(30 * 2 ** min(each.receives - 1, 10), 1_800))

    def _wave(self, wave, ends):
        """Look all up, account by account, and report; return what there was no time for."""
        world, began, accounts = self.world, self.time.at, defaultdict(list)
        yield self.compute(CHANGE * len(wave))
        for each in wave:
            accounts[each.account].append(each)
        waiting, running, done = list(accounts), [], []
        while (waiting or running) and self.time.at < ends:
            while waiting and len(running) < AT_ONCE:
                account = waiting.pop()
                running.append(Search(self, account, accounts[account]))
            done += [each.account for each in running if each.over]
            running = [each for each in running if not each.over]
            yield 0.1
        for each in running:
            each.left = True
        world.spent["lookups"] += self.time.at - began
        began = self.time.at
        for account in done:
            if any(each.person for each in accounts[account]) and self.time.at < ends:
                yield POST
        world.spent["posts"] += self.time.at - began
        now = self.time.at
        for message in itertools.chain.from_iterable(accounts.pop(account) for account in done):
            settled = message.change.captured + SETTLE
            if message.person or now >= settled:
                message.done_at = now
                world.open -= 1
            else:
                world.hide(message, settled)
        return list(itertools.chain.from_iterable(accounts.values()))

    def compute(self, seconds):
        """Return how long it takes until the one CPU has done so much more."""
        self._cpu_free = max(self._cpu_free, self.time.at) + seconds
        self.world.spent["cpu"] += seconds
        return self._cpu_free - self.time.at


class Search:
    """The lookups in one account, one after the other: a second thread would only be of use if they took longer."""

    def __init__(self, copy, account, asked):
        self.account, self.left, self.over = account, False, False
        copy.time.begin(self._work(copy, asked))

    def _work(self, copy, asked):
        trail, key = copy.world.trails[self.account], (self.account, REGION)
        new, known = self.account not in copy.known, copy.known.setdefault(self.account, Known())
        now = moment(copy.time.at)
        queries = [each.change.query(account_id=self.account, as_of=now) for each in asked]
        plan = Plan(queries, known, copy.shares, now=copy.time.at)
        yield 0.0
        if new:
            yield ASSUME
            yield copy.compute(ACCOUNT)
        while not self.left and (ask := plan.next(copy.time.at)):
            taken = False
            while not self.left and not taken:
                while (wait := copy.limit._take(key).total_seconds()) > 0:
                    yield wait
                yield ROUND_TRIP / 2
                taken = trail.takes(copy.time.at)
                yield ROUND_TRIP / 2
                if not taken:
                    copy.limit.throttled(key)
            yield copy.compute(PAGE)
            plan.take(ask, trail.made.answer(ask))
        self.over = True


def simulated(given, accounts, copies, per_second, batch):
    """Play a burst, and print its figures; times are shares of what the copies were busy."""
    DICE.seed(1)
    world = World(accounts, given.messages, given.writes)
    for _ in range(copies):
        world.time.begin(Copy(world, per_second).work(batch))
    world.time.run()
    ends = [each.done_at for each in world.messages if each.done_at is not None]
    calls = sum(each.calls for each in world.trails.values())
    refused = sum(each.refused for each in world.trails.values())
    lost = sum(each.lost for each in world.messages)
    line(
        f"{accounts:,}, {copies} x {per_second}, {batch:,}",
        (max(ends, default=FIRST) - FIRST) / 60 if len(ends) + lost == len(world.messages) else math.inf,
        calls,
        f"{refused / max(calls, 1):.1%}",
        calls / len(world.messages),
        max(each.receives for each in world.messages),
        world.given_back,
        lost,
        *(f"{world.spent[each] / max(world.spent['busy'], 1):.0%}" for each in ("lookups", "posts", "cpu")),
    )


SETTINGS = (
    (2, 1.0, 1_000),
    (2, 2.0, 1_000),
    (5, 1.0, 1_000),
    (20, 2.0, 1_000),
    (20, 1.0, 1_000),
    (20, 0.1, 1_000),
    (20, 1.0, 100),
    (2, 1.0, 100),
)
"""Copies of the function, calls a second of each, and its batch; the first are the templates' values."""

COLUMNS = (
    "done min",
    "calls",
    "refused",
    "a change",
    "receives",
    "given back",
    "lost",
    "lookups",
    "posts",
    "CPU",
)


def main():
    """Print the figures of each setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--writes", type=float, default=0.05, help="of others, a second and account")
    parser.add_argument("--accounts", type=int, nargs="*", default=[10, 100, 1_000])
    given = parser.parse_args()
    line("accounts, copies, rate, batch", *COLUMNS)
    for accounts, setting in itertools.product(given.accounts, SETTINGS):
        simulated(given, accounts, *setting)


if __name__ == "__main__":
    main()

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
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.queries import Shares
from iacwatch.trails.lookup_events.state import Ask, Known
from iacwatch.trails.lookup_events.trail import AT_ONCE
from tests.fixtures.simulated_history import REGION, START, Change, History, history, moment

ROUND_TRIP, BUDGET = 0.4, 2
OTHERS = 0.1  # calls a second of somebody else in each account
SHARE = 512 / 1769  # of a core
PAGE, CHANGE, ACCOUNT = (
    0.0016 / SHARE,
    0.001 / SHARE,
    0.03 / SHARE,
)  # seconds of CPU, measured at a whole core
ASSUME, POST = 0.2, 1.0
NOTICE, SETTLE = 60, 900
MOST_THREADS = 6
MOST_RECEIVES, GIVE_UP = 15, 12 * 3_600

Process = Generator["float | Signal", None, None]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What can be set: the templates' values, unless said otherwise."""

    copies: int = 2
    per_second: float = 1.0
    batch: int = 1_000
    window: int = 60
    timeout: int = 300
    visibility: int = 1_860
    delay: int = 600


class Time:
    """The simulated time, which leaps to what is next."""

    def __init__(self) -> None:
        self.at = float(START)
        self._next: list[tuple[float, int, Process]] = []
        self._number = itertools.count()

    def begin(self, process: Process, after: float = 0.0) -> None:
        heapq.heappush(self._next, (self.at + max(0.0, after), next(self._number), process))

    def run(self) -> None:
        while self._next and self.at < START + GIVE_UP:
            self.at, _, process = heapq.heappop(self._next)
            waits = next(process, None)
            if isinstance(waits, Signal):
                waits.waiting.append(process)
            elif waits is not None:
                self.begin(process, waits)

    def now(self) -> datetime:
        return moment(self.at)

    def sleep(self, _span: object) -> None:
        raise AssertionError("here only processes wait")


class Signal:
    """What several processes wait for."""

    def __init__(self, time: Time) -> None:
        self.waiting: list[Process] = []
        self._time = time

    def fire(self) -> None:
        for process in self.waiting:
            self._time.begin(process)
        self.waiting = []


class Trail:
    """Event history of one account, which takes two calls in any second, whoever makes them."""

    def __init__(self, made: History, rng: random.Random) -> None:
        self.made, self._rng, self._taken = made, rng, list[float]()
        self.calls = self.refused = 0

    def takes(self, at: float) -> bool:
        self._taken = [each for each in self._taken if each > at - 1]
        others = self._rng.random() < OTHERS
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
    visible_at: float
    receives: int = 0
    done_at: float | None = None
    lost: bool = False


class World:
    """The accounts, their changes, and what was counted."""

    def __init__(
        self, time: Time, trails: dict[str, Trail], messages: list[Message], rng: random.Random
    ) -> None:
        self.time, self.trails, self.messages, self._rng = time, trails, messages, rng
        self.spent: dict[str, float] = defaultdict(float)
        self.given_back = 0
        self.open = len(messages)
        self._hidden: list[tuple[float, int, Message]] = []
        self._seen: list[Message] = []
        self._number = itertools.count()
        for each in messages:
            self.hide(each, each.visible_at)

    def hide(self, message: Message, until: float) -> None:
        message.visible_at = until
        heapq.heappush(self._hidden, (until, next(self._number), message))

    def end(self, message: Message) -> None:
        message.done_at = self.time.at
        self.open -= 1

    def received(self, setting: Setting) -> list[Message]:
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
        if not seen or (
            len(seen) < setting.batch and now - min(each.visible_at for each in seen) < setting.window
        ):
            return []
        self._rng.shuffle(seen)
        taken, self._seen = seen[: setting.batch], seen[setting.batch :]
        for each in taken:
            each.receives += 1
        return taken


class Copy:
    """One copy of the function: it takes events one after the other, and keeps what it knows."""

    def __init__(self, world: World, setting: Setting) -> None:
        self.world, self.time, self.setting = world, world.time, setting
        self.limit = RateLimit(world.time, per_second=setting.per_second)
        self.known: dict[str, Known] = {}
        self.shares, self.most, self._cpu_free = Shares(), 1_000, 0.0

    def work(self) -> Process:
        while self.world.open:
            batch = self.world.received(self.setting)
            if not batch:
                yield 1.0
                continue
            begun, ends = self.time.at, self.time.at + self.setting.timeout - 10
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

    def _give_back(self, messages: Sequence[Message]) -> None:
        self.world.given_back += len(messages)
        for each in messages:
            self.world.hide(each, self.time.at + min(30 * 2 ** min(each.receives - 1, 10), 1_800))

    def _wave(self, wave: Sequence[Message], ends: float) -> Generator["float | Signal", None, list[Message]]:
        """Look all up, account by account, and report; return what there was no time for."""
        began = self.time.at
        yield self._cpu(CHANGE * len(wave))
        accounts: dict[str, list[Message]] = defaultdict(list)
        for each in wave:
            accounts[each.account].append(each)
        waiting, running, done = list(accounts), list[Search](), list[str]()
        while (waiting or running) and self.time.at < ends:
            while waiting and len(running) < AT_ONCE:
                running.append(Search(self, waiting.pop(), accounts))
            done += [each.account for each in running if each.over]
            running = [each for each in running if not each.over]
            yield 0.1
        for each in running:
            each.left = True
        self.world.spent["lookups"] += self.time.at - began
        began = self.time.at
        for account in done:
            people = [each for each in accounts[account] if each.person]
            if people and self.time.at < ends:
                yield POST
        self.world.spent["posts"] += self.time.at - began
        now = self.time.at
        for message in (message for account in done for message in accounts[account]):
            settled = message.change.captured + SETTLE
            if message.person or now >= settled:
                self.world.end(message)
            else:
                self.world.hide(message, settled)
        return [message for account in accounts if account not in done for message in accounts[account]]

    def _cpu(self, seconds: float) -> float:
        """Return how long it takes until the one CPU has done so much more."""
        self._cpu_free = max(self._cpu_free, self.time.at) + seconds
        self.world.spent["cpu"] += seconds
        return self._cpu_free - self.time.at


class Search:
    """The lookups in one account, by a few threads as the trail has them."""

    def __init__(self, copy: Copy, account: str, asked: dict[str, list[Message]]) -> None:
        self.account, self.left, self._copy = account, False, copy
        self._new = account not in copy.known
        known = copy.known.setdefault(account, Known())
        now = copy.time.now()
        queries = [each.change.query(account_id=account, as_of=now) for each in asked[account]]
        self._plan = Plan(queries, known, copy.shares, now=copy.time.at)
        self._turn = Signal(copy.time)
        self._threads = self._working = 0
        self._join()

    @property
    def over(self) -> bool:
        return self._working == 0

    def _join(self) -> None:
        if self._threads < min(math.ceil(BUDGET * ROUND_TRIP), MOST_THREADS):
            self._threads += 1
            self._working += 1
            self._copy.time.begin(self._thread())

    def _thread(self) -> Process:
        copy, plan = self._copy, self._plan
        if self._new:
            self._new = False
            yield ASSUME
            yield copy._cpu(ACCOUNT)
        while not self.left:
            ask = plan.next(copy.time.at)
            if ask is not None:
                self._join()
                yield from self._send(ask)
            elif plan.under_way:
                yield self._turn
            else:
                break
        self._working -= 1
        self._turn.fire()

    def _send(self, ask: Ask) -> Process:
        copy, trail, key = self._copy, self._copy.world.trails[self.account], (self.account, REGION)
        while not self.left:
            while (wait := copy.limit._take(key).total_seconds()) > 0:
                yield wait
            yield ROUND_TRIP / 2
            taken = trail.takes(copy.time.at)
            yield ROUND_TRIP / 2
            if taken:
                break
            copy.limit.throttled(key)
        yield copy._cpu(PAGE)
        self._plan.take(ask, trail.made.answer(ask))
        self._turn.fire()


def simulated(setting: Setting, *, accounts: int, messages: int, writes: float, seed: int = 1) -> World:
    """Play a burst: all changes within three minutes, the same number in each account."""
    rng = random.Random(seed)
    trails: dict[str, Trail] = {}
    queue: list[Message] = []
    for number in range(accounts):
        account = f"{number:012d}"
        count = messages // accounts
        made = history(rng, count, shape="burst", per_second=writes, kinds=(("one", 1, 0.0), ("two", 2, 0.1)))
        trails[account] = Trail(made, rng)
        for change in made.changes:
            visible = change.captured + NOTICE + setting.delay
            queue.append(Message(account, change, rng.random() < 0.1, visible))
    world = World(Time(), trails, queue, rng)
    for _ in range(setting.copies):
        world.time.begin(Copy(world, setting).work())
    world.time.run()
    return world


COLUMNS = "accounts copies calls/s batch | done min  calls  refused  a change  receives  given back  lost  lookups posts CPU"


def row(setting: Setting, accounts: int, world: World) -> str:
    """Return the figures of one run; times are shares of what the copies were busy."""
    ends = [each.done_at for each in world.messages if each.done_at is not None]
    first = START + NOTICE + setting.delay
    calls = sum(each.calls for each in world.trails.values())
    refused = sum(each.refused for each in world.trails.values())
    lost = sum(each.lost for each in world.messages)
    minutes = (max(ends, default=first) - first) / 60 if len(ends) + lost == len(world.messages) else math.inf
    shares = "  ".join(
        f"{world.spent[each] / max(world.spent['busy'], 1):5.0%}" for each in ("lookups", "posts", "cpu")
    )
    return (
        f"{accounts:8} {setting.copies:6} {setting.per_second:7} {setting.batch:5} |"
        f" {minutes:8.1f} {calls:6} {refused / max(calls, 1):7.1%} {calls / len(world.messages):9.2f}"
        f" {max(each.receives for each in world.messages):9} {world.given_back:11} {lost:5}  {shares}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--writes", type=float, default=0.05, help="of others, a second and account")
    parser.add_argument("--accounts", type=int, nargs="*", default=[10, 100, 1_000])
    given = parser.parse_args()
    print(
        f"{given.messages:,} changes in three minutes, {given.writes} other writes a second in each account"
    )
    print(COLUMNS)
    settings = [
        Setting(),
        Setting(per_second=2.0),
        Setting(copies=20, per_second=2.0),
        Setting(copies=20, per_second=1.0),
        Setting(copies=20, per_second=0.1),
        Setting(copies=20, batch=100),
        Setting(batch=100),
    ]
    for accounts in given.accounts:
        for setting in settings:
            world = simulated(setting, accounts=accounts, messages=given.messages, writes=given.writes)
            print(row(setting, accounts, world), flush=True)


if __name__ == "__main__":
    main()

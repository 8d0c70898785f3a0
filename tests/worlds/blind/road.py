"""Runs a world through the real road in process, on the world's own clock: an hour's waiting costs nothing."""

import heapq
import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import Finding, Item, ItemQuery, TrailEvent, TrailQuery, Verdict, Window
from iacwatch.core.outcome import Deferred, Outcome, Reported, Skipped
from iacwatch.core.parse import cloudtrail
from iacwatch.core.parse import config_item as config_items
from iacwatch.core.present.record import record
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import Collected, Delivered, Delivery
from iacwatch.settings.load import File, load
from iacwatch.settings.rules import rules
from tests.fixtures.clocks import TickingClock
from tests.fixtures.envelopes import api_item
from tests.worlds.blind.run import configuration
from tests.worlds.blind.world import World
from tests.worlds.marks import WRONG, Marks, judge

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Queue:
    """Hands each message out ten minutes after its capture, and again when it is due."""

    def __init__(self, messages: Sequence[tuple[datetime, str]], clock: TickingClock) -> None:
        self._clock, self._messages = clock, messages
        self._due = [(at + timedelta(minutes=10), place) for place, (at, _) in enumerate(messages)]
        heapq.heapify(self._due)
        self._receives: Counter[int] = Counter()
        self.seen: defaultdict[int, list[Outcome]] = defaultdict(list)

    def waves(self):
        while self._due:
            self._clock.at = max(self._clock.at, self._due[0][0] + timedelta(minutes=4))
            wave = []
            while self._due and self._due[0][0] <= self._clock.at and len(wave) < 1000:
                _, place = heapq.heappop(self._due)
                self._receives[place] += 1
                more = {"receives": self._receives[place], "max_receives": 10}
                wave.append(Delivery(id=str(place), document=self._messages[place][1], receipt=place, **more))
            yield wave

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        for delivery, outcome in done:
            self.seen[delivery.receipt].append(outcome)
            if isinstance(outcome, Deferred):
                heapq.heappush(self._due, (outcome.until, delivery.receipt))


class Trail:
    """Event history: what is shown by now, by name where a name is trusted, else all of the window."""

    def __init__(self, world: World, clock: TickingClock) -> None:
        self._clock, draw = clock, random.Random(world.seed)
        self._places: defaultdict[tuple[str, str], list] = defaultdict(list)
        for document, lists, delivered_at in world.events:
            event = cloudtrail.event(document, resource_names=tuple(name for _, name in lists))
            shown_at = delivered_at or event.occurred_at + timedelta(seconds=draw.uniform(60, 420))
            self._places[event.account_id, event.region].append((event.occurred_at, shown_at, event))
        for rows in self._places.values():
            rows.sort(key=lambda row: row[0])

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        return Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        found = {event.event_id: event for query in queries for event in self._answer(query)}
        return Collected(events=tuple(found.values()), calls=len(queries))

    def _answer(self, query: TrailQuery) -> list[TrailEvent]:
        rows = self._places[query.account_id, query.region]
        first = bisect_left(rows, query.window.start, key=lambda row: row[0])
        last = bisect_left(rows, query.window.end, key=lambda row: row[0])
        shown = [event for _, shown_at, event in rows[first:last] if shown_at <= self._clock.at]
        if query.thorough or query.missing >= 1:
            return shown
        names, events = set(query.names), set(query.event_names)
        return [event for event in shown if names & set(event.resource_names) or event.event_name in events]


class Items:
    """Config's history."""

    def __init__(self, world: World) -> None:
        self._history, self._parsed = defaultdict(list), {}
        for document, region in world.items:
            place = document["awsAccountId"], region, document["resourceType"], document["resourceId"]
            self._history[place].append(document)

    def fetch(self, asks: Sequence[ItemQuery]) -> Mapping[ItemQuery, Item | None]:
        return {ask: self._answer(ask) for ask in asks}

    def _answer(self, ask: ItemQuery) -> Item | None:
        resource = ask.resource
        place = (resource.account_id, resource.recorded_in, resource.type, resource.id)
        held = [self._item(each, resource.recorded_in) for each in self._history[place]]
        held = [each for each in held if key_of(each.resource) == key_of(resource)]
        if ask.at is not None:
            return next((each for each in held if each.captured_at == ask.at), None)
        before = [each for each in held if ask.before is not None and each.captured_at < ask.before]
        return max(before, key=lambda each: each.captured_at, default=None)

    def _item(self, document: dict, region: str) -> Item:
        key = id(document), region
        if key not in self._parsed:
            self._parsed[key] = config_items.item(api_item(document), region=region)
        return self._parsed[key]


class Shown:
    """A sink that takes everything it is given."""

    remembered = deferred_close = False

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered]:
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self) -> None:
        pass


def rules_of(world: World, *, everything: bool = False):
    """Return the rules that a world's operators configured; `everything`: every change counts."""
    written = configuration(world, "https://sqs.eu-west-1.amazonaws.com/1/q")
    settings = load(File("the world's configuration", written))
    return replace(rules(settings, everything=everything), report=frozenset(Verdict))


@dataclass
class Run:
    """A world on its way through the road, with what came of each message."""

    world: World
    everything: bool = False

    def __post_init__(self):
        self.clock = TickingClock(self.world.ago(hours=24))
        self.queue = Queue(self.world.messages, self.clock)
        self.trail = Trail(self.world, self.clock)

    def go(self):
        """Send everything down the road; return the run."""
        rules = rules_of(self.world, everything=self.everything)
        seams = {"items": Items(self.world), "sinks": [Shown()], "ledger": MemoryLedger()}
        self.pipeline = Pipeline(rules=rules, clock=self.clock, trail=self.trail, **seams)
        self.pipeline.run(self.queue)
        return self

    def marks(self) -> Marks:
        """Return how well it went, and why what was left out was left out."""
        ends = [self.queue.seen[place][-1] for place in range(len(self.world.messages))]
        told = zip(self.world.messages, ends, strict=True)
        skipped = {body: end.reason for (_, body), end in told if isinstance(end, Skipped)}
        reported = {end.finding.finding_id: end.finding for end in ends if isinstance(end, Reported)}
        if self.everything:
            self.world.truths = [counted(truth) for truth in self.world.truths]
        marks = judge(self.world, [record(finding) for finding in reported.values()], set())
        for truth in self.world.truths:
            for body in truth.bodies if truth.reason else ():
                if skipped.get(body) != truth.reason:
                    marks.note(WRONG, truth.label, f"{truth.text}: {skipped.get(body)} is not {truth.reason}")
        return marks


def counted(truth):
    """Return a truth as it is where every change counts: an unmanaged one is shown, with who made it."""
    if truth.reason not in {"unmanaged", "no-history"}:
        return truth
    return replace(truth, outcome="finding", reason="", verdict="unmanaged", named=truth.causes)

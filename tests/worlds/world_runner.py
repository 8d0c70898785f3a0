"""Runs a world through the real road, and scores what it says against the truth."""

import heapq
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import (
    Finding,
    Item,
    ItemQuery,
    Rules,
    TrailEvent,
    TrailQuery,
    Verdict,
    Window,
    Workflow,
)
from iacwatch.core.outcome import Deferred, Duplicate, Outcome, Reported, Skipped
from iacwatch.core.parse import cloudtrail
from iacwatch.core.parse import config_item as config_items
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import Collected, Delivered, Delivery
from tests.worlds.world import START, Capture, World

WORKFLOWS = (
    Workflow(
        name="terraform-ci", managed_by=("terraform",), principals=("arn:aws:iam::*:role/gha-terraform-*",)
    ),
    Workflow(
        name="stacks",
        managed_by=("cloudformation",),
        principals=("arn:aws:iam::*:role/cfn-exec-*",),
        invoked_by=("cloudformation.amazonaws.com",),
    ),
    Workflow(
        name="break-glass",
        principals=("arn:aws:iam::*:role/break-glass",),
        not_before=START + timedelta(hours=2),
        not_after=START + timedelta(hours=3),
    ),
)
RULES = Rules(workflows=WORKFLOWS, report=frozenset(Verdict))


class WorldClock:
    """The world's time; the source moves it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def sleep(self, span: timedelta) -> None:
        self.time += span


class WorldQueue:
    """Hands each message out ten minutes after its capture, and again when it is due."""

    def __init__(self, captures: Sequence[Capture], clock: WorldClock) -> None:
        self._clock = clock
        self._due = [(each.at + timedelta(minutes=10), place) for place, each in enumerate(captures)]
        heapq.heapify(self._due)
        self._captures = captures
        self._receives: Counter[int] = Counter()
        self.outcomes: dict[str, Outcome] = {}
        self.seen: defaultdict[str, list[Outcome]] = defaultdict(list)

    def waves(self) -> Iterator[Sequence[Delivery]]:
        while self._due:
            first = self._due[0][0]
            self._clock.time = max(self._clock.time, first + timedelta(seconds=60))
            wave = []
            while self._due and self._due[0][0] <= self._clock.time and len(wave) < 1000:
                _, place = heapq.heappop(self._due)
                self._receives[place] += 1
                capture = self._captures[place]
                wave.append(
                    Delivery(
                        id=capture.id,
                        document=capture.body,
                        receipt=place,
                        receives=self._receives[place],
                        max_receives=10,
                    )
                )
            yield wave

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        for delivery, outcome in done:
            self.outcomes[delivery.id] = outcome
            self.seen[delivery.id].append(outcome)
            if isinstance(outcome, Deferred):
                heapq.heappush(self._due, (outcome.until, delivery.receipt))


class WorldTrail:
    """Event history: what is shown by now, by name where a name is trusted, else all of the window."""

    def __init__(self, world: World, clock: WorldClock) -> None:
        self._clock = clock
        self._places: defaultdict[tuple[str, str], list[tuple[datetime, datetime, TrailEvent]]] = defaultdict(
            list
        )
        for record in world.records:
            event = cloudtrail.event(record.document, resource_names=record.names)
            self._places[event.account_id, event.region].append((record.at, record.shown_at, event))
        for rows in self._places.values():
            rows.sort(key=lambda row: row[0])
        self.sweeps = 0

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        return Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        found: dict[str, TrailEvent] = {}
        for query in queries:
            for event in self._answer(query):
                found[event.event_id] = event
        return Collected(events=tuple(found.values()), calls=len(queries))

    def _answer(self, query: TrailQuery) -> list[TrailEvent]:
        rows = self._places[query.account_id, query.region]
        first = bisect_left(rows, query.window.start, key=lambda row: row[0])
        last = bisect_left(rows, query.window.end, key=lambda row: row[0])
        shown = [event for _, shown_at, event in rows[first:last] if shown_at <= self._clock.time]
        if query.thorough or query.missing >= 1:
            self.sweeps += 1
            return shown
        names, events = set(query.names), set(query.event_names)
        return [event for event in shown if names & set(event.resource_names) or event.event_name in events]


class WorldItems:
    """Config's history."""

    def __init__(self, world: World) -> None:
        self._history = world.history
        self.fetches = 0

    def fetch(self, asks: Sequence[ItemQuery]) -> Mapping[ItemQuery, Item | None]:
        self.fetches += len(asks)
        return {ask: self._answer(ask) for ask in asks}

    def _answer(self, ask: ItemQuery) -> Item | None:
        resource = ask.resource
        place = (resource.account_id, resource.recorded_in, resource.type, resource.id)
        held = [config_items.item(document, region=resource.recorded_in) for document in self._history[place]]
        held = [each for each in held if key_of(each.resource) == key_of(resource)]
        if ask.at is not None:
            return next((each for each in held if each.captured_at == ask.at), None)
        before = [each for each in held if ask.before is not None and each.captured_at < ask.before]
        return max(before, key=lambda each: each.captured_at, default=None)


@dataclass
class Shown:
    """A sink that keeps everything it is given."""

    remembered: bool = False
    deferred_close: bool = False
    findings: dict[str, Finding] = field(default_factory=dict)

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered]:
        self.findings |= {finding.finding_id: finding for finding in findings}
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self) -> None:
        pass


@dataclass
class Score:
    """How much was right, who was blamed wrongly, and what was missed."""

    right: int = 0
    total: int = 0
    wrongly_blamed: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    by_scenario: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    sweeps: int = 0
    fetches: int = 0

    @property
    def share(self) -> float:
        return self.right / self.total

    def text(self) -> str:
        blamed = len(self.wrongly_blamed)
        cost = f"{self.sweeps} sweeps, {self.fetches} items"
        lines = [f"{self.share:.2%} of {self.total} right, {blamed} blamed wrongly, {cost}"]
        lines += [
            f"  {name}: {good}/{of}" for name, (good, of) in sorted(self.by_scenario.items()) if good < of
        ]
        return "\n".join([*lines, *self.wrongly_blamed[:20], *self.misses[:40]])


def run(world: World, rules: Rules = RULES) -> Score:
    """Send a world down the road; return how well it was judged."""
    clock = WorldClock()
    queue, trail, items = WorldQueue(world.captures, clock), WorldTrail(world, clock), WorldItems(world)
    pipeline = Pipeline(
        rules=rules, items=items, trail=trail, sinks=[Shown()], ledger=MemoryLedger(), clock=clock
    )
    pipeline.run(queue)
    score = Score(sweeps=trail.sweeps, fetches=items.fetches)
    for capture in world.captures:
        shown = rules.tag.everything and capture.truth.shown_as
        wanted = shown or capture.truth.verdict
        judge(capture, queue.outcomes[capture.id], score, wanted)
        for told in queue.seen[capture.id]:
            if isinstance(told, Reported):
                blame(capture, told.finding, score)
    return score


def judge(capture: Capture, outcome: Outcome, score: Score, wanted: str) -> None:
    """Count one capture as right or missed."""
    truth = capture.truth
    said = verdict_of(outcome)
    good = said == wanted
    detail = ""
    if good and isinstance(outcome, Reported):
        finding = outcome.finding
        named = finding.match.event.event_id if finding.match else None
        if truth.guilty:
            good = named in truth.guilty
            detail = f"named {finding.match.event.event_name if finding.match else None}"
        for name, value in truth.flags.items():
            known = getattr(finding.managed, name)
            if known != value:
                good, detail = False, f"{name} is {known!r}, not {value!r}"
    score.total += 1
    score.right += good
    tally = score.by_scenario[truth.scenario]
    tally[0] += good
    tally[1] += 1
    if not good:
        why = outcome.finding.reason if isinstance(outcome, Reported) else outcome
        score.misses.append(
            f"- {capture.id} {truth.scenario} {_what(capture)}: {wanted} expected, {said} said {detail} "
            f"({why})"
        )


def blame(capture: Capture, finding: Finding, score: Score) -> None:
    """Note everybody who is named, or listed, for a change that they did not make."""
    for match in ([finding.match] if finding.match else []) + list(finding.others):
        if match.event.event_id in capture.truth.made:
            continue
        score.wrongly_blamed.append(
            f"! {capture.id} {capture.truth.scenario} {_what(capture)}: {finding.verdict} names "
            f"{match.event.actor.name} for {match.event.event_name}: {match.reasons}"
        )


def verdict_of(outcome: Outcome) -> str:
    match outcome:
        case Reported(finding=finding):
            return str(finding.verdict)
        case Skipped(reason=reason):
            return f"skip:{reason}"
        case Duplicate():
            return "duplicate"
        case _:
            return type(outcome).__name__


def _what(capture: Capture) -> str:
    change = config_items.parse(capture.body)
    return "?" if isinstance(change, Skipped) else f"{change.resource.type} {change.change_type}"


def everything(rules: Rules = RULES) -> Rules:
    """Return the rules of `who`: every change counts."""
    return replace(rules, tag=replace(rules.tag, everything=True))

"""Investigates the changes of one wave together: scope, rounds of lookups, verdicts.

A `Case` is one change on its way. Decisions are `core`'s; this module only fetches what they ask for, for
the whole wave at once, and carries the answers back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from iacwatch.core.attribution import matching, scope, search, verdict
from iacwatch.core.attribution.aws_fields import ChangedBy, changed_by
from iacwatch.core.attribution.names import names_of
from iacwatch.core.attribution.search import Next, Stage
from iacwatch.core.catalog.catalog import knows_creation
from iacwatch.core.catalog.places import is_global
from iacwatch.core.model import (
    Change,
    ChangeType,
    Evidence,
    Finding,
    Item,
    ItemQuery,
    Managed,
    Match,
    Rules,
    TrailEvent,
    Verdict,
    Window,
)
from iacwatch.core.outcome import Deferred, Failed, Skipped
from iacwatch.core.parse import config_item as config_items
from iacwatch.core.present.record import cause_key
from iacwatch.pipeline.case import Captures, Case
from iacwatch.pipeline.origins import Origins
from iacwatch.ports import Failure, ItemStore, TrailSource

MOST_FETCHES: Final = 3
MOST_ROUNDS: Final = 12


class Investigation:
    """Looks into cases by the rules, with an item store and a trail."""

    def __init__(self, *, rules: Rules, items: ItemStore, trail: TrailSource, origins: Origins) -> None:
        """Take the rules, and where items, trail events and who opened a session can be had."""
        self.rules = rules
        self._lookups = self._scanned = 0
        self._origins = origins
        self._items = items
        self._trail = trail
        self._captures = Captures()

    @property
    def lookups(self) -> int:
        """Return how many requests the trail was sent."""
        return self._lookups + self._origins.lookups

    @property
    def scanned(self) -> int:
        """Return how many bytes were read where that is what a trail costs."""
        return self._scanned + self._origins.scanned

    def assess(self, cases: Sequence[Case], *, now: datetime) -> None:
        """Decide for each case whether it concerns a managed resource; fetch the CIs that this needs."""
        for case in cases:
            self._captures.add(case)
        todo = list(cases)
        for _ in range(MOST_FETCHES):
            asks = {case: ask for case in todo if (ask := self._assess(case, now)) is not None}
            if not asks:
                return
            answers = self._items.fetch(list(dict.fromkeys(asks.values())))
            for case, ask in asks.items():
                self._take(case, ask, answers.get(ask))
            todo = [case for case in asks if case.open]

    def attribute(self, cases: Iterable[Case], *, now: datetime) -> Iterator[Sequence[Case]]:
        """Find who made each change: rounds of lookups for all of them together, then verdicts.

        Yields the cases for which nothing more will be looked up, as soon as that is known.
        """
        active = [case for case in cases if case.open and case.managed is not None]
        for case in active:
            self._begin(case)
        self._fetch_previous([case for case in active if case.change.daily and not case.stage.previous_known])
        for case in active:
            self._ask(case, now)
        events: dict[tuple[str, str], dict[str, TrailEvent]] = defaultdict(dict)
        for _ in range(MOST_ROUNDS):
            waiting, active = active, []
            while waiting:
                answered, waiting = self._collect(waiting, events)
                further = self._look_further(answered, events, now)
                active.extend(further)
                yield [case for case in answered if case not in further]
        yield active

    def _look_further(
        self,
        cases: Sequence[Case],
        events: Mapping[tuple[str, str], Mapping[str, TrailEvent]],
        now: datetime,
    ) -> Mapping[Case, Next]:
        """Judge cases by what was found; return those that need another round, with what it is to ask for."""
        self._rank([case for case in cases if case.open], events, now)
        steps = {case: self._next(case, now) for case in cases if case.open}
        self._fetch_previous([case for case, step in steps.items() if step is Next.PREVIOUS])
        for case, step in steps.items():
            self._go(case, step, now)
        further = {case: step for case, step in steps.items() if step is not Next.NOTHING and case.open}
        # Where the capture before only bounds the window, what was found is all there is.
        bounded = [case for case, step in further.items() if step is Next.PREVIOUS and case.query is None]
        if not bounded:
            return further
        asking = {case: step for case, step in further.items() if case.query is not None}
        return {**asking, **self._look_further(bounded, events, now)}

    def conclude(self, case: Case, *, now: datetime) -> None:
        """Turn a case's verdict into a finding, or into the reason why it is none yet, or never."""
        change, managed, judged = case.change, case.managed, case.classified
        if not case.open or managed is None or judged is None:
            return
        timing = self.rules.timing
        ripe = search.ripe_at(
            change,
            judged.verdict,
            timing,
            explained=(bool(judged.matches) and not judged.unsure) or case.changed_by is ChangedBy.AWS,
            doubtful=matching.doubtful(judged.matches),
        )
        if ripe is not None and now < ripe:
            self._defer(case, ripe, str(judged.verdict), now)
            return
        named = judged.matches[0] if judged.matches else None
        unexplained = judged.verdict is Verdict.UNATTRIBUTED and not judged.held
        if unexplained and case.queries and _only_discovered(change):
            case.outcome = Skipped(
                reason="no-change", detail="discovered; nothing shows that it was created now"
            )
            return
        events = [*(match.event for match in judged.matches), *judged.held]
        if rule := verdict.ignored(change, self.rules.ignore, events, now=now):
            if rule.principals and now < change.captured_at + timing.settle_after:
                # Somebody else's call may still be on its way.
                self._defer(case, change.captured_at + timing.settle_after, "known-noise", now)
                return
            case.outcome = Skipped(reason="known-noise", detail="a rule of [[report.ignore]] covers it")
            return
        case.finding = self._finding(case, managed, judged, named)

    def _defer(self, case: Case, ripe: datetime, called: str, now: datetime) -> None:
        """Let a case come back: what it would be called now rests on what is not known yet."""
        delivery = case.delivery
        until = search.next_visit(
            case.change,
            ripe,
            self.rules.timing,
            now=now,
            receives=delivery.receives,
            max_receives=delivery.max_receives,
        )
        case.outcome = Deferred(until=until, why=f"too early to call it {called}")

    def _finding(
        self, case: Case, managed: Managed, judged: verdict.Classified, named: Match | None
    ) -> Finding:
        resource = case.change.resource
        cause = None
        if judged.matches and is_global(resource.type):
            cause = cause_key(resource, [match.event.event_id for match in judged.matches])
        return Finding(
            finding_id=case.name,
            change=case.change,
            managed=managed,
            verdict=judged.verdict,
            reason=judged.reason + (f"; trail: {', '.join(case.answered_by)}" if case.answered_by else ""),
            match=named,
            others=judged.matches[1:],
            leads=matching.leads(case.ranked, judged.verdict, judged.held),
            cause_key=cause,
            tried=tuple(case.tried),
        )

    def _assess(self, case: Case, now: datetime) -> ItemQuery | None:
        """Assess one case; return what has to be fetched first, if anything."""
        resource, at = case.change.resource, case.change.captured_at
        match scope.assess(case.change, self.rules.tag):
            case Managed() as managed:
                self._admit(case, managed, now)
            case Skipped() as skipped:
                case.outcome = skipped
            case scope.NeedsItem():
                return ItemQuery(resource=resource, at=at)
            case scope.NeedsPrevious():
                return ItemQuery(resource=resource, before=at)
        return None

    def _admit(self, case: Case, managed: Managed, now: datetime) -> None:
        change = case.change
        case.managed = managed
        case.changed_by = changed_by(change)
        if search.first_discovery(change, self.rules.timing):
            case.outcome = Skipped(reason="no-change", detail="discovered by Config, created long before")
        elif verdict.ignored(change, self.rules.ignore, (), now=now):
            case.outcome = Skipped(reason="known-noise", detail="a rule of [[report.ignore]] covers it")

    def _take(self, case: Case, ask: ItemQuery, answer: Item | Failure | None) -> None:
        """Put a fetched CI into the case."""
        if isinstance(answer, Failure):
            case.outcome = Failed(reason=answer.reason)
        elif ask.at is not None and answer is None:
            case.outcome = Failed(
                reason="Config's history does not hold the item that the notification was too large for"
            )
        elif ask.at is not None:
            case.change = config_items.with_items(case.change, item=answer, previous=case.change.previous)
        else:
            self._take_previous(case, answer, none_at_all=ask.since is None)

    def _take_previous(self, case: Case, previous: Item | None, *, none_at_all: bool) -> None:
        if previous is not None or none_at_all:
            case.change = replace(
                config_items.with_items(case.change, item=case.change.item, previous=previous),
                previous_known=True,
            )
        earlier = [
            at for at in (self._captures.before(case), previous.captured_at if previous else None) if at
        ]
        case.stage = replace(case.stage, previous_known=True, previous_at=max(earlier, default=None))

    def _begin(self, case: Case) -> None:
        change = case.change
        if case.changed_by is ChangedBy.AWS:
            return
        previous = change.previous.captured_at if change.previous else None
        known = [at for at in (self._captures.before(case), previous) if at]
        case.stage = Stage(previous_known=change.previous_known, previous_at=max(known, default=None))
        case.names = names_of(change)

    def _fetch_previous(self, cases: Sequence[Case]) -> None:
        """Learn the previous captures, and with them older names and parts of the resources."""
        if not cases:
            return
        asks = {case: self._before(case) for case in cases}
        answers = self._items.fetch(list(dict.fromkeys(asks.values())))
        for case, ask in asks.items():
            self._take(case, ask, answers.get(ask))
            case.names = names_of(case.change)

    def _before(self, case: Case) -> ItemQuery:
        """Ask for the CI before, no further back than it can matter."""
        parts = case.names is not None and bool(case.names.facts.parts) and not case.ranked.matches
        since = search.history_since(case.change, self.rules.timing, parts=parts)
        return ItemQuery(resource=case.change.resource, before=case.change.captured_at, since=since)

    def _ask(self, case: Case, now: datetime) -> None:
        """Make the query of the case's stage; a trail that cannot answer for that time fails the case."""
        if case.names is None or not case.open:
            return
        asked = search.query(case.change, case.names, case.stage, self.rules.timing, as_of=now)
        reach = self._trail.reach(asked.account_id, asked.region, now=now)
        case.query = None
        if asked.window.end <= reach.start:
            days = (reach.end - reach.start).days
            case.tried.append(f"nobody found: the trail reaches back {days} days only")
            return
        start = max(asked.window.start, reach.start)
        case.query = replace(asked, window=Window(start=start, end=asked.window.end))
        case.queries.append(case.query)

    def _collect(
        self, cases: Sequence[Case], events: dict[tuple[str, str], dict[str, TrailEvent]]
    ) -> tuple[list[Case], list[Case]]:
        """Ask what the cases ask; return those that are answered, and those that are not yet."""
        asked = {case.query: None for case in cases if case.open and case.query is not None}
        if not asked:
            return list(cases), []
        collected = self._trail.collect(list(asked))
        self._lookups += collected.calls
        self._scanned += collected.scanned
        for event in collected.events:
            events[event.account_id, event.region][event.event_id] = event
        answered: list[Case] = []
        waiting: list[Case] = []
        for case in cases:
            if case.query in collected.unanswered:
                waiting.append(case)
                continue
            answered.append(case)
            if case.query is None:
                continue
            if failure := collected.failures.get(case.query):
                case.outcome = Failed(reason=failure.reason)
            case.tried.extend(text for text in collected.tried.get(case.query, ()) if text not in case.tried)
            if (name := collected.answered_by.get(case.query)) and name not in case.answered_by:
                case.answered_by.append(name)
            case.query = None
        return answered, waiting

    def _rank(
        self,
        cases: Sequence[Case],
        events: Mapping[tuple[str, str], Mapping[str, TrailEvent]],
        now: datetime,
    ) -> None:
        by_place: dict[tuple[str, str], list[Case]] = defaultdict(list)
        for case in cases:
            if case.names is not None and case.queries:
                by_place[case.queries[-1].account_id, case.queries[-1].region].append(case)
        for place, there in by_place.items():
            wanted = frozenset(name for case in there if case.names for name in case.names.wanted)
            index = matching.TrailIndex(events.get(place, {}).values(), wanted)
            for case in there:
                if case.names is None:
                    continue
                stage = case.stage
                case.ranked = matching.rank(
                    case.change,
                    case.names,
                    index.events(case.names),
                    search.window(case.change, stage, self.rules.timing),
                    previous_at=stage.previous_at,
                )
        self._ask_who_started(cases, now)
        for case in cases:
            case.classified = self._classify(case, now)
            failed = [case.origins[event.event_id] for event in case.classified.unsure]
            if reason := next((origin.unknown for origin in failed if origin.failed), ""):
                case.outcome = Failed(reason=f"who opened the session cannot be looked up: {reason}")

    def _ask_who_started(self, cases: Sequence[Case], now: datetime) -> None:
        """Learn who opened the sessions of the calls that a workflow covers depending on that."""
        if not any(workflow.started_by for workflow in self.rules.workflows):
            return
        asked: dict[Case, list[TrailEvent]] = {}
        for case in cases:
            if case.changed_by is not ChangedBy.AWS and case.managed is not None:
                events = [*(match.event for match in case.ranked.matches), *case.ranked.unseen]
                asked[case] = verdict.asked_after(case.managed, events, self.rules.workflows)
        calls = {event: case.about for case, events in asked.items() for event in events}
        origins = self._origins.trace(calls, deciding=True, now=now)
        for case, events in asked.items():
            case.origins = {event.event_id: origins[event] for event in events}

    def _classify(self, case: Case, now: datetime) -> verdict.Classified:
        managed = case.managed or Managed(value=None, evidence=Evidence.TAGS)
        return verdict.classify(
            case.change,
            managed,
            verdict.noise_last(case.change, self.rules.ignore, case.ranked.matches, now=now),
            self.rules.workflows,
            changed_by=case.changed_by,
            unseen=case.ranked.unseen,
            origins=case.origins,
            tag_key=self.rules.tag.key,
            tried=_nobody(case),
        )

    def _next(self, case: Case, now: datetime) -> Next:
        if case.changed_by is ChangedBy.AWS or case.classified is None or case.names is None:
            return Next.NOTHING
        judged = case.classified
        if judged.held and case.ranked.matches and judged.verdict is Verdict.UNATTRIBUTED:
            # Whether a call that shows nothing came after the previous capture is all that can clear it.
            ripe = now >= case.change.captured_at + self.rules.timing.settle_after
            return Next.PREVIOUS if ripe and not case.stage.previous_known else Next.NOTHING
        return search.again(
            case.change,
            case.stage,
            judged.matches,
            judged.verdict,
            self.rules.timing,
            missing=case.names.missing,
            now=now,
        )

    def _go(self, case: Case, step: Next, now: datetime) -> None:
        """Make the query of the next step, where the step is a query."""
        if step is Next.WIDER:
            case.stage = replace(case.stage, widened=case.stage.widened + 1)
        elif step is Next.SWEEP:
            case.stage = replace(case.stage, swept=True)
        elif step is not Next.PREVIOUS or not self._calls_it_otherwise(case):
            return
        self._ask(case, now)

    @staticmethod
    def _calls_it_otherwise(case: Case) -> bool:
        """Return whether the CI before gave names that no query has asked for yet."""
        asked = {name for query in case.queries for name in query.names}
        return case.names is not None and not asked.issuperset(case.names.lookups)


def _only_discovered(change: Change) -> bool:
    """Return whether an item is the first capture of something old, as far as anybody knows.

    It has no creation time; who made it would have been found, since it is known by which calls that is done.
    """
    undated = change.item is None or change.item.created_at is None
    return change.change_type is ChangeType.CREATE and undated and knows_creation(change.resource.type)


def _nobody(case: Case) -> str:
    """Return a sentence on where nobody was found."""
    if not case.queries:
        return case.tried[-1] if case.tried else ""
    regions = sorted({query.region for query in case.queries})
    start, end = (
        min(query.window.start for query in case.queries),
        max(query.window.end for query in case.queries),
    )
    names = {name for query in case.queries for name in query.names}
    minutes = int((end - start).total_seconds() // 60)
    count = f"{len(names)} name{'s' if len(names) != 1 else ''}"
    return f"nobody found: {count} tried in {', '.join(regions)}, {minutes} min searched"

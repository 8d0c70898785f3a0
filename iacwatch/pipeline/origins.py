"""Looks up who opened the sessions that matter, for many calls together, each session once.

What is found is noted beside the ledger until the session ends: a pipeline's session is looked up once for
all runs and functions. What was not found is asked anew in the next wave, since events come late.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.arn import is_region
from iacwatch.core.attribution.chains import notes as note_texts
from iacwatch.core.attribution.chains import questions, stacks
from iacwatch.core.attribution.chains.facts import About, Answer, Facts, Missing, Origin, Seek
from iacwatch.core.attribution.chains.regions import Regions
from iacwatch.core.attribution.chains.sessions import called
from iacwatch.core.attribution.chains.walk import MOST_HOPS, contested, follow
from iacwatch.core.model import Resource, TrailEvent, TrailQuery
from iacwatch.core.parse.identity import lasting_arn
from iacwatch.errors import IacwatchError
from iacwatch.ports import Failure, Notes, TrailSource

_log = logging.getLogger("iacwatch.pipeline")

_MOST: Final = 20_000
"""Answers remembered in a run; beyond that all are forgotten: they are a help, not a need."""

_SESSION: Final = timedelta(hours=12)
_REGION_KEPT: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)

Calls = Mapping[TrailEvent, About]
"""Calls whose origin is asked for, each with what it changed."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Question:
    """A question on its way: where it was asked, and what failed there."""

    missing: Missing
    resource: Resource
    asked: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def role(self) -> str:
        """Return the role: its sessions are mostly opened in one region; "" where that says nothing."""
        opening = self.missing.seek is Seek.OPENING
        return (lasting_arn(self.missing.at.principal) or "") if opening else ""

    @property
    def alike(self) -> tuple[str, str]:
        """Return what those share of whom one is asked first."""
        return self.role, self.missing.at.region

    @property
    def names(self) -> tuple[str, ...]:
        """Return the one name by which the call on the resource is looked up in another account."""
        resource, listed = self.resource, self.missing.at.resource_names
        known = (resource.arn, resource.id, resource.name)
        return (next((name for name in listed if name in known), listed[0] if listed else resource.id),)


class Origins:
    """Who stands behind calls; used by one thread. `lookups` and `scanned` are what it took."""

    def __init__(
        self,
        *,
        trail: TrailSource,
        notes: Notes | None,
        refuse: Callable[[str], str | None],
        region: Callable[[], str] = str,
    ) -> None:
        """Take where to look and to note; `refuse` says why another account's trail must not be read.

        `region` returns our own: where pipelines mostly call STS, wherever they work.
        """
        self._trail, self._notes, self._refuse = trail, notes, refuse
        self.lookups = self.scanned = 0
        self._openings: dict[str, Answer] = {}
        self._copies: dict[str, Answer] = {}
        self._stacks: dict[str, Answer] = {}
        self._regions = Regions(region)
        self._now: datetime | None = None

    def trace(self, calls: Calls, *, deciding: bool, now: datetime) -> dict[TrailEvent, Origin]:
        """Return who stands behind each call, as far as it can be known. Raises `Stopping`.

        `deciding`: a verdict rests on it, so that what is enough for a report's name is not enough.
        """
        self._begin(now)
        facts = Facts(openings=self._openings, copies=self._copies, stacks=self._stacks)
        found: dict[TrailEvent, Origin] = {}
        for _ in range(2 * MOST_HOPS + 3):
            missing: dict[tuple[Seek, str], list[_Question]] = defaultdict(list)
            for call, about in calls.items():
                if call not in found:
                    match follow(call, facts, deciding=deciding, stack=about.stack):
                        case Origin() as origin:
                            found[call] = origin
                        case Missing() as asked:
                            question = _Question(missing=asked, resource=about.resource)
                            missing[asked.seek, asked.key].append(question)
            if not missing:
                break
            self._look_up(list(missing.values()), now)
        return found

    def _begin(self, now: datetime) -> None:
        """Forget what was not found before now: it may have come since."""
        if now == self._now:
            return
        self._now = now
        self._stacks.clear()
        for answers in (self._openings, self._copies):
            lasting = {key: each for key, each in answers.items() if each.event is not None}
            answers.clear()
            if len(lasting) <= _MOST:
                answers.update(lasting)

    def _answers(self, missing: Missing) -> dict[str, Answer]:
        known = {Seek.OPENING: self._openings, Seek.COPY: self._copies, Seek.STACK: self._stacks}
        return known[missing.seek]

    def _look_up(self, asked: Sequence[Sequence[_Question]], now: datetime) -> None:
        """Answer questions; those that ask the same stand together."""
        open_: list[_Question] = []
        self._ask_about_stacks(
            [each for together in asked for each in together if each.missing.seek is Seek.STACK], now
        )
        for together in asked:
            first = together[0].missing
            if first.seek is Seek.STACK:
                continue
            if len({each.missing.at.principal.arn for each in together}) > 1 and first.seek is Seek.OPENING:
                self._answers(first)[first.key] = contested(called(first.at))
            elif first.account_id != first.at.account_id and (why := self._refuse(first.account_id)):
                self._answers(first)[first.key] = Answer(why=f"{called(first.at)}: {why}")
            else:
                open_.append(together[0])
        left = self._read_notes(open_, now)
        # Of a role with many sessions one goes first in each region: it shows where the others are opened.
        scouts: dict[tuple[str, str], _Question] = {}
        for each in left:
            scouts.setdefault(each.alike, each)
        ahead = [
            each
            for each in left
            if not each.role or self._regions.known(each.role) or scouts[each.alike] is each
        ]
        self._ask(ahead, now)
        led = set(ahead)
        self._ask([each for each in left if each not in led], now)
        self._write_notes(left, now)

    def _ask_about_stacks(self, asked: Sequence[_Question], now: datetime) -> None:
        """Ask which calls began operations on stacks; calls too young for a sure answer are left out."""
        queries: dict[_Question, TrailQuery] = {}
        for each in {each.missing.key: each for each in asked}.values():
            missing = each.missing
            query = stacks.query(missing, as_of=now)
            self._stacks[missing.key] = Answer()
            if query is not None and now >= missing.at.occurred_at + stacks.SETTLED:
                queries[each] = query
        events, failures = self._collect(list(dict.fromkeys(queries.values()))) if queries else ([], {})
        ours = [event for event in events if event.event_source in stacks.SERVICES]
        for each, query in queries.items():
            there = [event for event in ours if event.region == query.region]
            found = stacks.answer(each.missing, there)
            if failure := failures.get(query):
                found = Answer(why=failure.reason, failed=True)
            self._stacks[each.missing.key] = found

    def _ask(self, asked: Sequence[_Question], now: datetime) -> None:
        """Ask region by region, all that is open together."""
        regions = {each: self._places(each) for each in asked}
        open_ = list(asked)
        while open_:
            queries: dict[_Question, TrailQuery] = {}
            for each in open_:
                region = regions[each][len(each.asked)]
                since = self._trail.reach(each.missing.account_id, region, now=now).start
                queries[each] = questions.query(
                    each.missing, region, as_of=now, since=since, names=each.names
                )
            events, failures = self._collect(list(dict.fromkeys(queries.values())))
            bearing = _by_key(events)
            for each, query in queries.items():
                each.asked.append(query.region)
                if failure := failures.get(query):
                    each.failures.append(failure)
                there = [event for event in bearing[each.missing.key] if event.region == query.region]
                answer = questions.answer(each.missing, there)
                if answer is not None or len(each.asked) >= len(regions[each]):
                    self._answers(each.missing)[each.missing.key] = answer or _nothing(each)
                    open_.remove(each)
                if answer is not None and answer.event is not None and each.role:
                    self._regions.learn(each.missing.at, each.role, query.region)

    def _places(self, question: _Question) -> tuple[str, ...]:
        at, resource = question.missing.at, question.resource
        if question.missing.seek is Seek.COPY:
            return (at.region,)
        near = [region for region in (resource.recorded_in, resource.region) if is_region(region)]
        return self._regions.order(at, question.role, near)

    def _collect(self, queries: Sequence[TrailQuery]) -> tuple[list[TrailEvent], dict[TrailQuery, Failure]]:
        """Ask the trail until all is answered."""
        events: list[TrailEvent] = []
        failures: dict[TrailQuery, Failure] = {}
        while queries:
            collected = self._trail.collect(queries)
            self.lookups += collected.calls
            self.scanned += collected.scanned
            events.extend(collected.events)
            failures.update(collected.failures)
            queries = [query for query in queries if query in collected.unanswered]
        return events, failures

    def _read_notes(self, asked: Sequence[_Question], now: datetime) -> list[_Question]:
        """Take what was noted before; return the questions that this does not answer."""
        sought = {_note_of(each.missing): each for each in asked}
        roles = {note_texts.key_of("role", role): role for each in asked if (role := each.role)}
        if self._notes is None or not sought:
            return list(asked)
        try:
            noted = self._notes.read([*sought, *roles], now=now)
        except IacwatchError as error:
            _log.debug("notes cannot be read: %s", error)
            return list(asked)
        for key, text in noted.items():
            if key in sought:
                missing = sought[key].missing
                event = note_texts.event_of(text)
                answer = questions.answer(missing, [event] if event else [])
                if answer is not None:
                    self._answers(missing)[missing.key] = answer
            elif key in roles and not self._regions.known(roles[key]):
                self._regions.recall(roles[key], text)
        return [each for each in asked if each.missing.key not in self._answers(each.missing)]

    def _write_notes(self, asked: Sequence[_Question], now: datetime) -> None:
        """Note what was found, until the session ends."""
        notes: dict[datetime, dict[str, str]] = defaultdict(dict)
        for each in asked:
            event = self._answers(each.missing)[each.missing.key].event
            if event is None or event.opened is None:
                continue
            ends_at = event.opened.expires_at or event.occurred_at + _SESSION
            until = min(ends_at, event.occurred_at + 3 * _SESSION).replace(minute=0, second=0) + _HOUR
            if until > now:
                notes[until][_note_of(each.missing)] = note_texts.text_of(event)
            if each.role and self._regions.tells(each.missing.at, each.asked[-1]):
                notes[now + _REGION_KEPT][note_texts.key_of("role", each.role)] = each.asked[-1]
        try:
            for until, texts in notes.items():
                if self._notes is not None:
                    self._notes.write(texts, now=now, expires_at=until)
        except IacwatchError as error:
            _log.debug("notes cannot be written: %s", error)


def _by_key(events: Sequence[TrailEvent]) -> Mapping[str, list[TrailEvent]]:
    """Return the events by what an answer has to bear: the key that was handed out, or the id shared."""
    bearing: dict[str, list[TrailEvent]] = defaultdict(list)
    for event in events:
        if event.opened is not None:
            bearing[event.opened.access_key_id].append(event)
        if event.shared_event_id:
            bearing[event.shared_event_id].append(event)
    return bearing


def _note_of(missing: Missing) -> str:
    return note_texts.key_of("session" if missing.seek is Seek.OPENING else "copy", missing.key)


def _nothing(question: _Question) -> Answer:
    """Return what to say where no region that was asked gave an answer: that is not always nothing.

    Another account whose trail is closed to us may be anybody's: that must not keep a change from being
    reported.
    """
    missing = question.missing
    if question.failures:
        abroad = missing.account_id != question.resource.account_id
        closed = abroad and all(failure.denied or failure.beyond for failure in question.failures)
        return Answer(why=f"{called(missing.at)}: {question.failures[0].reason}", failed=not closed)
    return questions.nowhere(question.missing, question.asked)

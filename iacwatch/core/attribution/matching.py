"""Which trail events made a change: candidates, strength, reasons, a total order.

An event is a match where it can have changed something, belongs to the resource's service, names the
resource in the place where such calls name *the thing they act on* (a mere mention never counts, however
near in time), and happened between the previous capture and this one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.attribution.calls import Hit, Strength, hit
from iacwatch.core.attribution.names import Names, canonical
from iacwatch.core.attribution.omitted import WHY, concerns, may_have_changed, only_makes
from iacwatch.core.attribution.parameters import idle
from iacwatch.core.attribution.refusals import Refusal, refusal
from iacwatch.core.catalog.services import FOLDING
from iacwatch.core.model import (
    Candidate,
    Change,
    ChangeType,
    Lead,
    Match,
    MatchKind,
    TrailEvent,
    Verdict,
    Window,
)

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = 60
MOST_LEADS: Final = 20
_ORDER: Final = {kind: rank for rank, kind in enumerate(MatchKind)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranked:
    """What the trail shows about one change: matches, strongest first, and every candidate with reasons.

    `unseen` are calls that may have changed the resource as well: nobody can tell, since CloudTrail left out
    their parameters.
    """

    matches: tuple[Match, ...]
    candidates: tuple[Candidate, ...]
    unseen: tuple[TrailEvent, ...] = ()


_NOTHING: Final = Ranked(matches=(), candidates=())


@dataclass(frozen=True, slots=True)
class _Found:
    event: TrailEvent
    hit: Hit


class TrailIndex:
    """The events of a wave by the names that somebody asks for: made once, asked for every change."""

    def __init__(self, events: Iterable[TrailEvent], wanted: frozenset[str]) -> None:
        """Index those `events` that hold one of the `wanted` names."""
        self._by_name: dict[str, list[TrailEvent]] = {}
        self._omitted: list[TrailEvent] = []
        for event in events:
            folds = event.event_source in FOLDING
            if event.omitted:
                self._omitted.append(event)
            for value in {mention.value for mention in event.mentions}:
                name = value if value in wanted else canonical(value)
                if folds and name not in wanted:
                    name = name.lower()
                if name in wanted:
                    self._by_name.setdefault(name, []).append(event)

    def events(self, names: Names) -> Sequence[TrailEvent]:
        """Return the events that hold one of the names, or may have, each once, oldest first."""
        known = self._by_name.keys() & names.wanted
        if not known and not self._omitted:
            return ()
        found = {event.event_id: event for name in known for event in self._by_name[name]}
        found |= {event.event_id: event for event in self._omitted if concerns(names.facts, event)}
        return sorted(found.values(), key=lambda event: (event.occurred_at, event.event_id))


def rank(
    change: Change,
    names: Names,
    events: Sequence[TrailEvent],
    window: Window,
    *,
    previous_at: datetime | None,
) -> Ranked:
    """Rank the events that may have made a change.

    `window` is where the cause may lie; `previous_at` is the capture before this one, if it is known: an
    event in that very second counts only where nothing later explains the change, and likewise one after
    this capture (clocks differ) only where nothing before it does.
    """
    if not events:
        return _NOTHING
    rows = _Rows()
    unseen = []
    for event in events:
        refused = _ruled_out(change, event, window)
        found = None if refused else hit(names, event)
        if found is not None:
            rows.kept.append(_Found(event, found))
        elif refused is None and event.omitted and may_have_changed(change, names, event):
            unseen.append(event)
        else:
            why = refused or refusal(names, event)
            rows.dropped.append(Candidate(event=event, accepted=False, reasons=(why.reason,), near=why.near))
    _lifetime(rows, change)
    _settle(rows, change, previous_at)
    if len(rows.kept) > 1 and change.change_type is ChangeType.UPDATE and change.diff:
        useless = idle(change, names, [found.event for found in rows.kept])
        rows.drop(
            lambda found: found.hit.strength is Strength.ACTS and found.event.event_id in useless,
            "what it sent does not differ, and another call sent what does",
        )
    unseen = [event for event in unseen if not _made_before_or_after(event, names, rows, change, previous_at)]
    rows.dropped += [Candidate(event=event, accepted=False, reasons=(WHY,), near=True) for event in unseen]
    matches = sorted((_match(change, found) for found in rows.kept), key=_sorting)
    accepted = [Candidate(event=match.event, accepted=True, reasons=match.reasons) for match in matches]
    return Ranked(matches=tuple(matches), candidates=(*rows.dropped, *accepted), unseen=tuple(unseen))


class _Rows:
    """The hits that still count, and the events that do not, with why."""

    def __init__(self) -> None:
        self.kept: list[_Found] = []
        self.dropped: list[Candidate] = []

    def drop(self, doubted: Callable[[_Found], bool], why: str, *, near: bool = True) -> None:
        """Drop what is doubted; `near`: it is about this very object all the same."""
        sure = [found for found in self.kept if not doubted(found)]
        if len(sure) < len(self.kept):
            self.dropped.extend(
                Candidate(event=found.event, accepted=False, reasons=(why,), near=near)
                for found in self.kept
                if doubted(found)
            )
            self.kept = sure

    def prefer(self, doubted: Callable[[_Found], bool], why: str) -> None:
        """Drop what is doubted, unless everything is."""
        if any(not doubted(found) for found in self.kept):
            self.drop(doubted, why)


def _sorting(match: Match) -> tuple[object, ...]:
    return (*match.score, match.event.event_id)


def _ruled_out(change: Change, event: TrailEvent, window: Window) -> Refusal | None:
    """Return why an event cannot have made the change, whatever it names."""
    if event.error_code:
        return Refusal(f"the call failed ({event.error_code[:80]}): it changed nothing")
    if event.read_only is True:
        return Refusal("a read-only call changes nothing")
    if not event.management:
        return Refusal("a call on data inside the resource does not change the resource itself")
    if event.occurred_at not in window:
        return Refusal("outside the time in which the change was made")
    if event.account_id != change.resource.account_id:
        return Refusal("it is in another account's trail")
    return None


def _lifetime(rows: _Rows, change: Change) -> None:
    """Separate what happened to this resource from what happened to another of its name, before or after."""
    if change.change_type is ChangeType.CREATE:
        made = max((found.event.occurred_at for found in rows.kept if found.hit.makes), default=None)
        ends = [found.event.occurred_at for found in rows.kept if found.hit.ends and not found.hit.makes]
        ended = max((at for at in ends if made is not None and at <= made), default=None)
        rows.drop(lambda found: found.hit.ends and not found.hit.makes, "a deletion does not create")
        if ended is not None:
            rows.drop(
                lambda found: found.event.occurred_at < ended,
                "it acted on one of that name, deleted since",
                near=False,
            )
    elif change.change_type is ChangeType.DELETE:
        end = max((found.event.occurred_at for found in rows.kept if found.hit.ends), default=None)
        if end is None:
            rows.drop(lambda _: True, "it does not delete, and nothing that was found does")
            return
        rows.drop(
            lambda found: found.hit.makes and not found.hit.ends and found.event.occurred_at >= end,
            "a creation does not delete",
        )
        rows.drop(
            lambda found: found.event.occurred_at > end,
            "it acted on another of that name, made since",
            near=False,
        )


def _settle(rows: _Rows, change: Change, previous_at: datetime | None) -> None:
    """Keep the hits that made the change, and note of each other why it did not."""
    captured = change.captured_at.replace(microsecond=0)
    before = previous_at.replace(microsecond=0) if previous_at else None
    rows.prefer(
        lambda found: found.event.occurred_at > captured,
        "it came after the capture, and an earlier call explains the change",
    )
    rows.prefer(
        lambda found: found.event.occurred_at == before,
        "it came in the second of the previous capture, and a later call explains the change",
    )
    rows.prefer(
        lambda found: found.hit.strength >= Strength.INDIRECT, "another call acts on the resource itself"
    )


def _made_before_or_after(
    event: TrailEvent, names: Names, rows: _Rows, change: Change, previous_at: datetime | None
) -> bool:
    """Return whether a call that shows no parameters is none of this change, by what explains it."""
    if not rows.kept:
        return False
    captured = change.captured_at.replace(microsecond=0)
    before = previous_at.replace(microsecond=0) if previous_at else None
    at, kept = event.occurred_at, rows.kept[0].event.occurred_at
    if (at > captured >= kept) or (at == before != kept):
        return True
    if change.change_type is ChangeType.DELETE:
        return True  # what is deleted is deleted once
    made = [found.event.occurred_at for found in rows.kept if only_makes(names.facts, found.event)]
    fresh = change.change_type is ChangeType.CREATE and made
    return bool(fresh) and (only_makes(names.facts, event) or at < max(made))


def _match(change: Change, found: _Found) -> Match:
    lag = change.captured_at - found.event.occurred_at
    fits = {ChangeType.DELETE: found.hit.ends, ChangeType.CREATE: found.hit.makes}.get(
        change.change_type, False
    )
    return Match(
        event=found.event,
        kind=found.hit.kind,
        lag=lag,
        reasons=(found.hit.reason, f"{_span(lag)} the capture"),
        score=(found.hit.strength, 0 if fits else 1, _ORDER[found.hit.kind], int(abs(lag) / SECOND)),
    )


def leads(ranked: Ranked, verdict: Verdict, held: Sequence[TrailEvent]) -> tuple[Lead, ...]:
    """Return the calls that came near, the nearest to the capture first, where nobody can be named.

    Where somebody is named, only `held` are: calls that may have changed the resource too.
    """
    near = [
        each
        for each in ranked.candidates
        if each.near and (verdict is Verdict.UNATTRIBUTED or each.event in held)
    ]
    near.sort(key=lambda each: (each.event.occurred_at, each.event.event_id), reverse=True)
    return tuple(Lead(event=each.event, why=each.reasons[0]) for each in near[:MOST_LEADS])


def doubtful(matches: Sequence[Match]) -> bool:
    """Return whether all that was found may be explained otherwise: by a call that is not shown yet.

    So it is where every match came after the capture, or names no more than a neighbour.
    """
    return bool(matches) and all(
        match.lag <= -SECOND or match.score[0] >= Strength.INDIRECT for match in matches
    )


def _span(lag: timedelta) -> str:
    seconds = int(abs(lag) / SECOND)
    words = f"{seconds // MINUTE} min {seconds % MINUTE} s" if seconds >= MINUTE else f"{seconds} s"
    return f"{words} {'before' if lag >= timedelta(0) else 'after'}"

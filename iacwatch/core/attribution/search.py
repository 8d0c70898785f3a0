"""When and where the cause of a change may be found, what to look for next, and when a verdict is ripe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from iacwatch.core.attribution.names import Names
from iacwatch.core.catalog.places import trail_region
from iacwatch.core.model import Change, ChangeType, Match, Timing, TrailQuery, Verdict, Window
from iacwatch.core.parse.tags import is_tag

SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=6)
"""What one call to Config's history reads, with something to spare."""
RECENT_ACCUSED: Final = timedelta(seconds=90)
"""A lone call this close to the capture accuses of a creation or deletion without a look at the previous one.

An update always needs the look: the call may have made the CI before, and the event behind this one be late.
"""
RECENT_CLEARED: Final = timedelta(minutes=5)
"""The same where the verdict accuses nobody: an apply of a thousand changes is not worth a thousand calls."""

_TAG_EDITOR: Final = ("TagResources", "UntagResources")


class Next(StrEnum):
    """What a change needs before it can be judged."""

    NOTHING = "nothing"
    PREVIOUS = "previous"
    WIDER = "wider"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How far the search for one change has come: which span, whether swept, whether the bound is known."""

    widened: int = 0
    swept: bool = False
    previous_known: bool = False
    previous_at: datetime | None = None

    def span(self, timing: Timing) -> timedelta:
        """Return how far before the capture this stage looks."""
        return timing.lookback if self.widened == 0 else timing.widen[self.widened - 1]


def window(change: Change, stage: Stage, timing: Timing) -> Window:
    """Return when the cause can have happened.

    From the previous capture's whole second, or `lookback` before this one, to `skew` after it. With daily
    recording the call may be a day old: the window reaches back to the previous capture, however long ago.
    """
    end = change.captured_at.replace(microsecond=0) + timing.skew + SECOND
    earliest = change.captured_at - stage.span(timing)
    start = earliest
    if change.daily:
        start = stage.previous_at or change.captured_at - DAY - stage.span(timing)
    if stage.previous_at is not None:
        start = max(start, stage.previous_at)
        start = min(start, max(_created(change, timing) or start, earliest))
    return Window(start=start.replace(microsecond=0), end=end)


def _created(change: Change, timing: Timing) -> datetime | None:
    """Return when a new resource was created: Config may see the end of the one before it only later."""
    if change.change_type is not ChangeType.CREATE or change.item is None or change.item.created_at is None:
        return None
    return change.item.created_at - timing.skew


def query(change: Change, names: Names, stage: Stage, timing: Timing, *, as_of: datetime) -> TrailQuery:
    """Return what has to be known of the trail at this stage of the search."""
    return TrailQuery(
        account_id=change.resource.account_id,
        region=trail_region(change.resource),
        window=window(change, stage, timing),
        names=names.lookups,
        event_names=_event_names(change, names, settled=as_of >= change.captured_at + timing.settle_after),
        resource_type=change.resource.type,
        missing=names.missing,
        thorough=stage.swept,
        as_of=as_of,
    )


def _event_names(change: Change, names: Names, *, settled: bool) -> tuple[str, ...]:
    """Return the calls to look up by their own name, since they list no resource.

    The tag editor's calls are another service's: worth a look only where a tag differs. Those that may be too
    large to show what they concern are looked for once a verdict may clear somebody (`settled`).
    """
    tags_differ = any(is_tag(entry) for entry in change.diff or ())
    nameless = (name for name in names.facts.nameless if _may_make(name, change.change_type))
    anything = names.fields is None or change.change_type is ChangeType.CREATE
    padded = (
        name
        for name, shows_in in names.facts.padded
        if settled and (anything or shows_in in (names.fields or ()))
    )
    return (*nameless, *(_TAG_EDITOR if tags_differ else ()), *padded)


def _may_make(event_name: str, change_type: ChangeType) -> bool:
    """Return whether a call of that name can be behind a change of that kind: each name costs a lookup."""
    part = event_name.endswith(("Version", "Versions", "Permission"))  # of something that lives on
    if event_name.startswith("Create") and not part:
        return change_type is ChangeType.CREATE
    if event_name.startswith("Delete") and not part:
        return change_type is ChangeType.DELETE
    return True  # one CI may fold an update and the deletion after it


def again(
    change: Change,
    stage: Stage,
    matches: Sequence[Match],
    verdict: Verdict,
    timing: Timing,
    *,
    missing: float,
    now: datetime,
) -> Next:
    """Return what else has to be looked at before a change is judged, and why.

    The previous capture where it can change the answer: an accusation, an old candidate, or several actors.
    Where nothing matched: the previous capture (it may show that a wider window is no use), then each wider
    window, and before "nobody" is reported, a sweep of all writes.
    """
    if matches:
        if stage.previous_known:
            return Next.NOTHING
        actors = {match.event.actor.arn or match.event.actor.name for match in matches}
        accused = verdict is Verdict.OUT_OF_BAND
        limit = RECENT_ACCUSED if accused else RECENT_CLEARED
        old = any(match.lag > limit for match in matches)
        updated = accused and change.change_type is ChangeType.UPDATE
        return Next.PREVIOUS if updated or old or len(actors) > 1 else Next.NOTHING
    if verdict not in {Verdict.UNATTRIBUTED, Verdict.SIDE_EFFECT, Verdict.UNMANAGED}:
        return Next.NOTHING
    age = now - change.captured_at
    if age < timing.settle_after:
        return Next.NOTHING
    if not stage.previous_known:
        return Next.PREVIOUS
    bounded = stage.previous_at is not None and stage.previous_at >= change.captured_at - stage.span(timing)
    if stage.widened < len(timing.widen) and not bounded and not change.daily:
        return Next.WIDER
    if age >= timing.give_up_after and not stage.swept and missing < 1:
        return Next.SWEEP
    return Next.NOTHING


def history_since(change: Change, timing: Timing, *, parts: bool) -> datetime | None:
    """Return since when an earlier capture matters; None: however old it is.

    One before the longest window bounds nothing. Where calls name parts of the resource (`parts`), an older
    one may hold their ids; with daily recording it is where the window begins.
    """
    if change.daily:
        return None
    longest = max((timing.lookback, *timing.widen))
    return change.captured_at - (max(longest, WEEK) if parts else longest) - SECOND


def first_discovery(change: Change, timing: Timing) -> bool:
    """Return whether a ``ResourceDiscovered`` item is not a creation: the resource is older than the change.

    Config writes such items too when its recorder, or a type, is switched on.
    """
    if change.change_type is not ChangeType.CREATE or change.item is None or change.item.created_at is None:
        return False
    reach = max((timing.lookback, *timing.widen)) + (DAY if change.daily else timedelta(0))
    return change.captured_at - change.item.created_at > reach


def ripe_at(
    change: Change, verdict: Verdict, timing: Timing, *, explained: bool, doubtful: bool = False
) -> datetime | None:
    """Return when a verdict may be reported; None: at once.

    Accusing waits for nothing, since the event is there, unless it is `doubtful`. Clearing waits until a late
    event would have come; what rests on there being none (`explained` is False) waits longest.
    """
    if explained and not doubtful and verdict in {Verdict.OUT_OF_BAND, Verdict.UNMANAGED}:
        return None
    return change.captured_at + (timing.settle_after if explained else timing.give_up_after)


def next_visit(
    change: Change, ripe: datetime, timing: Timing, *, now: datetime, receives: int, max_receives: int | None
) -> datetime:
    """Return when a change that is not ripe should come back.

    An unexplained one is visited now and then before it is given up, since its event may come late. Each
    visit is a receive, and the redrive policy allows only so many: the last one is saved for the decision.
    """
    if max_receives is not None and receives + 1 >= max_receives:
        return ripe
    settled, given_up = change.captured_at + timing.settle_after, change.captured_at + timing.give_up_after
    visits = (settled, settled + (given_up - settled) / 3, given_up)
    return min((visit for visit in visits if now < visit < ripe), default=ripe)

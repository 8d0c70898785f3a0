"""Where to ask for what a chain lacks, and which of the events that came is the answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.attribution.chains.facts import Answer, Missing, Seek
from iacwatch.core.attribution.chains.sessions import called
from iacwatch.core.attribution.chains.walk import SKEW
from iacwatch.core.model import TrailEvent, TrailQuery, Window

_LONGEST: Final = timedelta(hours=12)
"""How long a session lasts at most."""

_CONSOLE: Final = timedelta(hours=36)
"""The same where the console's session outlives those that it came by."""

_BEFORE, _AFTER = timedelta(minutes=5), timedelta(minutes=15)
"""How far from when a session is said to have begun the event lies that opened it."""

_HOUR: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)


def query(
    missing: Missing, region: str, *, as_of: datetime, since: datetime, names: Sequence[str]
) -> TrailQuery:
    """Return the question to a trail that reaches back to `since`; `names` are those of the call's object."""
    at = missing.at
    if missing.seek is Seek.COPY:
        window = Window(start=at.occurred_at - SKEW, end=at.occurred_at + SKEW)
        reads = at.opened is not None
        bears = (at.opened.access_key_id,) if at.opened else tuple(names)
        likely = None
    else:
        window, likely = _opened_in(at, since)
        reads, bears = True, (missing.key,)
    return TrailQuery(
        account_id=missing.account_id,
        region=region,
        window=window,
        names=bears,
        missing=0.0,
        as_of=as_of,
        reads=reads,
        likely=likely,
    )


def _opened_in(at: TrailEvent, since: datetime) -> tuple[Window, Window | None]:
    """Return when the session of an event's caller was opened: the window to ask about, the likely one."""
    begun, end = at.principal.session_opened_at, at.occurred_at + SKEW + _SECOND
    start = at.occurred_at - _LONGEST
    if begun is None or not at.occurred_at - _CONSOLE <= begun <= at.occurred_at + SKEW:
        return Window(start=max(start, since), end=end), None
    start = max(min(start, begun - _BEFORE), at.occurred_at - _CONSOLE, since)
    if begun > at.occurred_at - _HOUR:
        likely = Window(start=max(at.occurred_at - _HOUR - _BEFORE, start), end=end)
    else:
        likely = Window(start=max(begun - _BEFORE, start), end=begun + _AFTER)
    return Window(start=start, end=end), likely


def answer(missing: Missing, events: Iterable[TrailEvent]) -> Answer | None:
    """Return the event that answers a question, as it is; None where none of these does."""
    fits = _is_opening if missing.seek is Seek.OPENING else _is_copy
    found = {event.event_id: event for event in events if fits(missing, event)}
    if not found:
        return None
    if len(found) > 1:
        which = "opened it" if missing.seek is Seek.OPENING else "are the same call"
        return Answer(why=f"{called(missing.at)}: {len(found)} events say that they {which}")
    return Answer(event=next(iter(found.values())))


def _is_opening(missing: Missing, event: TrailEvent) -> bool:
    opened = event.opened
    return (
        opened is not None and opened.access_key_id == missing.key and event.account_id == missing.account_id
    )


def _is_copy(missing: Missing, event: TrailEvent) -> bool:
    at = missing.at
    return (
        event.shared_event_id == missing.key
        and event.account_id == missing.account_id
        and event.event_id != at.event_id
        and (event.event_source, event.name) == (at.event_source, at.name)
        and (at.opened is None or (event.opened or at.opened).access_key_id == at.opened.access_key_id)
    )


def nowhere(missing: Missing, asked: Sequence[str]) -> Answer:
    """Return what to say where nothing was found in the regions that were asked."""
    where = f"the trail of {missing.account_id} in {' and '.join(asked)}"
    if missing.seek is Seek.COPY:
        return Answer(why=f"{called(missing.at)}: {where} holds no copy of {missing.at.event_name}")
    return Answer(why=f"{called(missing.at)}: {where} holds no event that opened it")

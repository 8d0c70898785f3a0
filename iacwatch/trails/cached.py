"""A trail that keeps what another one answered in a spool: a run that goes on asks no query twice.

CloudTrail's two calls a second are what a run over the past spends most of its time on.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final

from iacwatch.core.model import (
    Actor,
    ActorKind,
    ChainLink,
    Json,
    Mention,
    OpenedSession,
    Principal,
    TrailEvent,
    TrailQuery,
    Via,
    Window,
)
from iacwatch.errors import ParseError
from iacwatch.ports import Collected, Progress, TrailSource
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.spool import Spool

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, place TEXT, at INTEGER, text TEXT) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS event_by_time ON event (place, at)",
    "CREATE TABLE IF NOT EXISTS answer (query BLOB PRIMARY KEY, tried TEXT, trail TEXT) WITHOUT ROWID",
)
_BY_TIME: Final = "SELECT text FROM event WHERE place = ? AND at >= ? AND at < ?"
_PHASE: Final = "CloudTrail: who called"


class CachedTrail:
    """A `ports.TrailSource` in front of another one; used by one thread."""

    def __init__(self, inner: TrailSource, spool: Spool, *, progress: Progress) -> None:
        """Take the trail to ask, and where to save its answers."""
        self._inner, self._spool, self._progress = inner, spool, progress
        for statement in _TABLES:
            spool.run(statement)

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return the span that the trail can answer for."""
        return self._inner.reach(account_id, region, now=now)

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Answer what was answered before from the spool, and ask the trail for the rest."""
        known = {query: before for query in queries if (before := self._answer(query)) is not None}
        left = [query for query in queries if query not in known]
        new = self._asked(left) if left else Collected(events=())
        self._save(new, [each for each in left if each not in new.failures and each not in new.unanswered])
        events = {event.event_id: event for event in self._events(known)}
        events |= {event.event_id: event for event in new.events}
        return Collected(
            events=tuple(events.values()),
            failures=new.failures,
            calls=new.calls,
            tried={**{query: tried for query, (tried, _) in known.items()}, **new.tried},
            unanswered=new.unanswered,
            answered_by={**{query: trail for query, (_, trail) in known.items() if trail}, **new.answered_by},
            scanned=new.scanned,
        )

    def _asked(self, queries: Sequence[TrailQuery]) -> Collected:
        places = len({(query.account_id, query.region) for query in queries})
        where = f" in {places} accounts and regions" if places > 1 else ""
        self._progress(_PHASE, 0, None, f"{len(queries)} questions{where}")
        answer = self._inner.collect(queries)
        self._progress(_PHASE, 1, 1)
        return answer

    def _answer(self, query: TrailQuery) -> tuple[tuple[str, ...], str] | None:
        """Return what was looked up for a query, and which of several trails answered; None: nothing."""
        row = self._spool.run("SELECT tried, trail FROM answer WHERE query = ?", (_key(query),)).fetchone()
        return None if row is None else (tuple(json.loads(row[0])), str(row[1]))

    def _save(self, answer: Collected, answered: Sequence[TrailQuery]) -> None:
        """Save the events that lie within what was answered, and that it was."""
        spans = _spans(answered)
        keys = {name for query in answered if query.reads for name in query.names}
        wanted = (
            event
            for event in answer.events
            if _within(spans.get(_place_of(event), []), _second(event.occurred_at))
            and (event.read_only is not True or _key_of(event) in keys)
        )
        self._spool.run_many(
            "INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?)",
            (
                (
                    event.event_id,
                    " ".join(_place_of(event)),
                    _second(event.occurred_at),
                    text_of(event),
                )
                for event in wanted
            ),
        )
        self._spool.run_many(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?)",
            (
                (_key(query), json.dumps(answer.tried.get(query, ())), answer.answered_by.get(query, ""))
                for query in answered
            ),
        )
        self._spool.commit()

    def _events(self, queries: Iterable[TrailQuery]) -> Iterator[TrailEvent]:
        asked = tuple(queries)
        for (account, region), spans in _spans(query for query in asked if not query.reads).items():
            for lo, hi in spans:
                rows = self._spool.run(_BY_TIME, (f"{account} {region}", lo, hi))
                for (text,) in rows:
                    yield event_of(text)
        # These ask about hours, and want one event.
        for query in asked:
            for name in query.names if query.reads else ():
                window = (_second(query.window.start), _second(query.window.end))
                place = f"{query.account_id} {query.region}"
                for (text,) in self._spool.run(f"{_BY_TIME} AND instr(text, ?)", (place, *window, name)):
                    yield event_of(text)


def _key(query: TrailQuery) -> bytes:
    """Return what distinguishes a query from others; not when it was asked, since all of it is long past."""
    parts = (
        query.account_id,
        query.region,
        _second(query.window.start),
        _second(query.window.end),
        query.names,
        query.event_names,
        query.resource_type,
        query.missing,
        query.thorough,
        query.reads,
        (_second(query.likely.start), _second(query.likely.end)) if query.likely else None,
    )
    return blake2b(json.dumps(parts).encode(), digest_size=16).digest()


def _spans(queries: Iterable[TrailQuery]) -> Mapping[Place, list[tuple[int, int]]]:
    """Return the windows of some queries by place, in seconds, joined where they overlap."""
    windows: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    for query in queries:
        windows[query.account_id, query.region].append(
            (_second(query.window.start), _second(query.window.end))
        )
    joined: dict[Place, list[tuple[int, int]]] = {}
    for place, spans in windows.items():
        spans.sort()
        merged = [spans[0]]
        for lo, hi in spans[1:]:
            if lo <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(hi, merged[-1][1]))
            else:
                merged.append((lo, hi))
        joined[place] = merged
    return joined


def _within(spans: Sequence[tuple[int, int]], second: int) -> bool:
    """Return whether a second lies in one of some sorted spans."""
    place = bisect_right(spans, second, key=itemgetter(0)) - 1
    return place >= 0 and second < spans[place][1]


def _place_of(event: TrailEvent) -> Place:
    return event.account_id, event.region


def _key_of(event: TrailEvent) -> str:
    return event.opened.access_key_id if event.opened else ""


def _second(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def text_of(event: TrailEvent) -> str:
    """Return an event as text."""
    return json.dumps(asdict(event), default=_plain, separators=(",", ":"))


def event_of(text: str) -> TrailEvent:
    """Return the event that a text was made of; raise `ParseError` where it was made of none."""
    try:
        fields = json.loads(text)
        return TrailEvent(
            **{
                **fields,
                "occurred_at": datetime.fromisoformat(fields["occurred_at"]),
                "actor": _actor(fields["actor"]),
                "principal": _principal(fields["principal"]),
                "mentions": tuple(
                    Mention(path=tuple(each["path"]), value=each["value"]) for each in fields["mentions"]
                ),
                "resource_names": tuple(fields["resource_names"]),
                "omitted": tuple(fields.get("omitted", ())),
                "sent": frozenset(fields.get("sent", ())),
                "opened": _opened(fields.get("opened")),
            }
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ParseError(f"a stored trail event cannot be read: {type(error).__name__}") from error


def _actor(fields: Json) -> Actor:
    via = fields["via"]
    return Actor(
        **{
            **fields,
            "kind": ActorKind(fields["kind"]),
            "via": None if via is None else Via(via),
            "chain": tuple(ChainLink(**link) for link in fields["chain"]),
        }
    )


def _principal(fields: Json) -> Principal:
    opened_at = fields.get("session_opened_at")
    return Principal(
        **{**fields, "session_opened_at": None if opened_at is None else datetime.fromisoformat(opened_at)}
    )


def _opened(fields: Json) -> OpenedSession | None:
    if fields is None:
        return None
    expires_at = fields["expires_at"]
    return OpenedSession(
        **{**fields, "expires_at": None if expires_at is None else datetime.fromisoformat(expires_at)}
    )


def _plain(value: Any) -> str | list[str]:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not part of an event")

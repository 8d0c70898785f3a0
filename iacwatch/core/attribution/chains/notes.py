"""Writes who opened a session as a short text for later runs, and reads it as carefully as any document."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from iacwatch.core.model import Actor, ActorKind, Json, OpenedSession, Principal, TrailEvent, Via

VERSION: Final = 1
_LONGEST: Final = 4_096
_EVENT: Final = (
    *("event_id", "event_name", "name", "event_source", "occurred_at", "region", "account_id"),
    "shared_event_id",
)
_LEFT_OUT: Final = frozenset({"chain", "source_ip", "user_agent", "tool"})


def key_of(kind: str, value: str) -> str:
    """Return the key of a note about an access key or a role: who reads keys learns none of these."""
    return f"{kind}:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()[:32]}"


def text_of(event: TrailEvent) -> str:
    """Return an event that opened a session as text: who called, and what it opened."""
    document = {name: _plain(getattr(event, name)) for name in _EVENT}
    for name in ("actor", "principal", "opened"):
        document[name] = _members(getattr(event, name))
    return json.dumps({"v": VERSION, **document}, separators=(",", ":"))


def event_of(text: str) -> TrailEvent | None:
    """Return the event that a text tells of; None where it is no such text."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("v") != VERSION:
            return None
        known: dict[str, Any] = {name: _text(document[name]) for name in _EVENT if name != "occurred_at"}
        return TrailEvent(
            **known,
            occurred_at=_moment(document["occurred_at"]),
            actor=_made(Actor, document["actor"]),
            principal=_made(Principal, document["principal"]),
            opened=_made(OpenedSession, document["opened"]),
            read_only=True,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _members(noun: Any) -> dict[str, Json]:
    """Return what differs from a noun's defaults."""
    return {
        each.name: _plain(value)
        for each in fields(noun)
        if each.name not in _LEFT_OUT and (value := getattr(noun, each.name)) != each.default
    }


def _plain(value: Any) -> Json:
    return value.isoformat() if isinstance(value, datetime) else value


def _made(noun: Callable[..., Any], document: Json) -> Any:
    """Return a noun of its members; raise `TypeError` or `ValueError` for what is none."""
    if not isinstance(document, Mapping):
        raise TypeError
    return noun(**{name: _READ.get(name, _text)(value) for name, value in document.items()})


def _text(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise TypeError
    return value


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _moment(value: Json) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError
    return found


def _refused(_: Json) -> None:
    raise TypeError


_READ: Final[Mapping[str, Callable[[Json], Any]]] = {
    "kind": ActorKind,
    "via": Via,
    "on_own_account": _flag,
    "session_opened_at": _moment,
    "expires_at": _moment,
    "chain": _refused,
}

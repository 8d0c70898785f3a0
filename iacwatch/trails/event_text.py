"""Trail events as JSON text and back, for keeping them between two runs of this very version."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from iacwatch.core.model import Actor, ActorKind, ChainLink, Json, Mention, Principal, TrailEvent, Via
from iacwatch.errors import ParseError


def written(event: TrailEvent) -> str:
    """Return an event as text."""
    return json.dumps(asdict(event), default=_plain, separators=(",", ":"))


def read(text: str) -> TrailEvent:
    """Return the event that a text was made of; raise `ParseError` where it was made of none."""
    try:
        fields = json.loads(text)
        return TrailEvent(
            **{
                **fields,
                "occurred_at": datetime.fromisoformat(fields["occurred_at"]),
                "actor": _actor(fields["actor"]),
                "principal": Principal(**fields["principal"]),
                "mentions": tuple(
                    Mention(path=tuple(each["path"]), value=each["value"]) for each in fields["mentions"]
                ),
                "resource_names": tuple(fields["resource_names"]),
            }
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ParseError(f"a kept trail event cannot be read: {type(error).__name__}") from error


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


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no part of an event")

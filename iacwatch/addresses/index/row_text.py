"""How rows and heads are stored: as JSON, in ASCII, so that every store takes them whatever they hold."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from iacwatch.core.iac import AddressRow, Engine, Planned, StateHead

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIELDS: Final = (
    "address",
    "type",
    "account_id",
    "region",
    "arn",
    "id",
    "parent",
    "exclusive",
    "deposed",
    "planned",
    "direction",
)
"""A row's fields in the order in which they are stored: new ones come at the end."""

_NO_TEXTS: Final = frozenset({"exclusive", "planned"})
_PLANNED: Final = _FIELDS.index("planned")
_AS_THEY_ARE: Final = tuple(
    field.name for field in fields(StateHead) if field.name not in {"engine", "seen_at", "planned_at"}
)


UNREADABLE: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading back something else raises."""


def row_values(row: AddressRow) -> list[Any]:
    """Return a row as plain JSON values, in a fixed order; empty ones at the end are left out."""
    values: list[Any] = [getattr(row, name) for name in _FIELDS]
    if row.planned is not None:
        planned = row.planned
        values[_PLANNED] = [planned.actions, planned.action_reason, planned.replace_paths, planned.drift_only]
    while values and not values[-1]:
        del values[-1]
    return values


def row_of(values: Any) -> AddressRow:
    """Return the row of `row_values`; raise one of `UNREADABLE` where it is none."""
    if not isinstance(values, list):
        raise TypeError("it is no list")
    named: dict[str, Any] = dict(zip(_FIELDS, values, strict=False))
    if named.get("planned"):
        actions, reason, paths, drift_only = named["planned"]
        named["planned"] = Planned(
            actions=tuple(actions), action_reason=reason, replace_paths=tuple(paths), drift_only=drift_only
        )
    if {type(value) for name, value in named.items() if name not in _NO_TEXTS} != {str}:
        raise TypeError("a text is none")
    return AddressRow(**named)


def head_values(head: StateHead) -> dict[str, Any]:
    """Return a head as plain JSON values; what is empty is left out."""
    values: dict[str, Any] = {name: value for name in _AS_THEY_ARE if (value := getattr(head, name))}
    values |= {"engine": head.engine.value, "seen_at": head.seen_at.isoformat()}
    if head.planned_at is not None:
        values["planned_at"] = head.planned_at.isoformat()
    return values


def head_of(values: dict[str, Any]) -> StateHead:
    """Return the head of `head_values`; raise one of `UNREADABLE` where it is none."""
    named = {name: values[name] for name in _AS_THEY_ARE if name in values}
    if not all(isinstance(value, int if name == "serial" else str) for name, value in named.items()):
        raise TypeError("a text is none")
    planned_at = values.get("planned_at")
    return StateHead(
        engine=Engine(values["engine"]),
        seen_at=_read(values["seen_at"]),
        planned_at=_read(planned_at) if planned_at else None,
        **named,
    )


def compact(values: Any) -> str:
    """Return JSON values as the shortest text that there is of them."""
    return json.dumps(values, separators=(",", ":"))


def stamped(moment: datetime | None) -> int | None:
    """Return whole milliseconds since 1970; None of None."""
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def moment_of(stamp: int | None) -> datetime | None:
    """Return the moment of a stamp; None of None."""
    return None if stamp is None else _EPOCH + stamp * _MILLISECOND


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

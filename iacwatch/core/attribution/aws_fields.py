"""Fields that AWS keeps by itself: where only these differ, nobody called an API on the resource.

Which they are, a type's row lists: `counted` and `following`. Of every type, a status may settle, and what
somebody leaves to AWS by a setting beside it may change as far as that setting goes.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from iacwatch.core.attribution.settling import settles
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import Change, ChangeType, Json, PropertyChange

_PENDING: Final = "pendingmodifiedvalues"
"""Where RDS and Redshift keep what was ordered until it is done, minutes or a maintenance window later."""

_LEFT_TO_AWS: Final = {
    "allocatedstorage": "maxallocatedstorage",
    "engineversion": "autominorversionupgrade",
}
"""Fields that AWS may change where the other field says so: a size to grow to, upgrades within a series."""

_SOMEBODY: Final = re.compile(
    r"(?i)\b(?:user|customer|owner)[ _-]?(?:initiat|request)|\bby[ _-](?:the |a )?(?:user|customer|owner)\b"
)
"""Reasons by which somebody asked for it: ``Client.UserInitiatedShutdown``, ``USER_REQUEST`` ..."""

_LONGEST_REASON: Final = 1_000


class ChangedBy(StrEnum):
    """What the diff of a change says about who may have made it."""

    CALLED = "called"
    FOLLOWS = "follows"
    AWS = "aws"


def changed_by(change: Change) -> ChangedBy:
    """Return whether only relationships or fields that AWS keeps differ."""
    if change.change_type is not ChangeType.UPDATE or not change.diff:
        return ChangedBy.CALLED
    facts = facts_of(change.resource.type)
    counted, following = facts.counted, facts.following
    pending = _pending(change.diff) if _PENDING in following else {}
    known: list[PropertyChange] = []
    others: list[PropertyChange] = []
    for entry in change.diff:
        section, _, rest = entry.path.lower().partition(".")
        field = rest.partition(".")[0]
        if section == "relationships" or (section == "configuration" and field in counted):
            continue
        expected = field in following or (rest in pending and entry.updated == pending[rest])
        by_itself = section == "configuration" and (expected or _left_to_aws(change, entry, rest))
        (known if by_itself else others).append(entry)
    if others:
        return ChangedBy.FOLLOWS if settles(others, known=known) else ChangedBy.CALLED
    if any(_by_somebody(entry.updated) for entry in known):
        return ChangedBy.CALLED
    return ChangedBy.FOLLOWS if known else ChangedBy.AWS


def _by_somebody(value: Json) -> bool:
    """Return whether a reason that AWS wrote into an item says that somebody asked for the change."""
    if isinstance(value, Mapping):
        return any(map(_by_somebody, value.values()))
    return isinstance(value, str) and _SOMEBODY.search(value[:_LONGEST_REASON]) is not None


def _pending(diff: Sequence[PropertyChange]) -> dict[str, Json]:
    """Return what stood among the pending values before, and no longer does, by lower-case field."""
    found: dict[str, Json] = {}
    for entry in diff:
        section, _, rest = entry.path.lower().partition(".")
        field, _, below = rest.partition(".")
        if section != "configuration" or field != _PENDING or entry.previous is None:
            continue
        values = {below: entry.previous} if below else entry.previous
        if isinstance(values, Mapping):
            found.update((key.lower(), value) for key, value in values.items() if value is not None)
    return found


def _left_to_aws(change: Change, entry: PropertyChange, field: str) -> bool:
    """Return whether a setting of the resource lets AWS change a field as it did (storage autoscaling)."""
    setting = _LEFT_TO_AWS.get(field)
    if setting is None or change.item is None:
        return False
    values = change.item.configuration or {}
    limit = next((value for key, value in values.items() if key.lower() == setting), None)
    match entry.previous, entry.updated, limit:
        case str(before), str(after), True:
            return _series(before) == _series(after)
        case int(size), int(grown), int(most):
            return size < grown <= most
    return False


def _series(version: str) -> list[str]:
    """Return what an upgrade within a series keeps: ``8.0`` of ``8.0.35``, ``15`` of ``15.4``."""
    parts = version.split(".")
    return parts[: min(2, len(parts) - 1)] or parts

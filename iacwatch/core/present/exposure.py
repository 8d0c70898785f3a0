"""Finds in a diff what was opened to the whole world, and which rights were given over everything."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from iacwatch.core.model import Json, PropertyChange

_EVERYBODY: Final = ("allusers", "authenticatedusers")
_GRANTEES: Final = frozenset({("uri",), ("grantee",)})
_DEEPEST: Final = 12
_LONGEST: Final = 100_000
_ALL: Final = frozenset({"*", "*:*"})


def leaves(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield the values inside a value with the keys that lead there, in lower case and without indices.

    Text that is JSON, URL-encoded or not, is looked into. An object that is a key with a value is that value
    under that key, as load balancers list their attributes.
    """
    value = _parsed(value)
    if isinstance(value, dict) and len(path) < _DEEPEST:
        fields = {str(key).lower(): each for key, each in value.items()}
        if set(fields) == {"key", "value"} and isinstance(fields["key"], str):
            fields = {fields["key"].lower(): fields["value"]}
        for key, each in fields.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list | tuple) and len(path) < _DEEPEST:
        for each in value:
            yield from leaves(each, path)
    else:
        yield path, value


def gained_by_policy(diff: Sequence[PropertyChange]) -> tuple[bool, bool]:
    """Return what policies allow, without a condition, that they did not before.

    First, whether they let everybody in; second, whether they allow every call (or all of IAM's) on all.
    """
    before, after = (list(_statements(value)) for value in _sides(diff, "polic"))
    if not after:
        return False, False
    return (
        sum(map(_for_everybody, after)) > sum(map(_for_everybody, before)),
        sum(map(_over_everything, after)) > sum(map(_over_everything, before)),
    )


def opened_by_acl(diff: Sequence[PropertyChange]) -> bool:
    """Return whether an access control list grants something to everybody, that did not before."""
    before, after = (_grants(value) for value in _sides(diff, "acl", "accesscontrol", "grant"))
    return after > before


def _sides(diff: Sequence[PropertyChange], *words: str) -> tuple[list[Json], list[Json]]:
    """Return what was and what is of the properties whose path holds one of some words."""
    fitting = [entry for entry in diff if any(word in entry.path.lower() for word in words)]
    return [entry.previous for entry in fitting], [entry.updated for entry in fitting]


def _statements(value: Json, depth: int = 0) -> Iterator[Mapping[str, Json]]:
    """Yield the statements of all policies in a value that allow something; of text without ``*`` none."""
    if depth > _DEEPEST or (isinstance(value, str) and "*" not in value and "%2A" not in value):
        return
    value = _parsed(value)
    if isinstance(value, dict):
        if "Effect" not in value:
            for each in value.values():
                yield from _statements(each, depth + 1)
        elif str(value["Effect"]).lower() == "allow":
            yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _statements(each, depth + 1)


def _for_everybody(statement: Mapping[str, Json]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS") if isinstance(principal, Mapping) else principal
    return not statement.get("Condition") and "*" in (named if isinstance(named, list) else [named])


def _over_everything(statement: Mapping[str, Json]) -> bool:
    actions, resources = (_listed(statement.get(key)) for key in ("Action", "Resource"))
    broad = any(action in _ALL or action.lower() == "iam:*" for action in actions)
    return broad and "*" in resources and not statement.get("Condition")


def _listed(value: Json) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list | tuple) else [value])]


def _grants(value: Json) -> int:
    found = [each.lower() for path, each in leaves(value) if isinstance(each, str) and path[-1:] in _GRANTEES]
    return sum(each.endswith(_EVERYBODY) for each in found)


def _parsed(value: Json) -> Json:
    """Return what JSON text says; everything else as it is."""
    if not isinstance(value, str) or not 1 < len(value) < _LONGEST:
        return value
    text = unquote(value) if value[:3] in {"%7B", "%5B"} else value
    if text[:1] not in "{[":
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return value

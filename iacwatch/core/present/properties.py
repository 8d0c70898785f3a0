"""Lists the properties that a change touched, for people: short names, and lines with old and new values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import Change, ChangeType, Json, PropertyChange
from iacwatch.core.parse.firewall import openings
from iacwatch.core.present.redact import REDACTED
from iacwatch.core.text import plain

_TAGS: Final = frozenset({"tags", "tagset", "taglist", "filesystemtags", "buckettaggingconfiguration"})
_KEYS: Final = ("key", "tagkey", "tagname")
_SIGNS: Final = {ChangeType.CREATE: "+", ChangeType.UPDATE: "~", ChangeType.DELETE: "-"}
_LONGEST_NAME: Final = 60
_SHORT: Final = 24
_SECTIONS: Final = ("configuration", "supplementaryconfiguration")


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyLine:
    """One property as a line: `sign` is ``+``, ``~`` or ``-``, `value` the old and new value."""

    sign: str
    name: str
    value: str


def names(change: Change) -> tuple[str, ...]:
    """Return the names of the properties that differ, as few and as short as people need them.

    Neighbours and fields that AWS keeps itself are left out, unless nothing else differs.
    """
    entries = change.diff or ()
    own = [entry for entry in entries if not _is_aws_field(entry, change.resource.type)]
    return tuple(dict.fromkeys(_name(entry) for entry in own or entries))


def lines(
    change: Change, diff: Sequence[PropertyChange], *, most: int, longest: int
) -> tuple[tuple[PropertyLine, ...], int]:
    """Return the first `most` lines of a (redacted) diff, values cut at `longest`, and how many are left.

    Fields that AWS keeps itself come last. A deletion's diff is the whole object: it has no lines.
    """
    if change.change_type is ChangeType.DELETE:
        return (), 0
    ordered = sorted(diff, key=lambda entry: _is_aws_field(entry, change.resource.type))
    shown = [
        PropertyLine(sign=_SIGNS[entry.change_type], name=_exact(entry), value=_value(entry, longest))
        for entry in ordered[:most]
    ]
    return tuple(shown), len(ordered) - len(shown)


def turns(change: Change, diff: Sequence[PropertyChange], *, most: int) -> tuple[tuple[str, str], ...]:
    """Return what became of the first properties of a (redacted) diff that have short values.

    Each is a name and what it turned from and into: ``("MultiAZ", "true → false")``.
    """
    found = (
        (_exact(entry), f"{_scalar(entry.previous)} → {_scalar(entry.updated)}")
        for entry in diff
        if entry.change_type is ChangeType.UPDATE
        and not _is_aws_field(entry, change.resource.type)
        and _is_short(entry.previous)
        and _is_short(entry.updated)
    )
    return tuple(islice(found, most))


def _is_short(value: Json) -> bool:
    if isinstance(value, str):
        return len(value) <= _SHORT and value != REDACTED
    return isinstance(value, bool | int | float)


def _scalar(value: Json) -> str:
    return (plain(value, _SHORT) or '""') if isinstance(value, str) else json.dumps(value)


def _is_aws_field(entry: PropertyChange, resource_type: str) -> bool:
    section, _, rest = entry.path.lower().partition(".")
    field = rest.partition(".")[0]
    facts = facts_of(resource_type)
    known = (*facts.counted, *facts.following)
    return section == "relationships" or (section == "configuration" and field in known)


def _name(entry: PropertyChange) -> str:
    keys = entry.path.split(".")
    if len(keys) > 1 and keys[0].lower() in _SECTIONS:
        keys = keys[1:]
    if keys[0].lower() in _TAGS:
        key = _tag_key(entry, keys[1:])
        return plain(f"tag {key}", _LONGEST_NAME) if key else "a tag"
    return "relationships" if keys[0] == "Relationships" else plain(keys[0], _LONGEST_NAME)


def _exact(entry: PropertyChange) -> str:
    """Return the name of a property with the one inside it that differs: two may differ inside one."""
    name = _name(entry)
    last = entry.path.partition(f"{name}.")[2].rpartition(".")[2]
    exact = f"{name}.{last}"
    return (
        plain(exact, _LONGEST_NAME) if last and not last.isdigit() and len(exact) <= _LONGEST_NAME else name
    )


def _tag_key(entry: PropertyChange, rest: Sequence[str]) -> str | None:
    """Return the key of a tag's entry; Config may list a tag's value without it."""
    for value in (entry.updated, entry.previous):
        if isinstance(value, Mapping):
            fields = {key.lower(): each for key, each in value.items()}
            for name in _KEYS:
                if isinstance(key := fields.get(name), str):
                    return key
    path = ".".join(rest)
    return path if path and not path.isdigit() else None


def _value(entry: PropertyChange, longest: int) -> str:
    if entry.change_type is ChangeType.UPDATE:
        half = max(8, (longest - 3) // 2)
        return f"{_text(entry, entry.previous, half)} → {_text(entry, entry.updated, half)}"
    return _text(entry, entry.updated if entry.updated is not None else entry.previous, longest)


def _text(entry: PropertyChange, value: Json, longest: int) -> str:
    """Return one value in one line: a firewall's entry as ports and addresses, all else as JSON."""
    if value is None:
        return "nothing"
    if "ippermissions" in entry.path.lower() and (ways := openings(value)):
        noted = [f'"{note}"' for note in _notes(value)]
        return plain(
            " ".join((ways[0].ports, *dict.fromkeys(way.peer for way in ways), *dict.fromkeys(noted))),
            longest,
        )
    if isinstance(value, Mapping) and _tag_key(entry, ()) is not None:
        fields = {key.lower(): each for key, each in value.items()}
        return plain(str(fields.get("value", fields.get("tagvalue", ""))), longest)
    if isinstance(value, str):
        return plain(value, longest) or '""'
    return plain(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")), longest)


def _notes(permission: Json) -> list[str]:
    """Return the descriptions that people gave to the ranges of a firewall's entry."""
    ranges = [peer for peers in permission.values() if isinstance(peers, list | tuple) for peer in peers]
    return [
        str(peer["description"]) for peer in ranges if isinstance(peer, Mapping) and peer.get("description")
    ]

"""Reads the content of a configuration item and of a diff, from JSON that nobody vouches for.

Each function takes one field as it came, whichever envelope it came in, and raises `ParseError` where AWS
Config would not have written it so.
"""

from collections.abc import Mapping
from typing import Final

from iacwatch.core.model import ChangeType, Json, PropertyChange, Relationship
from iacwatch.core.parse.json_values import decoded, mapping, shown, text, whole
from iacwatch.core.parse.plain_values import plain
from iacwatch.errors import ParseError

_LONGEST: Final = 2048


def configuration(value: Json, like: Json = None) -> Mapping[str, Json] | None:
    """Return a CI's configuration, which the history API writes as JSON text; None for a deleted resource.

    What equals a part of `like`, the configuration of another CI, is taken from there.
    """
    if value is None or value == "":
        return None
    found = decoded(value)
    if found is None:
        return None
    if not isinstance(found, Mapping):
        raise ParseError(f"configuration is {shown(value)}, neither an object nor one as JSON text")
    result: Mapping[str, Json] = plain(found, "configuration", like=like)
    return result


def supplementary(value: Json, like: Json = None) -> Mapping[str, Json]:
    """Return the supplementary configuration, every entry decoded as often as it was encoded.

    `like` is as for `configuration`.
    """
    if value is None or value == "":
        return {}
    entries = mapping(value, "supplementaryConfiguration").items()
    found = {key: decoded(each) for key, each in entries}
    result: Mapping[str, Json] = plain(found, "supplementaryConfiguration", like=like)
    return result


def tags(value: Json) -> Mapping[str, str]:
    """Return the ``tags`` map; for tags in other places see `core.parse.tags`."""
    if value is None or value in ("", []):
        return {}
    found = {}
    for key, each in mapping(value, "tags").items():
        if not isinstance(key, str):
            raise ParseError("tags has a key that is not text")
        if not isinstance(each, str | None):
            raise ParseError(f"tags has {shown(each)} for {shown(key)[:40]}, not text")
        found[whole(key)] = whole(each or "")
    return found


def relationships(value: Json) -> tuple[Relationship, ...]:
    """Return the neighbours, in a notification's or the history API's spelling."""
    if value is None or value == "":
        return ()
    if not isinstance(value, list | tuple):
        raise ParseError(f"relationships is {shown(value)}, not a list")
    return tuple(_relationship(mapping(each, "an entry of relationships")) for each in value)


def _relationship(entry: Mapping[str, Json]) -> Relationship:
    return Relationship(
        type=text(entry, "resourceType", most=_LONGEST),
        id=text(entry, "resourceId", most=_LONGEST) or None,
        name=text(entry, "resourceName", most=_LONGEST) or None,
        # Newer types' end in a blank in some documents.
        label=text(entry, "name", "relationshipName", most=_LONGEST).strip(),
    )


def notified_diff(value: Json) -> tuple[PropertyChange, ...] | None:
    """Return a notification's diff; None where it has none, () where it says that nothing differs."""
    if value is None or value == "":
        return None
    listed = mapping(value, "configurationItemDiff").get("changedProperties")
    if listed is None or listed == "":
        return None
    entries = mapping(listed, "changedProperties")
    return tuple(_property_change(path, entry) for path, entry in entries.items())


def _property_change(path: Json, entry: Json) -> PropertyChange:
    if not isinstance(path, str):
        raise ParseError("changedProperties has a path that is not text")
    fields = mapping(entry, "an entry of changedProperties")
    old, new = (
        _section_decoded(path, plain(fields.get(name), "changedProperties"))
        for name in ("previousValue", "updatedValue")
    )
    kind = fields.get("changeType")
    if isinstance(kind, str) and kind in ChangeType.__members__:
        change_type = ChangeType(kind)
    elif old is None:
        change_type = ChangeType.CREATE
    else:
        change_type = ChangeType.DELETE if new is None else ChangeType.UPDATE
    return PropertyChange(path=whole(path), change_type=change_type, previous=old, updated=new)


def _section_decoded(path: str, value: Json) -> Json:
    """Return a whole section of a diff decoded, as the same section of an item is."""
    section, _, rest = path.partition(".")
    whole = section == "Configuration" and not rest
    supplementary = section == "SupplementaryConfiguration" and "." not in rest
    return decoded(value) if whole or supplementary else value

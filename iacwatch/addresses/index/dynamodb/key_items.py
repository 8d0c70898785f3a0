"""Writes what a state says under keys: beside what it said before, and beside what others say there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.addresses.index.dynamodb.entries import part_keys, parts_of, size_of, stored
from iacwatch.addresses.index.dynamodb.head import StateVersions
from iacwatch.addresses.index.dynamodb.items import CHANGES, delete_as_read, entries_of
from iacwatch.aws.dynamodb_table import KEY, DynamoTable, Item, each

_INLINE: Final = 20_000
_ROOM: Final = 200_000
"""Bytes of one entry, and of an item, beyond which an entry is kept in parts of its own."""

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """The version of a state that is being written, beside `there`; it counts once it is committed."""

    state: str
    there: StateVersions | None
    number: int


class KeyItems:
    """The items of keys in a table; of an item, each state has attributes of its own."""

    def __init__(self, table: DynamoTable) -> None:
        """Take the table; nothing is asked for yet."""
        self._table = table

    def put(self, new: NewVersion, texts: Mapping[str, str | None]) -> None:
        """Write a version's entries, by the keys of items; None takes out all that the state has there.

        Entries of versions that no longer count are deleted on the way.
        """
        keys = sorted(texts)
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            items = {item[KEY]["S"]: item for item in self._table.read(some)}

            def put(key: str, items: Mapping[str, Item] = items) -> None:
                self._put(new, items.get(key, {}), key, texts[key])

            each(put, some)

    def put_parts(self, keys: Sequence[str], data: Sequence[bytes]) -> None:
        """Write the parts of something that is too large for one item."""
        each(
            lambda part: self._table.write("PutItem", Item={**key_of(part[0]), "data": {"B": part[1]}}),
            zip(keys, data, strict=True),
        )

    def delete_parts(self, keys: Iterable[str]) -> None:
        """Delete parts, whether they are there or not."""
        each(lambda key: self._table.write("DeleteItem", Key=key_of(key)), keys)

    def _put(self, new: NewVersion, item: Item, key: str, text: str | None) -> None:
        state, there = new.state, new.there
        entries = entries_of(item).get(state, {})
        base, visible = (there.committed, there.visible(entries)) if there else (0, None)
        stale = {old: value for old, value in entries.items() if old <= base and old != visible}
        if text is None:
            if visible is not None:
                stale[visible] = entries[visible]
            self._remove(state, item, key, stale)
            return
        # What does not count may lack its parts, and what counts never does.
        self.delete_parts(_parts_of(key, state, stale))
        value = stored(text)
        data: Sequence[bytes] = ()
        taken = sum(len(name) + size_of(other) for name, other in item.items())
        if size_of(value) > (_INLINE if taken < _ROOM else 0):
            data = parts_of(value)
            value = {"N": str(len(data))}
        self._update(state, key, stale, {f"{state}.{new.number}": value})
        self.put_parts(part_keys(key, state, new.number, len(data)), data)

    def _remove(self, state: str, item: Item, key: str, stale: Mapping[int, Any]) -> None:
        """Take a state out of an item, and delete that where nothing else is in it."""
        if not stale:
            return
        names = {f"{state}.{number}" for number in stale}
        alone = item.keys() <= names | {KEY, CHANGES}
        if not alone or not delete_as_read(self._table, key, CHANGES, item[CHANGES]):
            self._update(state, key, stale, {})
        self.delete_parts(_parts_of(key, state, stale))

    def _update(
        self, state: str, key: str, removed: Iterable[int], added: Mapping[str, Mapping[str, Any]]
    ) -> None:
        names = {"#changes": CHANGES}
        values: dict[str, Any] = {":one": {"N": "1"}}
        for place, (name, value) in enumerate(added.items()):
            names[f"#new{place}"], values[f":new{place}"] = name, value
        names |= {f"#old{place}": f"{state}.{number}" for place, number in enumerate(removed)}
        sets = ", ".join(f"{name} = :{name[1:]}" for name in names if name.startswith("#new"))
        removes = ", ".join(name for name in names if name.startswith("#old"))
        steps = ["ADD #changes :one", f"SET {sets}" if sets else "", f"REMOVE {removes}" if removes else ""]
        self._table.write(
            "UpdateItem",
            Key=key_of(key),
            UpdateExpression=" ".join(filter(None, steps)),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )


def key_of(key: str) -> dict[str, dict[str, str]]:
    """Return the key of an item as DynamoDB takes it."""
    return {KEY: {"S": key}}


def _parts_of(key: str, state: str, entries: Mapping[int, Any]) -> list[str]:
    """Return the keys of the parts that entries are kept in."""
    return [
        part
        for number, value in entries.items()
        if "N" in value
        for part in part_keys(key, state, number, int(value["N"]))
    ]

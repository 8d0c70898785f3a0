"""Reads what states say under keys, each state's version whole.

Items are read first, and the heads of the states that they name afterwards. Of a version that was committed
in between only a part may have been seen: where a state was written not long ago, all is read again, until
the heads are as they were before.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from iacwatch.addresses.index.dynamodb.entries import COVERED, item_key, kept_of, part_keys, text_of
from iacwatch.addresses.index.dynamodb.items import Entries, damaged, entries_of, heads, parts
from iacwatch.addresses.index.row_text import UNREADABLE
from iacwatch.aws.dynamodb_table import KEY, DynamoTable
from iacwatch.core.addresses.keys import account_key
from iacwatch.core.iac import IndexedRow

if TYPE_CHECKING:
    from iacwatch.addresses.index.dynamodb.head import StateVersions

_SETTLED: Final = timedelta(minutes=15)
"""How long a write may take, and clocks differ, so that a head of then is surely older than what was read."""

_LOOKS: Final = 20
_PER_READ: Final = 100

Rows = dict[str, list[IndexedRow]]


def found(
    table: DynamoTable, keys: Iterable[str], account_ids: Iterable[str], *, now: datetime
) -> tuple[Rows, frozenset[str]]:
    """Return the rows of keys, by key, and which of the accounts are covered.

    Raises `AwsError` where the table cannot be read.
    """
    names = {item_key(key): key for key in keys}
    accounts = {item_key(account_key(account_id)): account_id for account_id in account_ids}
    seen: dict[str, int] | None = None
    for _ in range(_LOOKS):
        items = {item[KEY]["S"]: entries_of(item) for item in table.read([*names, *accounts])}
        view = _View(table, items)
        view.learn({state for name in items.keys() & names.keys() for state in items[name]})
        covered = frozenset(account for name, account in accounts.items() if view.covers(name))
        rows = {key: view.rows(name) for name, key in names.items() if name in items}
        fresh = view.written_after(now - _SETTLED)
        if view.whole and (not fresh or fresh == seen):
            return rows, covered
        seen = fresh
    raise table.failed("it is written to faster than it can be read", "try again")


class _View:
    """The items of one look at the table, and the heads that say what of them counts."""

    def __init__(self, table: DynamoTable, items: Mapping[str, Entries]) -> None:
        self._table = table
        self._items = items
        self._heads: dict[str, StateVersions] = {}
        self._parts: dict[str, bytes] = {}
        self.whole = True

    def learn(self, states: Iterable[str]) -> None:
        """Read the heads of states, and what did not fit into the items."""
        self._heads |= heads(self._table, set(states) - self._heads.keys())
        wanted = [
            key
            for name, entries in self._items.items()
            for state in entries
            if (number := self._visible(name, state)) is not None
            for key in _parts_of(name, state, number, entries[state][number])
        ]
        self._parts |= parts(self._table, wanted)

    def written_after(self, moment: datetime) -> dict[str, int]:
        """Return which of the states that were looked at have been written since, and their versions."""
        return {
            state: head.committed
            for state, head in self._heads.items()
            if head.written_at is None or head.written_at > moment
        }

    def covers(self, name: str) -> bool:
        """Return whether a state says so that is committed; heads are read until one does."""
        states = self._items.get(name, {}).keys()
        if any(self._text(name, state) == COVERED for state in states & self._heads.keys()):
            return True
        unknown = sorted(states - self._heads.keys())
        for start in range(0, len(unknown), _PER_READ):
            some = unknown[start : start + _PER_READ]
            self._heads |= heads(self._table, some)
            if any(self._text(name, state) == COVERED for state in some):
                return True
        return False

    def rows(self, name: str) -> list[IndexedRow]:
        """Return what the states say of an item's key."""
        try:
            return [
                IndexedRow(row=row, head=self._heads[state].head, gone_at=gone_at)
                for state in self._items[name]
                if (text := self._text(name, state)) is not None
                for row, gone_at in kept_of(text)
            ]
        except UNREADABLE as error:
            raise damaged(self._table, name) from error

    def _visible(self, name: str, state: str) -> int | None:
        head = self._heads.get(state)
        return None if head is None else head.visible(self._items[name][state])

    def _text(self, name: str, state: str) -> str | None:
        """Return what a state says in an item; None where it says nothing that counts."""
        number = self._visible(name, state)
        if number is None:
            return None
        value = self._items[name][state][number]
        data: bytes | str
        if "N" in value:
            pieces = [self._parts.get(key) for key in _parts_of(name, state, number, value)]
            if None in pieces:
                self.whole = False  # a writer has taken them away since: another version counts by now
                return None
            data = b"".join(piece for piece in pieces if piece is not None)
        else:
            (data,) = value.values()
        try:
            return text_of(data)
        except ValueError as error:
            raise damaged(self._table, name) from error


def _parts_of(name: str, state: str, number: int, value: Mapping[str, Any]) -> list[str]:
    """Return the keys of an entry's parts, if it is kept in parts."""
    return part_keys(name, state, number, int(value["N"])) if "N" in value else []

"""Writes versions of states: first the entries, unseen, and in the end the number that makes them count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from iacwatch.addresses.index.dynamodb import head as heads_of
from iacwatch.addresses.index.dynamodb.entries import contents, kept_of, manifest, part_keys, text_of
from iacwatch.addresses.index.dynamodb.head import StateVersions, head_key, state_id
from iacwatch.addresses.index.dynamodb.items import (
    ACCOUNTS,
    damaged,
    delete_as_read,
    heads,
    parts,
    registry_key,
)
from iacwatch.addresses.index.dynamodb.key_items import KeyItems, NewVersion, key_of
from iacwatch.addresses.index.outcome import came_of
from iacwatch.addresses.index.row_text import UNREADABLE, compact, head_values, stamped
from iacwatch.aws.dynamodb_table import DynamoTable
from iacwatch.core.addresses.versions import GONE_FOR, Kept, merged
from iacwatch.core.arn import is_account
from iacwatch.core.iac import AddressRow, StateHead
from iacwatch.core.text import plain
from iacwatch.errors import AwsError
from iacwatch.ports import Replaced

_ATTEMPTS: Final = 30


class StateWriter:
    """Writes states into a table, however many do so at once."""

    def __init__(self, table: DynamoTable) -> None:
        """Take the table; nothing is asked for yet."""
        self._table = table
        self._items = KeyItems(table)

    def put(self, head: StateHead, rows: Sequence[AddressRow], *, now: datetime) -> Replaced:
        """Put a version in the place of the one that is there, unless that is newer."""
        for there in self._looks(head.place):
            came = came_of(head, there.head if there and there.standing else None)
            if came is Replaced.OLDER or self._written(there, head, rows, now):
                return came
        raise self._contested(head.place)

    def drop(self, place: str, *, now: datetime) -> None:
        """Let all rows of a state be gone."""
        for there in self._looks(place):
            if there is None or not there.standing or self._written(there, there.head, (), now, dropped=True):
                return
        raise self._contested(place)

    def forget(self, there: StateVersions, *, now: datetime) -> None:
        """Delete what is left of a dropped state, once its rows are gone for too long to be answered."""
        if there.dropped_at is None or there.dropped_at + GONE_FOR > now:
            return
        before = self._kept(there)
        if before is None:
            return
        self._items.put(
            NewVersion(state=there.state, there=there, number=there.last),
            dict.fromkeys(contents(before, there.head)),
        )
        last = {"N": str(there.last)}
        if delete_as_read(self._table, head_key(there.state), heads_of.LAST, last):
            self._delete_manifests(there)
            self._table.write(
                "UpdateItem",
                Key=key_of(registry_key(there.state)),
                UpdateExpression="REMOVE #state",
                ConditionExpression="#state <= :seen",  # who puts it in again registers a higher number
                ExpressionAttributeNames={"#state": there.state},
                ExpressionAttributeValues={":seen": last},
            )

    def _looks(self, place: str) -> Iterator[StateVersions | None]:
        """Yield a state's head as it is now, again and again."""
        state = state_id(place)
        for _ in range(_ATTEMPTS):
            yield heads(self._table, [state]).get(state)

    def _written(
        self,
        there: StateVersions | None,
        head: StateHead,
        rows: Iterable[AddressRow],
        now: datetime,
        *,
        dropped: bool = False,
    ) -> bool:
        """Write a version over the one that is there; return False where another writer was faster."""
        before = self._kept(there)
        if before is None:
            return False
        after = merged(before, rows, now=now)
        was = contents(before, there.head) if there and there.committed else {}
        becomes = contents(after, head)
        state, standing = state_id(head.place), there is not None and there.standing
        said = heads_of.said(compact(head_values(head)), now, dropped=dropped)
        if there is not None and standing and not dropped and was == becomes:
            return self._commit(state, there, there.committed, said)
        data = manifest(after)
        number = self._begin(state, there, len(data), now)
        if number is None:
            return False
        if not standing:
            self._register(state, number)
        self._add_accounts({row.account_id for row, _ in after} - {row.account_id for row, _ in before})
        changed = {key: becomes.get(key) for key in was | becomes if was.get(key) != becomes.get(key)}
        self._items.put(NewVersion(state=state, there=there, number=number), changed)
        self._items.put_parts(part_keys("manifest", state, number, len(data)), data)
        if not self._commit(state, there, number, said):
            return False
        if there is not None:
            with suppress(AwsError):  # the version stands; the next write tidies up
                self._tidy(there)
        return True

    def _kept(self, there: StateVersions | None) -> list[Kept] | None:
        """Return all rows of the version that counts; None where another writer took them away meanwhile."""
        if there is None or not there.committed:
            return []
        number = there.visible(there.manifests)
        if number is None:
            raise damaged(self._table, head_key(there.state))
        keys = part_keys("manifest", there.state, number, there.manifests[number])
        pieces = parts(self._table, keys)
        if len(pieces) < len(keys):
            return None
        try:
            return kept_of(text_of(b"".join(pieces[key] for key in keys)))
        except UNREADABLE as error:
            raise damaged(self._table, keys[0]) from error

    def _begin(self, state: str, there: StateVersions | None, parts: int, now: datetime) -> int | None:
        """Take a number, above all that were ever taken; None where another writer takes one right now."""
        last = there.last if there else 0
        number = max(last + 1, stamped(now) or 0)
        values: dict[str, Any] = {":number": {"N": str(number)}, ":parts": {"N": str(parts)}}
        condition = "attribute_not_exists(#last)"
        if there is not None:
            condition, values[":seen"] = "#last = :seen", {"N": str(last)}
        refused = self._table.write(
            "UpdateItem",
            Key=key_of(head_key(state)),
            UpdateExpression="SET #last = :number, #manifest = :parts",
            ConditionExpression=condition,
            ExpressionAttributeNames={
                "#last": heads_of.LAST,
                "#manifest": f"{heads_of.MANIFEST}{number}",
            },
            ExpressionAttributeValues=values,
        )
        return number if refused is None else None

    def _commit(self, state: str, there: StateVersions | None, number: int, said: Mapping[str, Any]) -> bool:
        """Make a number the one that counts; return False where another writer was faster."""
        sets = {**said, heads_of.COMMITTED: {"N": str(number)}}
        if there is None or number != there.committed:
            sets[heads_of.ABORTED] = heads_of.spans(there, number)
        names = {f"#{name}": name for name in (*sets, heads_of.DROPPED)}
        values = {f":{name}": value for name, value in sets.items()}
        condition = "attribute_not_exists(#committed)"
        if there is not None and there.committed:
            condition = "#committed = :base AND #text = :seen"
            values |= {":base": {"N": str(there.committed)}, ":seen": {"S": there.text}}
        removed = "" if heads_of.DROPPED in sets else f" REMOVE #{heads_of.DROPPED}"
        refused = self._table.write(
            "UpdateItem",
            Key=key_of(head_key(state)),
            UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in sets)}{removed}",
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        # Where the answer to a write was lost, the next try is refused because of what the first one wrote.
        return refused is None or all(
            refused.get(name) == sets[name] for name in (heads_of.COMMITTED, heads_of.TEXT)
        )

    def _register(self, state: str, number: int) -> None:
        """Let the list of all states have one more."""
        self._table.write(
            "UpdateItem",
            Key=key_of(registry_key(state)),
            UpdateExpression="SET #state = :number",
            ExpressionAttributeNames={"#state": state},
            ExpressionAttributeValues={":number": {"N": str(number)}},
        )

    def _add_accounts(self, account_ids: Iterable[str]) -> None:
        """Let the list of all accounts have those as well."""
        new = sorted(filter(is_account, account_ids))
        if new:
            self._table.write(
                "UpdateItem",
                Key=key_of(ACCOUNTS),
                UpdateExpression="ADD #ids :new",
                ExpressionAttributeNames={"#ids": "ids"},
                ExpressionAttributeValues={":new": {"SS": new}},
            )

    def _tidy(self, there: StateVersions) -> None:
        """Delete the lists of rows of all versions that came before."""
        self._delete_manifests(there)
        names = {f"#{place}": f"{heads_of.MANIFEST}{number}" for place, number in enumerate(there.manifests)}
        if names:
            self._table.write(
                "UpdateItem",
                Key=key_of(head_key(there.state)),
                UpdateExpression=f"REMOVE {', '.join(names)}",
                ExpressionAttributeNames=names,
            )

    def _delete_manifests(self, there: StateVersions) -> None:
        self._items.delete_parts(
            key
            for number, count in there.manifests.items()
            for key in part_keys("manifest", there.state, number, count)
        )

    def _contested(self, place: str) -> AwsError:
        return self._table.failed(f"others keep writing {plain(place, 200)}", "try again")

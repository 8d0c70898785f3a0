"""The items of the table, read: heads of states, and what states have written under a key."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from iacwatch.addresses.index.dynamodb.head import StateVersions, head_key, versions_of
from iacwatch.addresses.index.row_text import UNREADABLE
from iacwatch.aws.dynamodb_table import KEY, DynamoTable, Item
from iacwatch.errors import AwsError

CHANGES: Final = "changes"
"""How often an item was changed: it is deleted only as it was read."""

ACCOUNTS: Final = "accounts"
"""The item that lists all accounts, so that an id can be searched for in any."""

REGISTRIES: Final = tuple(f"states#{digit}" for digit in "0123456789abcdef")
"""The items that list all states, each with the number of the version that put it there."""

Entries = Mapping[str, Mapping[int, Any]]
"""What an item holds: by state, and by the number of its version."""


def heads(table: DynamoTable, states: Iterable[str]) -> dict[str, StateVersions]:
    """Return the heads that there are of states, by state."""
    found: dict[str, StateVersions] = {}
    for item in table.read([head_key(state) for state in states]):
        try:
            there = versions_of(item)
        except UNREADABLE as error:
            raise damaged(table, item[KEY]["S"]) from error
        found[there.state] = there
    return found


def entries_of(item: Item) -> Entries:
    """Return what states have written into an item."""
    entries: dict[str, dict[int, Any]] = defaultdict(dict)
    for name, value in item.items():
        if name not in {KEY, CHANGES}:
            state, _, number = name.partition(".")
            entries[state][int(number)] = value
    return entries


def registry_key(state: str) -> str:
    """Return the key of the item that lists a state."""
    return f"states#{state[0]}"


def registered(table: DynamoTable) -> list[str]:
    """Return all states that were ever put in, those that were dropped not long ago included."""
    return [name for item in table.read(REGISTRIES) for name in item if name != KEY]


def accounts(table: DynamoTable) -> frozenset[str]:
    """Return all accounts that a state ever had a row of."""
    return frozenset(account for item in table.read([ACCOUNTS]) for account in item["ids"]["SS"])


def parts(table: DynamoTable, keys: Iterable[str]) -> dict[str, bytes]:
    """Return the parts that are there of what did not fit into one item, by key."""
    return {item[KEY]["S"]: item["data"]["B"] for item in table.read(keys)}


def delete_as_read(table: DynamoTable, key: str, name: str, value: Mapping[str, Any]) -> bool:
    """Delete an item whose attribute `name` still has a value; return whether it is gone."""
    # Where the answer to a write was lost, the next try finds no item any more.
    return not table.write(
        "DeleteItem",
        Key={KEY: {"S": key}},
        ConditionExpression="#name = :seen",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":seen": value},
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def damaged(table: DynamoTable, key: str) -> AwsError:
    """Return the error that says which item cannot be read."""
    return table.failed(f"its item {key} cannot be read", "delete it, and put the states in again")

"""The index of addresses in a DynamoDB table, whose only key is ``pk``, a string.

- ``key#...``: what states say under a key: attributes ``STATE.NUMBER``, one for each version;
- ``head#STATE``: which of a state's versions counts;
- ``part#...``: what does not fit into an item, and the list of all rows of a version, for the next write;
- ``states#...`` and ``accounts``: lists of all states and accounts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from iacwatch.addresses.index.dynamodb.head import StateVersions
from iacwatch.addresses.index.dynamodb.items import accounts, heads, registered
from iacwatch.addresses.index.dynamodb.reader import found
from iacwatch.addresses.index.dynamodb.writer import StateWriter
from iacwatch.aws.dynamodb_table import DynamoTable
from iacwatch.core.addresses.keys import is_named, resource_keys, text_keys
from iacwatch.core.addresses.versions import answers, ordered
from iacwatch.core.iac import Indexed, IndexedRow, StateHead, StateRows
from iacwatch.core.model import Resource
from iacwatch.errors import IacwatchError
from iacwatch.ports import Failure, Replaced


class DynamoIndex:
    """A `ports.AddressIndex` in the table `table`; `client` returns DynamoDB's client, once it is needed.

    Everything but `find` raises `NotThere` where there is no such table, `AccessDenied` where it may not be
    used. Whoever only reads needs ``dynamodb:BatchGetItem``.
    """

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """Take what makes the client, and the table's name or ARN; nothing is asked for yet."""
        self._table = DynamoTable(client, table, noun="address index")
        self._writer = StateWriter(self._table)

    def find(self, resources: Sequence[Resource], *, now: datetime) -> Mapping[Resource, Indexed | Failure]:
        """Answer for every resource; a table that cannot be used is a `Failure` of each."""
        asked = {each: resource_keys(each) for each in resources}
        keys = dict.fromkeys(key for some in asked.values() for key in some)
        account_ids = dict.fromkeys(each.account_id for each in resources)
        try:
            rows, covered = found(self._table, keys, account_ids, now=now)
        except IacwatchError as error:
            return dict.fromkeys(resources, Failure(reason=str(error)))
        return dict(answers(asked, rows, covered, now=now))

    def search(self, text: str, *, now: datetime) -> Sequence[IndexedRow]:
        """Return the rows whose id, ARN, address or name is exactly `text`, in a fixed order."""
        rows, _ = found(self._table, text_keys(text, accounts(self._table)), (), now=now)
        every = (each for some in rows.values() for each in some)
        return ordered((each for each in every if is_named(each.row, text)), now=now)

    def states(self) -> Sequence[StateHead]:
        """Return every state and plan that the index holds, by place."""
        standing = (there.head for there in self._heads() if there.standing)
        return sorted(standing, key=lambda head: head.place)

    def replace(self, state: StateRows, *, now: datetime) -> Replaced:
        """Put a state's rows in the place of what the index has of it, unless that is newer."""
        return self._writer.put(state.head, state.rows, now=now)

    def drop(self, places: Sequence[str], *, now: datetime) -> None:
        """Let all rows of states be gone, and forget states that were dropped long ago."""
        for place in places:
            self._writer.drop(place, now=now)
        for there in self._heads():
            self._writer.forget(there, now=now)

    def _heads(self) -> list[StateVersions]:
        return list(heads(self._table, registered(self._table)).values())

"""Notes in the ledger's DynamoDB table.

One item for each: its ``text`` as gzip, the text's ``digest``, by which a writer sees whether it still says
what was read, and the TTL. The table deletes late, so that each reader looks at the TTL itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from iacwatch.aws.dynamodb_table import KEY, TTL, DynamoTable, Item, each, expiry
from iacwatch.ledgers.note_text import digest, key_name, packed, unpacked

_TEXT: Final = "text"
_DIGEST: Final = "digest"

_FREE: Final = f"attribute_not_exists({KEY}) OR #ttl <= :now"
_AS_SEEN: Final = "#digest = :seen AND #ttl > :now"


class DynamoNotes:
    """`ports.Notes` in the table `table`; `client` returns DynamoDB's client, once it is needed.

    Everything raises `NotThere` where there is no such table, `AccessDenied` where it may not be used.
    """

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """Take what makes the client, and the table's name; nothing is asked for yet."""
        self._table = DynamoTable(client, table, noun="ledger")

    def read(self, keys: Sequence[str], *, now: datetime) -> Mapping[str, str]:
        """Return the notes that there are and that have not expired, by key."""
        keys_of = {key_name(key): key for key in keys}
        found = ((item, self._said(item, now)) for item in self._table.read(keys_of, _TEXT, TTL))
        return {keys_of[item[KEY]["S"]]: text for item, text in found if text is not None}

    def write(self, notes: Mapping[str, str], *, now: datetime, expires_at: datetime) -> None:
        """Write notes whatever stood there before."""
        del now
        each(
            lambda item: self._table.write("PutItem", Item=item),
            [_item(key, text, expires_at) for key, text in notes.items()],
        )

    def swap(
        self, key: str, *, seen: str | None, new: str, now: datetime, expires_at: datetime
    ) -> str | None:
        """Write a note where it still says what was `seen`; return what it says then."""
        condition, names, values = _FREE, {"#ttl": TTL}, {":now": expiry(now)}
        if seen is not None:
            condition = _AS_SEEN
            names["#digest"], values[":seen"] = _DIGEST, {"S": digest(seen)}
        there = self._table.write(
            "PutItem",
            Item=_item(key, new, expires_at),
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        # Where the answer to a write was lost, the next try is refused because of what the first one wrote.
        return new if there is None else self._said(there, now)

    def _said(self, item: Item, now: datetime) -> str | None:
        """Return what a note says; None where it has expired, or is gone."""
        try:
            if not item or int(item[TTL]["N"]) <= int(expiry(now)["N"]):
                return None
            return unpacked(item[_TEXT]["B"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._table.failed(f"its note {item[KEY]['S']} cannot be read", "delete that") from error


def _item(key: str, text: str, expires_at: datetime) -> Item:
    return {
        KEY: {"S": key_name(key)},
        _TEXT: {"B": packed(text)},
        _DIGEST: {"S": digest(text)},
        TTL: expiry(expires_at),
    }

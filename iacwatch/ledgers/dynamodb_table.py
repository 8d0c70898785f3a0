"""One DynamoDB table: conditional writes and consistent reads, patient where it is asked too much."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from iacwatch.aws.sessions import calling, code_of, throttled, transient
from iacwatch.errors import AwsError

KEY: Final = "pk"
TTL: Final = "ttl"
"""The names that the table has to be made with: its only key (a string), and the TTL attribute."""

_REFUSED: Final = "ConditionalCheckFailedException"
_METHODS: Final = {"PutItem": "put_item", "UpdateItem": "update_item", "DeleteItem": "delete_item"}
_PER_READ: Final = 100
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)
"""Seconds before each further try, after botocore's own tries: what was told has to be written down."""

Item = Mapping[str, Mapping[str, str]]


class DynamoTable:
    """A table by its name; `client` returns DynamoDB's client, once it is needed.

    Everything raises `NotThere` where there is no such table, `AccessDenied` where it may not be used.
    """

    def __init__(self, client: Callable[[], Any], name: str) -> None:
        """Take what makes the client, and the table's name; nothing is asked for yet."""
        self._client = client
        self._name = name

    def read(self, keys: Sequence[str], attribute: str) -> Iterator[tuple[str, str]]:
        """Yield key and `attribute` of the items that are there, as they are now."""
        left = iter(keys)
        while some := list(islice(left, _PER_READ)):
            yield from self._read(some, attribute)

    def write(self, operation: str, **arguments: Any) -> Item | None:
        """Make a conditional ``PutItem``, ``UpdateItem`` or ``DeleteItem``; return None.

        Where the condition did not hold, return the item that is there instead: empty, unless asked for.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415  (only where AWS is asked)

        with self._asking(operation):
            call = getattr(self._client(), _METHODS[operation])
            try:
                _patiently(lambda: call(TableName=self._name, **arguments))
            except ClientError as error:
                if code_of(error) != _REFUSED:
                    raise
                response: Mapping[str, Any] = {**error.response}
                there: Item = response.get("Item", {})
                return there
        return None

    def _read(self, keys: Sequence[str], attribute: str) -> Iterator[tuple[str, str]]:
        """Read at most a hundred items."""
        pending: Mapping[str, Any] = {
            self._name: {
                "Keys": [{KEY: {"S": key}} for key in keys],
                "ConsistentRead": True,
                "ProjectionExpression": "#key, #attribute",
                "ExpressionAttributeNames": {"#key": KEY, "#attribute": attribute},
            }
        }
        for pause in (*_PAUSES, None):
            answer = self._get(pending)
            for item in answer.get("Responses", {}).get(self._name, ()):
                yield item[KEY]["S"], item.get(attribute, {}).get("S", "")
            # DynamoDB answers for a part of the keys where it is asked too much at once.
            pending = answer.get("UnprocessedKeys") or {}
            if not pending:
                return
            if pause is not None:
                time.sleep(pause)
        raise AwsError(
            f"cannot use the ledger table {self._name}: it answers only a part of what it is asked",
            hint="make it on-demand, or raise its capacity",
        )

    def _get(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._asking("BatchGetItem"):
            return _patiently(lambda: self._client().batch_get_item(RequestItems=asked))

    @contextmanager
    def _asking(self, operation: str) -> Iterator[None]:
        """Turn what goes wrong into a sentence that says what to do."""
        try:
            with calling(f"cannot use the ledger table {self._name}", action=f"dynamodb:{operation}"):
                yield
        except AwsError as error:
            if error.code == "ValidationException":
                error.hint = f"its only key has to be {KEY}, a string; `iacwatch template` makes such a table"
            raise


def _patiently(call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Make a call; again, after a pause, where DynamoDB is asked too much or has a fault."""
    for pause in _PAUSES:
        try:
            return call()
        except Exception as error:
            # No answer at all was waited for long enough: botocore has tried that several times.
            if not throttled(error) and not (code_of(error) and transient(error)):
                raise
            time.sleep(pause)
    return call()

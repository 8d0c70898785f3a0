"""One DynamoDB table: conditional writes and consistent reads, tried again where it is asked too much."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, TypeVar

from iacwatch.aws.caller import ApiCaller, Retries
from iacwatch.clock import UninterruptedClock
from iacwatch.errors import AccessDenied, AwsError, NotThere

KEY: Final = "pk"
TTL: Final = "ttl"
"""The names that the table has to be made with: its only key (a string), and the TTL attribute."""

_AT_ONCE: Final = 12
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_REFUSED: Final = "ConditionalCheckFailedException"
_PER_READ: Final = 100
_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (0.2, 0.5, 1.0, 2.0))
"""Before each further try, after botocore's own tries: what was reported has to be written down.

No answer at all was waited for long enough: botocore has tried that several times.
"""

Item = Mapping[str, Mapping[str, Any]]

_Ask = TypeVar("_Ask")


class DynamoTable:
    """A table by its name; `client` returns DynamoDB's client, once it is needed.

    Everything raises `NotThere` where there is no such table, `AccessDenied` where it may not be used.
    """

    def __init__(self, client: Callable[[], Any], name: str, *, noun: str) -> None:
        """Take what makes the client, the table's name, and what people call it; nothing is asked for yet."""
        self._client = client
        self._name = name
        self._doing = f"cannot use the {noun} table {name}"
        self._clock = UninterruptedClock()
        retries = Retries(throttled=len(_PAUSES), faults=len(_PAUSES), pauses=_PAUSES, unanswered=False)
        self._caller = ApiCaller("dynamodb", clock=self._clock, retries=retries)

    def read(self, keys: Iterable[str], *attributes: str) -> Iterator[Item]:
        """Yield key and `attributes` (none: all) of the items that are there, as they are now."""
        left = iter(dict.fromkeys(keys))
        while some := list(islice(left, _PER_READ)):
            yield from self._read(some, attributes)

    def write(self, operation: str, **arguments: Any) -> Item | None:
        """Make a conditional ``PutItem``, ``UpdateItem`` or ``DeleteItem``; return None.

        Where the condition did not hold, return the item that is there instead: empty, unless asked for.
        """
        try:
            self._call(operation, TableName=self._name, **arguments)
        except AwsError as error:
            if error.code != _REFUSED:
                raise
            response: Mapping[str, Any] = getattr(error.__cause__, "response", {})
            there: Item = response.get("Item", {})
            return there
        return None

    def failed(self, happened: str, hint: str) -> AwsError:
        """Return the error that says why the table cannot be used."""
        return AwsError(f"{self._doing}: {happened}", hint=hint)

    def _read(self, keys: Sequence[str], attributes: Sequence[str]) -> Iterator[Item]:
        """Read at most a hundred items."""
        asked: dict[str, Any] = {"Keys": [{KEY: {"S": key}} for key in keys], "ConsistentRead": True}
        if attributes:
            # Words of DynamoDB's own may not stand in an expression as names.
            names = {f"#{name}": name for name in (KEY, *attributes)}
            asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        pending: Mapping[str, Any] = {self._name: asked}
        for pause in (*_PAUSES, None):
            answer = self._call("BatchGetItem", RequestItems=pending)
            for items in answer.get("Responses", {}).values():  # under the name or ARN that was asked for
                yield from items
            # DynamoDB answers for a part of the keys where it is asked too much at once.
            pending = answer.get("UnprocessedKeys") or {}
            if not pending:
                return
            if pause is not None:
                self._clock.sleep(pause)
        raise self.failed(
            "it answers only a part of what it is asked", "make it on-demand, or raise its capacity"
        )

    def _call(self, operation: str, **asked: Any) -> Mapping[str, Any]:
        """Make a call; what goes wrong becomes a sentence that says what to do."""
        try:
            return self._caller.call(self._client(), operation, asked, doing=self._doing)
        except AwsError as error:
            if error.code == "ValidationException" and "size" not in error.message:
                error.hint = f"its only key has to be {KEY}, a string; `iacwatch template` makes such a table"
            raise


def each(work: Callable[[_Ask], object], asks: Iterable[_Ask]) -> None:
    """Do the work for each, several at once; raise the first error when all are done.

    What is forbidden for one, or not there, is not asked again for the rest.
    """
    todo = list(asks)
    errors: list[AwsError] = []

    def one(ask: _Ask) -> None:
        if any(isinstance(error, AccessDenied | NotThere) for error in errors):
            return
        try:
            work(ask)
        except AwsError as error:
            errors.append(error)

    if len(todo) == 1:
        one(todo[0])
    elif todo:
        with ThreadPoolExecutor(max_workers=min(_AT_ONCE, len(todo)), thread_name_prefix="dynamodb") as pool:
            list(pool.map(one, todo))
    if errors:
        raise errors[0]


def expiry(moment: datetime) -> dict[str, str]:
    """Return whole seconds since 1970, as DynamoDB's TTL wants them."""
    return {"N": str((moment - _EPOCH) // _SECOND)}

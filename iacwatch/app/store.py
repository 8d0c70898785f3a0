"""Where runs remember: the ledger and the notes beside it, in one store, and the index of addresses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from iacwatch.core.arn import arn_parts
from iacwatch.ports import AddressIndex, Ledger, Notes
from iacwatch.settings.values import DYNAMODB


class Store(NamedTuple):
    """The two halves of one store."""

    ledger: Ledger
    notes: Notes


def in_memory() -> Store:
    """Return a new store that lasts as long as the process."""
    from iacwatch.ledgers.memory import MemoryLedger, MemoryNotes  # noqa: PLC0415  (one of several)

    return Store(MemoryLedger(), MemoryNotes())


def lasting(url: str, *, client: Callable[[], Any], path: Callable[[str], Path]) -> Store:
    """Return the store of a ``ledger.url`` that outlives the process.

    `client` returns DynamoDB's client, `path` the file of a URL. Raises `DeliveryError` where that file
    cannot be used.
    """
    if url.startswith(DYNAMODB):
        from iacwatch.ledgers.dynamodb.ledger import DynamoLedger  # noqa: PLC0415  (one of several)
        from iacwatch.ledgers.dynamodb.notes import DynamoNotes  # noqa: PLC0415  (the same)

        table = url.removeprefix(DYNAMODB)
        return Store(DynamoLedger(client, table), DynamoNotes(client, table))
    from iacwatch.ledgers.sqlite.ledger import SqliteLedger  # noqa: PLC0415  (one of several)
    from iacwatch.ledgers.sqlite.notes import SqliteNotes  # noqa: PLC0415  (the same)

    file = path(url)
    return Store(SqliteLedger(file), SqliteNotes(file))


def address_index(
    url: str, *, client: Callable[[str | None], Any], path: Callable[[str], Path]
) -> AddressIndex:
    """Return the index of an ``iac.index``, asked for nothing yet.

    `client` returns DynamoDB's client in a region (None: ours), `path` the file of a URL.
    """
    if url.startswith(DYNAMODB):
        from iacwatch.addresses.index.dynamodb.index import DynamoIndex  # noqa: PLC0415  (one of several)

        table = url.removeprefix(DYNAMODB)
        arn = arn_parts(table)
        return DynamoIndex(lambda: client(arn.region if arn else None), table)
    from iacwatch.addresses.index.sqlite import SqliteIndex  # noqa: PLC0415  (one of several)

    return SqliteIndex(path(url))

"""The ledgers that the laws are run over. Each gives a function that opens the same store once more."""

from contextlib import contextmanager

from iacwatch.ledgers.dynamodb.ledger import DynamoLedger
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from tests.fixtures import moto_aws


@contextmanager
def memory(_folder):
    """Give a ledger in memory: one object, since nothing else shares its store."""
    ledger = MemoryLedger()
    yield lambda: ledger


@contextmanager
def sqlite(folder):
    """Give a ledger in a file."""
    yield lambda: SqliteLedger(folder / "state" / "ledger.sqlite3")


@contextmanager
def dynamodb(_folder):
    """Give a ledger in a table of moto's; each that is opened has a client of its own."""
    table = moto_aws.table()

    def opened():
        client = moto_aws.client("dynamodb")
        return DynamoLedger(lambda: client, table)

    opened.many = 120  # over HTTP, each of them
    yield opened


LEDGERS = {"memory": memory, "sqlite": sqlite, "dynamodb": dynamodb}

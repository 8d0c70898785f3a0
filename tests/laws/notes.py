"""The stores of notes that the laws are run over. Each gives a function that opens the same store once more."""

from contextlib import contextmanager

from iacwatch.ledgers.dynamodb.notes import DynamoNotes
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.ledgers.sqlite.notes import SqliteNotes
from tests.fixtures import moto_aws


@contextmanager
def memory(_folder):
    """Give notes in memory: one object, since nothing else shares its store."""
    notes = MemoryNotes()
    yield lambda: notes


@contextmanager
def sqlite(folder):
    """Give notes in a ledger's file."""
    yield lambda: SqliteNotes(folder / "state" / "ledger.sqlite3")


@contextmanager
def dynamodb(_folder):
    """Give notes in a table of moto's; each that is opened has a client of its own."""
    table = moto_aws.table()

    def opened():
        client = moto_aws.client("dynamodb")
        return DynamoNotes(lambda: client, table)

    opened.many = 120  # over HTTP, each of them
    yield opened


STORES = {"memory": memory, "sqlite": sqlite, "dynamodb": dynamodb}

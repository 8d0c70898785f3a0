"""The indexes of addresses that the laws are run over. Each gives a function that opens the same one once more."""

from contextlib import contextmanager

from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.addresses.index.sqlite import SqliteIndex
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON


@contextmanager
def sqlite(folder):
    """Give an index in a file."""
    path = folder / "state" / "addresses.sqlite3"
    SqliteIndex(path).drop([], now=NOON)

    def opened():
        return SqliteIndex(path)

    opened.states = 200  # a disk writes each of them by itself
    yield opened


@contextmanager
def dynamodb(_folder):
    """Give an index in a table of moto's; each that is opened has a client of its own."""
    table = moto_aws.table()

    def opened():
        client = moto_aws.client("dynamodb")
        return DynamoIndex(lambda: client, table)

    opened.rows, opened.rules, opened.states, opened.versions, opened.writes = (
        300,
        300,
        30,
        12,
        10,
    )  # over HTTP
    opened.every = 6
    yield opened


INDEXES = {"sqlite": sqlite, "dynamodb": dynamodb}

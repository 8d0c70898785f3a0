"""The indexes of addresses that the laws are run over. Each gives a function that opens the same one once more.

`watched` opens it so that a function is called before whatever the index asks its store for.
"""

from contextlib import contextmanager

from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.addresses.index.sqlite import SqliteIndex
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.quick_dynamodb import QuickTable


class _Watched:
    """A connection to SQLite that says when it is used."""

    def __init__(self, database, before):
        self._database, self._before = database, before

    def __getattr__(self, name):
        self._before()
        return getattr(self._database, name)


@contextmanager
def sqlite(folder):
    """Give an index in a file."""
    path = folder / "state" / "addresses.sqlite3"
    SqliteIndex(path).drop([], now=NOON)

    def opened():
        return SqliteIndex(path)

    def watched(before):
        index = SqliteIndex(path)
        plain = index._file.opened

        @contextmanager
        def used():
            with plain() as database:
                yield _Watched(database, before)

        index._file.opened = used
        return index

    opened.watched = watched
    opened.states = 100  # a disk writes each of them by itself
    yield opened


@contextmanager
def dynamodb(_folder):
    """Give an index in a table in memory."""
    table = QuickTable()

    def opened():
        return DynamoIndex(table.client, "addresses")

    opened.watched = lambda before: DynamoIndex(lambda: table.client(lambda _: before()), "addresses")
    opened.rows, opened.versions = 2_000, 12
    yield opened
    assert table.largest < 250_000


@contextmanager
def moto(_folder):
    """Give an index in a table of moto's; each that is opened has a client of its own."""
    table = moto_aws.table()

    def opened():
        client = moto_aws.client("dynamodb")
        return DynamoIndex(lambda: client, table)

    def watched(before):
        client = moto_aws.client("dynamodb")
        client.meta.events.register("before-send.dynamodb", lambda **_: before())
        return DynamoIndex(lambda: client, table)

    opened.watched = watched
    opened.rows, opened.rules, opened.states, opened.versions, opened.writes = 60, 40, 8, 5, 8  # over HTTP
    opened.every, opened.steps = 8, 15
    yield opened


INDEXES = {"sqlite": sqlite, "dynamodb": dynamodb, "moto": moto}

"""The stores that laws are run over. Each gives a function that opens the same one once more.

A table of DynamoDB is ours, in memory, or moto's: that one over HTTP, each time with a client of its own, and less is
asked of it. `watched` opens an index so that a function is called before whatever it asks its store for.
"""

from contextlib import contextmanager
from threading import Thread
from unittest.mock import patch

import pytest

from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.aws import dynamodb_table
from iacwatch.ledgers.dynamodb.ledger import DynamoLedger
from iacwatch.ledgers.dynamodb.notes import DynamoNotes
from iacwatch.ledgers.memory import MemoryLedger, MemoryNotes
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ledgers.sqlite.notes import SqliteNotes
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.quick_dynamodb import QuickTable

OVER_HTTP = {
    "many": 120, "rows": 60, "rules": 40, "states": 8, "versions": 5, "writes": 8, "every": 8, "steps": 15,
}  # fmt: skip


class Store:
    """One store: call it to open it."""

    def __init__(self, opened, watched=None, **sizes):
        self.opened, self.watched, self.sizes = opened, watched, sizes

    def __call__(self):
        return self.opened()

    def most(self, name, usual):
        """Return how much of something a law asks of it."""
        return self.sizes.get(name, usual)


class InTurn:
    """A pool that does one thing after the other: a hundred threads a law cost more than what they do."""

    def __init__(self, **_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    map = staticmethod(map)


def in_memory(kind):
    """One object, since nothing else shares its store."""

    @contextmanager
    def given(_folder):
        made = kind()
        yield Store(lambda: made)

    return given


def in_a_file(kind):
    @contextmanager
    def given(folder):
        path = folder / "state" / "store.sqlite3"
        if kind is SqliteIndex:
            kind(path).drop([], now=NOON)  # (a law looks into one that there is)
        yield Store(lambda: kind(path), lambda before: watching(kind(path), before))

    return given


def watching(index, before):
    """Return an index in a file that says when it uses its database."""
    plain = index._file.opened

    class Watched:
        def __init__(self, database):
            self._database = database

        def __getattr__(self, name):
            before()
            return getattr(self._database, name)

    @contextmanager
    def used():
        with plain() as database:
            yield Watched(database)

    index._file.opened = used
    return index


def in_a_table(kind):
    @contextmanager
    def given(_folder):
        table = QuickTable()

        def watched(before):
            return kind(lambda: table.client(lambda _: before()), "table")

        with patch.object(dynamodb_table, "ThreadPoolExecutor", InTurn):
            yield Store(lambda: kind(table.client, "table"), watched, many=500, rows=1_200, versions=12)
        assert kind is not DynamoIndex or table.largest < 250_000

    return given


def in_motos(kind):
    @contextmanager
    def given(_folder):
        table = moto_aws.table()

        def watched(before=None):
            client = moto_aws.client("dynamodb")
            if before:
                client.meta.events.register("before-send.dynamodb", lambda **_: before())
            return kind(lambda: client, table)

        yield Store(watched, watched, **OVER_HTTP)

    return given


def over(**kinds):
    """Return a fixture that gives each of these stores in turn."""
    slow = [pytest.param(name, marks=pytest.mark.slow) if name == "moto" else name for name in kinds]

    @pytest.fixture(params=slow)
    def store(request, tmp_path):
        with kinds[request.param](tmp_path) as opened:
            yield opened

    return store


def kinds(memory, file, table):
    """Return one store of each sort, by name."""
    plain = {"memory": in_memory(memory)} if memory else {}
    return {**plain, "sqlite": in_a_file(file), "dynamodb": in_a_table(table), "moto": in_motos(table)}


LEDGERS = kinds(MemoryLedger, SqliteLedger, DynamoLedger)
NOTES = kinds(MemoryNotes, SqliteNotes, DynamoNotes)
INDEXES = kinds(None, SqliteIndex, DynamoIndex)


def at_once(work, *given):
    """Let threads work at once, each on what it is given; raise what went wrong in one."""
    errors = []

    def one(each):
        try:
            work(each)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=one, args=(each,)) for each in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]

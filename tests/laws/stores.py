"""The stores that laws are run over: each is a function that opens the same one once more."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
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
from tests.fixtures.clocks import NOON
from tests.fixtures.quick_dynamodb import QuickTable


class Store:
    """One store: call it to open it; `watched` opens one that calls a function before whatever it asks for."""

    def __init__(self, opened, watched=None):
        self.opened, self.watched = opened, watched

    def __call__(self):
        return self.opened()


class InTurn(nullcontext):
    """A pool that does one thing after the other: a hundred threads a law cost more than what they do."""

    def __init__(self, **_):
        super().__init__(self)

    map = staticmethod(map)


@contextmanager
def in_memory(kind, _folder):
    made = kind()
    yield Store(lambda: made)


@contextmanager
def in_a_file(kind, folder):
    path = folder / "state" / "store.sqlite3"
    if kind is SqliteIndex:
        kind(path).drop([], now=NOON)  # (a law looks into one that there is)
    yield Store(lambda: kind(path), lambda before: watching(kind(path), before))


class Watched:
    """A database that says when it is used."""

    def __init__(self, database, before):
        self._database, self._before = database, before

    def __getattr__(self, name):
        self._before()
        return getattr(self._database, name)


def watching(index, before):
    """Return an index in a file that says when it uses its database."""
    plain = index._file.opened

    @contextmanager
    def used():
        with plain() as database:
            yield Watched(database, before)

    index._file.opened = used
    return index


@contextmanager
def in_a_table(kind, _folder):
    table = QuickTable()

    def watched(before):
        return kind(lambda: table.client(lambda _: before()), "table")

    with patch.object(dynamodb_table, "ThreadPoolExecutor", InTurn):
        yield Store(lambda: kind(table.client, "table"), watched)
    assert kind is not DynamoIndex or table.largest < 250_000


def over(**kinds):
    """Return a fixture that gives one store after the other."""

    @pytest.fixture(params=kinds)
    def store(request, tmp_path):
        opened = {"memory": in_memory, "sqlite": in_a_file, "dynamodb": in_a_table}[request.param]
        with opened(kinds[request.param], tmp_path) as made:
            yield made

    return store


LEDGERS = {"memory": MemoryLedger, "sqlite": SqliteLedger, "dynamodb": DynamoLedger}
NOTES = {"memory": MemoryNotes, "sqlite": SqliteNotes, "dynamodb": DynamoNotes}
INDEXES = {"sqlite": SqliteIndex, "dynamodb": DynamoIndex}


def at_once(work, *given):
    """Let threads work at once, each on what it is given; raise what went wrong in one."""
    with ThreadPoolExecutor(len(given)) as pool:
        list(pool.map(work, given))

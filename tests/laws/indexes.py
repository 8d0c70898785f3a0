"""The indexes of addresses that the laws are run over. Each gives a function that opens the same one once more."""

from contextlib import contextmanager

from iacwatch.addresses.index.sqlite import SqliteIndex
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


INDEXES = {"sqlite": sqlite}

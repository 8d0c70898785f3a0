"""The index's file: what is not there, empty or damaged is reported in a sentence."""

import sqlite3
from contextlib import closing

import pytest

from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.errors import IacwatchError
from iacwatch.ports import Failure
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import firewall, role, row, state


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "iacwatch" / "addresses.sqlite3"


def filled(path):
    index = SqliteIndex(path)
    index.replace(state(row()), now=NOON)
    return index


def refusal(index, asks):
    said = set()
    for use in asks:
        with pytest.raises(IacwatchError) as refused:
            use()
        said.add(str(refused.value))
    answered = index.find([role(), firewall()], now=NOON)
    (sentence,) = said
    assert answered == dict.fromkeys([role(), firewall()], Failure(reason=sentence))
    return sentence


def test_a_file_that_is_not_there_or_not_filled_says_how_to_fill_it(path):
    index = SqliteIndex(path)
    uses = [lambda: index.search("web", now=NOON), index.states]
    said = "cannot use the address index {}: {}; fill it with `iacwatch address add`, or correct iac.index"
    assert refusal(index, uses) == said.format(path, "there is no such file")
    assert not path.parent.exists()
    path.parent.mkdir(parents=True)
    path.touch()
    assert refusal(index, uses) == said.format(path, "it is empty")
    filled(path)
    assert len(index.search("web", now=NOON)) == 1


@pytest.mark.parametrize("table", ["row", "state"])
def test_an_entry_that_cannot_be_read_is_one_sentence(path, table):
    index = filled(path)
    column = {"row": "text", "state": "head"}[table]
    for nonsense in ("{nonsense", "7", '["a.b", 7]', '{"place": "p", "engine": "cdk", "seen_at": "1"}'):
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute(f"UPDATE {table} SET {column} = ?", (nonsense,))  # noqa: S608
        assert "cannot be read; move it away, and fill it anew" in refusal(
            index, [lambda: index.search("web", now=NOON)]
        )

"""What ledger and index of addresses make of their files' faults, which they share: each is one sentence."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.errors import IacwatchError
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ports import Failure
from iacwatch.storage import sqlite_file
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import firewall, role, row, state

LEASE = timedelta(seconds=60)


class Ledger:
    noun = "ledger"

    def __init__(self, path):
        self.path = path

    def write(self, *ids):
        SqliteLedger(self.path).claim(ids, now=NOON, lease=LEASE)

    def read(self):
        with closing(sqlite3.connect(self.path)) as database:
            ids = {each for (each,) in database.execute("SELECT id FROM told")}
        return ids - SqliteLedger(self.path).reported(ids)


class Index:
    noun = "address index"

    def __init__(self, path):
        self.path = path

    def write(self, *names):
        SqliteIndex(self.path).replace(state(*map(row, names), place=f"of {names[0]}"), now=NOON)

    def read(self):
        return {head.place.removeprefix("of ") for head in SqliteIndex(self.path).states()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "iacwatch" / "store.sqlite3"


@pytest.fixture(params=[Ledger, Index])
def store(request, path):
    return request.param(path)


def refused(use, *arguments):
    with pytest.raises(IacwatchError) as caught:
        use(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def database(store):
    return closing(sqlite3.connect(store.path, isolation_level=None))


def test_file_and_folder_are_their_owners_alone_whatever_the_umask(store):
    before = os.umask(0)
    try:
        store.write("a")
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("kind", "other"), [(Ledger, Index), (Index, Ledger)])
def test_a_file_of_something_elses_is_not_taken_for_one(tmp_path, kind, other):
    store = kind(tmp_path / "store.sqlite3")
    other(store.path).write("a")
    with database(store) as made:
        before = made.execute("SELECT sql FROM sqlite_master").fetchall()
    assert f"it is no {store.noun}, but something else's file; move it away" in refused(store.write, "a")
    with database(store) as made:
        assert made.execute("SELECT sql FROM sqlite_master").fetchall() == before


def test_a_file_of_a_newer_version_is_left_alone(store):
    store.write("a")
    with database(store) as made:
        made.execute("PRAGMA user_version = 7")
    assert "a newer iacwatch wrote it; update iacwatch" in refused(store.write, "b")


def test_a_folder_that_cannot_be_made_is_one_sentence(store, tmp_path):
    (tmp_path / "file").write_text("")
    store.path = tmp_path / "file" / "store.sqlite3"
    assert f"cannot use the {store.noun}" in refused(store.write, "a")


def test_a_file_that_another_run_keeps_locked_is_one_sentence_and_can_be_read_meanwhile(store, monkeypatch):
    index = SqliteIndex if isinstance(store, Index) else SqliteLedger
    store.write("a")
    opened = index(store.path)
    monkeypatch.setattr(sqlite_file, "_BUSY", 0.05)
    with database(store) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "another run keeps it locked; try again once that has ended" in refused(store.write, "b")
        assert opened.states() if isinstance(store, Index) else opened.reported(["a"]) == frozenset()


def test_a_full_disk_is_one_sentence_and_spoils_nothing(store, monkeypatch):
    store.write("a")
    connect = sqlite3.connect

    def full(*arguments, **options):
        made = connect(*arguments, **options)
        (pages,) = made.execute("PRAGMA page_count").fetchone()
        made.execute(f"PRAGMA max_page_count = {pages}")
        return made

    monkeypatch.setattr(sqlite3, "connect", full)
    many = [f"{number:0200d}" for number in range(500)]
    assert "the disk is full; make room" in refused(store.write, *many)
    monkeypatch.undo()
    assert store.read() == {"a"}
    store.write("b")


def refused_everywhere(path):
    """Return the one sentence with which an index refuses all that is asked of it."""
    index, asked = SqliteIndex(path), [role(), firewall()]
    said = refused(lambda: index.search("web", now=NOON))
    assert index.find(asked, now=NOON) == dict.fromkeys(asked, Failure(reason=said))
    return said


def test_an_index_that_is_not_there_or_not_filled_says_how_to_fill_it(path):
    said = "cannot use the address index {}: {}; fill it with `iacwatch address add`, or correct iac.index"
    assert refused_everywhere(path) == said.format(path, "there is no such file") == refused(Index(path).read)
    assert not path.parent.exists()
    path.parent.mkdir(parents=True)
    path.touch()
    assert refused_everywhere(path) == said.format(path, "it is empty") == refused(Index(path).read)
    Index(path).write("web")
    assert len(SqliteIndex(path).search("web", now=NOON)) == 1


@pytest.mark.parametrize(("table", "column"), [("row", "text"), ("state", "head")])
def test_an_entry_of_an_index_that_cannot_be_read_is_one_sentence(path, table, column):
    store = Index(path)
    store.write("web")
    for nonsense in ("{nonsense", "7", '["a.b", 7]', '{"place": "p", "engine": "cdk", "seen_at": "1"}'):
        with database(store) as made:
            made.execute(f"UPDATE {table} SET {column} = ?", (nonsense,))  # noqa: S608
        assert "cannot be read; move it away, and fill it anew" in refused_everywhere(path)


def test_a_ledger_that_may_only_be_read_still_says_what_was_reported(path, monkeypatch):
    ledger, connect = SqliteLedger(path), sqlite3.connect
    ledger.complete([ledger.claim(["a"], now=NOON, lease=LEASE)["a"].grant], now=NOON)
    monkeypatch.setattr(
        sqlite3, "connect", lambda place, **options: connect(place.replace("mode=rw", "mode=ro"), **options)
    )
    assert ledger.reported(["a"]) == {"a"}
    assert "it cannot be written to" in refused(lambda: ledger.claim(["b"], now=NOON, lease=LEASE))

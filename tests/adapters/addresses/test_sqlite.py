"""The index's file: private, shared by processes, no other file mistaken for it, faults reported in a sentence."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from iacwatch.addresses.index import row_text
from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.core.addresses.versions import GONE_FOR
from iacwatch.core.iac import AddressRow, StateHead
from iacwatch.errors import IacwatchError
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ports import Failure
from iacwatch.storage import sqlite_file
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import firewall, role, row, state

WRITERS = """
import sys
from pathlib import Path
from iacwatch.addresses.index.sqlite import SqliteIndex
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import row, state
me = sys.argv[2]
index = SqliteIndex(Path(sys.argv[1]))
input()
for serial in range(1, 8):
    index.replace(state(row(address=f"a.p{me}"), place=me, serial=serial), now=NOON)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "iacwatch" / "addresses.sqlite3"


def filled(path, *rows):
    index = SqliteIndex(path)
    index.replace(state(*(rows or (row(),))), now=NOON)
    return index


def uses(index):
    """Return everything but `find` that an index can be asked for, as functions."""
    return [
        lambda: index.search("web", now=NOON),
        index.states,
        lambda: index.replace(state(row("more"), serial=9), now=NOON),
        lambda: index.drop(["s3://acme/web.tfstate"], now=NOON),
    ]


def refusal(index, asks):
    """Return the one sentence that each use is refused with, and that each finding's failure has."""
    said = set()
    for use in asks:
        with pytest.raises(IacwatchError) as refused:
            use()
        said.add(str(refused.value))
    answered = index.find([role(), firewall()], now=NOON)
    (sentence,) = said
    assert answered == dict.fromkeys([role(), firewall()], Failure(reason=sentence))
    return sentence


def test_processes_write_states_at_once(path):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITERS, str(path), str(me)],
            stdin=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            text=True,
        )
        for me in range(3)
    ]
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        racer.communicate(timeout=60)
    assert [racer.returncode for racer in racers] == [0] * 3
    index = SqliteIndex(path)
    assert [(head.place, head.serial) for head in index.states()] == [("0", 7), ("1", 7), ("2", 7)]
    (known,) = index.find([role()], now=NOON).values()
    assert [each.row.address for each in known.rows] == ["a.p0", "a.p1", "a.p2"]


def test_nothing_is_made_before_something_is_written_and_then_for_its_owner_alone(path):
    index = SqliteIndex(path)
    index.find([role()], now=NOON)
    assert not path.parent.exists()
    before = os.umask(0)
    try:
        filled(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_not_there_or_not_filled_says_how_to_fill_it(path):
    index = SqliteIndex(path)
    hint = "fill it with `iacwatch address add`, or correct iac.index"
    assert (
        refusal(index, uses(index)[:2])
        == f"cannot use the address index {path}: there is no such file; {hint}"
    )
    path.parent.mkdir(parents=True)
    path.touch()
    assert refusal(index, uses(index)[:2]) == f"cannot use the address index {path}: it is empty; {hint}"
    filled(path)
    assert len(index.search("web", now=NOON)) == 1


def test_another_kind_of_file_is_left_alone(path):
    path.parent.mkdir(parents=True)
    path.write_text('{"version": 4}\n' * 100)
    index = SqliteIndex(path)
    said = refusal(index, uses(index))
    assert said.endswith("it is not an SQLite file; move it away, or name another in iac.index")
    assert path.read_text() == '{"version": 4}\n' * 100


def test_the_ledgers_file_is_not_taken_for_an_index_nor_somebody_elses(path):
    SqliteLedger(path)
    index = SqliteIndex(path)
    said = "it is no address index, but something else's file; move it away, or name another in iac.index"
    assert refusal(index, uses(index)).endswith(said)
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE diary (entry TEXT)")
    assert refusal(index, uses(index)).endswith(said)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("diary",)]


def test_an_index_is_not_taken_for_a_ledger(path):
    filled(path)
    with pytest.raises(IacwatchError, match="it is no ledger, but something else's file"):
        SqliteLedger(path)


def test_an_index_of_a_newer_version_is_left_alone(path):
    filled(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 7")
    index = SqliteIndex(path)
    assert "a newer iacwatch wrote it; update iacwatch, or name another in iac.index" in refusal(
        index, uses(index)
    )


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    index = SqliteIndex(tmp_path / "file" / "addresses.sqlite3")
    assert "cannot use the address index" in refusal(index, uses(index)[:2])
    with pytest.raises(IacwatchError, match="cannot use the address index"):
        index.replace(state(row()), now=NOON)


def test_a_file_that_another_run_keeps_locked_is_one_sentence_and_can_be_read_meanwhile(path, monkeypatch):
    index = filled(path)
    monkeypatch.setattr(sqlite_file, "_BUSY", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(IacwatchError, match="another run keeps it locked; try again once that has ended"):
            index.replace(state(row(), serial=2), now=NOON)
        assert len(index.search("web", now=NOON)) == 1
        other.execute("ROLLBACK")
        other.execute("BEGIN EXCLUSIVE")
        (answer,) = index.find([role()], now=NOON).values()
        assert "another run keeps it locked" in answer.reason


def test_a_full_disk_is_one_sentence_and_spoils_nothing(path, monkeypatch):
    index = filled(path)
    connect = sqlite3.connect

    def full(*arguments, **options):
        database = connect(*arguments, **options)
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    monkeypatch.setattr(sqlite3, "connect", full)
    with pytest.raises(IacwatchError, match="the disk is full; make room"):
        index.replace(state(*[row(f"r{number}" * 9) for number in range(500)], serial=2), now=NOON)
    monkeypatch.undo()
    assert [head.serial for head in index.states()] == [1]
    assert len(index.search("web", now=NOON)) == 1


def test_a_file_that_may_only_be_read_is_read(path, monkeypatch):
    index = filled(path)
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda place, **options: connect(place.replace("mode=rw", "mode=ro"), **options)
    )
    assert len(index.search("web", now=NOON)) == 1
    with pytest.raises(IacwatchError, match="it cannot be written to; check its mode"):
        index.replace(state(row(), serial=2), now=NOON)


@pytest.mark.parametrize("name", ["a?b#c%41 d.sqlite3", "sähm\udcff.sqlite3", "x" * 200])
def test_the_file_may_have_any_name(tmp_path, name):
    index = filled(tmp_path / name)
    assert (tmp_path / name).exists()
    assert len(index.search("web", now=NOON)) == 1


@pytest.mark.parametrize("table", ["row", "state"])
def test_an_entry_that_cannot_be_read_is_one_sentence(path, table):
    index = filled(path)
    column = {"row": "text", "state": "head"}[table]
    for nonsense in (
        "{nonsense",
        "[]",
        "7",
        '{"engine": "x"}',
        '["a.b", 7]',
        '{"place": "p", "engine": "cdk", "seen_at": "1"}',
    ):
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute(f"UPDATE {table} SET {column} = ?", (nonsense,))  # noqa: S608
        said = refusal(index, uses(index)[:1])
        assert "cannot be read; move it away, and fill it anew" in said


def test_what_is_gone_for_long_and_dropped_leaves_nothing(path):
    index = filled(path, row("a"), row("b"))
    index.replace(state(row("a"), serial=2), now=NOON)
    index.drop(["s3://acme/web.tfstate"], now=NOON + timedelta(days=1))
    index.drop([], now=NOON + timedelta(days=1) + GONE_FOR)
    with closing(sqlite3.connect(path)) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("row", "key", "state", "account")
        ]
    assert counts == [0, 0, 0, 0]


def test_every_field_of_a_row_and_a_head_is_kept():
    assert set(row_text._FIELDS) == {field.name for field in fields(AddressRow)}
    assert set(row_text._AS_THEY_ARE) | {"engine", "seen_at", "planned_at"} == {
        field.name for field in fields(StateHead)
    }

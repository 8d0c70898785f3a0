"""The spool: what was put in is there for the next run, and a file that is none does no harm."""

import sqlite3
import stat
from contextlib import closing

import pytest

from iacwatch.errors import IacwatchError
from iacwatch.storage.spool import Row, Spool


def row(captured, text="{}"):
    about = {"place": "1 eu-west-1", "type": "a", "name": "b", "document": text}
    return Row(thing=b"x" * 16, captured=captured, created=False, **about)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "spool.sqlite3"


def test_what_is_rolled_back_was_never_there_and_text_comes_back_as_it_was(path):
    spool = Spool(path)
    spool.add([row(1)])
    spool.roll_back()
    assert spool.count(0, 9) == 0
    spool.add([row(1, "half \ud800 a pair")])
    assert [each.row.document for each in spool.between(0, 9, (-1, b"", 0), 9)] == ["half \ud800 a pair"]
    spool.close()


def test_one_run_at_a_time_uses_it_whose_owner_alone_sees_it(path):
    spool = Spool(path)
    with pytest.raises(IacwatchError, match="another run with the same arguments is under way"):
        Spool(path)
    spool.close()
    Spool(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def of_another_version():
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE item (other TEXT)")
        database.execute("PRAGMA user_version = 99")
        return database.serialize()


@pytest.mark.parametrize(
    "content", [b"this is no database at all", b"SQLite format 3\0" + b"\xff" * 4096, of_another_version()]
)
def test_a_damaged_file_or_one_of_another_version_is_begun_anew(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with closing(Spool(path)) as spool:
        assert spool.count(0, 9) == 0
        spool.add([row(1)])
        assert spool.count(0, 9) == 1


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(IacwatchError, match="cannot keep what was gathered"):
        Spool(tmp_path / "file" / "spool.sqlite3")


def test_a_full_disk_is_one_sentence(path):
    spool = Spool(path)
    spool.database.execute("PRAGMA max_page_count = 20")
    with pytest.raises(IacwatchError, match=r"cannot keep what was gathered in .*: database or disk is full"):
        spool.add([row(number, str(number) * 9_000) for number in range(500)])
    spool.close()

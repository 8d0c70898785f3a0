"""The ledger's file: shared by processes, private, old entries forgotten, faults told in a sentence."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.errors import DeliveryError
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ports import RETENTION, Claim
from iacwatch.storage import sqlite_file as sqlite
from tests.fixtures.clocks import NOON

LEASE = timedelta(seconds=60)

RACE = """
import sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
ledger = SqliteLedger(Path(sys.argv[1]))
input()
ids = [f"id-{number}" for number in range(60)]
now = datetime(2026, 11, 20, 12, tzinfo=UTC)
for start in range(0, 60, 6):
    claims = ledger.claim(ids[start:start + 6], now=now, lease=timedelta(seconds=60))
    print(*(key for key, each in claims.items() if each.grant), flush=True)
"""
CRASH = """
import os, signal, sys
from datetime import datetime, timedelta, UTC
from pathlib import Path
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
ledger = SqliteLedger(Path(sys.argv[1]))
now = datetime(2026, 11, 20, 12, tzinfo=UTC)
claims = ledger.claim(["told", "claimed"], now=now, lease=timedelta(seconds=60))
ledger.complete([claims["told"].grant], now=now)
with ledger._file.writing() as database:
    database.execute("DELETE FROM told")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "iacwatch" / "ledger.sqlite3"


def told(path, *ids, at=NOON):
    ledger = SqliteLedger(path)
    claims = ledger.claim(ids, now=at, lease=LEASE)
    ledger.complete([claims[key].grant for key in ids], now=at)
    return ledger


def test_of_processes_that_claim_at_once_exactly_one_is_granted(path):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = " ".join(racer.communicate(timeout=60)[0] for racer in racers).split()
    assert [racer.returncode for racer in racers] == [0] * 4
    assert sorted(won) == sorted(f"id-{number}" for number in range(60))


def test_a_process_that_is_killed_leaves_the_file_as_it_was_before_its_last_step(path):
    done = subprocess.run([sys.executable, "-c", CRASH, str(path)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    ledger = SqliteLedger(path)
    assert ledger.reported(["told", "claimed"]) == {"told"}
    assert ledger.claim(["claimed"], now=NOON, lease=LEASE)["claimed"].claim is Claim.HELD


def test_file_and_folder_are_their_owners_alone_whatever_the_umask(path):
    before = os.umask(0)
    try:
        told(path, "a")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_was_told_is_forgotten_after_its_retention_and_not_before(path):
    told(path, "old")
    told(path, "young", at=NOON + timedelta(days=2))
    later = SqliteLedger(path)
    later.claim(["new"], now=NOON + RETENTION + timedelta(seconds=1), lease=LEASE)
    assert later.reported(["old", "young"]) == {"young"}
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM told").fetchone() == (2,)


def test_claims_that_nobody_came_back_for_do_not_pile_up(path):
    SqliteLedger(path).claim([str(number) for number in range(50)], now=NOON, lease=LEASE)
    SqliteLedger(path).claim(["new"], now=NOON + timedelta(days=2), lease=LEASE)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT id FROM told").fetchall() == [("new",)]


def test_a_file_that_is_no_ledger_is_one_sentence(path):
    path.parent.mkdir(parents=True)
    path.write_text("this is a diary, not a database\n" * 50)
    with pytest.raises(
        DeliveryError, match=r"cannot use the ledger .*: it is not an SQLite file; move it away"
    ):
        SqliteLedger(path)
    assert "diary" in path.read_text()


def test_a_ledger_of_a_newer_version_is_left_alone(path):
    told(path, "a")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 7")
    with pytest.raises(DeliveryError, match="a newer iacwatch wrote it; update iacwatch"):
        SqliteLedger(path)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryError, match="cannot use the ledger"):
        SqliteLedger(tmp_path / "file" / "ledger.sqlite3")


def test_a_ledger_that_another_run_keeps_locked_is_one_sentence(path, monkeypatch):
    ledger = told(path, "a")
    monkeypatch.setattr(sqlite, "_BUSY", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DeliveryError, match="another run keeps it locked"):
            ledger.claim(["b"], now=NOON, lease=LEASE)
        assert ledger.reported(["a"]) == {"a"}


def test_a_full_disk_is_one_sentence_and_spoils_nothing(path, monkeypatch):
    ledger = told(path, "a")
    connect = sqlite3.connect

    def full(*arguments, **options):
        database = connect(*arguments, **options)
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    monkeypatch.setattr(sqlite3, "connect", full)
    with pytest.raises(DeliveryError, match="the disk is full; make room"):
        ledger.claim([f"{number:0200d}" for number in range(500)], now=NOON, lease=LEASE)
    monkeypatch.undo()
    assert ledger.reported(["a", f"{0:0200d}"]) == {"a"}
    assert ledger.claim([f"{0:0200d}"], now=NOON, lease=LEASE)[f"{0:0200d}"].claim is Claim.GRANTED


def test_a_file_that_may_only_be_read_still_says_what_was_told(path, monkeypatch):
    ledger = told(path, "a")
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda place, **options: connect(place.replace("mode=rw", "mode=ro"), **options)
    )
    assert ledger.reported(["a"]) == {"a"}
    with pytest.raises(DeliveryError, match="it cannot be written to"):
        ledger.claim(["b"], now=NOON, lease=LEASE)

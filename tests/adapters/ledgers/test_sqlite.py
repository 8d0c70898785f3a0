"""The ledger's file: shared by processes, private, old entries forgotten, faults told in a sentence."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.errors import DeliveryError
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ports import RETENTION, Claim
from tests.fixtures.clocks import NOON

LEASE = timedelta(seconds=60)

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


def test_a_process_that_is_killed_leaves_the_file_as_it_was_before_its_last_step(path):
    done = subprocess.run([sys.executable, "-c", CRASH, str(path)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    ledger = SqliteLedger(path)
    assert ledger.reported(["told", "claimed"]) == {"told"}
    assert ledger.claim(["claimed"], now=NOON, lease=LEASE)["claimed"].claim is Claim.HELD


def test_what_was_told_is_forgotten_after_its_retention_and_not_before(path):
    told(path, "old")
    told(path, "young", at=NOON + timedelta(days=2))
    later = SqliteLedger(path)
    later.claim(["new"], now=NOON + RETENTION + timedelta(seconds=1), lease=LEASE)
    assert later.reported(["old", "young"]) == {"young"}
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM told").fetchone() == (2,)


def test_a_file_that_may_only_be_read_still_says_what_was_told(path, monkeypatch):
    ledger = told(path, "a")
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda place, **options: connect(place.replace("mode=rw", "mode=ro"), **options)
    )
    assert ledger.reported(["a"]) == {"a"}
    with pytest.raises(DeliveryError, match="it cannot be written to"):
        ledger.claim(["b"], now=NOON, lease=LEASE)

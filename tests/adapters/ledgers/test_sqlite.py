"""The ledger's file: shared by processes, private, old entries forgotten, faults told in a sentence."""

import sqlite3
from datetime import timedelta

import pytest

from iacwatch.errors import DeliveryError
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from tests.fixtures.clocks import NOON

LEASE = timedelta(seconds=60)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "iacwatch" / "ledger.sqlite3"


def told(path, *ids, at=NOON):
    ledger = SqliteLedger(path)
    claims = ledger.claim(ids, now=at, lease=LEASE)
    ledger.complete([claims[key].grant for key in ids], now=at)
    return ledger


def test_a_file_that_may_only_be_read_still_says_what_was_told(path, monkeypatch):
    ledger = told(path, "a")
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda place, **options: connect(place.replace("mode=rw", "mode=ro"), **options)
    )
    assert ledger.reported(["a"]) == {"a"}
    with pytest.raises(DeliveryError, match="it cannot be written to"):
        ledger.claim(["b"], now=NOON, lease=LEASE)

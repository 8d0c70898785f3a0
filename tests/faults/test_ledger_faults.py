"""A ledger that cannot be written, or only sometimes: nothing is told that could not be remembered."""

import io
import sqlite3

import pytest

from iacwatch.errors import DeliveryError
from iacwatch.storage import sqlite_file as sqlite
from tests.faults.foul_aws import once
from tests.faults.runs import LATER, shown

connect = sqlite3.connect


@pytest.fixture
def opened(place, monkeypatch):
    """Return what sets how the ledger's file is opened from now on, once it is there."""
    place.fill(0)
    place.run()
    assert place.aws.told() == {0: 1}
    return lambda how: monkeypatch.setattr(sqlite.sqlite3, "connect", how)


def full(path, **more):
    """Open with two pages: SQLite's own way to be full."""
    database = connect(path, **more)
    database.execute("PRAGMA max_page_count = 2")
    return database


def failing(statement, fails=lambda: True):
    """Open so that a kind of statement finds the disk full, whenever `fails` says so."""

    class Database(sqlite3.Connection):
        def executemany(self, sql, parameters):
            rows = list(parameters)
            if sql.startswith(statement) and fails():
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            return super().executemany(sql, rows)

    return lambda path, **more: connect(path, factory=Database, **more)


def test_what_the_ledger_cannot_take_is_not_told_and_stays_in_the_queue(aws, place, opened):
    for number in range(1, 90):
        place.fill(number, who=f"person-{number // 5}@example.com")
    opened(full)
    with pytest.raises(DeliveryError, match="the disk is full; make room"):
        raise place.run().error
    waiting = aws.waiting(place.queue)
    assert waiting == set(range(90)) - set(aws.told())
    assert len(waiting) >= 40
    opened(connect)
    place.finish()
    assert aws.told() == dict.fromkeys(range(90), 1)


@pytest.mark.parametrize(("statement", "fails"), [("UPDATE", lambda: True), ("DELETE", once(2))])
def test_what_was_told_and_could_not_be_remembered_is_not_told_again(aws, place, opened, statement, fails):
    """The disk fills up between Slack's answer and the ledger's write: the queue remembers instead."""
    place.fill(*range(1, 4), who="alice@example.com")
    place.fill(*range(4, 7), who="bob@example.com", minutes=30)
    opened(failing(statement, fails))
    report = io.StringIO()
    ran = place.run(report=report)
    if statement == "UPDATE":
        assert isinstance(ran.error, DeliveryError)
        assert (len([number for number in aws.told() if number]), len(aws.messages(place.queue))) == (3, 3)
        assert len(shown(report.getvalue())) == 3, "what Slack was told is in the report"
    opened(connect)
    aws.jump(LATER)
    place.finish()
    assert aws.told() == dict.fromkeys(range(7), 1)

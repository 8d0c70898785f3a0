"""A ledger that cannot be written, or only sometimes: nothing is told that could not be remembered."""

import sqlite3
import subprocess
from datetime import timedelta

import pytest

from iacwatch.errors import DeliveryError
from iacwatch.storage import sqlite_file as sqlite
from tests.faults.foul_aws import numbers, once
from tests.faults.runs import LATER, shown, stream
from tests.fixtures import command

connect = sqlite3.connect


@pytest.fixture
def opened(place, monkeypatch):
    """Return what sets how the ledger's file is opened from now on, once it is there."""
    place.fill(0)
    place.run()
    assert place.aws.told() == {0: 1}
    return lambda how: monkeypatch.setattr(sqlite.sqlite3, "connect", how)


def full(pages):
    """Open with so few pages: SQLite's own way to be full."""

    def opening(path, **more):
        database = connect(path, **more)
        database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    return opening


def read_only(path, **more):
    return connect(path.replace("mode=rw", "mode=ro"), **more)


@pytest.mark.parametrize(
    ("how", "says"), [(full(2), "the disk is full; make room"), (read_only, "it cannot be written to")]
)
def test_what_the_ledger_cannot_take_is_not_told_and_stays_in_the_queue(aws, place, opened, how, says):
    for number in range(1, 90):
        place.fill(number, who=f"person-{number // 5}@example.com")
    opened(how)
    with pytest.raises(DeliveryError, match=says):
        raise place.run().error
    waiting = {number for each in aws.messages(place.queue) for number in numbers(each.body)}
    assert waiting == set(range(90)) - set(aws.told())
    assert len(waiting) >= 40
    opened(connect)
    place.finish()
    assert aws.told() == dict.fromkeys(range(90), 1)


def test_a_read_only_ledger_is_said_before_anything_is_received(aws, place, opened):
    opened(read_only)
    place.fill(1)
    before = len(aws.calls)
    ran = None
    try:
        ran = place.run()
    except DeliveryError as error:
        assert "it cannot be written to" in str(error)
    assert ran is None or "it cannot be written to" in str(ran.error)
    assert aws.told() == {0: 1}
    assert len([each for each in aws.calls[before:] if each.operation == "DeleteMessageBatch"]) == 0


@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
def test_what_was_told_and_could_not_be_remembered_is_not_told_again(aws, place, opened, statement):
    """The disk fills up between Slack's answer and the ledger's write: the queue remembers instead."""
    place.fill(*range(1, 4), who="alice@example.com")
    place.fill(*range(4, 7), who="bob@example.com", minutes=30)
    fails = once(1 if statement == "UPDATE" else 2)

    class Database(sqlite3.Connection):
        def executemany(self, sql, parameters):
            rows = list(parameters)
            if sql.startswith(statement) and (fails() or statement == "UPDATE"):
                raise full_disk()
            return super().executemany(sql, rows)

    opened(lambda path, **more: connect(path, factory=Database, **more))
    ran = place.run()
    told = [number for number in aws.told() if number]
    waiting = len(aws.messages(place.queue))
    if statement == "UPDATE":
        assert isinstance(ran.error, DeliveryError)
        assert (len(told), waiting) == (3, 3)
    opened(connect)
    aws.jump(LATER)
    place.finish()
    assert aws.told() == dict.fromkeys(range(7), 1)


def full_disk():
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def test_what_slack_was_told_is_in_the_report_though_the_ledger_fails(aws, place, opened):
    place.fill(*range(1, 4), who="alice@example.com")

    class Database(sqlite3.Connection):
        def executemany(self, sql, parameters):
            if sql.startswith("UPDATE"):
                raise full_disk()
            return super().executemany(sql, list(parameters))

    opened(lambda path, **more: connect(path, factory=Database, **more))
    report = stream()
    assert isinstance(place.run(report=report).error, DeliveryError)
    assert len(shown(report.getvalue())) == 3
    assert aws.messages(place.queue) == []


def test_a_process_that_may_write_no_larger_files_loses_nothing(aws, place, tmp_path):
    """The kernel itself refuses what the ledger writes."""
    place.fill(0)
    place.run()
    for number in range(1, 150):
        place.fill(number, who=f"person-{number // 5}@example.com")
    size = 8  # KB: not even the journal of one step
    line = " ".join(command.line("drain", "--queue-url", place.queue, "--format", "jsonl"))
    environ = command.environment(aws, tmp_path, PYTHONDONTWRITEBYTECODE="1", **place.environ)
    limited = subprocess.run(
        ["bash", "-c", f"ulimit -f {size}; exec {line}"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert limited.returncode == 1, limited.stderr
    assert "cannot use the ledger" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert len(aws.messages(place.queue)) == 149
    place.finish()
    assert aws.told() == dict.fromkeys(range(150), 1)


def test_a_ledger_that_is_locked_for_long_is_waited_for_and_then_nothing_is_lost(
    aws, place, opened, monkeypatch
):
    monkeypatch.setattr(sqlite, "_BUSY", 0.2)
    place.fill(1)
    holder = connect(place.folder / "ledger.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    error = None
    try:
        error = place.run().error
    except DeliveryError as raised:
        error = raised
    assert "another run keeps it locked" in str(error)
    holder.execute("ROLLBACK")
    holder.close()
    aws.jump(timedelta(minutes=3))
    place.finish()
    assert aws.told() == {0: 1, 1: 1}

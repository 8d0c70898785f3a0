"""Notes where the laws end: what others wrote, old files, faults told in a sentence."""

import gzip
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from iacwatch.aws.dynamodb_table import KEY, TTL
from iacwatch.errors import AwsError, DeliveryError
from iacwatch.ledgers.dynamodb.notes import DynamoNotes
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ledgers.sqlite.notes import SqliteNotes
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON

DAY = timedelta(days=1)
FOUL = {
    "no gzip": b"plain",
    "cut off": gzip.compress(b"a text of some length")[:-9],
    "a bomb": gzip.compress(bytes(70_000_000), 1),
    "no text": gzip.compress(b"\xff\xfe"),
}


def write(notes):
    notes.write({"a": "a note"}, now=NOON, expires_at=NOON + DAY)


@pytest.fixture
def table():
    return moto_aws.table()


@pytest.fixture
def dynamodb():
    return moto_aws.client("dynamodb")


@pytest.fixture
def notes(dynamodb, table):
    return DynamoNotes(lambda: dynamodb, table)


@pytest.mark.parametrize("foul", FOUL.values(), ids=FOUL)
def test_what_is_no_note_is_an_error_and_not_an_empty_answer(tmp_path, dynamodb, table, notes, foul):
    stored = {KEY: {"S": "note#a"}, "text": {"B": foul}, TTL: {"N": "99999999999"}}
    dynamodb.put_item(TableName=table, Item=stored)
    with pytest.raises(AwsError, match=f"ledger table {table}: its note note#a cannot be read; delete that"):
        notes.read(["a"], now=NOON)
    with pytest.raises(AwsError, match="its note note#a cannot be read"):
        notes.swap("a", seen=None, new="x", now=NOON, expires_at=NOON + DAY)
    file = SqliteNotes(tmp_path / "ledger")
    write(file)
    with closing(sqlite3.connect(tmp_path / "ledger")) as database:
        database.execute("UPDATE note SET text = ?", (foul,))
        database.commit()
    with pytest.raises(DeliveryError, match=r"cannot use the ledger .*: its note note#a cannot be read"):
        file.read(["a"], now=NOON)


@pytest.mark.parametrize("lacks", [{"text": {"S": "of another make"}, TTL: {"N": "99999999999"}}, {}])
def test_an_item_of_another_make_is_an_error(dynamodb, table, notes, lacks):
    dynamodb.put_item(TableName=table, Item={KEY: {"S": "note#a"}, **lacks})
    with pytest.raises(AwsError, match="its note note#a cannot be read"):
        notes.read(["a"], now=NOON)


def test_the_file_of_an_older_iacwatch_takes_notes_and_keeps_what_it_knew(tmp_path):
    path = tmp_path / "ledger"
    ledger = SqliteLedger(path)
    ledger.complete([ledger.claim(["a"], now=NOON, lease=DAY)["a"].grant], now=NOON)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE note")
        database.commit()
    write(SqliteNotes(path))
    assert SqliteNotes(path).read(["a"], now=NOON) == {"a": "a note"}
    assert SqliteLedger(path).reported(["a"]) == {"a"}

"""What doctor says of the index of addresses: each state's age, and the managed objects without an address."""

from datetime import timedelta

import pytest

from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.app.doctor import setup
from iacwatch.core.iac import AddressRow, StateHead, StateRows
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.story import documents, kinds
from iacwatch.doctor.checks.addresses import addresses
from iacwatch.doctor.examination import Examination


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as made:
        yield made


@pytest.fixture
def look(aws, tmp_path, monkeypatch):
    def lines(**given):
        for name, value in {**aws.environment(), "HOME": str(tmp_path), **given}.items():
            monkeypatch.setenv(name, value)
        results = addresses.run(Examination(setup()))
        return [f"{each.status} {each.name}: {each.message}" for each in results]

    return lines


def state(path, name, age, *rows, aws):
    now = aws.clock.now()
    head = StateHead(place=name, stack=name, seen_at=now - age)
    SqliteIndex(path).replace(StateRows(head=head, rows=rows), now=now)


def test_without_an_index_nothing_is_said_and_one_that_nobody_filled_or_that_is_none_fails(look, tmp_path):
    assert look() == []
    (line,) = look(IACWATCH_IAC__INDEX="sqlite")
    assert line.endswith("addresses.sqlite3: there is no such file")
    (tmp_path / "a.sqlite3").write_text("no database at all, but long enough to be looked at" * 40)
    (line,) = look(IACWATCH_IAC__INDEX=f"sqlite://{tmp_path}/a.sqlite3")
    assert line.startswith("fail addresses: ")


def test_an_index_without_a_state_says_how(look, tmp_path, aws):
    path = tmp_path / "a.sqlite3"
    state(path, "live/net", timedelta(), aws=aws)
    SqliteIndex(path).drop(["live/net"], now=aws.clock.now())
    lines = look(IACWATCH_IAC__INDEX=f"sqlite://{path}")
    assert lines[0] == f"warn addresses: the index of addresses (sqlite://{path}) holds no state yet"
    assert lines[1].startswith("ok addresses.objects: nothing is managed in ")


def test_ages_and_objects_without_an_address_are_listed(look, aws, tmp_path):
    known, lost, stacked, tagged = (
        kinds.table(name).tagged(managed_by="terraform") for name in ("known", "lost", "stacked", "tagged")
    )
    stacked = stacked.tagged(**{"aws:cloudformation:stack_name": "shop"})
    for thing in (known, lost, stacked, tagged.tagged(repo="acme/infra"), kinds.table("nobodys")):
        aws.add_item(documents.item(thing, aws.clock.now() - timedelta(hours=1)))
    path = tmp_path / "a.sqlite3"
    row = AddressRow(address="aws_x.y", type="aws_dynamodb_table", arn=known.arn, id=known.id)
    state(path, "live/net", timedelta(days=41), aws=aws)
    state(path, "live/shop", timedelta(hours=5), row, aws=aws)
    assert look(IACWATCH_IAC__INDEX=f"sqlite://{path}") == [
        "warn addresses: the index of addresses holds 2 states, by age: live/net 41 d, live/shop 5 h",
        "warn addresses.objects: of the 4 managed objects in eu-west-1, 1 have no address: AWS::DynamoDB::Table lost",
    ]

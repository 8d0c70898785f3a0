"""Where the index of addresses is, by what is configured."""

from pathlib import Path

import pytest

from iacwatch.addresses.index.dynamodb.index import DynamoIndex
from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.app.container import Container
from iacwatch.app.store import address_index
from iacwatch.errors import UsageError
from iacwatch.ports import Replaced
from tests.fixtures import moto_aws
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import row, state


def index_of(url, **environ):
    return Container(environ={"IACWATCH_IAC__INDEX": url, **environ}, usual_places=False).address_index


def test_the_index_is_in_the_file_that_is_named_or_beside_the_ledger_or_there_is_none(tmp_path):
    assert index_of("") is None
    usual = index_of("sqlite", HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "kept"))
    assert isinstance(usual, SqliteIndex)
    assert list(tmp_path.iterdir()) == []
    usual.replace(state(row()), now=NOON)
    assert (tmp_path / "kept" / "iacwatch" / "addresses.sqlite3").exists()
    index_of(f"sqlite://{tmp_path}/a b?.sqlite3").replace(state(row()), now=NOON)
    assert (tmp_path / "a b?.sqlite3").exists()


def test_without_a_home_there_is_no_usual_file(monkeypatch):
    def nowhere(_):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", nowhere)
    with pytest.raises(
        UsageError, match=r'index of addresses in; set iac\.index to "sqlite:///absolute/path"'
    ):
        index_of("sqlite")


def test_a_table_that_an_arn_names_is_asked_in_its_region():
    table, regions = moto_aws.table(), []

    def client(region):
        regions.append(region)
        return moto_aws.client("dynamodb")

    def path(url):
        raise AssertionError(url)

    for name in (table, f"arn:aws:dynamodb:{moto_aws.REGION}:123456789012:table/{table}"):
        index = address_index(f"dynamodb://{name}", client=client, path=path)
        assert isinstance(index, DynamoIndex)
        assert index.replace(state(row()), now=NOON) is Replaced.WRITTEN
        assert [head.place for head in index.states()] == ["s3://acme/web.tfstate"]
        assert [each.row for each in index.search("web", now=NOON)] == [row()]
    assert set(regions) == {None, moto_aws.REGION}

"""Where the index of addresses is, by what is configured."""

from pathlib import Path
from unittest.mock import Mock

import pytest

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
    assert list(tmp_path.iterdir()) == []
    usual.replace(state(row()), now=NOON)
    assert (tmp_path / "kept" / "iacwatch" / "addresses.sqlite3").exists()
    index_of(f"sqlite://{tmp_path}/a b?.sqlite3").replace(state(row()), now=NOON)
    assert (tmp_path / "a b?.sqlite3").exists()


def test_without_a_home_there_is_no_usual_file(monkeypatch):
    monkeypatch.setattr(Path, "expanduser", Mock(side_effect=RuntimeError("no home")))
    with pytest.raises(UsageError, match=r'addresses in; set iac\.index to "sqlite:///absolute/path"'):
        index_of("sqlite")


def test_a_table_that_an_arn_names_is_asked_in_its_region():
    table = moto_aws.table()
    for name, region in (
        (table, None),
        (f"arn:aws:dynamodb:{moto_aws.REGION}:123456789012:table/{table}", moto_aws.REGION),
    ):
        client = Mock(return_value=moto_aws.client("dynamodb"))
        index = address_index(f"dynamodb://{name}", client=client, path=None)
        assert index.replace(state(row()), now=NOON) is Replaced.WRITTEN
        assert [each.row for each in index.search("web", now=NOON)] == [row()]
        client.assert_called_with(region)

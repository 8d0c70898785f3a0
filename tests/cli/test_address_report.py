"""What `iacwatch address` says."""

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from iacwatch.cli import address_report
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.group import run
from iacwatch.core.iac import AddressRow, IndexedRow, Planned, StateHead

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOSTILE = "\x1b[31m<!channel>\u202e##[error]"


def head(ago, **more):
    return StateHead(place="s3://acme-tfstate/net", seen_at=NOW - ago, **more)


@pytest.mark.parametrize(
    ("name", "shown"), [("add", "terraform state pull"), ("plan", "terraform show -json PLAN")]
)
def test_somebody_at_a_terminal_is_told_what_to_pipe(monkeypatch, capsys, name, shown):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    assert run(["address", name]) == 2
    pipe = f"{shown} | iacwatch address {name} -"
    assert capsys.readouterr().err.endswith(f"and this is a terminal; {pipe}\n")


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([], "the index holds no state yet"),
        ([head(timedelta(0), planned_at=NOW)], "the index holds no state yet"),
        ([head(timedelta(hours=5))], "searched 1 state, seen 5 h ago"),
        ([head(timedelta(days=9)), head(timedelta(0))], "searched 2 states, seen a minute to 9 d ago"),
        ([head(timedelta(days=2)), head(timedelta(days=2))], "searched 2 states, seen 2 d ago"),
    ],
)
def test_a_search_in_vain_says_what_was_searched(states, words):
    assert address_report.searched(states, now=NOW) == words


def test_a_line_says_all_that_is_known_of_a_row_and_no_strangers_text_is_obeyed(capsys):
    row = AddressRow(
        address='aws_vpc_security_group_ingress_rule.ssh["a"]',
        type="aws_vpc_security_group_ingress_rule",
        id=f"sgr-1{HOSTILE}",
        account_id="111122223333",
        region="eu-west-1",
        parent="sg-1",
        deposed="00ff00ff",
        planned=Planned(actions=("delete", "create"), action_reason="replace_because_tainted"),
    )
    stack = {"stack": f"net{HOSTILE}", "repository": "acme/infra", "owner": f"@acme/net{HOSTILE}"}
    indexed = IndexedRow(row=row, head=head(timedelta(days=3), **stack), gone_at=NOW - timedelta(hours=3))
    address_report.found([indexed], GlobalOptions(), now=NOW)
    (line,) = capsys.readouterr().out.splitlines()
    assert line == (
        'aws_vpc_security_group_ingress_rule.ssh["a"] (deposed 00ff00ff),'
        " sgr-1 [31m<!channel>##[error] 111122223333 eu-west-1,"
        " stack net [31m<!channel>##[error] of acme/infra, owned by @acme/net [31m<!channel>##[error],"
        " as of 3 d ago, part of sg-1, planned: delete and create (replace_because_tainted), gone since 2026-11-30 09:00Z"
    )
    address_report.write_row(indexed)
    assert not {"\x1b", "\u202e"}.intersection(written := capsys.readouterr().out)
    assert "##[" not in written

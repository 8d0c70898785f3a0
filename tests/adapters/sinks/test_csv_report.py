"""CSV: a row a finding, columns that stay, and nothing that a spreadsheet would run."""

import csv
import io
import re
from dataclasses import replace

import pytest

from iacwatch.core.model import ChangeType
from iacwatch.sinks.csv_report import COLUMNS, CsvReport
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    PIPELINE,
    PIPELINE_SESSION,
    ROLE,
    behind,
    change,
    entry,
    event,
    finding,
    lead,
    match,
    unattributed,
)
from tests.fixtures.located import (
    ADDRESS,
    COMMAND,
    FILE_URL,
    UNKNOWN,
    located,
    odd_address,
)

FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def written(*findings):
    out = io.StringIO(newline="")
    sink = CsvReport(out=out, style=ReportStyle(names={ACCOUNT: "prod"}))
    sink.emit(findings)
    sink.close()
    return out.getvalue()


def row(*args, **fields):
    """Return the one row of a finding with these fields, as a strict reader takes it."""
    text = written(*(args or [finding(**fields)]))
    (told,) = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return told


def test_the_columns_are_those_that_people_script_against():
    assert written().removesuffix("\r\n") == (
        "finding_id,verdict,happened_at,captured_at,who,what,account_id,account_name,region,resource_type,"
        "resource_id,resource_name,arn,change_type,managed_by,changed_properties,before_after,actor_kind,"
        "actor_name,actor_arn,actor_principal,actor_account_id,via,tool,source_ip,user_agent,access_key_id,"
        "source_identity,repository,invoked_by,event_id,event_name,event_source,event_time,event_region,lag_s,"
        "match,workflow,other_event_ids,reason,config_link,cloudtrail_link,leads,"
        "session,chain,event_principal,event_arn,"
        "iac_engine,iac_address,iac_stack,iac_repository,iac_path,iac_owner,iac_seen_at,iac_evidence,"
        "iac_precision,next_apply,next_apply_reason,next_step,iac_link"
    )


def test_a_row_tells_the_finding_through_which_sessions_where_it_lives_and_what_to_do():
    others = match(event=event(event_id="a")), match(event=event(event_id="b"))
    told = row(replace(located(), match=behind("alice@example.com").match, others=others))
    assert told.items() >= {
        "happened_at": f"{CALLED_AT:%Y-%m-%dT%H:%M:%S}.000Z",
        "captured_at": f"{CAPTURED_AT:%Y-%m-%dT%H:%M:%S}.123Z",
        "who": "alice@example.com, through role gha-terraform-prod",
        "what": "opened 22/tcp to 0.0.0.0/0 on security group web (sg-0a1b2c3d4e5f60718) (managed by terraform)",
        "account_name": "prod",
        "changed_properties": "Configuration.IpPermissions.0",
        "before_after": 'added IpPermissions: 22/tcp 0.0.0.0/0 "tmp debug"',
        "actor_principal": ROLE,
        "event_name": "AuthorizeSecurityGroupIngress",
        "lag_s": "41",
        "other_event_ids": "a; b",
        "event_principal": PIPELINE,
    }.items()  # fmt: skip
    assert (told["session"], told["chain"]) == ("terragrunt-1718035023456789000", PIPELINE_SESSION)
    assert [told[name] for name in COLUMNS[-13:]] == [
        *("terraform", ADDRESS, "live/prod/net", "acme/infra", "live/prod/net", "'@acme/net"),
        *("2026-11-18T09:00:00Z", "index", "instance", "unknown", UNKNOWN.reason, COMMAND, FILE_URL),
    ]


def test_what_nobody_knows_is_an_empty_cell_and_what_came_near_is_told():
    told = row(unattributed(leads=(lead(), lead("=1+1", event_name="PutRolePolicy"))))
    assert (told["who"], told["happened_at"]) == ("nobody found", told["captured_at"])
    assert {told[name] for name in ("actor_name", "event_id", "lag_s", "workflow", *COLUMNS[-13:])} == {""}
    assert told["leads"] == (
        "AuthorizeSecurityGroupIngress by bob at 10:11: the item does not show what it sets; "
        "PutRolePolicy by bob at 10:11: =1+1"
    )


def test_what_was_and_what_is_stands_in_one_cell():
    owner, tag = entry("Configuration.Owner", "a", None), entry("Tags.team", None, "b")
    told = row(change=change(diff=(entry("Configuration.Size", 1, 2), owner, tag)))
    assert told["before_after"] == "changed Size: 1 → 2; removed Owner: a; added tag team: b"
    told = row(change=change(change_type=ChangeType.DELETE))
    assert (told["change_type"], told["before_after"]) == ("DELETE", "")


@pytest.mark.parametrize("text", [*hostile_text.TEXTS, "\uff1d1+1", "a;'\uff0b1"])
def test_no_cell_is_a_formula_wherever_a_spreadsheet_splits_and_no_text_leaves_its_cell(text):
    told = written(replace(hostile_text.odd(text), **odd_address(text)))
    told.encode("utf-8")
    (cells,) = csv.DictReader(io.StringIO(told, newline=""), strict=True)
    assert list(cells) == list(COLUMNS)
    for name, cell in cells.items():
        assert not FORMULA.match(cell), (name, cell)
        assert all(letter.isprintable() for letter in cell), (name, cell)
    for separator in ";\t":
        for line in told.split("\r\n"):
            for cell in line.split(separator)[1:]:
                assert not FORMULA.match(cell.lstrip(' "')), cell


def test_a_number_below_zero_stays_a_number_and_a_cell_fits_a_spreadsheet():
    told = row(match=match(event=event(), lag=CALLED_AT - CAPTURED_AT), reason="x" * 100_000)
    assert (told["lag_s"], len(told["reason"])) == ("-41", 32_000)

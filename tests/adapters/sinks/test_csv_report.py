"""CSV: a row a finding, columns that stay, and nothing that a spreadsheet would run."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import ChangeType
from iacwatch.core.present.record import record
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.csv_report import COLUMNS, CsvReport, disarmed
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text
from tests.fixtures.builders import (
    ACCOUNT,
    CALLED_AT,
    CAPTURED_AT,
    PIPELINE,
    PIPELINE_SESSION,
    ROLE,
    actor,
    behind,
    change,
    entry,
    event,
    finding,
    lead,
    many,
    match,
    resource,
    unattributed,
)
from tests.fixtures.located import ADDRESS, COMMAND, FILE_URL, UNKNOWN, located, odd_address
from tests.fixtures.streams import FullDisk, closed_pipe

FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def written(*findings, **fields):
    out = io.StringIO(newline="")
    sink = CsvReport(out=out, style=ReportStyle(names={ACCOUNT: "prod"}, **fields))
    sink.emit(findings)
    sink.close()
    return out.getvalue()


def rows(text):
    """Return the rows as a strict reader takes them."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_columns_are_those_that_people_script_against():
    assert written().removesuffix("\r\n").split(",") == list(COLUMNS)
    assert ",".join(COLUMNS) == (
        "finding_id,verdict,happened_at,captured_at,who,what,account_id,account_name,region,resource_type,"
        "resource_id,resource_name,arn,change_type,managed_by,changed_properties,before_after,actor_kind,"
        "actor_name,actor_arn,actor_principal,actor_account_id,via,tool,source_ip,user_agent,access_key_id,"
        "source_identity,repository,invoked_by,event_id,event_name,event_source,event_time,event_region,lag_s,"
        "match,workflow,other_event_ids,reason,config_link,cloudtrail_link,leads,"
        "session,chain,event_principal,event_arn,"
        "iac_engine,iac_address,iac_stack,iac_repository,iac_path,iac_owner,iac_seen_at,iac_evidence,"
        "iac_precision,next_apply,next_apply_reason,next_step,iac_link"
    )


def test_a_row_tells_what_came_near():
    (row,) = rows(written(unattributed(leads=(lead(), lead("=1+1", event_name="PutRolePolicy")))))
    assert row["leads"] == (
        "AuthorizeSecurityGroupIngress by bob at 10:11: the item does not show what it sets; "
        "PutRolePolicy by bob at 10:11: =1+1"
    )
    assert row["actor_name"] == row["event_id"] == ""


def test_a_row_tells_the_finding():
    (row,) = rows(
        written(finding(others=(match(event=event(event_id="a")), match(event=event(event_id="b")))))
    )
    told = record(finding())
    assert row["finding_id"] == told["finding_id"]
    assert row["happened_at"] == f"{CALLED_AT:%Y-%m-%dT%H:%M:%S}.000Z"
    assert row["captured_at"] == f"{CAPTURED_AT:%Y-%m-%dT%H:%M:%S}.123Z"
    assert row["who"] == row["actor_name"] == "alice@example.com"
    assert row["what"] == (
        "opened 22/tcp to 0.0.0.0/0 on security group web (sg-0a1b2c3d4e5f60718) (managed by terraform)"
    )
    assert (row["account_id"], row["account_name"], row["region"]) == (ACCOUNT, "prod", "eu-west-1")
    assert (row["arn"], row["actor_arn"]) == (told["change"]["arn"], told["actor"]["arn"])
    assert row["changed_properties"] == "Configuration.IpPermissions.0"
    assert row["before_after"] == 'added IpPermissions: 22/tcp 0.0.0.0/0 "tmp debug"'
    assert (row["event_name"], row["lag_s"], row["match"]) == ("AuthorizeSecurityGroupIngress", "41", "id")
    assert row["other_event_ids"] == "a; b"
    assert (row["config_link"], row["cloudtrail_link"]) == tuple(told["links"].values())


def test_a_row_tells_through_which_sessions_somebody_called():
    (row,) = rows(written(behind("alice@example.com")))
    assert (row["actor_name"], row["actor_principal"]) == ("alice@example.com", ROLE)
    assert (row["session"], row["chain"]) == ("terragrunt-1718035023456789000", PIPELINE_SESSION)
    assert (row["event_principal"], row["event_arn"]) == (PIPELINE, PIPELINE_SESSION)


def test_a_row_tells_where_it_lives_and_what_to_do():
    (row,) = rows(written(located()))
    assert {name: row[name] for name in COLUMNS[-13:]} == {
        "iac_engine": "terraform",
        "iac_address": ADDRESS,
        "iac_stack": "live/prod/net",
        "iac_repository": "acme/infra",
        "iac_path": "live/prod/net",
        "iac_owner": "'@acme/net",
        "iac_seen_at": "2026-11-18T09:00:00Z",
        "iac_evidence": "index",
        "iac_precision": "instance",
        "next_apply": "unknown",
        "next_apply_reason": UNKNOWN.reason,
        "next_step": COMMAND,
        "iac_link": FILE_URL,
    }
    (row,) = rows(written(finding()))
    assert {row[name] for name in COLUMNS[-13:]} == {""}


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_no_cell_about_iac_is_a_formula(text):
    (row,) = rows(written(finding(**odd_address(text))))
    assert not any(FORMULA.match(row[name]) for name in COLUMNS[-13:])


def test_what_nobody_knows_is_an_empty_cell():
    (row,) = rows(written(unattributed()))
    assert (row["who"], row["actor_name"], row["event_id"], row["lag_s"], row["workflow"]) == (
        "nobody found",
        "",
        "",
        "",
        "",
    )
    assert row["happened_at"] == row["captured_at"]


def test_what_was_and_what_is_stands_in_one_cell():
    diff = (
        entry("Configuration.Size", 1, 2),
        entry("Configuration.Owner", "a", None),
        entry("Tags.team", None, "b"),
    )
    (row,) = rows(written(finding(change=change(diff=diff))))
    assert row["before_after"] == "changed Size: 1 → 2; removed Owner: a; added tag team: b"


def test_a_deletion_and_a_change_without_a_diff_have_rows_too():
    gone, bare = rows(
        written(finding(change=change(change_type=ChangeType.DELETE)), finding(change=change(diff=None)))
    )
    assert (gone["change_type"], gone["before_after"]) == ("DELETE", "")
    assert (bare["changed_properties"], bare["before_after"]) == ("", "")


def test_lines_end_as_the_rfc_says_and_odd_cells_are_quoted():
    text = written(finding(reason='a,"b"'), finding())
    assert text.count("\r\n") == text.count("\n") == 3
    assert '"a,""b"""' in text


def test_secrets_and_named_paths_are_hidden():
    diff = (
        entry("Configuration.MasterUserPassword", "a-secret", "another"),
        entry("Configuration.Owner", "carol", "dan"),
    )
    text = written(finding(change=change(diff=diff)), redact=["Configuration.owner"])
    assert "(redacted)" in text
    for secret in ("a-secret", "another", "carol", "dan"):
        assert secret not in text


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_no_cell_is_a_formula_and_no_text_leaves_its_cell(text):
    told = written(hostile_text.odd(text))
    (row,) = rows(told)
    assert list(row) == list(COLUMNS)
    assert None not in row.values()
    for name, cell in row.items():
        assert not FORMULA.match(cell), (name, cell)
        assert all(letter.isprintable() for letter in cell), (name, cell)
    told.encode("utf-8")


@pytest.mark.parametrize("text", hostile_text.TEXTS)
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_spreadsheet_that_splits_elsewhere_finds_no_formula_either(text, separator):
    for line in written(hostile_text.odd(text)).split("\r\n"):
        for cell in line.split(separator)[1:]:
            assert not FORMULA.match(cell.lstrip(' "')), cell


@given(st.text())
def test_a_disarmed_text_only_gains_apostrophes(text):
    told = disarmed(text)
    assert told.replace("'", "") == text.replace("'", "")
    assert not FORMULA.match(told.lstrip("\n\t\r"))
    assert disarmed(told) == told


def test_a_number_below_zero_stays_a_number():
    early = match(event=event(), lag=CALLED_AT - CAPTURED_AT)
    (row,) = rows(written(finding(match=early)))
    assert row["lag_s"] == "-41"


def test_a_cell_fits_a_spreadsheet():
    (row,) = rows(
        written(finding(reason="x" * 100_000, match=match(event=event(actor=actor(user_agent="y" * 50_000)))))
    )
    assert max(map(len, row.values())) == 32_000


def test_the_header_comes_once_and_always():
    assert written().count("finding_id") == 1
    out = io.StringIO(newline="")
    sink = CsvReport(out=out)
    for each in many(3):
        sink.emit([each])
    sink.close()
    sink.close()
    assert out.getvalue().count("finding_id") == 1
    assert len(rows(out.getvalue())) == 3


def test_every_row_is_flushed():
    class Counting(io.StringIO):
        flushed = 0

        def flush(self):
            self.flushed += 1

    out = Counting()
    CsvReport(out=out).emit(many(3))
    assert out.flushed == 3


def test_a_full_disk_fails_what_it_could_not_take():
    sink = CsvReport(out=FullDisk())
    (answer,) = sink.emit([finding()]).values()
    assert answer == Failure(reason="cannot write the report: No space left on device")
    with pytest.raises(DeliveryError, match="No space left"):
        sink.close()


def test_a_disk_that_has_room_again_gets_a_header_first():
    class Filling(io.StringIO):
        full = True

        def write(self, text):
            if self.full:
                raise OSError(28, "No space left on device")
            return super().write(text)

    out = Filling(newline="")
    sink = CsvReport(out=out)
    sink.emit([finding()])
    out.full = False
    assert set(sink.emit(many(2)).values()) == {Delivered()}
    assert len(rows(out.getvalue())) == 2


def test_a_closed_pipe_comes_through():
    with closed_pipe() as out:
        sink = CsvReport(out=out)
        with pytest.raises(BrokenPipeError):
            sink.emit([finding()])
        sink.close()


def test_a_resource_name_keeps_its_letters():
    (row,) = rows(written(finding(change=change(resource=resource(name="zoë-東京")))))
    assert row["resource_name"] == "zoë-東京"

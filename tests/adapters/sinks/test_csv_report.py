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


def row(*args, **fields):
    """Return the one row of a finding with these fields."""
    (told,) = rows(written(*(args or [finding(**fields)])))
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


def test_a_row_tells_the_finding():
    others = match(event=event(event_id="a")), match(event=event(event_id="b"))
    told, expected = row(others=others), record(finding())
    assert (
        told.items()
        >= {
            "finding_id": expected["finding_id"],
            "happened_at": f"{CALLED_AT:%Y-%m-%dT%H:%M:%S}.000Z",
            "captured_at": f"{CAPTURED_AT:%Y-%m-%dT%H:%M:%S}.123Z",
            "who": "alice@example.com",
            "actor_name": "alice@example.com",
            "what": "opened 22/tcp to 0.0.0.0/0 on security group web (sg-0a1b2c3d4e5f60718) (managed by terraform)",
            "account_id": ACCOUNT,
            "account_name": "prod",
            "region": "eu-west-1",
            "arn": expected["change"]["arn"],
            "actor_arn": expected["actor"]["arn"],
            "changed_properties": "Configuration.IpPermissions.0",
            "before_after": 'added IpPermissions: 22/tcp 0.0.0.0/0 "tmp debug"',
            "event_name": "AuthorizeSecurityGroupIngress",
            "lag_s": "41",
            "match": "id",
            "other_event_ids": "a; b",
        }.items()
    )
    assert (told["config_link"], told["cloudtrail_link"]) == tuple(expected["links"].values())
    assert {told[name] for name in COLUMNS[-13:]} == {""}


def test_a_row_tells_through_which_sessions_somebody_called():
    told = row(behind("alice@example.com"))
    assert (told["actor_name"], told["actor_principal"]) == ("alice@example.com", ROLE)
    assert (told["session"], told["chain"]) == ("terragrunt-1718035023456789000", PIPELINE_SESSION)
    assert (told["event_principal"], told["event_arn"]) == (PIPELINE, PIPELINE_SESSION)


def test_a_row_tells_where_it_lives_and_what_to_do():
    told = row(located())
    assert [told[name] for name in COLUMNS[-13:]] == [
        *("terraform", ADDRESS, "live/prod/net", "acme/infra", "live/prod/net", "'@acme/net"),
        *("2026-11-18T09:00:00Z", "index", "instance", "unknown", UNKNOWN.reason, COMMAND, FILE_URL),
    ]


def test_what_nobody_knows_is_an_empty_cell_and_what_came_near_is_told():
    told = row(unattributed(leads=(lead(), lead("=1+1", event_name="PutRolePolicy"))))
    assert (told["who"], told["happened_at"]) == ("nobody found", told["captured_at"])
    assert {told[name] for name in ("actor_name", "event_id", "lag_s", "workflow")} == {""}
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
    told = row(change=change(diff=None))
    assert (told["changed_properties"], told["before_after"]) == ("", "")


def test_lines_end_as_the_rfc_says_and_odd_cells_are_quoted():
    text = written(finding(reason='a,"b"'), finding(change=change(resource=resource(name="zoë-東京"))))
    assert text.count("\r\n") == text.count("\n") == 3
    assert '"a,""b"""' in text
    assert rows(text)[1]["resource_name"] == "zoë-東京"


@pytest.mark.parametrize("text", hostile_text.TEXTS)
def test_no_cell_is_a_formula_wherever_a_spreadsheet_splits_and_no_text_leaves_its_cell(text):
    told = written(hostile_text.odd(text))
    told.encode("utf-8")
    (cells,) = rows(told)
    assert list(cells) == list(COLUMNS)
    assert None not in cells.values()
    cells |= {f"{name} of IaC": cell for name, cell in row(**odd_address(text)).items()}
    for name, cell in cells.items():
        assert not FORMULA.match(cell), (name, cell)
        assert all(letter.isprintable() for letter in cell), (name, cell)
    for separator in ";\t":
        for line in told.split("\r\n"):
            for cell in line.split(separator)[1:]:
                assert not FORMULA.match(cell.lstrip(' "')), cell


@given(st.text(st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20' \"a;,1\u200b\ud800é")))
def test_a_disarmed_text_only_gains_apostrophes(text):
    told = disarmed(text)
    assert told.replace("'", "") == text.replace("'", "")
    assert not FORMULA.match(told)


def test_a_number_below_zero_stays_a_number_and_a_cell_fits_a_spreadsheet():
    told = row(match=match(event=event(), lag=CALLED_AT - CAPTURED_AT), reason="x" * 100_000)
    assert told["lag_s"] == "-41"
    told = row(match=match(event=event(actor=actor(user_agent="y" * 50_000))), reason="x" * 100_000)
    assert (len(told["reason"]), len(told["user_agent"])) == (32_000, 32_000)


class Disk(io.StringIO):
    """A stream that may be full; `flushed` counts."""

    full, flushed = False, 0

    def write(self, text):
        if self.full and text:
            raise OSError(28, "No space left on device")
        return super().write(text)

    def flush(self):
        self.flushed += 1


def test_the_header_comes_once_and_every_row_is_flushed():
    out = Disk(newline="")
    sink = CsvReport(out=out)
    for each in many(3):
        sink.emit([each])
    sink.close()
    sink.close()
    assert out.flushed >= 3
    assert out.getvalue().count("finding_id") == 1
    assert len(rows(out.getvalue())) == 3


def test_a_full_disk_fails_what_it_could_not_take_and_once_there_is_room_a_header_comes_first():
    out = Disk(newline="")
    out.full, sink = True, CsvReport(out=out)
    (answer,) = sink.emit([finding()]).values()
    assert answer == Failure(reason="cannot write the report: No space left on device")
    with pytest.raises(DeliveryError, match="No space left"):
        CsvReport(out=out).close()
    out.full = False
    assert set(sink.emit(many(2)).values()) == {Delivered()}
    assert len(rows(out.getvalue())) == 2

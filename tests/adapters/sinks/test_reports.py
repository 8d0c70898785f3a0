"""What reports share: their order, JSON and CSV as rows, and files (``--output``), which hold a whole report or none."""

import csv
import io
import json
import re
import shutil
import stat
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from rich.console import Console

from iacwatch.app.sinks import FORMATS, ReportContext
from iacwatch.core.model import ChangeType, Verdict
from iacwatch.core.present.record import record
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.csv_report import COLUMNS, CsvReport
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.report_file import ReportFile
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle
from tests.fixtures import hostile_text
from tests.fixtures.builders import ACCOUNT, change, entry, event, finding, many, match, resource
from tests.fixtures.clocks import TickingClock
from tests.fixtures.located import ADDRESS, COMMAND, FILE_URL, NEAR, RECREATED, WHOLE, odd_address
from tests.fixtures.manual import section
from tests.fixtures.streams import FullDisk

FULL = Failure(reason="cannot write the report: No space left on device")
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
GRAVEST, NEWEST = "deleted opened late changed applied", "changed late applied opened deleted"


IN_TABLES = [("table", width, GRAVEST) for width in (None, 60, 80, 140)]
ON_PAGES = [(name, None, order) for name in ("markdown", "html") for order in (GRAVEST, NEWEST)]


@pytest.mark.parametrize(("name", "width", "order"), [*IN_TABLES, *ON_PAGES])
def test_the_gravest_that_nobody_cleared_comes_first_and_of_one_resource_the_newest(name, width, order):
    gone, tag = {"change_type": ChangeType.DELETE}, {"diff": (entry("Configuration.groupName", "a", "b"),)}
    ways = {"changed": tag, "late": {}, "applied": gone, "opened": {}, "deleted": gone}
    some = [
        replace(each, change=replace(each.change, resource=resource(id=f"sg-{name}"), **way))
        for (name, way), each in zip(ways.items(), many(5, apart=timedelta(hours=-1)), strict=True)
    ]
    some[2] = replace(some[2], verdict=Verdict.IN_WORKFLOW)
    console = partial(Console, width=width or 140, force_terminal=width is not None)
    where = {"out": (out := io.StringIO(newline="")), "console": lambda out: console(file=out)}
    (form,) = [form for form in FORMATS if form.name == name]
    sink = form.make(ReportContext(**where, style=DEFAULT_STYLE, clock=TickingClock(), one=order == NEWEST))
    sink.emit([some[place] for place in (3, 0, 4, 2, 1)])
    sink.close()
    places = [out.getvalue().index(f"sg-{name}") for name in order.split()]
    assert places == sorted(places)


class Disk(io.StringIO):
    """A stream with room for two findings; `flushed` counts."""

    flushed = 0

    def write(self, text):
        if self.flushed == 2:
            raise OSError(28, "No space left on device")
        return super().write(text)

    def flush(self):
        self.flushed += 1


@pytest.mark.parametrize("make", [JsonLines, CsvReport])
def test_each_finding_is_one_line_in_the_order_given_and_flushed_and_fails_where_the_disk_is_full(make):
    odd = finding(change=change(resource=resource(name="a\nb\x1b[31m\x7f\u2028\u202e\ud800 ##[error]x")))
    findings, out = [odd, *many(2)], Disk()
    sink = make(out=out)
    assert list(sink.emit(findings).values()) == [Delivered(), Delivered(), FULL]
    sink.close()
    lines = out.getvalue().splitlines()
    if make is JsonLines:
        assert [json.loads(line) for line in lines] == [record(each) for each in findings[:2]]
        assert list(json.loads(lines[0])) == list(record(findings[0]))
        assert lines[0].isascii()
        assert lines[0].isprintable()
        assert "##[" not in lines[0], "it is a command to GitHub Actions"
    else:
        assert [line[:32] for line in lines[1:]] == [each.finding_id for each in findings[:2]]
    with pytest.raises(DeliveryError, match="No space left"):
        CsvReport(out=FullDisk()).close()


def as_csv(*findings):
    out = io.StringIO(newline="")
    sink = CsvReport(out=out, style=ReportStyle(names={ACCOUNT: "prod"}))
    sink.emit(findings)
    sink.close()
    return out.getvalue()


def row(one):
    """Return the one row of a finding, as a strict reader takes it."""
    (told,) = csv.DictReader(io.StringIO(as_csv(one), newline=""), strict=True)
    return told


def test_the_columns_are_those_of_the_manual_in_its_order():
    documented = re.findall(r"`(\w+)`", section("reports", "csv").split("\n\n")[1])
    assert as_csv() == ",".join(documented) + "\r\n"


def test_a_row_tells_the_finding_through_which_sessions_where_it_lives_and_what_to_do():
    told = row(WHOLE)
    assert told.items() >= {
        "happened_at": "2026-11-20T10:11:22.000Z",
        "captured_at": "2026-11-20T10:12:03.123Z",
        "who": "alice@example.com, through role gha-terraform-prod",
        "what": "opened 22/tcp to 0.0.0.0/0 on security group web (sg-0a1b2c3d4e5f60718) (managed by terraform)",
        "account_name": "prod",
        "changed_properties": "Configuration.IpPermissions.0; Configuration.Size",
        "before_after": 'added IpPermissions: 22/tcp 0.0.0.0/0 "tmp debug"; changed Size: 1 → 2',
        "actor_principal": WHOLE.actor.principal,
        "event_name": "AuthorizeSecurityGroupIngress",
        "lag_s": "41",
        "other_event_ids": "other",
        "session": "terragrunt-1718035023456789000",
        "chain": WHOLE.match.event.principal.arn,
        "event_principal": WHOLE.match.event.principal.issuer_arn,
    }.items()  # fmt: skip
    assert [told[name] for name in COLUMNS[-13:]] == [
        *("terraform", ADDRESS, "live/prod/net", "acme/infra", "live/prod/net", "'@acme/net"),
        *("2026-11-18T09:00:00Z", "index", "instance", "recreate", RECREATED.reason, COMMAND, FILE_URL),
    ]


def test_what_nobody_knows_is_an_empty_cell_and_what_came_near_is_told():
    told = row(NEAR)
    assert (told["who"], told["happened_at"]) == ("nobody found", told["captured_at"])
    assert {told[name] for name in ("actor_name", "event_id", "lag_s", "workflow", *COLUMNS[-13:])} == {""}
    assert told["leads"].startswith("AuthorizeSecurityGroupIngress by bob at 10:11: =1+1 `@all` <!channel>; ")
    told = row(finding(match=match(event=event(), lag=timedelta(seconds=-41)), reason="x" * 100_000))
    assert (told["lag_s"], len(told["reason"])) == ("-41", 32_000)


@pytest.mark.parametrize("text", [*hostile_text.TEXTS, "\uff1d1+1", "a;'\uff0b1"])
def test_no_cell_is_a_formula_wherever_a_spreadsheet_splits_and_no_text_leaves_its_cell(text):
    odd = replace(hostile_text.odd(text), **odd_address(text))
    told, cells = as_csv(odd), row(odd)
    told.encode("utf-8")
    assert list(cells) == list(COLUMNS)
    for name, cell in cells.items():
        assert not FORMULA.match(cell), (name, cell)
        assert all(letter.isprintable() for letter in cell), (name, cell)
    for separator in ";\t":
        for line in told.split("\r\n"):
            for cell in line.split(separator)[1:]:
                assert not FORMULA.match(cell.lstrip(' "')), cell


@pytest.fixture
def path(tmp_path):
    return tmp_path / "report.jsonl"


def json_lines(out):
    return JsonLines(out=out)


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_an_older_report_stays_until_the_new_one_is_whole_and_only_the_owner_may_read_it(path):
    path.write_text("old")
    sink = ReportFile(path, json_lines)
    assert set(map(type, sink.emit(many(3)).values())) == {Delivered}
    assert path.read_text() == "old"
    sink.close()
    assert len(path.read_text().splitlines()) == 3
    assert names(path.parent) == ["report.jsonl"]
    path.unlink()
    ReportFile(path, json_lines).close()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("", 0o600)


def test_what_cannot_be_written_to_is_a_sentence_before_any_work(tmp_path):
    missing = r"cannot write .*No such file or directory; does the folder .* exist"
    for place, said in (("no/report.jsonl", missing), ("", "it is a folder; name a file in it")):
        with pytest.raises(DeliveryError, match=said):
            ReportFile(tmp_path / place, json_lines)
        assert names(tmp_path) == []


def test_once_writing_failed_nothing_counts_and_nothing_is_left(path):
    path.write_text("old")
    sinks = [FullDisk()]

    class Recovering(JsonLines):
        def emit(self, findings):
            return JsonLines(out=sinks.pop()).emit(findings) if sinks else super().emit(findings)

    sink = ReportFile(path, lambda out: Recovering(out=out))
    for each in many(2):
        assert dict(sink.emit([each])) == {each.finding_id: FULL}
    with pytest.raises(DeliveryError, match="was not written: cannot write the report: No space left"):
        sink.close()
    assert path.read_text() == "old"
    assert names(path.parent) == ["report.jsonl"]


def test_a_folder_that_went_away_is_a_sentence(path):
    sink = ReportFile(path, json_lines)
    shutil.rmtree(path.parent)
    with pytest.raises(DeliveryError, match=r"cannot write .*nothing of it was kept"):
        sink.close()

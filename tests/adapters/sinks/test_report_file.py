"""``--output``: a whole report, or none. What a file, a link, a pipe and a device may be is atomic_file's."""

import stat

import pytest

from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.report_file import ReportFile
from tests.fixtures.builders import finding, many
from tests.fixtures.streams import FullDisk


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


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("no/report.jsonl", r"cannot write .*No such file or directory; does the folder .* exist"),
        ("", "it is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_written_to_is_a_sentence_before_any_work(tmp_path, place, said):
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
    broken = Failure(reason="cannot write the report: No space left on device")
    for each in many(2):
        assert dict(sink.emit([each])) == {each.finding_id: broken}
    with pytest.raises(DeliveryError, match="was not written: cannot write the report: No space left"):
        sink.close()
    assert path.read_text() == "old"
    assert names(path.parent) == ["report.jsonl"]


def test_a_folder_that_went_away_is_a_sentence(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    sink = ReportFile(folder / "report.jsonl", json_lines)
    sink.emit([finding()])
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    with pytest.raises(DeliveryError, match=r"cannot write .*nothing of it was kept"):
        sink.close()

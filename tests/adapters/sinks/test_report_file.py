"""``--output``: a whole report, or none."""

import gc
import os
import stat
from pathlib import Path

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


def test_the_file_is_there_when_the_run_closes_and_not_before(path):
    sink = ReportFile(path, json_lines)
    assert set(map(type, sink.emit(many(3)).values())) == {Delivered}
    assert not path.exists()
    sink.close()
    assert len(path.read_text().splitlines()) == 3
    assert names(path.parent) == ["report.jsonl"]


def test_only_the_owner_may_read_it(path):
    ReportFile(path, json_lines).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_report_of_nothing_is_an_empty_file(path):
    ReportFile(path, json_lines).close()
    assert path.read_text() == ""


def test_an_older_report_stays_until_the_new_one_is_whole(path):
    path.write_text("old")
    sink = ReportFile(path, json_lines)
    sink.emit([finding()])
    assert path.read_text() == "old"
    sink.close()
    assert '"iacwatch.finding/1"' in path.read_text()


def test_a_link_is_followed_and_stays_a_link(path, tmp_path):
    target = tmp_path / "target.jsonl"
    target.write_text("old")
    path.symlink_to(target)
    ReportFile(path, json_lines).close()
    assert path.is_symlink()
    assert target.read_text() == ""


def test_a_link_to_itself_is_a_sentence(path):
    path.symlink_to(path)
    with pytest.raises(DeliveryError, match=r"cannot write .*: Too many levels of symbolic links"):
        ReportFile(path, json_lines)


def test_a_missing_folder_is_a_sentence_before_any_work(tmp_path):
    with pytest.raises(
        DeliveryError, match=r"cannot write .*No such file or directory; does the folder .* exist"
    ):
        ReportFile(tmp_path / "no" / "report.jsonl", json_lines)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DeliveryError, match="it is a folder; name a file in it"):
        ReportFile(tmp_path, json_lines)
    assert names(tmp_path) == []


def test_once_writing_failed_nothing_counts_and_nothing_is_left(path):
    path.write_text("old")
    sinks = [JsonLines(out=FullDisk())]
    sink = ReportFile(path, lambda out: Switching(sinks, out))
    first, second = many(2)
    broken = Failure(reason="cannot write the report: No space left on device")
    assert dict(sink.emit([first])) == {first.finding_id: broken}
    sinks.clear()
    assert dict(sink.emit([second])) == {second.finding_id: broken}
    with pytest.raises(DeliveryError, match="was not written: cannot write the report: No space left"):
        sink.close()
    sink.close()
    assert path.read_text() == "old"
    assert names(path.parent) == ["report.jsonl"]


class Switching:
    """A sink that writes through the first of some sinks, and properly once there is none."""

    remembered = False
    deferred_close = False

    def __init__(self, sinks, out):
        self.sinks, self.own = sinks, JsonLines(out=out)

    def emit(self, findings):
        return (self.sinks[0] if self.sinks else self.own).emit(findings)

    def close(self):
        self.own.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_is_full_in_the_end_is_a_sentence(tmp_path):
    path = tmp_path / "full"
    path.symlink_to("/dev/full")
    sink = ReportFile(path, json_lines)
    sink.emit([finding()])
    with pytest.raises(DeliveryError, match="No space left on device; nothing of it was kept"):
        sink.close()


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


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    sink = ReportFile(pipe, json_lines)
    sink.emit([finding()])
    sink.close()
    assert os.read(reader, 100).startswith(b'{"schema": "iacwatch.finding/1"')
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["pipe"]


def test_a_run_that_is_given_up_leaves_nothing(path):
    sink = ReportFile(path, json_lines)
    sink.emit([finding()])
    assert len(names(path.parent)) == 1
    del sink
    gc.collect()
    assert names(path.parent) == []


def test_what_the_inner_sink_cannot_finish_is_not_kept(path):
    class Unfinished(JsonLines):
        def close(self):
            raise OSError(5, "Input/output error")

    sink = ReportFile(path, lambda out: Unfinished(out=out))
    with pytest.raises(DeliveryError, match="Input/output error"):
        sink.close()
    assert names(path.parent) == []

"""Each report as the real command writes it: to stdout and to a file, whatever the locale, or not at all."""

import csv
import io

import pytest

from iacwatch.app.sinks import FORMATS
from tests.fixtures import command
from tests.fixtures.small_world import happen

STARTS = {
    "table": b"20",
    "jsonl": b'{"schema": "iacwatch.finding/1"',
    "csv": b"finding_id,verdict,",
    "markdown": b"**2 changes**",
    "html": b"<!DOCTYPE html>\n",
}
EMPTY = {"table": b"", "jsonl": b"", "csv": b"finding_id,", "markdown": b"**No changes", "html": b"<!DOCTYPE"}
BYTES = {"encoding": None, "errors": None}
NAMED = {"IACWATCH_ACCOUNTS__NAMES": '{"111122223333": "Zürich"}'}


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
def test_a_report_is_the_same_in_utf_8_on_stdout_and_in_a_file(aws, queue, tmp_path, form):
    def drained(*arguments, **more):
        line = ("drain", "--queue-url", queue, "--verdict", "all", "--format", form, *arguments)
        with command.start(aws, tmp_path, *line, streams=BYTES, **NAMED, **more) as process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert aws.messages(queue) == []
        return out

    assert drained().startswith(EMPTY[form]), "nothing found is a report too"
    happen(aws, queue, 1, 2)
    told = drained(LC_ALL="C", PYTHONIOENCODING="ascii")
    assert told.startswith(STARTS[form])
    if form in {"csv", "markdown"}:
        assert "Zürich" in told.decode("utf-8")
    if form == "csv":
        assert told.count(b"\r\n") == told.count(b"\n") == 3
        rows = csv.DictReader(io.StringIO(told.decode("utf-8"), newline=""))
        assert {row["resource_name"] for row in rows} == {"web-1", "web-2"}
    happen(aws, queue, 3, 4)
    report = tmp_path / "report"
    assert drained("--output", str(report)) == b""
    assert report.read_bytes().startswith(STARTS[form])


def test_a_report_that_nobody_read_deletes_no_message(aws, queue, tmp_path):
    happen(aws, queue, 1, 2)
    line = ("drain", "--queue-url", queue, "--format", "html")
    with command.start(aws, tmp_path, *line, streams=BYTES) as process:
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(60) == 1
    assert b"cannot write the report: Broken pipe" in told
    assert b"Traceback" not in told
    assert len(aws.messages(queue)) == 2

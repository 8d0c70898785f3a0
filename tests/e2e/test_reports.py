"""Each report as the real command writes it: to stdout and to a file, whatever the locale, or not at all."""

import csv
import io
import subprocess

import pytest

from iacwatch.app.sinks import FORMATS
from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import call, change, listed

STARTS = {
    "table": b"20",
    "jsonl": b'{"schema": "iacwatch.finding/1"',
    "csv": b"finding_id,verdict,",
    "markdown": b"**2 changes**",
    "html": b"<!DOCTYPE html>\n",
}


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def queue(aws):
    url = aws.create_queue("changes")
    for number in (1, 2):
        aws.send(url, change(number))
        aws.add_event(call(number), resource_names=listed(number))
    return url


BYTES = {"encoding": None, "errors": None}


def drained(aws, home, queue, *arguments, **more):
    """Run `drain` to its end; its output is bytes."""
    line = ("drain", "--queue-url", queue, "--verdict", "all", *arguments)
    with command.start(aws, home, *line, streams=BYTES, **more) as process:
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(line, process.returncode, out, err)


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
def test_a_report_goes_to_stdout_in_utf_8(aws, queue, tmp_path, form):
    name = '{"111122223333": "Zürich"}'
    done = drained(
        aws,
        tmp_path,
        queue,
        "--format",
        form,
        LC_ALL="C",
        PYTHONIOENCODING="ascii",
        IACWATCH_ACCOUNTS__NAMES=name,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(STARTS[form])
    assert aws.messages(queue) == []
    if form in {"csv", "markdown"}:
        assert "Zürich" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
def test_a_report_in_a_file_is_the_same(aws, queue, tmp_path, form):
    report = tmp_path / "report"
    done = drained(aws, tmp_path, queue, "--format", form, "--output", str(report))
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert report.read_bytes().startswith(STARTS[form])
    assert aws.messages(queue) == []


def test_csv_keeps_its_line_ends_and_tells_every_finding(aws, queue, tmp_path):
    done = drained(aws, tmp_path, queue, "--format", "csv")
    assert done.stdout.count(b"\r\n") == done.stdout.count(b"\n") == 3
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8"), newline="")))
    assert {row["resource_name"] for row in rows} == {"web-1", "web-2"}


@pytest.mark.parametrize(
    ("form", "told"), [("csv", b"finding_id,"), ("markdown", b"**No changes"), ("html", b"<!DOCTYPE")]
)
def test_nothing_found_is_a_report_too(aws, tmp_path, form, told):
    done = drained(aws, tmp_path, aws.create_queue("empty"), "--format", form)
    assert done.returncode == 0
    assert done.stdout.startswith(told)


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_report_that_nobody_read_deletes_no_message(aws, queue, tmp_path, form):
    line = ("drain", "--queue-url", queue, "--verdict", "all", "--format", form)
    with command.start(aws, tmp_path, *line, streams=BYTES) as process:
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(60) == 1
    assert b"cannot write the report: Broken pipe" in told
    assert b"Traceback" not in told
    assert len(aws.messages(queue)) == 2

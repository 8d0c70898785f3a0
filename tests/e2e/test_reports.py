"""Each report as the real command writes it: to stdout and to a file, whatever the locale, or not at all."""

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
BYTES = {"encoding": None, "errors": None}
NAMED = {"IACWATCH_ACCOUNTS__NAMES": '{"111122223333": "Zürich"}'}


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
def test_a_report_is_utf_8_whatever_the_locale(aws, queue, tmp_path, form):
    happen(aws, queue, 1, 2)
    line = ("drain", "--queue-url", queue, "--format", form)
    ascii_alone = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    with command.start(aws, tmp_path, *line, streams=BYTES, **NAMED, **ascii_alone) as process:
        told, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert aws.messages(queue) == []
    assert told.startswith(STARTS[form])
    if form in {"csv", "markdown"}:
        assert "Zürich" in told.decode("utf-8")


@pytest.mark.parametrize(("form", "code"), [("html", 1), ("jsonl", 0)])
def test_a_report_that_nobody_read_deletes_no_message_and_no_reader_is_no_fault(
    aws, queue, tmp_path, form, code
):
    happen(aws, queue, *range(1, 31))
    line = ("drain", "--queue-url", queue, "--format", form)
    with command.start(aws, tmp_path, *line, streams=BYTES) as process:
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(60) == code, told
    assert b"Traceback" not in told
    if form == "html":
        assert b"cannot write the report: Broken pipe" in told
        assert len(aws.messages(queue)) == 30

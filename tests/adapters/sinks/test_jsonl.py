"""JSON Lines: one record a line, and nothing else."""

import io
import json

import pytest

from iacwatch.core.present.record import record
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.style import ReportStyle
from tests.fixtures.builders import change, entry, finding, many, resource


class Disk(io.StringIO):
    """A stream that takes so many writes; `flushed` counts."""

    def __init__(self, room=1_000):
        super().__init__()
        self.room, self.flushed = room, 0

    def write(self, text):
        self.room -= 1
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return super().write(text)

    def flush(self):
        self.flushed += 1


def test_each_finding_is_one_line_in_the_order_given_and_flushed():
    findings, out = many(3), Disk()
    JsonLines(out=out).emit(findings)
    lines = out.getvalue().splitlines()
    assert [json.loads(line) for line in lines] == [record(each) for each in findings]
    assert list(json.loads(lines[0])) == list(record(findings[0]))
    assert out.flushed == 3


@pytest.mark.parametrize(
    "odd", ["a\nb\x1b[31m\x7f\u2028\u202e\ud800ü", "##[error]x ###[group] (GitHub Actions)"]
)
def test_nothing_odd_gets_through_and_what_is_redacted_neither(odd):
    what = change(resource=resource(name=odd), diff=(entry("Configuration.Owner", None, "alice"),))
    JsonLines(out=(out := io.StringIO()), style=ReportStyle(redact=["Configuration.owner"])).emit(
        [finding(change=what)]
    )
    text = out.getvalue()
    assert text.count("\n") == 1
    assert text.isascii()
    assert text.removesuffix("\n").isprintable()
    assert "##[" not in text
    assert json.loads(text)["change"]["resource_name"] == odd
    assert "(redacted)" in text


def test_a_disk_that_fills_up_fails_what_it_could_not_take():
    findings = many(3)
    answers = JsonLines(out=Disk(room=2)).emit(findings)
    full = Failure(reason="cannot write the report: No space left on device")
    assert [answers[each.finding_id] for each in findings] == [Delivered(), Delivered(), full]

"""JSON Lines: one record a line, and nothing else."""

import io
import json

import pytest

from iacwatch.core.present.record import record
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.jsonl import JsonLines
from tests.fixtures.builders import change, finding, many, resource


class Disk(io.StringIO):
    """A stream with room for two lines; `flushed` counts."""

    flushed = 0

    def write(self, text):
        if self.getvalue().count("\n") == 2:
            raise OSError(28, "No space left on device")
        return super().write(text)

    def flush(self):
        self.flushed += 1


def test_each_finding_is_one_line_in_the_order_given_and_flushed_and_fails_where_the_disk_is_full():
    findings, out = many(3), Disk()
    answers = JsonLines(out=out).emit(findings)
    lines = out.getvalue().splitlines()
    assert [json.loads(line) for line in lines] == [record(each) for each in findings[:2]]
    assert list(json.loads(lines[0])) == list(record(findings[0]))
    assert out.flushed == 2
    full = Failure(reason="cannot write the report: No space left on device")
    assert [answers[each.finding_id] for each in findings] == [Delivered(), Delivered(), full]


@pytest.mark.parametrize("odd", ["a\nb\x1b[31m\x7f\u2028\u202e\ud800ü", "##[error]x ###[group]"])
def test_nothing_odd_gets_through_nor_a_command_to_github_actions(odd):
    JsonLines(out=(out := io.StringIO())).emit([finding(change=change(resource=resource(name=odd)))])
    text = out.getvalue()
    assert text.count("\n") == 1
    assert text.isascii()
    assert text.removesuffix("\n").isprintable()
    assert "##[" not in text
    assert json.loads(text)["change"]["resource_name"] == odd

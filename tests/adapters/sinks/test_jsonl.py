"""JSON Lines: one record a line, and nothing else."""

import io
import json

from iacwatch.core.present.record import record
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.jsonl import JsonLines
from iacwatch.sinks.style import ReportStyle
from tests.fixtures.builders import change, entry, finding, many, resource


def written(*findings, **fields):
    out = io.StringIO()
    JsonLines(out=out, style=ReportStyle(**fields)).emit(findings)
    return out.getvalue()


def test_each_finding_is_one_line_in_the_order_given():
    findings = many(3)
    lines = written(*findings).splitlines()
    assert [json.loads(line) for line in lines] == [record(each) for each in findings]
    assert list(json.loads(lines[0])) == list(record(findings[0]))


def test_nothing_odd_gets_through():
    odd = "a\nb\x1b[31m\x7f\u2028\u202e\ud800ü"
    text = written(finding(change=change(resource=resource(name=odd))))
    assert text.count("\n") == 1
    assert text.isascii()
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text)["change"]["resource_name"] == odd


def test_further_paths_are_hidden():
    what = change(diff=(entry("Configuration.Owner", None, "alice"),))
    assert "(redacted)" in written(finding(change=what), redact=["Configuration.owner"])


def test_every_line_is_flushed():
    class Counting(io.StringIO):
        flushed = 0

        def flush(self):
            self.flushed += 1

    out = Counting()
    JsonLines(out=out).emit(many(3))
    assert out.flushed == 3


def test_a_disk_that_fills_up_fails_what_it_could_not_take():
    class Filling(io.StringIO):
        left = 2

        def write(self, text):
            self.left -= 1
            if self.left < 0:
                raise OSError(28, "No space left on device")
            return super().write(text)

    findings = many(3)
    answers = JsonLines(out=Filling()).emit(findings)
    assert [answers[each.finding_id] for each in findings] == [
        Delivered(),
        Delivered(),
        Failure(reason="cannot write the report: No space left on device"),
    ]


def test_github_actions_obeys_nothing_of_it():
    odd = "##[error]x ###[group]"
    text = written(finding(change=change(resource=resource(name=odd))))
    assert "##[" not in text
    assert json.loads(text)["change"]["resource_name"] == odd

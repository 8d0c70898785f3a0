"""How a run ends: whatever ends it, the figures are written where `--summary` says."""

import json
from contextlib import suppress
from types import SimpleNamespace

import click
import pytest

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import ReportOptions
from iacwatch.cli.run import run
from iacwatch.errors import AwsError
from iacwatch.pipeline.summary import Summary, figures
from tests.fixtures.clocks import NOON, TickingClock


class Road:
    """A run that fails after one message had failed."""

    whole = False

    def __init__(self, error):
        self.error, self.pipeline = error, SimpleNamespace(summary=Summary(deliveries=2))

    @property
    def figures(self):
        return figures(self.pipeline.summary)

    def run(self):
        self.pipeline.summary.failed += 1
        self.pipeline.summary.note("cannot be read: no JSON", "message 1")
        raise self.error

    def end(self, *, done):
        self.ended = done


OPTIONS = dict.fromkeys(ReportOptions._fields) | {
    **dict.fromkeys(("format_given", "ci", "dry_run"), False),
    **dict.fromkeys(("output", "verdict", "fail_on"), ()),
    "format": "table",
    "post": {},
}


def ran(tmp_path, error):
    """Run, and return the exit code (None: the error went on) and what was written."""
    options = ReportOptions(**{**OPTIONS, "summary": str(tmp_path / "run.json")})
    clock, road, code = TickingClock(NOON), Road(error), None
    clock.at_worst = lambda _leave: None
    container = SimpleNamespace(clock=clock, settings=SimpleNamespace(workflow=("ours",)))
    with click.Context(click.Command("drain"), info_name="drain"), suppress(KeyError):
        code = run(GlobalOptions(), options, container, road, lambda _stopped: ["2 messages"])
    assert road.ended is False
    return code, json.loads((tmp_path / "run.json").read_text())


@pytest.mark.parametrize(
    ("error", "code", "why"),
    [
        (KeyError("actor"), None, "a fault in iacwatch (KeyError: 'actor'); -vv shows where"),
        (AwsError("cannot read the queue", hint="grant it"), 1, "cannot read the queue; grant it"),
    ],
)
def test_the_summary_file_names_the_failure_whether_it_was_foreseen_or_a_fault_of_ours(
    tmp_path, error, code, why
):
    returned, written = ran(tmp_path, error)
    assert (returned, written["exit_code"], written["command"]) == (code, 1, "drain")
    assert written["failures"] == [
        {"what": "message 1", "why": "cannot be read: no JSON"},
        {"what": "drain", "why": why},
    ]
    assert written["outcomes"]["failed"] == 1

"""The commands: each is one file, which knows no other command, and offers what is registered."""

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from iacwatch.cli import commands
from iacwatch.cli.commands import explain, replay_dlq
from iacwatch.cli.group import COMMANDS, group
from iacwatch.cli.options import ReportOptions
from iacwatch.core.model import Evidence

FILES = {each.stem for each in Path(commands.__file__).parent.glob("*.py")} - {"__init__"}
REPORT = [
    each
    for each in replay_dlq.command.params
    if each.name in {*ReportOptions._fields, "format_", "slack"} and each.opts
]
VALUES = {"--max-scan": "5", "--format": "jsonl", "--verdict": "all", "--fail-on": "all"}


def test_each_command_is_one_file_that_is_called_as_it_is_and_each_file_a_command():
    assert {name.replace("-", "_") for name in COMMANDS} == FILES
    for name in COMMANDS:
        module = import_module(f"iacwatch.cli.commands.{name.replace('-', '_')}")
        assert module.command.name == name


@pytest.mark.parametrize("what", ["list", "redrive", "cancel"])
def test_an_option_of_a_report_is_refused_where_there_is_none_or_it_has_a_meaning(what):
    assert len(REPORT) == len(ReportOptions._fields) - len({"format_given"})
    for option in REPORT:
        name = option.opts[0]
        given = [name] if option.is_flag else [name, VALUES.get(name, "somewhere")]
        line = ["--config", "missing.toml", "replay-dlq", f"--{what}", *given]
        done = CliRunner().invoke(group, line, standalone_mode=False)
        refused = f"{name} means nothing with --{what}; leave one of them out" in done.output
        # Whoever asks for less is not refused.
        meant = option.name in replay_dlq._MEANT[what] or name == "--no-ci"
        assert refused is not meant, done.output


def test_explain_knows_what_each_kind_of_evidence_says():
    assert set(Evidence) == set(explain._EVIDENCE)

"""`iacwatch help`: the manual in the terminal."""

import io
import re
import sys

import pytest
from click.testing import CliRunner

from iacwatch.cli.group import COMMANDS, group
from tests.fixtures import command
from tests.fixtures.manual import PAGES, page


def test_a_pipe_gets_the_list_of_pages_a_page_as_it_is_and_by_the_name_of_a_command_its_own_help(tmp_path):
    done = command.run(None, tmp_path, "help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = dict(re.findall(r"^  (\S+) +(.+)$", done.stdout, re.MULTILINE))
    assert listed == {topic: page(topic).splitlines()[0].removeprefix("# ") for topic in PAGES}

    def shown(*arguments):
        done = CliRunner().invoke(group, arguments, prog_name="iacwatch")
        assert done.exit_code == 0, done.output
        return done.stdout

    for topic in PAGES:
        assert shown("help", topic) == page(topic)
    for name in COMMANDS:
        assert "Usage:" in shown(name, "--help")
        assert shown("help", name) == shown(name, "--help")


@pytest.mark.parametrize("topic", PAGES)
def test_a_terminal_shows_no_mark_of_markdown_and_no_wider_line_than_can_be_read(topic, monkeypatch):
    class Terminal(io.StringIO):
        isatty = staticmethod(lambda: True)

    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(sys, "stdout", shown := Terminal())
    with pytest.raises(SystemExit):
        group(["--color", "never", "help", topic])
    lines = shown.getvalue().splitlines()
    assert len(lines) > 10
    assert not re.search(r"\]\(|\*\*\w|^#+ |<!--|```", "\n".join(lines), re.MULTILINE)
    assert all(len(line) <= 100 for line in lines)

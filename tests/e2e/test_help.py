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


def test_a_terminal_gets_colour_and_lines_that_fit(tmp_path):
    shown = command.on_a_terminal(None, tmp_path, "help", "trail-files", columns="80")
    assert "\x1b[" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "configuration (iacwatch help configuration)" in " ".join(plain.split())
    assert all(len(line) <= 80 for line in plain.splitlines())


def test_an_unknown_topic_is_one_sentence_that_names_the_nearest_and_the_shell_completes_them(tmp_path):
    done = command.run(None, tmp_path, "help", "trail_files")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: there is no topic 'trail_files'; did you mean trail-files?\n"
    words = {"COMP_WORDS": "iacwatch help tr", "COMP_CWORD": "2"}
    done = command.run(None, tmp_path, _IACWATCH_COMPLETE="bash_complete", **words)
    assert done.stdout == "plain,trail-files\n"

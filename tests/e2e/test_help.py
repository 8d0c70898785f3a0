"""`iacwatch help`: the manual in the terminal."""

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from iacwatch.cli.group import COMMANDS, group
from tests.fixtures import command
from tests.fixtures.manual import PAGES, page


def test_without_a_topic_it_lists_the_pages_with_their_headings(tmp_path):
    done = command.run(None, tmp_path, "help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = dict(re.findall(r"^  (\S+) +(.+)$", done.stdout, re.MULTILINE))
    assert listed == {topic: page(topic).splitlines()[0].removeprefix("# ") for topic in PAGES}


@pytest.mark.parametrize("topic", PAGES)
def test_a_pipe_gets_the_page_as_it_is(topic):
    done = CliRunner().invoke(group, ["help", topic])
    assert (done.exit_code, done.stdout) == (0, page(topic))


def test_a_pipe_of_its_own_process_gets_it_too(tmp_path):
    done = command.run(None, tmp_path, "help", "trail-files")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", page("trail-files"))


def test_a_terminal_gets_the_page_rendered(tmp_path):
    shown = command.on_a_terminal(None, tmp_path, "help", "trail-files", columns="80")
    assert "\x1b[" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "Read trail events from CloudTrail's log files" in plain
    assert not re.search(r"^#|```|\]\(|\*\*|<!--", plain, re.MULTILINE)
    assert "configuration (iacwatch help configuration)" in " ".join(plain.split())
    assert all(len(line) <= 80 for line in plain.splitlines())


@pytest.mark.parametrize("topic", PAGES)
def test_a_terminal_shows_no_mark_of_markdown_and_no_wider_line_than_can_be_read(topic, tmp_path):
    shown = command.on_a_terminal(None, tmp_path, "--color", "never", "help", topic, columns="300")
    assert not re.search(r"\]\(|\*\*\w|^#+ |<!--|```", shown, re.MULTILINE)
    assert all(len(line) <= 100 for line in shown.splitlines())


@pytest.mark.parametrize(("front", "more"), [(["--color", "never"], {}), ([], {"NO_COLOR": "1"})])
def test_colour_can_be_had_without(tmp_path, front, more):
    shown = command.on_a_terminal(None, tmp_path, *front, "help", "trail-files", **more)
    assert "Read trail events" in shown
    assert not re.search(r"\x1b\[[0-9;]*3\d", shown)


def test_colour_into_a_pipe_is_had_by_asking_for_it(tmp_path):
    assert "\x1b[" in command.run(None, tmp_path, "--color", "always", "help", "trail-files").stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_name_of_a_command_shows_its_own_help(name, tmp_path):
    def shown(*arguments):
        return CliRunner().invoke(group, arguments, prog_name="iacwatch")

    assert shown("help", name).output == shown(name, "--help").output
    assert shown("help", name).exit_code == 0


@pytest.mark.parametrize(
    ("topic", "nearest"),
    [("trail_files", "trail-files"), ("Athna", "athena"), ("drian", "drain"), ("qqq", None)],
)
def test_an_unknown_topic_is_one_sentence_that_names_the_nearest(tmp_path, topic, nearest):
    done = command.run(None, tmp_path, "help", topic)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"there is no topic '{topic}'" in line
    assert (f"did you mean {nearest}?" if nearest else "there are accounts, ") in line


def test_the_shell_completes_topics(tmp_path):
    words = {"COMP_WORDS": "iacwatch help tr", "COMP_CWORD": "2"}
    done = command.run(None, tmp_path, _IACWATCH_COMPLETE="bash_complete", **words)
    assert done.stdout == "plain,trail-files\n"


def test_the_help_of_the_group_mentions_the_manual(tmp_path):
    assert "iacwatch help" in command.run(None, tmp_path, "--help").stdout


def test_it_imports_no_boto3(tmp_path):
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "iacwatch", "help", "costs"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stderr
    for heavy in ("boto3", "botocore", "slack_sdk"):
        assert f" {heavy}\n" not in imported

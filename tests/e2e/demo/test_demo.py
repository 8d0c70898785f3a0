"""`iacwatch demo`, and the day's truth held against what the real drain says of it, change by change."""

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iacwatch.core.model import Verdict
from iacwatch.demo import phone, show
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.screen import Screen
from iacwatch.demo.story.day import day
from tests.fixtures import command

REPORTED = {Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED}


class Played:
    """The day, drained twice, all verdicts written as JSON Lines."""

    def __init__(self, home: Path) -> None:
        with FakeAws() as aws:
            dlq = aws.create_queue("iacwatch-dlq")
            self.queue = aws.create_queue(
                "iacwatch", delay=600, visibility=60, max_receives=day.MAX_RECEIVES, dlq_url=dlq
            )
            self.day = day.recorded(aws.clock.now())
            self.day.put_into(aws, self.queue)
            runner = Runner(aws=aws, queue_url=self.queue, home=home)
            options = ("--format", "jsonl", "--verdict", "all", "--no-slack")
            self.first = runner.drain(*options)
            self.calls = list(aws.calls)
            aws.jump(show.LATER)
            self.second = runner.drain(*options)
            self.left, self.dead = aws.messages(self.queue), aws.messages(dlq)

    def findings(self, run):
        return {
            (
                found["change"]["resource_type"],
                found["change"]["resource_id"],
                found["change"]["captured_at"],
            ): found
            for found in map(json.loads, run.stdout.splitlines())
        }


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return Played(tmp_path_factory.mktemp("home"))


def told(found):
    return (found["verdict"], found["actor"]["name"] if found["actor"] else None)


def test_every_change_gets_the_verdict_and_the_name_that_it_deserves(played):
    findings = {**played.findings(played.first), **played.findings(played.second)}
    wrong = {}
    for arrival in played.day.arrivals:
        truth, found = arrival.truth, findings.pop(arrival.key, None)
        if truth.verdict is None:
            right = found is None
        else:
            right = found is not None and found["verdict"] == truth.verdict
            if right and truth.actor is not None:
                right = told(found)[1] == truth.actor
            if right and truth.verdict in {Verdict.UNATTRIBUTED, Verdict.SIDE_EFFECT}:
                right = found["actor"] is None
        if not right:
            wrong[arrival.key] = (truth, found and told(found))
    assert wrong == {}, played.first.stderr
    assert findings == {}


def test_what_is_no_finding_is_counted_by_its_reason(played):
    instead = Counter(arrival.truth.instead for arrival in played.day.arrivals)
    said = played.first.stderr
    assert f"{instead['unmanaged']} unmanaged" in said
    assert f"{instead['no-change']} no-change" in said
    assert f"{instead['duplicate']} reported before" in said
    assert f"{instead['unreadable']} failed" in said


def test_the_late_changes_are_deferred_first_and_told_rightly_after_the_jump(played):
    late = {arrival.key for arrival in played.day.arrivals if arrival.truth.late}
    assert f"{len(late)} deferred" in played.first.stderr
    assert not late & played.findings(played.first).keys()
    assert played.findings(played.second).keys() == late


def test_the_first_run_fails_for_the_unreadable_message_alone_and_the_second_for_none(played):
    assert (played.first.returncode, played.second.returncode) == (1, 0), played.second.stderr
    assert played.left == []
    (garbled,) = (arrival for arrival in played.day.arrivals if arrival.truth.instead == "unreadable")
    assert [message.body for message in played.dead] == [garbled.body]


def test_few_look_ups_do_and_none_of_them_is_throttled(played):
    look_ups = [call for call in played.calls if call.operation == "LookupEvents"]
    assert len(look_ups) <= 12
    assert not any(call.throttled for call in look_ups)
    assert {call.region for call in look_ups} == {"eu-west-1", "us-east-1"}


def test_the_one_who_merely_tried_or_merely_mentioned_is_named_nowhere(played):
    grace = [found for found in played.findings(played.first).values() if "grace" in json.dumps(found)]
    assert grace == []
    web = next(
        found
        for found in played.findings(played.first).values()
        if found["change"]["resource_name"] == "web" and found["verdict"] == "out-of-band"
    )
    assert "bob" not in json.dumps(web)


def test_a_value_of_an_environment_variable_is_not_shown(played):
    assert "not-a-real-key" not in played.second.stdout
    assert "thumbnails" in played.second.stdout


# The demo as people see it.


@pytest.fixture(scope="module")
def shown():
    out = io.StringIO()
    code = show.run(out)
    return code, out.getvalue()


def test_the_demo_ends_well_and_tells_each_story(shown):
    code, text = shown
    assert code == 0, text
    flat = " ".join(text.split())
    for arrival in day.recorded(datetime.now(UTC)).arrivals:
        if arrival.truth.verdict in REPORTED:
            story = arrival.truth.story
            assert story[:1].upper() + story[1:] + ":" in flat


def test_each_message_in_slack_has_its_story_and_none_has_anothers(shown):
    _, text = shown
    messages = text.count("┃ iacwatch")
    stories = {
        arrival.truth.story
        for arrival in day.recorded(datetime.now(UTC)).arrivals
        if arrival.truth.verdict in REPORTED
    }
    assert messages == len(stories)


def test_a_file_gets_no_colour_and_lines_that_fit_eighty_columns(shown):
    _, text = shown
    assert "\x1b" not in text
    ours = [line for line in text.splitlines() if line.startswith(("──", "  ┃", "  the "))]
    assert ours
    assert max(map(len, ours)) <= 80


def test_it_ends_with_what_to_try_next_against_the_same_aws(shown):
    _, text = shown
    end = text[text.index("Go on here") :]
    assert "  iacwatch demo who web " in end
    assert "  iacwatch demo backfill --since 60d " in end


def test_it_ends_with_what_to_run_against_ones_own_account(shown):
    _, text = shown
    end = text[text.index("Now yours") :]
    ours = re.findall(r"^  iacwatch (\w+)", end, re.MULTILINE)
    assert ours == ["who", "backfill", "help"]
    assert "demo" not in end


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colour_may_be_asked_for_or_refused_whatever_the_stream_is(color, coloured, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    styled = Screen(io.StringIO(), color).style("a day", "bold")
    assert ("\x1b[1m" in styled) == coloured


def test_nobody_is_rung_by_a_name_that_looks_like_a_mention(shown):
    _, text = shown
    assert "@here" not in text


@pytest.fixture(scope="module")
def in_terminal(tmp_path_factory):
    """`iacwatch demo` in a terminal of 80 columns, where all of the user's own configuration is wrong."""
    home = tmp_path_factory.mktemp("user")
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(
        "[default]\nregion = nowhere-1\nendpoint_url = http://127.0.0.1:9\n"
    )
    (home / "iacwatch.toml").write_text("nonsense = true\n")
    environment = command.environment(
        None,
        home,
        TERM="xterm-256color",
        LANG="C.UTF-8",
        IACWATCH_MANAGED__TAG_KEY="nobody-has-this-tag",
        IACWATCH_NONSENSE__KEY="1",
        AWS_PROFILE="missing",
        AWS_ENDPOINT_URL_SQS="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
    )
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    process = subprocess.Popen(
        command.line("demo"), env=environment, cwd=home, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    text = _all_of(master)
    return process.wait(timeout=60), text, sorted(path.name for path in home.iterdir())


def test_in_a_terminal_there_is_colour_and_what_is_laid_out_fits_its_eighty_columns(in_terminal):
    code, text, _ = in_terminal
    assert code == 0, text
    assert "\x1b[" in text
    unseen = r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\"  # colours, and where links lead
    lines = re.sub(unseen, "", text).replace("\r", "\n").splitlines()
    laid_out = [line for line in lines if line.startswith((" ", "──"))]
    assert any("alice@example.com" in line for line in laid_out)
    assert max(map(len, laid_out)) <= 80


def test_nothing_of_the_users_own_configuration_reaches_the_demo_and_nothing_is_left_behind(in_terminal):
    code, text, left = in_terminal
    assert code == 0, text
    assert "no messages left in it" in text
    assert left == [".aws", "iacwatch.toml"]


def test_the_demo_imports_nothing_of_the_watcher_but_its_nouns():
    code = (
        "import sys, iacwatch.demo.show;"
        "ours = [name for name in sys.modules if name.startswith('iacwatch.')];"
        "print(*sorted(name for name in ours if not name.startswith('iacwatch.demo')));"
        "print('boto3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["iacwatch.core", "iacwatch.core.iac", "iacwatch.core.model", "False"]


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("*alice* opened `22/tcp`", "alice opened 22/tcp"),
        ("a &lt;b&gt; &amp;lt; c", "a <b> &lt; c"),
        ("<https://example.com/x|the event>", "the event"),
        ("<!date^1764061200^{time}|09:00 UTC>", "09:00 UTC"),
        ("<!here> <@U0123> <!channel>", "@here @U0123 @channel"),
        ("5 * 3 * 2, snake_case_name", "5 * 3 * 2, snake_case_name"),
        ("*`web`*", "web"),
        ("&lt;!here&gt;", "<!here>"),
    ],
)
def test_slack_markup_is_shown_as_a_phone_reads_it(markup, read):
    assert phone.readable(markup) == read


def _all_of(descriptor: int) -> str:
    read = b""
    try:
        while chunk := os.read(descriptor, 65536):
            read += chunk
    except OSError:  # how a terminal says on Linux that nobody is at its other end any more
        pass
    finally:
        os.close(descriptor)
    return read.decode("utf-8")

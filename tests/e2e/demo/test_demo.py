"""`iacwatch demo`, and the day's truth held against what the real drain says of it, change by change."""

import io
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from iacwatch.core.model import Verdict
from iacwatch.demo import phone, show
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.screen import Screen
from iacwatch.demo.story.day import day
from tests.fixtures import command

NOBODY = {Verdict.UNATTRIBUTED, Verdict.SIDE_EFFECT}


def said_of(findings):
    """Return what was said, by the key of each change."""
    return {
        (found["change"]["resource_type"], found["change"]["resource_id"], found["change"]["captured_at"]): (
            found["verdict"],
            found["actor"] and found["actor"]["name"],
        )
        for found in findings
    }


def wrong(truths, said):
    """Return what is said otherwise than it is, of changes by key; the truth names no actor where any will do."""
    found = {}
    for key, truth in truths:
        verdict, name = said.get(key, (None, None))
        nobody = truth.actor is None and truth.verdict not in NOBODY
        if (verdict, name if not nobody else None) != (truth.verdict, truth.actor):
            found[key] = (truth, verdict, name)
    return found


class Played:
    """The day, drained twice, all verdicts written as JSON Lines."""

    def __init__(self, home):
        with FakeAws() as aws:
            aws.sqs.patience = 0.1
            dlq = aws.create_queue("iacwatch-dlq")
            queue = aws.create_queue(
                "iacwatch", delay=600, visibility=60, max_receives=day.MAX_RECEIVES, dlq_url=dlq
            )
            self.day = day.recorded(aws.clock.now())
            self.day.put_into(aws, queue)
            runner = Runner(aws=aws, queue_url=queue, home=home)
            options = ("--format", "jsonl", "--verdict", "all", "--no-slack")
            self.first = runner.drain(*options)
            self.calls = list(aws.calls)
            aws.jump(show.LATER)
            self.second = runner.drain(*options)
            self.left, self.dead = aws.messages(queue), aws.messages(dlq)
        self.findings = [[*map(json.loads, run.stdout.splitlines())] for run in (self.first, self.second)]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return Played(tmp_path_factory.mktemp("home"))


def test_every_change_gets_the_verdict_and_the_name_that_it_deserves(played):
    first, second = played.findings
    said, arrivals = said_of([*first, *second]), played.day.arrivals
    assert wrong(((each.key, each.truth) for each in arrivals), said) == {}, played.first.stderr
    assert said.keys() <= {each.key for each in arrivals}
    instead = Counter(arrival.truth.instead for arrival in arrivals)
    for kind, word in (
        ("unmanaged", "unmanaged"),
        ("no-change", "no-change"),
        ("duplicate", "reported before"),
        ("unreadable", "failed"),
    ):
        assert f"{instead[kind]} {word}" in played.first.stderr
    # The late changes are deferred first, and told rightly after the jump.
    late = {arrival.key for arrival in arrivals if arrival.truth.late}
    assert f"{len(late)} deferred" in played.first.stderr
    assert said_of(second).keys() == late
    # The one who merely tried or merely mentioned is named nowhere, and a variable's value is not shown.
    assert "grace" not in played.first.stdout
    for found in first:
        if found["change"]["resource_name"] == "web" and found["verdict"] == "out-of-band":
            assert "bob" not in json.dumps(found)
    assert "thumbnails" in played.second.stdout
    assert "not-a-real-key" not in played.second.stdout


def test_the_first_run_fails_for_the_unreadable_message_alone_and_few_look_ups_do(played):
    assert (played.first.returncode, played.second.returncode) == (1, 0), played.second.stderr
    assert played.left == []
    (garbled,) = (arrival for arrival in played.day.arrivals if arrival.truth.instead == "unreadable")
    assert [message.body for message in played.dead] == [garbled.body]
    look_ups = [call for call in played.calls if call.operation == "LookupEvents"]
    assert len(look_ups) <= 12
    assert not any(call.throttled for call in look_ups)
    assert {call.region for call in look_ups} == {"eu-west-1", "us-east-1"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """`iacwatch demo` in a terminal of 80 columns, where all of the user's own configuration is wrong."""
    home = tmp_path_factory.mktemp("user")
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(
        "[default]\nregion = nowhere-1\nendpoint_url = http://127.0.0.1:9\n"
    )
    (home / "iacwatch.toml").write_text("nonsense = true\n")
    nowhere = "http://127.0.0.1:9"
    text = command.on_a_terminal(
        *(None, home, "demo"),
        columns="80",
        LANG="C.UTF-8",
        IACWATCH_MANAGED__TAG_KEY="nobody-has-this-tag",
        IACWATCH_NONSENSE__KEY="1",
        AWS_PROFILE="missing",
        AWS_ENDPOINT_URL_SQS=nowhere,
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
    )
    assert "\x1b[" in text
    unseen = r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\"  # colours, and where links lead
    return re.sub(unseen, "", text).replace("\r", "\n"), sorted(path.name for path in home.iterdir())


def test_nothing_of_the_users_own_configuration_reaches_the_demo_and_nothing_is_left_behind(shown):
    text, left = shown
    assert "no messages left in it" in text
    assert left == [".aws", "iacwatch.toml"]


def test_each_story_is_told_with_its_message_and_fits_eighty_columns(shown):
    text, _ = shown
    flat = " ".join(text.split())
    stories = {
        arrival.truth.story
        for arrival in day.recorded(datetime.now(UTC)).arrivals
        if arrival.truth.verdict in {Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED}
    }
    for story in stories:
        assert story[:1].upper() + story[1:] + ":" in flat
    assert text.count("┃ iacwatch") == len(stories)
    assert "@here" not in text, "nobody is rung by a name that looks like a mention"
    laid_out = [line for line in text.splitlines() if line.startswith((" ", "──"))]
    assert any("alice@example.com" in line for line in laid_out)
    assert max(map(len, laid_out)) <= 80


def test_it_ends_with_what_to_try_next_against_the_same_aws_and_ones_own_account(shown):
    text, _ = shown
    again, _, own = text[text.index("Go on here") :].partition("Now yours")
    assert "  iacwatch demo who web " in again
    assert "  iacwatch demo backfill --since 60d " in again
    assert re.findall(r"^  iacwatch (\w+)", own, re.MULTILINE) == ["who", "backfill", "help"]
    assert "demo" not in own


def test_colour_may_be_asked_for_or_refused_whatever_the_stream_is(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for color in ("always", "never", "auto"):
        styled = Screen(io.StringIO(), color).style("a day", "bold")
        assert ("\x1b[1m" in styled) == (color == "always")


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

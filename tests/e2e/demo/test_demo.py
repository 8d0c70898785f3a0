"""`iacwatch demo`, and the day's truth held against what the real drain says of it, change by change."""

import json
import re
from collections import Counter
from datetime import UTC, datetime

from iacwatch.core.model import Verdict
from iacwatch.demo import show
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
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


def hurried(runner, *arguments):
    """Run a command with the settings that the demo gives it, but without keeping to a rate."""
    ours = ("IACWATCH_", "XDG_")
    given = {name: text for name, text in runner.environment().items() if name.startswith(ours)}
    return command.run(runner.aws, runner.home, *arguments, **given)


def test_every_change_of_the_day_gets_the_verdict_and_the_name_that_it_deserves(tmp_path):
    with FakeAws(rate=1000) as aws:
        aws.sqs.patience = 0.1
        dlq = aws.create_queue("iacwatch-dlq")
        queue = aws.create_queue(
            "iacwatch", delay=600, visibility=60, max_receives=day.MAX_RECEIVES, dlq_url=dlq
        )
        recorded = day.recorded(aws.clock.now())
        recorded.put_into(aws, queue)
        runner = Runner(aws=aws, queue_url=queue, home=tmp_path)
        line = ("drain", "--format", "jsonl", "--verdict", "all", "--no-slack")
        first = hurried(runner, *line)
        calls = list(aws.calls)
        aws.jump(show.LATER)
        second = hurried(runner, *line)
        left, dead = aws.messages(queue), aws.messages(dlq)
    arrivals = recorded.arrivals
    assert {each.truth.verdict for each in arrivals} == {*Verdict, None} - {Verdict.UNMANAGED}
    assert not [each.key for each in arrivals if ": null" in each.body], "EventBridge drops them"
    found, later = ([*map(json.loads, run.stdout.splitlines())] for run in (first, second))
    said = said_of([*found, *later])
    assert wrong(((each.key, each.truth) for each in arrivals), said) == {}, first.stderr
    assert said.keys() <= {each.key for each in arrivals}
    # The late changes are deferred first, and told rightly after the jump.
    late = {arrival.key for arrival in arrivals if arrival.truth.late}
    assert said_of(later).keys() == late
    instead = Counter(arrival.truth.instead for arrival in arrivals)
    counts = {"reported before": instead["duplicate"], "failed": instead["unreadable"], "deferred": len(late)}
    for word, count in {**instead, **counts}.items():
        assert word in {"", "duplicate", "unreadable"} or f"{count} {word}" in first.stderr, word
    # The one who merely tried is named nowhere, and a variable's value is not shown.
    assert "grace" not in first.stdout
    assert "not-a-real-key" not in second.stdout
    # The first run fails for the unreadable message alone, and few lookups do.
    assert (first.returncode, second.returncode) == (1, 0), second.stderr
    assert left == []
    (garbled,) = (arrival for arrival in arrivals if arrival.truth.instead == "unreadable")
    assert [message.body for message in dead] == [garbled.body]
    look_ups = [call for call in calls if call.operation == "LookupEvents"]
    assert len(look_ups) <= 12
    assert {call.region for call in look_ups} == {"eu-west-1", "us-east-1"}


def test_each_story_is_told_whatever_the_user_configured_within_eighty_columns_with_what_to_try_next(
    tmp_path,
):
    (tmp_path / "iacwatch.toml").write_text("nonsense = true\n")
    theirs = {"IACWATCH_NONSENSE__KEY": "1", "AWS_PROFILE": "missing", "HTTPS_PROXY": "http://127.0.0.1:9"}
    shown = command.on_a_terminal(None, tmp_path, "demo", columns="80", LANG="C.UTF-8", **theirs)
    unseen = r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\"  # colours, and where links lead
    text = re.sub(unseen, "", shown).replace("\r", "\n")
    assert "no messages left in it" in text
    assert [path.name for path in tmp_path.iterdir()] == ["iacwatch.toml"], "nothing is left behind"
    told = {Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED}
    arrivals = day.recorded(datetime.now(UTC)).arrivals
    stories = {arrival.truth.story for arrival in arrivals if arrival.truth.verdict in told}
    for story in stories:
        assert story[:1].upper() + story[1:] + ":" in " ".join(text.split())
    assert text.count("┃ iacwatch") == len(stories)
    assert "@here" not in text, "nobody is rung by a name that looks like a mention"
    laid_out = [line for line in text.splitlines() if line.startswith((" ", "──"))]
    assert any("alice@example.com" in line for line in laid_out)
    assert max(map(len, laid_out)) <= 80
    assert "  iacwatch demo who web " in text

"""`iacwatch replay-dlq` from outside: what was given up is listed, told, or handed back; nothing is lost."""

import json
import re
import signal
import time
from datetime import timedelta

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, ago, call, change, group_id, listed

ARN = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:changes"
ANOTHER = "444455556666"


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def dead(aws):
    return aws.create_queue("dead")


@pytest.fixture
def queue(aws, dead):
    return aws.create_queue("changes", visibility=30, max_receives=3, dlq_url=dead)


def given_up(aws, dead, body, *, minutes=0, receives=4):
    """Put a message into the dead-letter queue as SQS's redrive does."""
    message_id = aws.send(dead, body, receives=receives, sent_at=ago(minutes))
    (message,) = [each for each in aws.messages(dead) if each.id == message_id]
    message.source_arn = ARN
    return message_id


def fill(aws, dead, *numbers):
    for number in numbers:
        given_up(aws, dead, change(number))
        aws.add_event(call(number), resource_names=listed(number))


def replay(aws, home, dead, *arguments, before=(), **more):
    return command.run(aws, home, *before, "replay-dlq", "--dlq-url", dead, *arguments, **more)


def slack(aws):
    return {
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def visible(aws, url):
    return [each for each in aws.messages(url) if each.visible_at <= aws.clock.now()]


# The road over the dead-letter queue.


def test_what_can_be_told_now_is_told_and_deleted_and_what_fails_again_stays(aws, queue, dead, tmp_path):
    fill(aws, dead, 1, 2)
    bad = given_up(aws, dead, "nonsense")
    foreign = given_up(aws, dead, change(3, awsAccountId=ANOTHER))
    done = replay(aws, tmp_path, dead, "--format", "jsonl", **slack(aws))
    assert done.returncode == 1
    assert {found["change"]["resource_id"] for found in lines(done)} == {group_id(1), group_id(2)}
    assert len(aws.slack_messages) == 1
    assert {each.id for each in aws.messages(dead)} == {bad, foreign}
    assert "2 failed" in done.stderr
    assert "cannot be read" in done.stderr
    assert "[accounts] allowed" in done.stderr


def test_what_fails_again_can_be_received_again_at_once(aws, dead, tmp_path):
    given_up(aws, dead, "nonsense")
    replay(aws, tmp_path, dead)
    assert len(visible(aws, dead)) == 1


def test_what_the_door_that_failed_had_told_is_only_deleted(aws, queue, dead, tmp_path):
    """Its ledger is the same, so that Slack is not told twice."""
    body = change(1)
    aws.add_event(call(1), resource_names=listed(1))
    aws.send(queue, body)
    command.run(aws, tmp_path, "drain", "--queue-url", queue, **slack(aws))
    assert len(aws.slack_messages) == 1
    given_up(aws, dead, body)
    done = replay(aws, tmp_path, dead, **slack(aws))
    assert done.returncode == 0, done.stderr
    assert len(aws.slack_messages) == 1
    assert aws.messages(dead) == []


def test_a_change_that_is_still_too_young_waits_in_the_dead_letter_queue(aws, dead, tmp_path):
    given_up(aws, dead, change(1, 12))
    done = replay(aws, tmp_path, dead)
    assert done.returncode == 0, done.stderr
    assert "1 deferred" in done.stderr
    assert (len(aws.messages(dead)), visible(aws, dead)) == (1, [])


def test_a_finding_older_than_the_trail_says_so(aws, dead, tmp_path):
    given_up(aws, dead, change(1, 100 * 24 * 60))
    done = replay(aws, tmp_path, dead, "--format", "jsonl")
    (found,) = lines(done)
    assert found["verdict"] == "unattributed"
    assert found["reason"] == "nobody found: the trail reaches back 90 days only"
    assert not [each for each in aws.calls if each.operation == "LookupEvents"]


def test_the_queue_is_that_of_the_configuration_or_of_the_other_ones_redrive_policy(
    aws, queue, dead, tmp_path
):
    fill(aws, dead, 1, 2)
    by_key = command.run(aws, tmp_path, "replay-dlq", "--max-messages", "1", IACWATCH_QUEUE__DLQ_URL=dead)
    assert by_key.returncode == 0, by_key.stderr
    assert len(aws.messages(dead)) == 1
    by_policy = command.run(aws, tmp_path, "replay-dlq", IACWATCH_QUEUE__URL=queue)
    assert by_policy.returncode == 0, by_policy.stderr
    assert aws.messages(dead) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [({}, "--dlq-url"), ({"IACWATCH_QUEUE__URL": "{alone}"}, "has no dead-letter queue")],
)
def test_without_a_dead_letter_queue_the_command_says_how_to_name_one(aws, tmp_path, more, words):
    alone = aws.create_queue("alone")
    done = command.run(
        aws, tmp_path, "replay-dlq", **{name: value.format(alone=alone) for name, value in more.items()}
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("Error: ") == 1


def test_a_dry_run_gives_everything_back(aws, dead, tmp_path):
    fill(aws, dead, 1, 2)
    done = replay(aws, tmp_path, dead, "--dry-run", "--format", "jsonl", **slack(aws))
    assert len(lines(done)) == 2
    assert aws.slack_messages == []
    assert len(visible(aws, dead)) == 2


def test_fail_on_and_output_mean_what_they_mean_for_drain(aws, dead, tmp_path):
    fill(aws, dead, 1)
    report = tmp_path / "report"
    arguments = ("--fail-on", "out-of-band", "--output", str(report), "--format", "jsonl")
    assert replay(aws, tmp_path, dead, *arguments).returncode == 3
    assert len(report.read_text().splitlines()) == 1
    assert aws.messages(dead) == []


# What is in it.


def test_the_list_says_how_old_each_is_how_often_received_and_what_would_become_of_it(aws, dead, tmp_path):
    fill(aws, dead, 1)
    given_up(aws, dead, "nonsense", minutes=3 * 24 * 60, receives=7)
    given_up(aws, dead, change(3, awsAccountId=ANOTHER))
    given_up(aws, dead, change(4, 12))
    given_up(aws, dead, change(5, tags={}))
    done = replay(aws, tmp_path, dead, "--list", **slack(aws))
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[0].split() == ["AGE", "RECEIVED", "FROM", "CHANGE", "NOW"]
    unreadable, *others = told[1:]
    assert unreadable.split()[:5] == ["3", "d", "8x", "changes", "message"]
    assert "unreadable: cannot be read: " in unreadable
    assert [sum(word in line for line in others) for word in ("web-1", "web-3", "web-4", "web-5")] == [1] * 4
    for name, fate in (
        ("web-1", "told: out-of-band, alice@example.com: "),
        ("web-3", f"fails: account {ANOTHER} is not ours"),
        ("web-4", "waits: until "),
        ("web-5", "ignored: unmanaged"),
    ):
        assert any(name in line and fate in line for line in others)
    assert "5 messages: " in done.stderr
    assert "Error" not in done.stderr


def test_the_list_gives_every_message_back_at_once_and_tells_nobody(aws, dead, tmp_path):
    fill(aws, dead, *range(25))
    done = replay(aws, tmp_path, dead, "--list", "--format", "jsonl", **slack(aws))
    assert len(lines(done)) == 25
    assert len(visible(aws, dead)) == 25
    assert {each.receives for each in aws.messages(dead)} == {5}
    assert aws.slack_messages == []
    assert not (tmp_path / ".local/state/iacwatch/ledger.sqlite3").exists()


def test_why_each_fails_is_why_it_would_fail_now(aws, dead, tmp_path):
    fill(aws, dead, 1)
    aws.deny("cloudtrail", "LookupEvents")
    (letter,) = lines(replay(aws, tmp_path, dead, "--list", "--format", "jsonl"))
    assert letter["fate"] == "fails"
    assert "grant cloudtrail:LookupEvents" in letter["reason"]
    assert len(visible(aws, dead)) == 1


def test_the_records_of_the_list_have_their_keys_in_order(aws, dead, tmp_path):
    fill(aws, dead, 1)
    given_up(aws, dead, "nonsense", minutes=90)
    old, new = lines(replay(aws, tmp_path, dead, "--list", "--format", "jsonl"))
    assert (
        list(new)
        == list(old)
        == [
            "schema",
            "message_id",
            "sent_at",
            "age_s",
            "dropped_at",
            "receives",
            "given_up_by",
            "change",
            "fate",
            "reason",
            "finding_id",
            "verdict",
        ]
    )
    assert old["schema"] == "iacwatch.dead-letter/1"
    assert (old["change"], old["fate"], old["verdict"], old["receives"]) == (None, "unreadable", None, 5)
    assert 5_400 <= old["age_s"] < 5_500
    assert (new["given_up_by"], new["verdict"]) == (ARN, "out-of-band")
    assert new["change"]["resource_id"] == group_id(1)
    assert len(new["finding_id"]) == 32


def test_an_empty_list_says_what_is_hidden_just_now(aws, dead, tmp_path):
    fill(aws, dead, 1)
    (message,) = aws.messages(dead)
    message.visible_at = aws.clock.now() + timedelta(minutes=5)
    done = replay(aws, tmp_path, dead, "--list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "0 messages" in done.stderr
    assert "1 more is hidden now" in done.stderr


def test_what_sqs_soon_drops_is_warned_of(aws, dead, tmp_path):
    given_up(aws, dead, "nonsense", minutes=(4 * 24 - 3) * 60)
    assert "SQS drops 1 of them within a day" in replay(aws, tmp_path, dead, "--list").stderr


def test_what_strangers_wrote_stays_text_in_the_list(aws, dead, tmp_path):
    hostile = "\x1b[31mred[/] \u202e<!channel>"
    given_up(aws, dead, change(1, resourceName=hostile))
    for form in ("table", "jsonl"):
        done = replay(aws, tmp_path, dead, "--list", "--format", form)
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout


def test_the_list_fits_a_terminal(aws, dead, tmp_path):
    fill(aws, dead, 1)
    shown = command.on_a_terminal(aws, tmp_path, "replay-dlq", "--dlq-url", dead, "--list", columns="90")
    rows = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    print(*rows, sep="\n")
    assert any("web-1" in row for row in rows)
    assert max(map(len, rows)) <= 90


# Handing back.


def test_redrive_hands_the_messages_back_to_the_queue_that_gave_them_up(aws, queue, dead, tmp_path):
    fill(aws, dead, *range(30))
    done = replay(aws, tmp_path, dead, "--redrive")
    assert done.returncode == 0, done.stderr
    assert f"moving 30 messages back to {queue}" in done.stderr
    assert f"30 messages went back to {queue}" in done.stderr
    assert (len(aws.messages(queue)), aws.messages(dead)) == (30, [])
    assert done.stdout == ""


def test_redrive_refuses_a_queue_that_is_nobodys_dead_letter_queue(aws, queue, dead, tmp_path):
    aws.send(queue, change(1))
    done = replay(aws, tmp_path, queue, "--redrive")
    assert done.returncode == 2
    assert "is not the dead-letter queue of any queue" in done.stderr
    assert "StartMessageMoveTask" not in {each.operation for each in aws.calls}
    assert len(aws.messages(queue)) == 1


def test_what_never_was_in_a_queue_cannot_be_handed_back_and_is_said_to_be_handled_otherwise(
    aws, queue, dead, tmp_path
):
    """EventBridge's own dead letters, for one: the road takes them, SQS's task does not."""
    aws.send(dead, change(1))
    aws.add_event(call(1), resource_names=listed(1))
    done = replay(aws, tmp_path, dead, "--redrive")
    assert done.returncode == 1
    assert "without --redrive they are handled" in done.stderr
    assert len(aws.messages(dead)) == 1
    assert replay(aws, tmp_path, dead).returncode == 0
    assert aws.messages(dead) == []


def start(aws, home, dead, *arguments):
    return command.start(aws, home, "replay-dlq", "--dlq-url", dead, "--redrive", *arguments, hurried=False)


def slowed(aws, queue, dead, tmp_path, count=4_000):
    """Start a handing back that takes some seconds, and wait until it is followed."""
    for number in range(count):
        given_up(aws, dead, f"nonsense {number}")
    started = start(aws, tmp_path, dead)
    while not any(each.operation == "ListMessageMoveTasks" for each in aws.calls):
        assert started.poll() is None, started.communicate()
        time.sleep(0.02)
    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cancels_the_handing_back(aws, queue, dead, tmp_path, number):
    started = slowed(aws, queue, dead, tmp_path)
    started.send_signal(number)
    _, err = started.communicate(timeout=30)
    assert started.returncode == 128 + number, err
    assert "cancelled" in err
    assert "CancelMessageMoveTask" in {each.operation for each in aws.calls}
    time.sleep(0.1)
    moved = len(aws.messages(queue))
    time.sleep(0.3)
    assert len(aws.messages(queue)) == moved
    assert moved + len(aws.messages(dead)) == 4_000


def test_cancel_ends_what_another_started(aws, queue, dead, tmp_path):
    started = slowed(aws, queue, dead, tmp_path)
    done = replay(aws, tmp_path, dead, "--cancel")
    assert done.returncode == 0, done.stderr
    assert "cancelled: " in done.stderr
    _, err = started.communicate(timeout=30)
    assert started.returncode == 1
    assert "moving back ended early, cancel" in err


def test_cancel_with_nothing_under_way_says_so(aws, queue, dead, tmp_path):
    done = replay(aws, tmp_path, dead, "--cancel")
    assert done.returncode == 0
    assert "nothing is being moved back" in done.stderr


def test_a_second_redrive_follows_the_first(aws, queue, dead, tmp_path):
    started = slowed(aws, queue, dead, tmp_path, count=2_000)
    done = replay(aws, tmp_path, dead, "--redrive", hurried=False)
    assert done.returncode == 0, done.stderr
    assert "already: following that" in done.stderr
    _, err = started.communicate(timeout=30)
    assert started.returncode == 0, err
    assert len(aws.messages(queue)) == 2_000


def test_max_seconds_ends_following_and_not_the_task(aws, queue, dead, tmp_path):
    for number in range(1_500):
        given_up(aws, dead, f"nonsense {number}")
    done = replay(aws, tmp_path, dead, "--redrive", "--max-seconds", "0.5", hurried=False)
    assert done.returncode == 0, done.stderr
    assert "SQS goes on" in done.stderr
    end = time.monotonic() + 60
    while aws.messages(dead):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_dry_run_of_redrive_says_what_would_go_where(aws, queue, dead, tmp_path):
    fill(aws, dead, 1, 2)
    done = replay(aws, tmp_path, dead, "--redrive", "--dry-run")
    assert done.returncode == 0
    assert f"2 messages would go back to {queue}" in done.stderr
    assert len(aws.messages(dead)) == 2


def test_a_start_whose_answer_was_lost_is_followed_all_the_same(aws, queue, dead, tmp_path):
    fill(aws, dead, *range(40))
    aws.fail("sqs", "StartMessageMoveTask", "drop-after")
    done = replay(aws, tmp_path, dead, "--redrive")
    assert done.returncode == 0, done.stderr
    assert aws.messages(dead) == []


def test_redrive_that_is_not_allowed_is_one_sentence(aws, queue, dead, tmp_path):
    fill(aws, dead, 1)
    aws.deny("sqs", "StartMessageMoveTask")
    done = replay(aws, tmp_path, dead, "--redrive")
    assert done.returncode == 1
    assert "grant sqs:StartMessageMoveTask" in done.stderr
    assert done.stderr.count("Error: ") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--list", "--output", "x"),
        ("--list", "--slack"),
        ("--list", "--format", "csv"),
        ("--list", "--fail-on", "out-of-band"),
        ("--redrive", "--max-messages", "3"),
        ("--redrive", "--format", "jsonl"),
        ("--redrive", "--trail", "api"),
        ("--cancel", "--dry-run"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(aws, queue, dead, tmp_path, arguments):
    done = replay(aws, tmp_path, dead, *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("Error: ") == 1
    assert aws.calls == []

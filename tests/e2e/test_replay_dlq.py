"""`iacwatch replay-dlq` from outside: what was given up is listed, told, or handed back; nothing is lost."""

import signal
import time
from functools import partial

import pytest

from tests.fixtures import command
from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT, ago, call, change, group_id, listed

ARN = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:changes"
ANOTHER = "444455556666"


@pytest.fixture
def queue(aws, dead):
    return aws.create_queue("changes", visibility=30, max_receives=3, dlq_url=dead)


@pytest.fixture
def replay(run, dead):
    return partial(run, "replay-dlq", "--dlq-url", dead)


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


def visible(aws, url):
    return {each.id for each in aws.messages(url) if each.visible_at <= aws.clock.now()}


def called(aws):
    return {each.operation for each in aws.calls}


def test_what_can_be_told_now_is_told_and_deleted_and_what_fails_again_stays(aws, queue, dead, drain, replay):
    """The ledger is that of the door that failed, so that Slack is told nothing twice."""
    before = change(9)
    aws.add_event(call(9), resource_names=listed(9))
    aws.send(queue, before)
    drain(**slack(aws))
    assert len(aws.slack_messages) == 1
    given_up(aws, dead, before)
    fill(aws, dead, 1, 2)
    given_up(aws, dead, change(4, 100 * 24 * 60))
    bad = given_up(aws, dead, "nonsense")
    foreign = given_up(aws, dead, change(3, awsAccountId=ANOTHER))
    young = given_up(aws, dead, change(5, 12))
    done = replay("--fail-on", "out-of-band", "--format", "jsonl", **slack(aws))
    assert done.returncode == 3, done.stderr
    (old,) = (each for each in records(done) if each["change"]["resource_id"] == group_id(4))
    assert old["reason"] == "nobody found: the trail reaches back 90 days only"
    assert {each.id for each in aws.messages(dead)} == {bad, foreign, young}
    assert visible(aws, dead) == {bad, foreign}, "what fails again can be received again at once"
    assert "1 deferred, 2 failed" in done.stderr
    assert len([message for message in aws.slack_messages if "web-9" in str(message)]) == 1


def test_the_queue_is_that_of_the_configuration_or_of_the_other_ones_redrive_policy(aws, queue, dead, run):
    fill(aws, dead, 1, 2)
    assert run("replay-dlq", "--max-messages", "1", IACWATCH_QUEUE__DLQ_URL=dead).returncode == 0
    assert len(aws.messages(dead)) == 1
    assert run("replay-dlq", IACWATCH_QUEUE__URL=queue).returncode == 0
    assert aws.messages(dead) == []
    alone = {"IACWATCH_QUEUE__URL": aws.create_queue("alone")}
    for more, words in (({}, "--dlq-url"), (alone, "has no dead-letter queue")):
        done = run("replay-dlq", **more)
        assert (done.returncode, done.stderr.count("Error: ")) == (2, 1)
        assert words in done.stderr


def test_the_list_says_how_old_each_is_how_often_received_and_what_would_become_of_it(
    aws, dead, replay, tmp_path
):
    fill(aws, dead, 1)
    given_up(aws, dead, "nonsense", minutes=(4 * 24 - 3) * 60, receives=7)
    given_up(aws, dead, change(3, awsAccountId=ANOTHER))
    given_up(aws, dead, change(4, 12))
    given_up(aws, dead, change(6, tags={}, resourceName="\x1b[31mred[/] \u202e<!channel>"))
    done = replay("--list", **slack(aws))
    assert done.returncode == 0, done.stderr
    _, unreadable, *others = done.stdout.splitlines()
    assert unreadable.split()[:5] == ["3", "d", "8x", "changes", "message"]
    assert "unreadable: cannot be read: " in unreadable
    for name, fate in (
        ("web-1", "told: out-of-band, alice@example.com: "),
        ("web-3", f"fails: account {ANOTHER} is not ours"),
        ("web-4", "waits: until "),
        ("[31mred", "ignored: unmanaged"),
    ):
        (line,) = (line for line in others if name in line)
        assert fate in line
    assert "5 messages: " in done.stderr
    assert "SQS drops 1 of them within a day" in done.stderr
    # It gives every message back at once, and tells nobody; for programs it is JSON Lines.
    listed_again = replay("--list", "--format", "jsonl", **slack(aws))
    for shown in (done, listed_again):
        assert not {"\x1b", "\u202e"} & set(shown.stdout)
    assert len(visible(aws, dead)) == 5
    assert aws.slack_messages == []
    assert not (tmp_path / ".local/state/iacwatch/ledger.sqlite3").exists()
    by_fate = {letter["fate"]: letter for letter in records(listed_again)}
    old, new = by_fate["unreadable"], by_fate["told"]
    assert (old["schema"], old["receives"]) == ("iacwatch.dead-letter/1", 9)
    assert 93 * 3_600 <= old["age_s"] < 93 * 3_600 + 100
    assert (new["given_up_by"], new["verdict"], len(new["finding_id"])) == (ARN, "out-of-band", 32)


def test_redrive_hands_the_messages_back_and_refuses_what_sqs_cannot_move(aws, queue, dead, replay, run):
    """A start whose answer was lost is followed all the same; what never was in a queue only the road takes."""
    fill(aws, dead, *range(30))
    rehearsed = replay("--redrive", "--dry-run")
    assert (rehearsed.returncode, len(aws.messages(dead))) == (0, 30)
    assert f"30 messages would go back to {queue}" in rehearsed.stderr
    aws.fail("sqs", "StartMessageMoveTask", "drop-after")
    done = replay("--redrive")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert f"30 messages went back to {queue}" in done.stderr
    assert (len(aws.messages(queue)), aws.messages(dead)) == (30, [])

    nobodys = run("replay-dlq", "--dlq-url", queue, "--redrive")
    assert nobodys.returncode == 2
    assert "is not the dead-letter queue of any queue" in nobodys.stderr
    aws.send(dead, change(2))
    never = replay("--redrive")
    assert never.returncode == 1
    assert "without --redrive they are handled" in never.stderr
    assert (len(aws.messages(queue)), len(aws.messages(dead))) == (30, 1)


def test_a_handing_back_may_be_cancelled_by_another_and_an_interrupt_cancels_it(
    aws, queue, dead, replay, tmp_path
):
    def begun():
        """Start one that takes some seconds, and wait until it is followed."""
        aws.calls.clear()
        line = ("replay-dlq", "--dlq-url", dead, "--redrive")
        started = command.start(aws, tmp_path, *line, hurried=False)
        while "ListMessageMoveTasks" not in called(aws):
            assert started.poll() is None, started.communicate()
            time.sleep(0.02)
        return started

    for number in range(4_000):
        aws.send(dead, f"nonsense {number}", receives=4)
    for each in aws.messages(dead):
        each.source_arn = ARN
    first = begun()
    cancelled = replay("--cancel")
    assert (cancelled.returncode, "cancelled: " in cancelled.stderr) == (0, True), cancelled.stderr
    _, err = first.communicate(timeout=30)
    assert (first.returncode, "moving back ended early, cancel" in err) == (1, True), err
    third = begun()
    third.send_signal(signal.SIGINT)
    _, err = third.communicate(timeout=30)
    assert (third.returncode, "cancelled" in err) == (130, True), err
    assert aws.messages(dead)
    assert len(aws.messages(queue)) + len(aws.messages(dead)) == 4_000

"""Drains as processes of their own: killed at instants that a seed chooses, several at once, on a full disk."""

import json
import os
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.foul_aws import DROP, once
from tests.fixtures import command
from tests.fixtures.small_world import call, change, happen, listed

TEAMS = 12
LATER = timedelta(minutes=3)
MILLISECOND = timedelta(milliseconds=1)


def nothing(_request):
    return None


class Victims:
    """Drains of one queue by one ledger, to Slack; `kills` counts those that were killed."""

    def __init__(self, aws, folder, queue):
        self.aws, self.folder, self.queue, self.chance = aws, folder, queue, random.Random(4)
        self.ledger = folder / "ledger.sqlite3"
        self.kills = 0

    def fill(self, count, *, people, copies=1):
        """Let so many people change so many groups; each team has a channel, so that Slack's pace matters less."""
        for number in range(count):
            who, minutes = number % people, 60 + number % 5
            body = change(number, minutes, tags={"managed-by": "terraform", "team": f"team-{who % TEAMS}"})
            for _ in range(copies):
                self.aws.send(self.queue, body)
            record = call(number, minutes, who=f"person-{who}@example.com")
            self.aws.add_event(record, resource_names=listed(number))

    def start(self, *arguments):
        routes = [{"channel": f"#team-{team}", "tags": {"team": f"team-{team}"}} for team in range(TEAMS)]
        environ = {
            "IACWATCH_SLACK__ROUTE": json.dumps(routes),
            "IACWATCH_LEDGER__URL": f"sqlite://{self.ledger}",
        }
        line = ("drain", "--queue-url", self.queue, "--format", "jsonl", *arguments)
        return command.start(self.aws, self.folder, *line, **command.slack(self.aws), **environ)

    def kill_one(self, *arguments):
        """Start one and kill it: just before or after one of its first calls, or at any instant."""
        started = self.start(*arguments)
        timer = threading.Timer(self.chance.uniform(0.05, 1), started.kill)
        if self.chance.random() < 0.8:
            at_last, timer = once(self.chance.randint(1, 14)), threading.Timer(20, started.kill)

            def kill(_request):
                if at_last():
                    os.kill(started.pid, signal.SIGKILL)
                    return DROP
                return None

            before = self.chance.random() < 0.5
            self.aws.before, self.aws.after = (kill, nothing) if before else (nothing, kill)
        timer.start()
        started.communicate(timeout=100)
        timer.cancel()
        self.aws.before = self.aws.after = nothing
        self.kills += started.returncode == -signal.SIGKILL

    def wait_for_leases(self):
        """Let three minutes pass, as if: what was hidden is visible, what was claimed may be claimed."""
        # A poll of who was killed may still wait at the queue, and would take what the jump shows.
        time.sleep(0.1)
        self.aws.jump(LATER)
        if self.ledger.exists():
            with closing(sqlite3.connect(self.ledger)) as opened, opened:
                tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
                if "told" in tables:
                    opened.execute("UPDATE told SET lease_until = lease_until - ?", (LATER // MILLISECOND,))
                if "note" in tables:
                    opened.execute("UPDATE note SET expires_at = expires_at - ?", (LATER // MILLISECOND,))

    def finish(self):
        """Drain until the queue is empty."""
        for _ in range(6):
            self.wait_for_leases()
            started = self.start()
            _, said = started.communicate(timeout=100)
            assert started.returncode == 0, said
            if not self.aws.messages(self.queue):
                return
        assert self.aws.messages(self.queue) == []


@pytest.fixture
def victims(aws, queue, tmp_path):
    return Victims(aws, tmp_path, queue)


def test_kills_lose_nothing_and_repeat_at_most_a_message_each(aws, queue, victims):
    victims.fill(60, people=30)
    for _ in range(16):
        if victims.kills == 4:
            break
        victims.kill_one("--max-messages", "6")
        assert aws.waiting(queue) | set(aws.told()) == set(range(60))
        victims.wait_for_leases()
    aws.quiet()
    victims.finish()
    assert victims.kills == 4
    assert set(aws.told()) == set(range(60))
    assert aws.repeats() <= victims.kills


def test_three_at_once_tell_each_change_once_though_each_came_twice(aws, victims):
    victims.fill(18, people=9, copies=2)
    started = [victims.start() for _ in range(3)]
    ended = [each.communicate(timeout=100)[1] for each in started]
    assert [each.returncode for each in started] == [0, 0, 0], ended
    victims.finish()
    assert aws.told() == dict.fromkeys(range(18), 1)
    assert len([each for each in aws.slack_messages if each["thread_ts"] is None]) == 9, "one a person"


@pytest.mark.parametrize("file", [False, True])
def test_a_full_disk_under_stdout_or_the_file_deletes_nothing(aws, queue, tmp_path, file):
    happen(aws, queue, 1, 2)
    line = ("drain", "--queue-url", queue, "--format", "jsonl")
    (tmp_path / "report.jsonl").symlink_to("/dev/full")
    with Path("/dev/full").open("w") as full:
        streams = {} if file else {"stdout": full}
        more = ("--output", "report.jsonl") if file else ()
        process = command.start(aws, tmp_path, *line, *more, streams=streams)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, "No space left" in said, "Traceback" in said) == (1, True, False), said
    assert aws.waiting(queue) == {1, 2}

"""Drains as processes of their own, killed at an instant that a seed chooses."""

import json
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta

from tests.faults.foul_aws import DROP, once
from tests.fixtures import command
from tests.fixtures.small_world import call, change, listed

TEAMS = 12
LATER = timedelta(minutes=3)
MILLISECOND = timedelta(milliseconds=1)


class Victims:
    """Drains of one queue by one ledger, to Slack; `kills` counts those that were killed."""

    def __init__(self, aws, folder, queue, chance):
        self.aws, self.folder, self.queue, self.chance = aws, folder, queue, chance
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

    def start(self, *arguments, **more):
        """Start one drain."""
        routes = [{"channel": f"#team-{team}", "tags": {"team": f"team-{team}"}} for team in range(TEAMS)]
        environ = {
            **command.slack(self.aws),
            "IACWATCH_SLACK__ROUTE": json.dumps(routes),
            "IACWATCH_LEDGER__URL": f"sqlite://{self.ledger}",
            **more,
        }
        line = ("drain", "--queue-url", self.queue, "--format", "jsonl", *arguments)
        return command.start(self.aws, self.folder, *line, **environ)

    def run(self, *arguments, **more):
        """Run one to its end; return its exit code."""
        started = self.start(*arguments, **more)
        _, self.said = started.communicate(timeout=100)
        return started.returncode

    def kill_one(self, *arguments, most=14):
        """Start one and kill it: just before or after one of its first calls, or at any instant."""
        started = self.start(*arguments)
        timer = threading.Timer(self.chance.uniform(0.05, 1), started.kill)
        if self.chance.random() < 0.8:
            at_last, timer = once(self.chance.randint(1, most)), threading.Timer(20, started.kill)

            def kill(_request):
                if at_last():
                    os.kill(started.pid, signal.SIGKILL)
                    return DROP
                return None

            before = self.chance.random() < 0.5
            self.aws.before, self.aws.after = (kill, _nothing) if before else (_nothing, kill)
        timer.start()
        started.communicate(timeout=100)
        timer.cancel()
        self.aws.before = self.aws.after = _nothing
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


def _nothing(_request):
    return None

"""A seeded soak: thousands of changes, several drains at once, and everything that goes wrong, all the time.

`python -m tests.bench.bench_soak [--changes 10000] [--seed 1] [--drains 6]` prints what was reported, what was lost,
what was reported twice, the calls that it took, and memory. Exit code 1: something was lost, or more messages repeat
than kills and unanswered posts explain. It takes some ten minutes, mostly of waiting for CloudTrail's two calls a second.

Two phases: several drains over one queue and one ledger, killed and stopped at random; then, over what is
left, one drain that nobody kills, whose memory is looked at; at last `replay-dlq`. Faults go on throughout.
"""

import argparse
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from iacwatch.demo.fake.faults import InjectedFault
from tests.bench.paired import line
from tests.faults.foul_aws import FoulAws
from tests.fixtures import command
from tests.fixtures.small_world import ago, call, change, item, listed, message

TEAMS = 80
PER_PERSON = 5
LATER = timedelta(minutes=3)
LEASE = 62
JUMP_EVERY = 45
"""Seconds of real time."""

DROPS = (("drop-before", None), ("drop-after", None))
FAULTS = {
    "aws": (("ThrottlingException", 400), ("InternalError", 500), ("ServiceUnavailable", 503), *DROPS),
    "slack": (("ratelimited", 429), ("server_error", 503), *DROPS),
}
RATES = {"aws": 0.02, "slack": 0.04}


class Foes:
    """What goes wrong, call by call, of a share of the calls."""

    def __init__(self, aws, seed):
        self.aws, self.chance, self.done, self.lock = aws, random.Random(seed), Counter(), threading.Lock()

    def __call__(self, request):
        with self.lock:
            of = "slack" if request.service == "slack" else "aws"
            if self.chance.random() < RATES[of]:
                code, status = self.chance.choice(FAULTS[of])
                self.done[of, code] += 1
                where = {"service": request.service, "operation": request.operation}
                self.aws.faults.add(InjectedFault(**where, code=code, status=status, times=1))


class Soak:
    """The world, its queue, and the drains."""

    def __init__(self, aws, folder, options):
        self.aws, self.folder, self.options = aws, folder, options
        self.chance = random.Random(options.seed)
        self.dead = aws.create_queue("dead")
        self.queue = aws.create_queue("changes", visibility=30, max_receives=12, dlq_url=self.dead)
        self.expected, self.unreadable = set(), 0
        self.ends, self.memory = Counter(), {}
        routes = [{"channel": f"#team-{team}", "tags": {"team": f"team-{team}"}} for team in range(TEAMS)]
        self.environ = command.environment(
            aws,
            folder,
            **command.slack(aws),
            IACWATCH_SLACK__ROUTE=json.dumps(routes),
            IACWATCH_QUEUE__DLQ_URL=self.dead,
        )

    def fill(self):
        """Send the changes: by hand, some twice, some late, some of deleted objects, some unmanaged or broken."""
        for number in range(self.options.changes):
            person, dice = number // PER_PERSON, self.chance.random()
            late = {"delivered_at": ago(-self.chance.uniform(1, 15))} if dice > 0.97 else {}
            minutes = 18 if late else 600 - 500 * number / self.options.changes
            tags = {"managed-by": "terraform", "team": f"team-{person % TEAMS}"}
            for _ in range(2 if 0.90 < dice < 0.94 else 1):
                self.aws.send(self.queue, self.body(number, minutes, tags, dice))
            self.unreadable += dice < 0.01
            if dice >= 0.06:
                self.expected.add(number)
                event = call(number, minutes, who=f"person-{person}@example.com")
                self.aws.add_event(event, resource_names=listed(number), **late)

    def body(self, number, minutes, tags, dice):
        if dice < 0.01:
            return "broken"
        if dice < 0.06:
            return change(number, minutes, tags={"owner": "nobody"})
        document = item(number, ago(minutes), tags)
        if dice >= 0.09:
            return message(document)
        self.aws.add_item(item(number, ago(minutes + 5_000), tags))
        document |= {"configurationItemStatus": "ResourceDeleted", "configuration": None, "tags": {}}
        return message(document, {"changedProperties": {}, "changeType": "DELETE"})

    def start(self, *arguments):
        return subprocess.Popen(
            command.line("-q", *arguments, "--format", "jsonl"),
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "stderr").open("ab"),
            cwd=self.folder,
        )

    def drain(self, *arguments, end_at=None, how=None):
        """Run one drain, ended after so many seconds if it is not done; look at its memory meanwhile."""
        process = self.start("drain", "--queue-url", self.queue, *arguments)
        begun = time.monotonic()
        while process.poll() is None:
            if end_at is not None and time.monotonic() - begun > end_at:
                process.send_signal(how)
                process.wait(30)
                break
            if found := re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text()):
                self.memory.setdefault(process.pid, []).append(int(found[1]) / 1024)
            time.sleep(0.25)
        self.ends[process.returncode] += 1

    def harass(self):
        """Keep some drains going, and end most of them in an ugly way, until little is left."""

        def one(chance):
            while len(self.aws.messages(self.queue)) > self.options.changes * 0.35:
                how = chance.choice((None, signal.SIGKILL, signal.SIGTERM))
                end_at = chance.uniform(1, 25) if how else None
                self.drain("--max-messages", "300", end_at=end_at, how=how)

        seeds = [self.chance.random() for _ in range(self.options.drains)]
        threads = [threading.Thread(target=one, args=(random.Random(seed),)) for seed in seeds]
        for thread in threads:
            thread.start()
        # What the dead had in hand comes back; so does what the living have in hand, which they must bear.
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(JUMP_EVERY / len(threads))
            self.aws.jump(LATER)

    def finish(self):
        """Drain what is left, until only what cannot be read is there."""
        time.sleep(LEASE if self.ends[-signal.SIGKILL] else 0)  # claims end by the real clock
        for _ in range(30):
            self.aws.jump(LATER)
            self.drain()
            if not self.aws.messages(self.queue):
                break
        for _ in range(4):
            self.aws.jump(LATER)
            self.ends[self.start("replay-dlq").wait(600)] += 1
            if len(self.aws.messages(self.dead)) <= self.unreadable:
                break

    def report(self, foes):
        """Print what came of it all; return the exit code."""
        aws, told, repeated = self.aws, self.aws.told(), self.aws.repeats()
        lost = self.expected - set(told)
        waiting = len(lost & (aws.waiting(self.queue) | aws.waiting(self.dead)))
        explained = self.ends[-signal.SIGKILL] + foes.done["slack", "drop-after"]
        stderr = (self.folder / "stderr").read_text(errors="replace")
        longest = max(self.memory.values(), key=len)
        line("ends of drains", dict(self.ends))
        line("faults", dict(foes.done))
        line("reported, of", len(set(told) & self.expected), len(self.expected))
        line("reported, not to be", len(set(told) - self.expected))
        line("lost, still in a queue", len(lost), waiting)
        line("messages that repeat, explained", repeated, explained)
        line(
            "left in queues, unreadable",
            len(aws.messages(self.queue) + aws.messages(self.dead)),
            self.unreadable,
        )
        line("calls", dict(Counter(each.operation for each in aws.calls).most_common()))
        line("tracebacks, faults of ours", stderr.count("Traceback"), stderr.count("a fault in iacwatch"))
        line("memory, MB at most", max(max(each) for each in self.memory.values()))
        line("MB of the longest, in time", *longest[:: max(1, len(longest) // 8)])
        print(stderr[stderr.find("Traceback") :][:3_000] if "Traceback" in stderr else "")
        return int(bool(lost) or repeated > explained or "Traceback" in stderr)


def main():
    """Soak, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drains", type=int, default=6, help="0: none is killed")
    options = parser.parse_args()
    with FoulAws() as aws, tempfile.TemporaryDirectory() as folder:
        soak = Soak(aws, Path(folder), options)
        soak.fill()
        foes = Foes(aws, options.seed)
        aws.before = foes
        soak.harass()
        soak.finish()
        sys.exit(soak.report(foes))


if __name__ == "__main__":
    main()

"""A seeded soak: thousands of changes, several drains at once, and everything that goes wrong, all the time.

`python -m tests.bench.bench_soak [--changes 10000] [--seed 1] [--drains 6]` prints what was told, what was
lost, what was told twice, the calls that it took, and memory over time. Exit code 1: something was lost, or
more messages repeat than kills and unanswered posts explain. It takes some ten minutes, mostly of waiting for
CloudTrail's two calls a second.

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
from tests.faults.foul_aws import FoulAws, numbers
from tests.fixtures import command
from tests.fixtures.small_world import ago, call, change, item, listed, message

TEAMS = 80
PER_PERSON = 5
LATER = timedelta(minutes=3)
LEASE = 62
JUMP_EVERY = 45
"""Seconds of real time."""

AWS_FAULTS = (
    ("ThrottlingException", 400),
    ("InternalError", 500),
    ("ServiceUnavailable", 503),
    ("drop-before", None),
    ("drop-after", None),
)
SLACK_FAULTS = (("ratelimited", 429), ("server_error", 503), ("drop-before", None), ("drop-after", None))


class Foes:
    """What goes wrong, call by call: `rate` of AWS's calls, `slack_rate` of Slack's."""

    def __init__(self, aws, seed, rate, slack_rate):
        self.aws, self.chance, self.rate, self.slack_rate = aws, random.Random(seed), rate, slack_rate
        self.done = Counter()
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            ours = request.service == "slack"
            if self.chance.random() >= (self.slack_rate if ours else self.rate):
                return
            code, status = self.chance.choice(SLACK_FAULTS if ours else AWS_FAULTS)
            self.done["slack" if ours else "aws", code] += 1
            fault = InjectedFault(
                service=request.service, operation=request.operation, code=code, status=status, times=1
            )
            self.aws.faults.add(fault)


class Soak:
    """The world, its queue, and the drains."""

    def __init__(self, aws, folder, options):
        self.aws, self.folder, self.options = aws, folder, options
        self.chance = random.Random(options.seed)
        self.dead = aws.create_queue("dead")
        self.queue = aws.create_queue("changes", visibility=30, max_receives=12, dlq_url=self.dead)
        self.expected, self.unreadable = set(), 0
        self.ends, self.memory, self.odd = Counter(), [], Counter()
        self.started_at = time.monotonic()

    def fill(self):
        """Send the changes: by hand, some twice, some late, some of deleted objects, some unmanaged or broken."""
        for number in range(self.options.changes):
            person, dice = number // PER_PERSON, self.chance.random()
            minutes = 600 - 500 * number / self.options.changes
            tags = {"managed-by": "terraform", "team": f"team-{person % TEAMS}"}
            late = {"delivered_at": ago(-self.chance.uniform(1, 15))} if dice > 0.97 else {}
            if late:
                minutes = 18
            body = self.body(number, minutes, tags, dice)
            for _ in range(2 if 0.90 < dice < 0.94 else 1):
                self.aws.send(self.queue, body)
            if body == "broken":
                self.unreadable += 1
            if dice >= 0.06:
                self.expected.add(number)
                who = f"person-{person}@example.com"
                self.aws.add_event(call(number, minutes, who=who), resource_names=listed(number), **late)

    def body(self, number, minutes, tags, dice):
        if dice < 0.01:
            return "broken"
        if dice < 0.06:
            return change(number, minutes, tags={"owner": "nobody"})
        document = item(number, ago(minutes), tags)
        if dice < 0.09:
            self.aws.add_item(item(number, ago(minutes + 5_000), tags))
            gone = document | {
                "configurationItemStatus": "ResourceDeleted",
                "configuration": None,
                "tags": {},
            }
            return message(gone, {"changedProperties": {}, "changeType": "DELETE"})
        return message(document)

    def environ(self):
        routes = [{"channel": f"#team-{team}", "tags": {"team": f"team-{team}"}} for team in range(TEAMS)]
        return command.environment(
            self.aws,
            self.folder,
            IACWATCH_SLACK__TOKEN="xoxb-demo",
            IACWATCH_SLACK__CHANNEL="#infra",
            IACWATCH_SLACK__API_URL=self.aws.slack_url,
            IACWATCH_SLACK__ROUTE=json.dumps(routes),
            IACWATCH_QUEUE__DLQ_URL=self.dead,
        )

    def start(self, *arguments):
        return subprocess.Popen(
            command.line("-q", *arguments, "--format", "jsonl"),
            env=self.environ(),
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
            self.look(process.pid)
            time.sleep(0.25)
        self.ends[process.returncode] += 1
        return process.returncode

    def look(self, pid):
        try:
            found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        except OSError:
            return
        if found:
            self.memory.append((time.monotonic() - self.started_at, pid, int(found[1]) / 1024))

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
            left, ends = len(self.aws.messages(self.queue)), dict(self.ends)
            print(f"  {time.monotonic() - self.started_at:.0f} s: {left} left, ends {ends}", flush=True)

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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drains", type=int, default=6, help="0: none is killed")
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--slack-rate", type=float, default=0.04)
    options = parser.parse_args()
    with FoulAws() as aws, tempfile.TemporaryDirectory() as folder:
        soak = Soak(aws, Path(folder), options)
        soak.fill()
        print(f"{options.changes} changes, {len(soak.expected)} to be told, {soak.unreadable} unreadable")
        foes = Foes(aws, options.seed, options.rate, options.slack_rate)
        aws.before = foes
        soak.harass()
        harassed = time.monotonic() - soak.started_at
        print(f"harassed for {harassed:.0f} s, {len(aws.messages(soak.queue))} messages left")
        soak.finish()
        sys.exit(report(soak, aws, foes))


def report(soak, aws, foes):
    told = aws.told()
    lost = soak.expected - set(told)
    seen, repeated = set(), 0
    for one in aws.tellings():
        repeated += bool(one & seen)
        seen |= one
    kills = soak.ends[-signal.SIGKILL]
    unanswered = foes.done["slack", "drop-after"]
    left = [each for url in (soak.queue, soak.dead) for each in aws.messages(url)]
    good = {number for each in left for number in numbers(each.body)} - set(told)
    print(f"took             {time.monotonic() - soak.started_at:.0f} s")
    print(f"ends of drains   {dict(sorted(soak.ends.items()))} (kills {kills})")
    print(f"faults           {foes.done.total()}: {dict(foes.done)}")
    print(f"told             {len(set(told) & soak.expected)} of {len(soak.expected)}")
    print(f"told, not to be  {len(set(told) - soak.expected)}")
    print(f"lost             {len(lost)} ({len(good & lost)} of them still in a queue)")
    print(f"told twice       {sum(count > 1 for count in told.values())} findings in {repeated} messages,")
    print(
        f"                 of {len(aws.slack_messages)}; explained by {kills} kills, {unanswered} unanswered"
    )
    print(f"left             {len(left)} messages ({soak.unreadable} unreadable ones were sent)")
    calls = Counter((each.service, each.operation) for each in aws.calls)
    print("calls            " + ", ".join(f"{name}: {count}" for (_, name), count in calls.most_common()))
    stderr = (soak.folder / "stderr").read_text(errors="replace")
    print(
        f"tracebacks       {stderr.count('Traceback')}, faults of ours {stderr.count('a fault in iacwatch')}"
    )
    by_process = {}
    for at, pid, megabytes in soak.memory:
        by_process.setdefault(pid, []).append((at, megabytes))
    longest = max(by_process.values(), key=len)
    print(f"memory           {max(mb for _, _, mb in soak.memory):.0f} MB at most, in any drain")
    step = max(1, len(longest) // 12)
    print(
        "of the longest   " + ", ".join(f"{at - longest[0][0]:.0f} s: {mb:.0f}" for at, mb in longest[::step])
    )
    if "Traceback" in stderr:
        print(stderr[stderr.index("Traceback") :][:3_000])
    return int(bool(lost) or repeated > kills + unanswered or "Traceback" in stderr)


if __name__ == "__main__":
    main()

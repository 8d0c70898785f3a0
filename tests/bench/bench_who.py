"""How many round trips `who` takes to its first finding: whole processes, with answers that take longer and longer.

What a process needs besides (to start, to parse) is what the shortest answers leave; the rest, divided by what an
answer takes, is round trips. CloudTrail's rate limit is kept. Run it as `python -m tests.bench.bench_who [ROUNDS]`.
"""

import statistics
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.bench.paired import line, number, seconds
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed

LATENCIES = (0.0, 0.5, 1.0, 2.0)
"""Seconds that each answer of AWS takes."""

ASKED = {
    "by id": group_id(1),
    "by ARN": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}",
    "by name": "web-1",
}


def opened(port, minutes):
    """Return the item of a group with another port open each time."""
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ["0.0.0.0/0"]}
    group = {"groupId": group_id(1), "groupName": "web-1", "ipPermissions": [rule]}
    return item(1, ago(minutes), configuration=group)


def first_line(aws, home, reference):
    """Wait for the first finding."""
    with subprocess.Popen(
        command.line("who", reference, "--format", "jsonl", "--since", "60d"),
        env=command.environment(aws, home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        text=True,
    ) as process:
        found = process.stdout.readline()
        process.terminate()
    assert group_id(1) in found, found


def main():
    """Print seconds and round trips."""
    rounds = number(3)
    with FakeAws(rate=1000) as aws, tempfile.TemporaryDirectory() as folder:
        for port, minutes in enumerate((60, 3 * 1440, 20 * 1440, 50 * 1440)):
            aws.add_item(opened(port, minutes))
            aws.add_event(call(1, minutes + 1), resource_names=listed(1))
        line("goal: under 3 round trips", *(f"{latency} s" for latency in LATENCIES), "trips")
        for name, reference in ASKED.items():
            work, medians = partial(first_line, aws, Path(folder), reference), []
            for latency in LATENCIES:
                aws.latency = latency
                medians.append(statistics.median(seconds(work, time.perf_counter) for _ in range(rounds)))
            later = zip(LATENCIES[1:], medians[1:], strict=True)
            line(name, *medians, statistics.median((there - medians[0]) / each for each, there in later))


if __name__ == "__main__":
    main()

"""How many round trips `who` takes to its first finding: whole processes, with answers that take longer and longer.

What a process needs besides (to start, to parse) is what the shortest answers leave; the rest, divided by what an
answer takes, is round trips. CloudTrail's own pace is kept.

    python -m tests.bench.bench_who [ROUNDS]
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.bench.paired import TOP, number
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed

LATENCIES = (0.0, 0.5, 1.0, 2.0)
"""Seconds that each answer of AWS takes."""

ASKED = {
    "by id": group_id(1),
    "by ARN": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}",
    "by name": "web-1",
}
GOAL = 3


def opened(port, minutes):
    """Return the item of a group with another port open each time."""
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ["0.0.0.0/0"]}
    return item(
        1, ago(minutes), configuration={"groupId": group_id(1), "groupName": "web-1", "ipPermissions": [rule]}
    )


def first_line(aws, home, reference):
    """Return the seconds until the first finding is there."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "iacwatch", "who", reference, "--format", "jsonl", "--since", "60d"],
        env=command.environment(aws, home, PYTHONPATH=str(TOP)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        line = process.stdout.readline()
        taken = time.perf_counter() - began
        process.terminate()
    assert group_id(1) in line, line
    return taken


def main():
    """Print seconds and round trips."""
    rounds = number(3)
    with FakeAws(rate=1000) as aws, tempfile.TemporaryDirectory() as folder:
        for port, minutes in enumerate((60, 3 * 1440, 20 * 1440, 50 * 1440)):
            aws.add_item(opened(port, minutes))
            aws.add_event(call(1, minutes + 1), resource_names=listed(1))
        print(f"{rounds} rounds, medians; goal: under {GOAL} round trips to the first finding")
        print("asked     " + "".join(f"{latency:8.1f} s" for latency in LATENCIES) + "   round trips")
        for name, reference in ASKED.items():
            medians = []
            for latency in LATENCIES:
                aws.latency = latency
                medians.append(
                    statistics.median(first_line(aws, Path(folder), reference) for _ in range(rounds))
                )
            trips = [
                (there - medians[0]) / latency
                for latency, there in zip(LATENCIES[1:], medians[1:], strict=True)
            ]
            print(
                f"{name:10}"
                + "".join(f"{median:8.2f} s" for median in medians)
                + f"   {statistics.median(trips):.2f}"
            )


if __name__ == "__main__":
    main()

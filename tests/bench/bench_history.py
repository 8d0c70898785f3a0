"""What reading the past from history files costs, beside reading and parsing those files alone.

Run it as `python -m tests.bench.bench_history [ITEMS]`. By the real command: CPU and memory of `backfill --changes FOLDER
--trail FOLDER`, its start included, the middle one of three.
"""

import gzip
import json
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws
from tests.bench.paired import TOP, alone, line, number
from tests.fixtures import command, history_folder, log_folder

ACCOUNT, REGION = "111122223333", "eu-west-1"
END = datetime(2026, 11, 20, tzinfo=UTC)
MEASURED = """
import sys, time
from iacwatch.cli.group import run
code, took = run(), time.process_time()
from tests.bench.paired import peak
print(took, peak())
sys.exit(code)
"""
"""The real command, which says at its end what it took."""


def made_files(root, count, share, changing):
    """Write a month of history files with so many items, of which a share carries the tag.

    From one item of a resource to the next, `changing` of its 20 rules change.
    """
    rng, resources = random.Random(count), count // 20
    items, rules_of = [], {}
    for number_, second in enumerate(sorted(rng.uniform(0, 28 * 86_400) for _ in range(count))):
        which = number_ % resources
        at = END - timedelta(days=28) + timedelta(seconds=second)
        rules = list(rules_of.get(which) or map(rule, range(20), repeat(rng)))
        for place in rng.sample(range(20), changing):
            rules[place] = rule(place, rng)
        rules_of[which] = rules
        document = {
            "configurationItemCaptureTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "configurationItemStatus": "OK",
            "awsAccountId": ACCOUNT,
            "awsRegion": REGION,
            "resourceType": f"AWS::EC2::Kind{which % 5}",
            "resourceId": f"sg-{which:017x}",
            "ARN": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-{which:017x}",
            "configuration": {"groupId": f"sg-{which:017x}", "ipPermissions": rules},
            "tags": {"Name": f"web-{which}"}
            | ({"managed-by": "terraform"} if which < share * resources else {}),
        }
        items.append((document, REGION))
    history_folder.deliver(Path(root), items)


def rule(which, rng):
    return {"fromPort": rng.randrange(65_536), "cidr": f"10.0.{which}.0/24", "note": "x" * 30}


def read(root):
    """Read and parse every file, and nothing else."""
    for path in sorted(Path(root).rglob("*.gz")):
        json.loads(gzip.decompress(path.read_bytes()))


def commanded(root, home):
    """Return the CPU seconds, the peak memory in MB and the number of findings of the real command."""
    report = home / "report.jsonl"
    given = (
        "--since",
        "2026-10-24",
        "--until",
        "2026-11-20",
        "--changes",
        root,
        "--trail",
        str(home / "trail"),
    )
    with FakeAws(rate=1000) as aws:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                MEASURED,
                "backfill",
                *given,
                "--format",
                "jsonl",
                "--output",
                str(report),
            ],
            env=command.environment(aws, home, PYTHONPATH=str(TOP)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            cwd=home,
        )
    seconds, most = map(float, done.stdout.split())
    return seconds, most, report.read_text().count("\n")


def main():
    """Print what the command takes for files of four kinds."""
    count = number(100_000)
    line(f"{count:,} items", "seconds", "alone", "ratio", "peak MB", "findings")
    for changing in (0, 1):
        for share in (1.0, 0.1):
            with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as home:
                made_files(root, count, share, changing)
                hours = (END - timedelta(hours=hour) for hour in range(-24, 30 * 24))
                alive = (log_folder.heartbeat(ACCOUNT, REGION, hour) for hour in hours)
                log_folder.deliver(Path(home) / "trail", alive)
                taken = []
                for _ in range(3):
                    base = alone(read, root).seconds
                    seconds, most, findings = commanded(root, Path(home))
                    taken.append((seconds / base, seconds, base, most, findings))
            ratio, seconds, base, most, findings = sorted(taken)[1]
            line(f"{share:.0%} tagged, {changing} of 20 rules", seconds, base, ratio, most, findings)


if __name__ == "__main__":
    main()

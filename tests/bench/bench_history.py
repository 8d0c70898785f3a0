"""What a run over the past costs: calls beside their bounds, and history files beside reading them alone.

Run it as `python -m tests.bench.bench_history [--most 100000] [--items 100000] [--files]` (`--files`: those alone). Config is simulated (no HTTP, a
clock that jumps), as strict as the real one says it is: seven days a call, empty pages with a token. The bound for
Config is one call for each resource looked at and each seven days of the range, and the pages of the lists; what an
item before the range that lies further back costs is shown apart, since under that rule nothing can avoid it.
"""

import argparse
import gzip
import json
import math
import random
import subprocess
import sys
import tempfile
import time
import timeit
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from pathlib import Path

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.core.attribution import scope
from iacwatch.core.model import TagRule, Window
from iacwatch.core.parse import config_item
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ports import silent
from iacwatch.sources.history.api import HistoryApi
from iacwatch.sources.history.files import HistoryFiles
from iacwatch.sources.history.inventory import COMMON
from iacwatch.storage.spool import Spool
from tests.bench.paired import TOP, peak
from tests.fixtures import command, history_folder, log_folder
from tests.fixtures.clocks import TickingClock

ACCOUNT, REGION = "111122223333", "eu-west-1"
WEEK, KEPT = timedelta(days=7), timedelta(days=730)
GROUP = "AWS::EC2::SecurityGroup"
RANGES = {"26h": timedelta(hours=26), "7d": WEEK, "30d": timedelta(days=30), "90d": timedelta(days=90)}
QUIET = (5.0, 30.0, 180.0)
"""Days that a resource stays as it is, on average."""


MEASURED = """
import sys, time
from iacwatch.cli.group import run
code = run()
status = open("/proc/self/status").read()  # (a process's own rusage counts its parent's memory)
print(time.process_time(), int(status.partition("VmHWM:")[2].split()[0]) / 1024)
sys.exit(code)
"""
"""The real command, which says at its end what it took."""


class Config:
    """AWS Config, in process: security groups that change now and then.

    `calls` counts them by operation; those of histories that look further back than the range are ``back``.
    """

    def __init__(self, count, window, days):
        self.count, self.window, self.end, self.days = count, window, window.end, days
        self.calls = {"select": 0, "list": 0, "history": 0, "back": 0}
        self.captures = lru_cache(maxsize=5_000)(self._captures)

    def _captures(self, number):
        """Return when a resource was captured, newest first, back to the second time before the range."""
        rng, at, found = random.Random(number), self.end, []
        while at > self.end - KEPT and len([each for each in found[-2:] if each < self.window.start]) < 2:
            at -= timedelta(days=rng.expovariate(1 / self.days), milliseconds=1)
            found.append(at)
        return [each for each in found if each > self.end - KEPT]

    def client(self, *_arguments, **_more):
        return self

    def select_resource_config(self, Expression, Limit, NextToken="0"):
        """Answer with all there are, or with those that were captured since."""
        self.calls["select"] += 1
        since = Expression.partition("configurationItemCaptureTime >= '")[2].partition("'")[0]
        start, rows = int(NextToken), []
        while start < self.count and len(rows) < Limit:
            last = next(iter(self.captures(start)), self.end - timedelta(days=900))
            row = {"resourceId": f"sg-{start}", "resourceType": GROUP}
            text = last.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
            if not since or text >= since:
                rows.append(json.dumps({**row, "configurationItemCaptureTime": text}))
            start += 1
        return {"Results": rows, **({"NextToken": str(start)} if start < self.count else {})}

    def list_discovered_resources(self, resourceType, nextToken="0", **_more):
        """Answer with nothing deleted."""
        self.calls["list"] += 1
        start = int(nextToken)
        if resourceType != GROUP or start + 100 >= self.count:
            return {"resourceIdentifiers": []}
        return {"resourceIdentifiers": [], "nextToken": str(start + 100)}

    def get_resource_config_history(self, **asked):
        """Answer with what lies in seven days."""
        resourceId, limit = asked["resourceId"], asked["limit"]  # noqa: N806  (boto3's names)
        laterTime, earlierTime = asked["laterTime"], asked.get("earlierTime")  # noqa: N806  (the same)
        nextToken = asked.get("nextToken")  # noqa: N806  (the same)
        edge = datetime.fromisoformat(nextToken) if nextToken else laterTime
        self.calls["history" if edge > self.window.start + timedelta(seconds=2) else "back"] += 1
        floor = earlierTime or self.end - KEPT
        far = max(edge - WEEK, floor)
        found = [at for at in self.captures(int(resourceId[3:])) if far <= at < edge][:limit]
        page = [
            {
                "accountId": ACCOUNT,
                "awsRegion": REGION,
                "resourceType": GROUP,
                "resourceId": resourceId,
                "configurationItemStatus": "OK",
                "configurationItemCaptureTime": at,
                "configuration": "{}",
                "tags": {"managed-by": "terraform"},
            }
            for at in found
        ]
        return {"configurationItems": page, **({"nextToken": far.isoformat()} if far > floor else {})}


def config_calls(count, title, span, days):
    """Print the calls that a range of so many resources took."""
    clock = TickingClock()
    end = clock.now() - timedelta(hours=1)
    window = Window(start=end - span, end=end)
    config = Config(count, window, days)
    with tempfile.TemporaryDirectory() as folder:
        source = HistoryApi(
            calls=ConfigCalls(config, clock, RateLimit(clock, per_second=1e6)),
            spool=Spool(Path(folder) / "spool"),
            places=[ConfigPlace(ACCOUNT, REGION)],
            window=window,
            tag_key="managed-by",
            types=(),
            clock=clock,
            progress=silent,
        )
        began = time.process_time()
        changes = sum(len(wave) for wave in source.waves())
        seconds = time.process_time() - began
        looked = source.work["resources looked at"]
        source.finish()
    lists = config.calls["select"] + config.calls["list"]
    bound = lists + looked * math.ceil(span / WEEK)
    made, back = lists + config.calls["history"], config.calls["back"]
    spans = sum(_spans(config.captures(number), window) for number in range(count))
    print(
        f"{count:9,} {title:>5} {days:7.0f} {looked:9,} {changes:8,} {made:9,} {bound:9,} {made / bound:6.2f}"
        f" {back:11,} {lists + spans:9,} {(made + back) / (lists + spans):6.2f} {seconds:6.1f}",
        flush=True,
    )


def _spans(captures, window):
    """Return the fewest calls that show a resource's changes and the item before: seven days each."""
    inside = [at for at in captures if window.start <= at < window.end]
    if not inside:
        return 1 if captures and captures[0] >= window.start - timedelta(hours=1) else 0
    before = next((at for at in captures if at < window.start), None)
    oldest = before if before is not None else window.end - KEPT
    return max(1, math.ceil((inside[0] - oldest) / WEEK))


def made_files(root, count, share, changing=20):
    """Write a month of history files with so many items, of which a share carries the tag.

    From one item of a resource to the next, `changing` of its 20 rules change.
    """
    rng, end = random.Random(count), datetime(2026, 11, 20, tzinfo=UTC)
    resources = count // 20
    items, rules_of = [], {}
    seconds = sorted(rng.uniform(0, 28 * 86_400) for _ in range(count))
    for number in range(count):
        which = number % resources
        at = end - timedelta(days=28) + timedelta(seconds=seconds[number])
        rules = list(rules_of.get(which) or map(rule, range(20), repeat(rng)))
        for place in rng.sample(range(20), changing):
            rules[place] = rule(place, rng)
        rules_of[which] = rules
        tags = {"Name": f"web-{which}", **({"managed-by": "terraform"} if which < share * resources else {})}
        document = {
            "configurationItemCaptureTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "configurationItemStatus": "OK",
            "awsAccountId": ACCOUNT,
            "awsRegion": REGION,
            "resourceType": f"AWS::EC2::Kind{which % 5}",
            "resourceId": f"sg-{which:017x}",
            "ARN": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-{which:017x}",
            "configuration": {"groupId": f"sg-{which:017x}", "ipPermissions": rules},
            "supplementaryConfiguration": {},
            "relationships": [],
            "tags": tags,
        }
        items.append((document, REGION))
    return history_folder.deliver(Path(root), items)


def rule(number, rng):
    return {"fromPort": rng.randrange(65_536), "cidr": f"10.0.{number}.0/24", "note": "x" * 30}


def alone(root):
    """Read and parse every file, and nothing else."""
    count = 0
    for path in sorted(Path(root).rglob("*.gz")):
        count += len(json.loads(gzip.decompress(path.read_bytes()))["configurationItems"])
    return count


def ours(root):
    """Take every change out of the files: sorted by time, with the item before."""
    from iacwatch.storage.files import Folder

    end = datetime(2026, 11, 20, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        source = HistoryFiles(
            store=Folder(Path(root)),
            spool=Spool(Path(folder) / "spool"),
            window=Window(start=end - timedelta(days=27), end=end),
            tag_key="managed-by",
            accounts=[ACCOUNT],
            regions=(),
            types=(),
            refuse=lambda _account: None,
            progress=silent,
        )
        count = sum(len(wave) for wave in source.waves())
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        assert not source.failures
    return f"{count:,} changes, spool {size / 1e6:.0f} MB"


def in_a_process(way, root):
    """Return what a process of its own tells of one way."""
    line = [sys.executable, "-m", "tests.bench.bench_history", "--way", way, "--root", root]
    return json.loads(subprocess.run(line, capture_output=True, text=True, check=True, cwd=TOP).stdout)


def files(count):
    """Print throughput and peak memory, each way in a process of its own, three rounds."""
    print(f"\n{count:,} items in files      seconds  items/s  peak MB")
    for share in (1.0, 0.1):
        with tempfile.TemporaryDirectory() as root:
            number = made_files(root, count, share)
            size = sum(path.stat().st_size for path in Path(root).rglob("*.gz"))
            print(f"{share:.0%} carry the tag; {number} files, {size / 1e6:.0f} MB gzip")
            ratios = []
            for _ in range(3):
                taken = {}
                for way in ("alone", "ours"):
                    told = in_a_process(way, root)
                    taken[way] = told["seconds"]
                    print(
                        f"  {way:6} {told['seconds']:19.2f} {count / told['seconds']:8,.0f} {told['peak']:8.0f}"
                        f"   {told['result']}",
                        flush=True,
                    )
                ratios.append(taken["ours"] / taken["alone"])
            print(
                f"  ours / alone: {sorted(ratios)[1]:.2f} (median of {', '.join(f'{r:.2f}' for r in ratios)})"
            )


def by_command(count):
    """Print what `backfill --changes FOLDER --trail FOLDER` costs, start included, over reading and parsing alone."""
    print(f"\n{count:,} items in files, by the command; the CPU of a process, start included")
    print(
        f"{'tagged':>6} {'rules that change':>17} {'seconds':>8} {'alone':>6} {'ratio':>6} {'peak MB':>7} {'findings':>8}"
    )
    for share, changing in ((1.0, 0), (0.1, 0), (1.0, 1), (0.1, 1)):
        with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as home:
            made_files(root, count, share, changing)
            trail, end = Path(home) / "trail", datetime(2026, 11, 20, tzinfo=UTC)
            hours = (end - timedelta(hours=hour) for hour in range(-24, 30 * 24))
            log_folder.deliver(trail, (log_folder.heartbeat(ACCOUNT, REGION, hour) for hour in hours))
            taken = []
            for _ in range(3):
                base = in_a_process("alone", root)["seconds"]
                seconds, most, findings = _commanded(root, trail, Path(home))
                taken.append((seconds / base, seconds, base, most, findings))
            ratio, seconds, base, most, findings = sorted(taken)[1]
            print(
                f"{share:6.0%} {changing:17} {seconds:8.2f} {base:6.2f} {ratio:6.1f} {most:7.0f} {findings:8,}",
                flush=True,
            )


def _commanded(root, trail, home):
    """Return the CPU seconds, the peak memory in MB and the findings of the real command."""
    report = home / "report.jsonl"
    given = ("--since", "2026-10-24", "--until", "2026-11-20", "--changes", root, "--trail", str(trail))
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


def one_change():
    """Print what one change of a 20-rule group costs through parse, diff and scope."""
    print(f"\na change of a group of 20 rules {'ms':>7} {'json':>6} {'ratio':>6}")
    rng, tag = random.Random(1), TagRule(key="managed-by")
    before = [rule(number, rng) for number in range(20)]
    for title, after in (("nothing", before), ("one rule", [*before[:9], rule(9, rng), *before[10:]])):
        document, previous = (
            json.dumps(
                {
                    "configurationItemCaptureTime": at,
                    "configurationItemStatus": "OK",
                    "awsAccountId": ACCOUNT,
                    "awsRegion": REGION,
                    "resourceType": GROUP,
                    "resourceId": "sg-0123456789abcdef0",
                    "configuration": {"groupId": "sg-0123456789abcdef0", "ipPermissions": rules},
                    "tags": {"managed-by": "terraform"},
                }
            )
            for at, rules in (("2026-11-20T10:00:00.000Z", after), ("2026-11-20T09:00:00.000Z", before))
        )
        ours = _best(lambda: scope.assess(config_item.parse(document, previous=previous), tag))  # noqa: B023
        alone = _best(lambda: (json.loads(document), json.loads(previous)))  # noqa: B023
        print(f"{title + ' changed':31} {ours:7.3f} {alone:6.3f} {ours / alone:6.1f}", flush=True)


def _best(work):
    """Return the milliseconds of CPU that a piece of work takes at its best."""
    return min(timeit.repeat(work, timer=time.thread_time, number=100, repeat=15)) * 10


def one_way(way, root):
    """Do one way in this process, and tell what it took."""
    began = time.process_time()
    result = {"alone": alone, "ours": ours}[way](root)
    print(json.dumps({"seconds": time.process_time() - began, "peak": peak(), "result": result}))


def main():
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--files", action="store_true", help="only what files cost")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        one_way(given.way, given.root)
        return
    if not given.files:
        calls(given.most)
    files(given.items)
    by_command(given.items)
    one_change()


def calls(most):
    """Print the calls of ranges over up to `most` resources."""
    counts = [count for count in (10, 1_000, 100_000) if count <= most]
    print(f"Config calls; {len(COMMON)} types are listed for deleted resources")
    print(
        f"{'resources':>9} {'range':>5} {'quiet d':>7} {'looked at':>9} {'changes':>8} {'calls':>9} {'bound':>9}"
        f" {'ratio':>6} {'item before':>11} {'all least':>9} {'ratio':>6} {'CPU s':>6}"
    )
    for count in counts:
        for title, span in RANGES.items():
            for days in QUIET:
                if count < 100_000 or (title in {"26h", "7d"} and days > QUIET[0]):
                    config_calls(count, title, span, days)


if __name__ == "__main__":
    main()

"""How fast trail log files are read: MB/s, and as ratios to unzipping alone and to parsing everything.

Real records (those beside the repository, else the few of `tests/data`), multiplied with new ids, times and names
to a day of seven regions. Everything is paired in one process, in random order; medians. Equal hits are asserted.
Each road is taken alone: `plain` with the standard library, `fast` with what ``iacwatch[fast]`` installs; CPU time,
as a ratio to zlib alone. Then both cores against one (elapsed time), other tools, and what ten times as much costs.

    python -m tests.bench.bench_log_files [ROUNDS]
"""

import gzip
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

try:
    from isal import isal_zlib
except ImportError:
    isal_zlib = None

from iacwatch.aws.sessions import Sessions
from iacwatch.clock import SystemClock
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.storage import zipping
from iacwatch.storage.awslogs_layout import ServiceFolders
from iacwatch.storage.files import open_store, unzipped
from iacwatch.trails import needle_scanner, record_filter
from iacwatch.trails.log_files import workers
from iacwatch.trails.log_files.fetch import Fetcher
from iacwatch.trails.log_files.layout import SERVICE
from iacwatch.trails.log_files.listing import files_below
from iacwatch.trails.log_files.reader import Reading, UnnamedFiles
from iacwatch.trails.log_files.trail import LogFiles
from iacwatch.trails.record_filter import RecordFilter
from tests.bench.paired import TOP, number, paired, peak, ratio
from tests.fixtures import log_folder

SHARED = TOP.parent / "shared" / "data" / "cloudtrail"
DAY = datetime(2026, 5, 4, tzinfo=UTC)
ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "us-east-1", "us-west-2", "eu-central-1", "ap-south-1", "sa-east-1", "ca-central-1")
IN_A_FILE = 130
PERIOD = 300
ID = re.compile(rb'"eventID":"[0-9a-f-]{36}"')
TIME = re.compile(rb'"eventTime":"[^"]{20}"')
WHERE = re.compile(rb'"recipientAccountId":"\d{12}"')
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{9,99}")
REGION = re.compile(rb'"awsRegion":"[a-z0-9-]+"')


def originals():
    """Return real records as CloudTrail writes them."""
    contents = [gzip.decompress(path.read_bytes()) for path in sorted(SHARED.rglob("*.json.gz"))]
    contents = contents or [(TOP / "tests/data/cloudtrail/log-file.json").read_bytes()]
    return [
        json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode()
        for content in contents
        for each in json.loads(content)["Records"]
    ]


def renewed(text, number, at, region, draw):
    text = ID.sub(
        b'"eventID":"%s"' % f"{draw.getrandbits(32):08x}-0000-4000-8000-{number:012d}".encode(), text
    )
    text = TIME.sub(b'"eventTime":"%s"' % at.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), text)
    text = WHERE.sub(b'"recipientAccountId":"%s"' % ACCOUNT.encode(), text)
    return REGION.sub(b'"awsRegion":"%s"' % region.encode(), text)


def named(text):
    """Return the longest name that a write's parameters bear: each copy gets another one."""
    if b'"readOnly":false' not in text:
        return b""
    values = {mention.value for mention in cloudtrail.event(text).mentions if mention.path[0] == "request"}
    names = [value for value in values if NAME.fullmatch(value)]
    return max(names, key=len).encode() if names else b""


def corpus(folder, draw):
    """Write the files; return the number of bytes that they hold, and the writes: time, region, a name."""
    known = [(text, named(text)) for text in originals()]
    size = number = 0
    writes = []
    for region in REGIONS:
        for period in range(86_400 // PERIOD):
            texts = []
            for _ in range(IN_A_FILE):
                number += 1
                at = DAY + timedelta(seconds=period * PERIOD + draw.randrange(PERIOD))
                text, name = draw.choice(known)
                text = renewed(text, number, at, region, draw)
                if name:
                    another = name[:-6] + b"%06x" % number
                    text = text.replace(name, another)
                    writes.append((at, region, another.decode()))
                texts.append(text)
            content = b'{"Records":[' + b",".join(texts) + b"]}"
            size += len(content)
            at = DAY + timedelta(seconds=(period + 1) * PERIOD + 200)
            path = folder / log_folder.name(ACCOUNT, region, at)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(content, 6))
    for path, content in log_folder.alive(
        [(ACCOUNT, region) for region in REGIONS], DAY - timedelta(days=1), DAY + timedelta(days=2)
    ).items():
        log_folder.write(folder, path, content)
    return size, number, writes


def asked(shape, writes, draw):
    """Return queries: `burst` (20 bursts of 50), `spread` (1,000 over the day), `hour`, `wide` (all day)."""
    some = draw.sample(writes, min(1000, len(writes)))
    if shape == "burst":
        heads = draw.sample(writes, 20)
        some = [
            write
            for head in heads
            for write in [each for each in writes if each[1] == head[1] and abs(each[0] - head[0]) < timedelta(minutes=3)][:50]
        ]  # fmt: skip
    if shape == "hour":
        some = [each for each in some if each[0].hour == 11] + [
            (DAY + timedelta(hours=11, minutes=30), region, name) for _, region, name in some
        ]
    queries = []
    for at, region, name in some:
        start, end = at - timedelta(minutes=6), at + timedelta(seconds=6)
        if shape == "hour":
            start, end = DAY + timedelta(hours=11), DAY + timedelta(hours=12)
        if shape == "wide":
            start, end = DAY, DAY + timedelta(days=1)
        queries.append(
            TrailQuery(account_id=ACCOUNT, region=region, window=Window(start=start, end=end), names=(name,), missing=0.0)
        )  # fmt: skip
    return list(dict.fromkeys(queries))


def every(folder):
    """Return all files, by region."""
    store = open_store(str(folder), Sessions())
    layout = ServiceFolders(store, SERVICE)
    found = {}
    for region, folders in layout.of_account(ACCOUNT).items():
        found[region] = [
            file
            for below in folders
            for month in (DAY.date().replace(day=1),)
            for day in sorted(chain(*layout.days(below, month).values()))
            for file in files_below(store, day, (ACCOUNT, region))
        ]
    return found


def only_unzipped(folder, files, _queries):
    store = open_store(str(folder), Sessions())
    for some in files.values():
        for file in some:
            with store.open(file.stored) as source:
                for _ in unzipped(source, file.stored.name):
                    pass


def scanned(folder, files, queries):
    """Read all files, pruned or not: what a record costs."""
    fetcher = Fetcher(open_store(str(folder), Sessions()))
    reading = Reading("there", UnnamedFiles(), SystemClock())
    for region, some in files.items():
        wanted = RecordFilter((query for query in queries if query.region == region), among=queries)
        for one in fetcher.opened(some):
            reading.read(one, wanted)
    assert not reading.failures
    return set(reading.events)


def collected(folder, _files, queries):
    """Ask as the road does: the files of other times are not even opened."""
    answer = LogFiles(store=open_store(str(folder), Sessions()), clock=SystemClock()).collect(queries)
    assert not answer.failures, next(iter(answer.failures.values()))
    return {event.event_id for event in answer.events}


def parsed(folder, files, queries):
    """Parse everything, and look at each string of each write in a window."""
    store = open_store(str(folder), Sessions())
    found = set()
    for region, some in files.items():
        there = sorted(
            (query for query in queries if query.region == region), key=lambda query: query.window.start
        )
        starts = [query.window.start.strftime("%Y-%m-%dT%H:%M:%SZ") for query in there]
        spans = [(query.window.end.strftime("%Y-%m-%dT%H:%M:%SZ"), query.names[0]) for query in there]
        longest = max((query.window.end - query.window.start for query in there), default=timedelta())
        for file in some:
            with store.open(file.stored) as source:
                documents = json.loads(b"".join(unzipped(source, file.stored.name)))["Records"]
            for document in documents:
                if document.get("readOnly") is True or document["eventType"] == "AwsConsoleSignIn":
                    continue
                at = document["eventTime"]
                last = bisect_right(starts, at)
                early = (datetime.fromisoformat(at) - longest).strftime("%Y-%m-%dT%H:%M:%SZ")
                names = {name for end, name in spans[bisect_right(starts, early) - 1 if early > starts[0] else 0 : last] if at < end}  # fmt: skip
                if names and not names.isdisjoint(strings(document)):
                    found.add(document["eventID"])
    return found


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def road(fast):
    zipping._LIBRARY = isal_zlib if fast else zlib
    record_filter.compiled = needle_scanner.compiled if fast else lambda _: False


def measure(folder, made, rounds, draw):
    size, number, writes = made
    files = every(folder)
    held = sum(len(some) for some in files.values())
    roads = ["plain", *(["fast"] if isal_zlib else [])]
    print(f"{held} files, {number:,} records, {size / 1e6:.0f} MB unzipped; {rounds} rounds, medians")
    print(
        "shape   queries   hits  zlib s  "
        + "".join(f"{each}/zlib  " for each in [*roads, "json"])
        + "cores/one"
    )
    for shape in ("burst", "spread", "hour", "wide"):
        queries = asked(shape, writes, draw)
        ways = {"zlib": only_unzipped, "json": parsed, **dict.fromkeys(roads, scanned)}
        answers = {}

        def timed(name, queries=queries, ways=ways, answers=answers):
            workers._WORTH = 0 if name == "both" else 1 << 60
            road(name in {"fast", "one", "both"} and isal_zlib is not None)
            clock = time.process_time if name in ways else time.perf_counter
            began = clock()
            answers[name] = ways.get(name, collected)(folder, files, queries)
            return clock() - began

        taken = paired({name: partial(timed, name) for name in [*ways, "one", "both"]}, rounds)
        assert answers["json"] <= answers["plain"], "something was lost"
        for name in [*roads, "one", "both"]:
            assert answers[name] == answers["plain"], f"{name} finds something else"
        ratios = [
            ratio(taken[one], taken[other])
            for one, other in [*((each, "zlib") for each in [*roads, "json"]), ("both", "one")]
        ]
        print(
            f"{shape:7} {len(queries):7} {len(answers['plain']):6} {statistics.median(taken['zlib']):7.2f}"
            + "".join(f" {each:9.2f}" for each in ratios),
            flush=True,
        )
    workers._WORTH = 1 << 60
    others(folder, files, asked("burst", writes, draw), rounds)
    growth(folder, files, writes, draw, roads)


def others(folder, files, queries, rounds):
    """Print how long tools take that people would take, as ratios to our own reading of the same files."""
    lines = folder / "names"
    lines.write_text("".join(f"{query.names[0]}\n" for query in queries))
    tools = {"zcat | grep -F -f": f"find {folder} -name '*.json.gz' | xargs zcat | sed 's/,{{\"eventVersion/\\n&/g' | grep -cF -f {lines}"}  # fmt: skip
    if shutil.which("duckdb"):
        sql = (
            f"SELECT count(*) FROM read_json('{folder}/AWSLogs/**/*.json.gz', maximum_object_size=100000000)"  # noqa: S608
        )
        tools["duckdb, counting alone"] = f'duckdb -c "{sql}"'
    if shutil.which("trailscraper"):
        tools["trailscraper"] = f"trailscraper select --log-dir {folder} | wc -c"
    taken = {name: [] for name in tools}
    for _ in range(min(rounds, 3)):
        road(isal_zlib is not None)
        begun = time.perf_counter()
        scanned(folder, files, queries)
        ours = time.perf_counter() - begun
        for name, command in tools.items():
            begun = time.perf_counter()
            subprocess.run(["bash", "-c", command], check=False, capture_output=True)
            taken[name].append((time.perf_counter() - begun) / ours)
    for name, ratios in taken.items():
        print(f"{name}: {statistics.median(ratios):.1f} x our time")


def growth(folder, files, writes, draw, roads):
    """Print the seconds of CPU that more files, and more names, take: all names wanted all day."""
    everything = [(region, file) for region, some in files.items() for file in some]
    for share, names in ((100, 100), (10, 100), (1, 100), (1, 10), (1, 1000)):
        some = draw.sample(everything, len(everything) // share)
        chosen = {region: [file for other, file in some if other == region] for region in files}
        queries = asked("wide", draw.sample(writes, names), draw)
        spent = []
        for name in roads:
            road(name == "fast")
            begun = time.process_time()
            scanned(folder, chosen, queries)
            spent.append(f"{name} {time.process_time() - begun:.2f} s")
        print(f"{len(some):5} files, {names:5} names: {', '.join(spent)}")


def peak_of(megabytes, folder):
    """Read one file of so many MB in a process of its own; return its peak in MB."""
    text = b",".join(originals()) + b","
    path = folder / f"111122223333_CloudTrail_us-east-1_20260504T1155Z_{megabytes}.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(b'{"Records":[')
        for _ in range(megabytes * 1_000_000 // len(text)):
            out.write(text)
        out.write(text[:-1] + b"]}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_log_files", "--alone", str(path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=TOP,
    )
    return int(done.stdout)


def alone(path):
    trail = LogFiles(store=open_store(path, Sessions()), clock=SystemClock())
    query = TrailQuery(
        account_id=ACCOUNT,
        region="us-east-1",
        window=Window(start=DAY + timedelta(hours=11), end=DAY + timedelta(hours=11, minutes=50)),
        names=("sg-0a1b2c3d4e5f60718",),
        missing=0.0,
    )
    trail.collect([query])
    print(round(peak()))


def main():
    if sys.argv[1:2] == ["--alone"]:
        alone(sys.argv[2])
        return
    draw = random.Random(5)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        measure(folder, corpus(folder, draw), number(5), draw)
    with tempfile.TemporaryDirectory() as made:
        small, large = peak_of(98, Path(made)), peak_of(393, Path(made))
        print(f"peak memory, one file of 98 MB: {small} MB; of 393 MB: {large} MB; ratio {large / small:.2f}")


if __name__ == "__main__":
    main()

"""How fast log files are scanned, beside unzipping them alone with zlib and beside reading everything with json.

A day of one account: real records, again and again with times, ids and names of their own, 130 a file. Ratios of
seconds of CPU within each round; "cores" is time on the clock by all cores beside one. All ways must find the same.
Run it as `python -m tests.bench.bench_log_files [ROUNDS] [MINUTES]`: more minutes between files make fewer of them.
"""

import gzip
import json
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
import zlib
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
from tests.bench.paired import TOP, alone, line, number, paired, process, ratio, seconds
from tests.fixtures import log_folder

SHARED = TOP.parent / "shared" / "data" / "cloudtrail"
DAY = datetime(2026, 5, 4, tzinfo=UTC)
ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "us-east-1", "us-west-2", "eu-central-1", "ap-south-1", "sa-east-1", "ca-central-1")
PARTS = re.compile(rb'"(eventID|eventTime|recipientAccountId|awsRegion)":"[^"]+"')
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{9,99}")
WHOLE_DAY = Window(start=DAY, end=DAY + timedelta(days=1))
CLOCKS = {"one": time.perf_counter, "all": time.perf_counter}
ROADS = ("plain", *(["fast"] if isal_zlib else []))


def originals():
    """Return real records as CloudTrail writes them."""
    contents = [gzip.decompress(path.read_bytes()) for path in sorted(SHARED.rglob("*.json.gz"))]
    contents = contents or [(TOP / "tests/data/cloudtrail/log-file.json").read_bytes()]
    records = (each for content in contents for each in json.loads(content)["Records"])
    return [json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode() for each in records]


def named(text):
    """Return the longest name that a write's parameters bear: each copy gets another one."""
    if b'"readOnly":false' not in text:
        return b""
    values = {mention.value for mention in cloudtrail.event(text).mentions if mention.path[0] == "request"}
    return max((value for value in values if NAME.fullmatch(value)), key=len, default="").encode()


def corpus(folder, draw, minutes):
    """Write the files, one in so many minutes for a region; return the writes: time, region, a name."""
    known = [(text, named(text)) for text in originals()]
    writes, count = [], 0
    for region in REGIONS:
        for begins in range(0, 86_401, minutes * 60):
            texts = []
            for _ in range(130):
                count += 1
                at = DAY + timedelta(seconds=begins + draw.randrange(300))
                text, name = draw.choice(known)
                new = {
                    b"eventID": f"{draw.getrandbits(32):08x}-0000-4000-8000-{count:012d}",
                    b"eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                    b"recipientAccountId": ACCOUNT,
                    b"awsRegion": region,
                }
                text = PARTS.sub(lambda part, new=new: b'"%s":"%s"' % (part[1], new[part[1]].encode()), text)
                if name:
                    another = name[:-6] + b"%06x" % count
                    text = text.replace(name, another)
                    writes.append((at, region, another.decode()))
                texts.append(text)
            delivered = DAY + timedelta(seconds=begins + 500)
            content = b'{"Records":[' + b",".join(texts) + b"]}"
            log_folder.write(folder, log_folder.name(ACCOUNT, region, delivered), content)
    places = [(ACCOUNT, region) for region in REGIONS]
    for path, content in log_folder.alive(places, DAY - timedelta(days=1), DAY + timedelta(days=2)).items():
        log_folder.write(folder, path, content)
    return writes


def wanted(name, region, window):
    return TrailQuery(account_id=ACCOUNT, region=region, window=window, names=(name,), missing=0.0)


def asked(shape, writes, draw):
    """Return queries: `burst` (20 bursts of 50), `spread` (1,000 over the day), `hour`, `wide` (all day)."""
    some = draw.sample(writes, min(1_000, len(writes)))
    if shape == "wide":
        return [wanted(name, region, WHOLE_DAY) for _, region, name in some]
    if shape == "hour":
        hour = Window(start=DAY + timedelta(hours=11), end=DAY + timedelta(hours=12))
        return [wanted(name, region, hour) for _, region, name in some]
    if shape == "burst":
        near = timedelta(minutes=3)
        bursts = (
            [each for each in writes if each[1] == region and abs(each[0] - at) < near][:50]
            for at, region, _ in draw.sample(writes, 20)
        )
        some = dict.fromkeys(chain.from_iterable(bursts))
    return [
        wanted(name, region, Window(start=at - timedelta(minutes=6), end=at + timedelta(seconds=6)))
        for at, region, name in some
    ]


def every(store):
    """Return all files of the day, by region."""
    layout, found = ServiceFolders(store, SERVICE), {}
    for region, folders in layout.of_account(ACCOUNT).items():
        days = chain.from_iterable(layout.days(each, DAY.date().replace(day=1)).values() for each in folders)
        found[region] = [
            file
            for day in sorted(chain.from_iterable(days))
            for file in files_below(store, day, (ACCOUNT, region))
        ]
    return found


def contents(store, some):
    for file in some:
        with store.open(file.stored) as source:
            yield unzipped(source, file.stored.name)


def only_unzipped(store, files, _queries):
    for pieces in contents(store, chain.from_iterable(files.values())):
        for _ in pieces:
            pass


def scanned(store, files, queries):
    """Read all files, pruned or not: what a record costs."""
    fetcher, reading = Fetcher(store), Reading("there", UnnamedFiles(), SystemClock())
    for region, some in files.items():
        records = RecordFilter((query for query in queries if query.region == region), among=queries)
        for one in fetcher.opened(some):
            reading.read(one, records)
    assert not reading.failures
    return set(reading.events)


def collected(store, _files, queries):
    """Ask as the road does: the files of other times are not even opened."""
    answer = LogFiles(store=store, clock=SystemClock()).collect(queries)
    assert not answer.failures, next(iter(answer.failures.values()))
    return {event.event_id for event in answer.events}


def parsed(store, files, queries):
    """Parse everything, and look at each string of each write in a name's window."""
    found = set()
    for region, some in files.items():
        windows = {query.names[0]: query.window for query in queries if query.region == region}
        for pieces in contents(store, some):
            for record in json.loads(b"".join(pieces))["Records"]:
                if record.get("readOnly") is True or record["eventType"] == "AwsConsoleSignIn":
                    continue
                at = datetime.fromisoformat(record["eventTime"])
                near = (windows[text] for text in strings(record) if text in windows)
                if any(window.start <= at < window.end for window in near):
                    found.add(record["eventID"])
    return found


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


WAYS = {
    "zlib": only_unzipped,
    "json": parsed,
    **dict.fromkeys(ROADS, scanned),
    "one": collected,
    "all": collected,
}


def measure(folder, writes, rounds, draw):
    """Print the ratios of each shape of queries, then seconds for more files and more names."""
    store = open_store(str(folder), Sessions())
    files = every(store)
    answers = {}

    def take(way):
        workers._WORTH = 0 if way == "all" else 1 << 60
        fast = way not in {"plain", "zlib", "json"} and isal_zlib is not None
        zipping._LIBRARY = isal_zlib if fast else zlib
        record_filter.compiled = needle_scanner.compiled if fast else lambda _: False

    def timed(way, there, queries):
        take(way)

        def work():
            answers[way] = WAYS[way](store, there, queries)

        return seconds(work, CLOCKS.get(way, time.process_time))

    held = sum(map(len, files.values()))
    line(f"{held:,} files, x zlib", "hits", "zlib s", *ROADS, "json", "cores")
    for shape in ("burst", "spread", "hour", "wide"):
        queries = asked(shape, writes, draw)
        taken = paired({way: partial(timed, way, files, queries) for way in WAYS}, rounds)
        assert answers["json"] <= answers["plain"], "something was lost"
        assert all(answers[way] == answers["plain"] for way in (*ROADS, "one", "all")), "ways differ"
        ratios = [ratio(taken[way], taken["zlib"]) for way in (*ROADS, "json")]
        figures = (statistics.median(taken["zlib"]), *ratios, ratio(taken["all"], taken["one"]))
        line(f"{shape}, {len(queries)} queries", len(answers["plain"]), *figures)
    others(folder, partial(WAYS["one"], store, files), asked("burst", writes, draw), min(rounds, 3))
    everything = [(region, file) for region, some in files.items() for file in some]
    line("seconds, all names all day", *ROADS)
    for share, names in ((100, 100), (10, 100), (1, 100), (1, 10), (1, 1_000)):
        some = draw.sample(everything, len(everything) // share)
        chosen = {region: [file for other, file in some if other == region] for region in files}
        queries = asked("wide", draw.sample(writes, names), draw)
        line(f"{len(some):,} files, {names:,} names", *(timed(way, chosen, queries) for way in ROADS))


def others(folder, ours, queries, rounds):
    """Print how long the tools take that people would take, as far as they are installed, beside our own scan."""
    names, every_file = folder / "names", f"{folder}/AWSLogs/**/*.json.gz"
    names.write_text("".join(f"{query.names[0]}\n" for query in queries))
    sql = f"SELECT count(*) FROM read_json('{every_file}', maximum_object_size=100000000)"  # noqa: S608
    tools = {
        "zcat": f"find {folder} -name '*.json.gz' | xargs zcat | sed 's/,{{\"eventVersion/\\n&/g' | grep -cF -f {names}",
        "duckdb": f'duckdb -c "{sql}"',
        "trailscraper": f"trailscraper select --log-dir {folder} | wc -c",
    }
    ways = {
        name: partial(process, ["bash", "-c", line]) for name, line in tools.items() if shutil.which(name)
    }
    taken = paired({"ours": partial(seconds, partial(ours, queries), time.perf_counter), **ways}, rounds)
    for name in ways:
        line(f"{name} / our scan", ratio([clock for clock, _ in taken[name]], taken["ours"]))


def peak_of(megabytes, folder):
    """Return the peak of memory, in MB, of reading one file of so many."""
    text = b",".join(originals()) + b","
    path = folder / f"{ACCOUNT}_CloudTrail_us-east-1_20260504T1155Z_{megabytes}.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(b'{"Records":[')
        for _ in range(megabytes * 1_000_000 // len(text)):
            out.write(text)
        out.write(text[:-1] + b"]}")
    return alone(read_one, str(path)).most


def read_one(path):
    window = Window(start=DAY + timedelta(hours=11), end=DAY + timedelta(hours=11, minutes=50))
    query = wanted("sg-0a1b2c3d4e5f60718", "us-east-1", window)
    LogFiles(store=open_store(path, Sessions()), clock=SystemClock()).collect([query])


def main():
    """Print all figures."""
    draw, minutes = random.Random(5), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as made:
        measure(Path(made), corpus(Path(made), draw, minutes), number(5), draw)
    with tempfile.TemporaryDirectory() as made:
        peaks = [peak_of(megabytes, Path(made)) for megabytes in (98, 393)]
    line("peak, file of 98 / 393 MB", *peaks, peaks[1] / peaks[0])


if __name__ == "__main__":
    main()

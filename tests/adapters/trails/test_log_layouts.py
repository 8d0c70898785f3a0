"""Where log files may lie: every layout is found by looking down a few levels, whatever else is in the bucket."""

import gzip
from datetime import timedelta
from functools import cache

import pytest

from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.storage.files import Bucket, open_store
from iacwatch.trails.log_files.trail import LogFiles
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.many_objects import ManyObjects
from tests.fixtures.trail_records import OTHER, OWN, record

REGION = "eu-west-1"
GROUP = "sg-0a1b2c3d4e5f60718"
ORG, ELSE = "o-abcdefghij", "o-zyxwvutsrq"
AT = NOON - timedelta(days=200)
MOST = 30
DAY = f"AWSLogs/{OWN}/CloudTrail/{REGION}/{AT:%Y/%m/%d}"

# Where the folder AWSLogs lies, and where the question begins.
LAYOUTS = {
    "plain": ("AWSLogs", ""),
    "organisation": (f"AWSLogs/{ORG}", ""),
    "control tower": (f"{ORG}/AWSLogs/{ORG}", ""),
    "control tower, from the organisation": (f"{ORG}/AWSLogs/{ORG}", ORG),
    "control tower, from its accounts": (f"{ORG}/AWSLogs/{ORG}", f"{ORG}/AWSLogs/{ORG}"),
    "a prefix": ("trails/AWSLogs", ""),
    "a prefix, deep": (f"security/audit/v2/org/main/AWSLogs/{ORG}", ""),
    "a prefix, deep, from halfway": (f"security/audit/v2/org/main/AWSLogs/{ORG}", "security/audit"),
    "a prefix for each account": (f"{OWN}/AWSLogs", ""),
    "a prefix for each account, of an organisation": (f"{OWN}/AWSLogs/{ORG}", ""),
    "without AWSLogs": ("cloudtrail", ""),
    "from the account": ("AWSLogs", f"AWSLogs/{OWN}"),
    "from the service": ("AWSLogs", f"AWSLogs/{OWN}/CloudTrail"),
    "from the region": (f"x/AWSLogs/{ORG}", f"x/AWSLogs/{ORG}/{OWN}/CloudTrail/{REGION}"),
    "from the year": ("AWSLogs", DAY[:-6]),
    "from the month": ("AWSLogs", DAY[:-3]),
    "from the day": ("AWSLogs", DAY),
}
FOREIGN = {
    "nothing": lambda number: f"AWSLogs/{OTHER}/CloudTrail/{REGION}/2026/01/01/{number}.json.gz",
    "flat": lambda number: f"export-{number:06d}.json",
    "flat, random": lambda number: f"{number * 2654435761 % 2**32:08x}.json",
    "folders": lambda number: f"app/{number % 7}/{number % 400}/{number}.gz",
    "accounts": lambda number: f"AWSLogs/{number % 300:012d}/CloudTrail/{REGION}/{AT:%Y/%m/%d}/{number % 300:012d}_CloudTrail_{REGION}_{AT:%Y%m%d}T0000Z_{number}.json.gz",
    "other services": lambda number: f"AWSLogs/{OWN}/elasticloadbalancing/{REGION}/2026/{number % 12 + 1:02d}/01/{number}.log.gz",
    "digests": lambda number: f"AWSLogs/{OWN}/CloudTrail-Digest/{REGION}/{AT:%Y/%m/%d}/{number}.json.gz",
}  # fmt: skip


@cache
def foreign(kind):
    return [FOREIGN[kind](number) for number in range(40_000)]


def event(number, at=AT, **fields):
    told = {"eventID": f"00000000-1111-4222-8333-{number:012d}", "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return record(**{**told, **fields})


def query(at=AT, account=OWN, region=REGION):
    window = Window(start=at - timedelta(hours=1), end=at + timedelta(minutes=1))
    return TrailQuery(account_id=account, region=region, window=window, names=(GROUP,), missing=0.0)


def trail_files(root, *events, account=OWN):
    """Return files of a trail whose accounts lie in `root`, that was on around the events."""
    made = log_folder.files(events)
    hour = timedelta(hours=1)
    for at in (AT - 960 * hour, AT - 3 * hour, AT + hour, NOON - 24 * hour):
        made |= log_folder.files([log_folder.heartbeat(account, REGION, at)])
    return {path.replace("AWSLogs", root, 1): gzip.compress(content) for path, content in made.items()}


def bucket(objects, prefix="", name="b"):
    return LogFiles(store=Bucket(name, prefix, objects), clock=TickingClock(NOON))


def numbers(collected):
    assert not collected.failures, collected.failures
    return {int(each.event_id[-12:]) for each in collected.events}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_days_question_takes_few_listings_in_every_layout(layout):
    root, begin = LAYOUTS[layout]
    for kind in FOREIGN:
        if kind == "flat, random" and root.startswith((OWN, "cloudtrail")):
            continue  # a folder among random names is only found if it is named
        objects = ManyObjects(trail_files(root, event(1)), foreign(kind))
        assert numbers(bucket(objects, begin).collect([query()])) == {1}, kind
        assert objects.calls["list"] <= MOST, kind


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_is_read_like_a_bucket_in_every_layout(layout, tmp_path, monkeypatch):
    root, begin = LAYOUTS[layout]
    for path, content in trail_files(root, event(1)).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.chdir(tmp_path / begin)
    for place in (tmp_path / begin, "."):
        trail = LogFiles(store=open_store(str(place), Sessions()), clock=TickingClock(NOON))
        assert numbers(trail.collect([query()])) == {1}


def test_several_trails_of_one_bucket_are_read_together():
    files = (
        trail_files("AWSLogs", event(1))
        | trail_files(f"{ORG}/AWSLogs/{ORG}", event(2))
        | trail_files(f"security/AWSLogs/{ELSE}", event(3))
        | trail_files("old/trails/AWSLogs", event(4, recipientAccountId=OTHER), account=OTHER)
    )
    objects = ManyObjects(files, (f"app/{number}" for number in range(40_000)))
    trail = bucket(objects)
    assert numbers(trail.collect([query()])) == {1, 2, 3}
    assert objects.calls["list"] <= MOST
    assert numbers(trail.collect([query(), query(account=OTHER)])) == {1, 2, 3, 4}


def test_the_folders_of_days_alone_are_enough_whoever_they_are_of():
    mixed = trail_files("AWSLogs", event(1)) | trail_files(
        "AWSLogs", event(2, recipientAccountId=OTHER), account=OTHER
    )
    days = {"/".join(key.split("/")[4:]): content for key, content in mixed.items()}
    objects = ManyObjects({f"copy/{key}": content for key, content in days.items()})
    for begin in ("", "copy"):
        objects.calls.clear()
        assert numbers(bucket(objects, begin).collect([query(), query(account=OTHER)])) == {1, 2}
        assert objects.calls["list"] <= MOST
        failures = bucket(objects, begin).collect([query(region="eu-central-1")]).failures
        assert "there is no log file of this account and region" in next(iter(failures.values())).reason


def test_a_bucket_of_others_is_not_listed_whole():
    objects = ManyObjects({}, (f"app/{number:06d}.log" for number in range(100_000)))
    (failure,) = bucket(objects).collect([query()]).failures.values()
    assert "holds more than 10,000 files that CloudTrail did not name" in failure.reason
    assert objects.calls["list"] <= MOST


def test_one_object_alone_is_a_trail():
    objects = ManyObjects({"x/y": gzip.compress(log_folder.body([event(1)])), "x/yz": b"", "x/z": b""})
    assert numbers(bucket(objects, "x/y").collect([query()])) == {1}

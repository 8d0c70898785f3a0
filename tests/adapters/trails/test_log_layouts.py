"""Where log files may lie: every layout is found by looking down a few levels, whatever else is in the bucket."""

import gzip
from functools import cache

import pytest

from iacwatch.storage.files import Bucket
from iacwatch.trails.log_files.trail import LogFiles
from tests.adapters.trails.test_log_files import AT, HOUR, REGION, event, numbers, opened, query
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.many_objects import ManyObjects
from tests.fixtures.trail_records import OTHER, OWN

ORG, ELSE = "o-abcdefghij", "o-zyxwvutsrq"
MOST = 30
DAY = f"AWSLogs/{OWN}/CloudTrail/{REGION}/{AT:%Y/%m/%d}"

# Where the folder AWSLogs lies, and where the question begins.
LAYOUTS = {
    "plain": ("AWSLogs", ""),
    "organisation": (f"AWSLogs/{ORG}", ""),
    "control tower": (f"{ORG}/AWSLogs/{ORG}", ""),
    "control tower, from its accounts": (f"{ORG}/AWSLogs/{ORG}", f"{ORG}/AWSLogs/{ORG}"),
    "a prefix, deep": (f"security/audit/v2/org/main/AWSLogs/{ORG}", ""),
    "a prefix, deep, from halfway": (f"security/audit/v2/org/main/AWSLogs/{ORG}", "security/audit"),
    "a prefix for each account, of an organisation": (f"{OWN}/AWSLogs/{ORG}", ""),
    "without AWSLogs": ("cloudtrail", ""),
    "from the account": ("AWSLogs", f"AWSLogs/{OWN}"),
    "from the region": (f"x/AWSLogs/{ORG}", f"x/AWSLogs/{ORG}/{OWN}/CloudTrail/{REGION}"),
    "from the year": ("AWSLogs", DAY[:-6]),
    "from the day": ("AWSLogs", DAY),
}
FOREIGN = {
    "flat, random": lambda number: f"{number * 2654435761 % 2**32:08x}.json",
    "folders": lambda number: f"app/{number % 7}/{number % 400}/{number}.gz",
    "accounts": lambda number: f"AWSLogs/{number % 300:012d}/CloudTrail/{REGION}/{AT:%Y/%m/%d}/{number % 300:012d}_CloudTrail_{REGION}_{AT:%Y%m%d}T0000Z_{number}.json.gz",
    "other services": lambda number: f"AWSLogs/{OWN}/elasticloadbalancing/{REGION}/2026/{number % 12 + 1:02d}/01/{number}.log.gz",
    "digests": lambda number: f"AWSLogs/{OWN}/CloudTrail-Digest/{REGION}/{AT:%Y/%m/%d}/{number}.json.gz",
}  # fmt: skip


@cache
def foreign(kind):
    return [FOREIGN[kind](number) for number in range(20_000)]


def trail_files(root, *events, account=OWN):
    """Return files of a trail whose accounts lie in `root`, that was on around the events."""
    made = log_folder.files(events)
    for at in (AT - 960 * HOUR, AT - 3 * HOUR, AT + HOUR, NOON - 24 * HOUR):
        made |= log_folder.files([log_folder.heartbeat(account, REGION, at)])
    return {path.replace("AWSLogs", root, 1): content for path, content in made.items()}


def bucket(contents, prefix="", keys=()):
    objects = ManyObjects({key: gzip.compress(content) for key, content in contents.items()}, keys)
    return LogFiles(store=Bucket("b", prefix, objects), clock=TickingClock(NOON)), objects.calls


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_days_question_takes_few_listings_in_every_layout_of_a_bucket_or_a_folder(
    layout, tmp_path, monkeypatch
):
    root, begin = LAYOUTS[layout]
    made = trail_files(root, event(1))
    for kind in FOREIGN:
        if kind == "flat, random" and root.startswith((OWN, "cloudtrail")):
            continue  # a folder among random names is only found if it is named
        trail, calls = bucket(made, begin, foreign(kind))
        assert numbers(trail.collect([query()])) == {1}, kind
        assert calls["list"] <= MOST, kind
    for path, content in made.items():
        log_folder.write(tmp_path, path, content)
    monkeypatch.chdir(tmp_path / begin)
    for place in (tmp_path / begin, "."):
        assert numbers(opened(place).collect([query()])) == {1}


def test_several_trails_of_one_bucket_are_read_together():
    files = (
        trail_files("AWSLogs", event(1))
        | trail_files(f"{ORG}/AWSLogs/{ORG}", event(2))
        | trail_files(f"security/AWSLogs/{ELSE}", event(3))
        | trail_files("old/trails/AWSLogs", event(4, recipientAccountId=OTHER), account=OTHER)
    )
    trail, calls = bucket(files, keys=(f"app/{number}" for number in range(20_000)))
    assert numbers(trail.collect([query()])) == {1, 2, 3}
    assert calls["list"] <= MOST
    assert numbers(trail.collect([query(), query(account=OTHER)])) == {1, 2, 3, 4}


def test_the_folders_of_days_alone_are_enough_whoever_they_are_of():
    theirs = trail_files("AWSLogs", event(2, recipientAccountId=OTHER), account=OTHER)
    mixed = trail_files("AWSLogs", event(1)) | theirs
    days = {"copy/" + "/".join(key.split("/")[4:]): content for key, content in mixed.items()}
    for begin in ("", "copy"):
        trail, calls = bucket(days, begin)
        assert numbers(trail.collect([query(), query(account=OTHER)])) == {1, 2}
        assert calls["list"] <= MOST
        (failure,) = trail.collect([query(region="eu-central-1")]).failures.values()
        assert "there is no log file of this account and region" in failure.reason


def test_a_bucket_of_others_is_not_listed_whole():
    trail, calls = bucket({}, keys=(f"app/{number:06d}.log" for number in range(100_000)))
    (failure,) = trail.collect([query()]).failures.values()
    assert "holds more than 10,000 files that CloudTrail did not name" in failure.reason
    assert calls["list"] <= MOST

"""What every trail keeps: all that was asked for, each event once, and never silence for "could not look"."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import NamedTuple
from unittest.mock import patch

import pytest

from iacwatch.aws.cloudtrail_table import TableAddress
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.demo.fake.server import FakeAws
from iacwatch.storage.files import open_store
from iacwatch.trails.athena.trail import Athena
from iacwatch.trails.log_files.trail import LogFiles
from iacwatch.trails.lookup_events.trail import LookupEvents
from tests.fixtures import log_folder
from tests.fixtures.athena.world import DATABASE, TABLE, FakeAthena
from tests.fixtures.clocks import WorldClock
from tests.fixtures.trail_records import OTHER, OWN, record, user

REGION = "eu-west-1"
GROUP, GROUP_ARN = "sg-0a1b2c3d4e5f60718", f"arn:aws:ec2:{REGION}:{OWN}:security-group/sg-0a1b2c3d4e5f60718"
ROLE = "deployer"
KEY = "ASIAEXAMPLEOPENED001"
PLACES = ((OWN, REGION), (OWN, "us-east-1"), (OTHER, REGION))
WRITES = {"plain", "first-second", "last-second", "by-arn", "answer-only", "old"}


class Listed(NamedTuple):
    """A record, and the names that event history lists beside it; other trails have the record alone."""

    document: dict
    names: tuple = ()


class Served(SimpleNamespace):
    """Records somewhere: `open` gives a new trail over them, `add` lets more come in, `refuse` ends all reading."""


def opening(at, key=KEY):
    """Return the record of a call that opened a session, which only reads, and that hands out this key."""
    role, arn = f"arn:aws:iam::{OWN}:role/{ROLE}", f"arn:aws:sts::{OWN}:assumed-role/{ROLE}/cli"
    expires_at = (at + timedelta(hours=1)).strftime("%b %d, %Y, %I:%M:%S %p")
    document = record(
        user("carol"),
        eventID=f"e-{key}",
        eventTime=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        eventSource="sts.amazonaws.com",
        eventName="AssumeRole",
        readOnly=True,
        requestParameters={"roleArn": role, "roleSessionName": "cli"},
        responseElements={
            "credentials": {"accessKeyId": key, "expiration": expires_at},
            "assumedRoleUser": {"assumedRoleId": "AROAEXAMPLEEXAMPLE009:cli", "arn": arn},
        },
        sharedEventID="5b0e61a6-7d0c-4b6e-9f5f-00000000abcd",
    )
    return Listed(document=document, names=(role, key, "cli", "AROAEXAMPLEEXAMPLE009:cli", arn))


def twelve(base):
    """Return the records by what is peculiar about each; `base` is a whole second."""
    by_arn = {"eventName": "TagResource", "requestParameters": {"resourceArn": GROUP_ARN}}
    unlisted = {"eventName": "UpdateRole", "eventSource": "iam.amazonaws.com"}
    unlisted["requestParameters"] = {"roleName": ROLE, "description": "neu: größer"}
    created = {"requestParameters": {"groupName": "web"}, "responseElements": {"groupId": GROUP}}
    service = {
        "eventType": "AwsServiceEvent",
        "eventName": "CreateManagedGroup",
        "userIdentity": {"type": "AWSService", "invokedBy": "eks.amazonaws.com"},
        "requestParameters": None,
        "responseElements": None,
        "serviceEventDetails": {"groupId": GROUP},
    }
    # Every event of event history says whether it reads; older log files do not always.
    old = {"eventName": "ModifySecurityGroupRules20161115v2", "managementEvent": None}
    records = {
        "plain": (60, {}),
        "first-second": (0, {"requestParameters": {"groupId": GROUP}}),
        "last-second": (599, {"userIdentity": user("dave")}),
        "by-arn": (120, by_arn),
        "unlisted": (180, unlisted),
        "answer-only": (200, {"eventName": "CreateSecurityGroup", **created}),
        "service-event": (240, service),
        "old": (300, old),
        "read": (360, {"eventName": "DescribeSecurityGroups", "readOnly": True}),
        "failed": (420, {"errorCode": "Client.UnauthorizedOperation"}),
        "elsewhere": (60, {"awsRegion": "us-east-1"}),
        "others": (60, {"recipientAccountId": OTHER}),
    }
    names = {"by-arn": (GROUP_ARN,), "unlisted": (), "service-event": ()}
    made = {}
    for name, (seconds, more) in records.items():
        at = (base + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        document = record(eventID=f"e-{name}", eventTime=at, **more)
        made[name] = Listed(document=document, names=names.get(name, (GROUP,)))
    return made


def variables(**values):
    """Lead this process to an AWS on loopback."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIATEST111122223333", "AWS_SECRET_ACCESS_KEY": "x"}
    return patch.dict(os.environ, {**keys, **values})


@contextmanager
def lookup_events():
    """Give CloudTrail's event history, on loopback, with a role in another account."""
    with FakeAws(rate=100_000) as aws, variables(**aws.environment()):
        aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
        clock = WorldClock(aws.clock)
        sessions = Sessions(region=REGION, allowed=[OTHER], role_name="iacwatch")

        def add(*records):
            for each in records:
                aws.add_event(each.document, resource_names=[(None, name) for name in each.names])

        limit = RateLimit(clock, per_second=100_000)
        yield Served(
            open=lambda: LookupEvents(sessions=sessions, clock=clock, rate_limit=limit),
            now=datetime.now(UTC),
            add=add,
            refuse=lambda: aws.deny("cloudtrail", "LookupEvents"),
        )


@contextmanager
def log_files(work="record_filter", worth=1 << 60):
    """Give log files in a folder, read as if there were much in it, or little: by patterns, by processes, or by neither."""
    with TemporaryDirectory() as made, patch(f"iacwatch.trails.{work}._WORTH", worth):
        now, store = datetime.now(UTC), open_store(made, Sessions(region=REGION))

        def add(files):
            for path, content in files.items():
                log_folder.write(Path(made), path, content)

        # The trail has been on for long, and in each of the hours that laws ask about.
        add(log_folder.alive(PLACES, now - timedelta(days=100), now - timedelta(minutes=1)))
        hours = [now - timedelta(hours=hour) for hour in range(1, 10)]
        add(log_folder.files(log_folder.heartbeat(*place, hour) for place in PLACES for hour in hours))
        yield Served(
            open=lambda: LogFiles(store=store, clock=WorldClock()),
            now=now,
            add=lambda *records: add(log_folder.files(each.document for each in records)),
            refuse=lambda: shutil.rmtree(made),
        )


@contextmanager
def athena():
    """Give CloudTrail's table in Athena, on loopback, over the log files of the last days."""
    now, where = datetime.now(UTC), TableAddress(database=DATABASE, table=TABLE)
    with FakeAthena() as world, variables(**world.environment()):
        world.alive(PLACES, now - timedelta(days=2), now - timedelta(minutes=1))
        yield Served(
            open=lambda: Athena(sessions=Sessions(region=REGION), clock=WorldClock(), where=where),
            now=now,
            add=lambda *records: world.add(*(each.document for each in records)),
            refuse=lambda: world.deny("StartQueryExecution"),
        )


TRAILS = {
    "lookup-events": lookup_events,
    "files": log_files,
    "patterns": lambda: log_files("record_filter", 0),
    "processes": lambda: log_files("log_files.workers", 0),
    "athena": athena,
}


@pytest.fixture(params=TRAILS, scope="module")
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def shared(kind):
    """Give a place with the twelve records in it, for laws that only read; and the records."""
    with TRAILS[kind]() as world:
        made = twelve(whole(world))
        world.add(*made.values())
        yield world, made


@pytest.fixture
def served(shared):
    """Give the trail over the twelve records."""
    return shared[0].open()


@pytest.fixture
def base(shared):
    return whole(shared[0])


@pytest.fixture
def own(kind):
    """Give an empty place for one law alone."""
    with TRAILS[kind]() as world:
        yield world


def whole(world):
    return world.now.replace(microsecond=0) - timedelta(hours=2)


def query(base, *, start=0, end=600, names=(GROUP, GROUP_ARN), account=OWN, region=REGION, **more):
    window = Window(start=base + timedelta(seconds=start), end=base + timedelta(seconds=end))
    asked = TrailQuery(account_id=account, region=region, window=window, names=names, missing=0.0)
    return replace(asked, **more)


def reads(base, *, names=(KEY,), **more):
    return query(base, start=-6 * 3600, end=600, names=names, reads=True, **more)


def answered(served, *queries):
    """Ask, and return what came by the records' names; nothing may have failed."""
    collected = served.collect(queries)
    assert not collected.failures
    assert all(words and "\n" not in words for asked in queries for words in collected.tried[asked] or [""])
    ids = [event.event_id for event in collected.events]
    assert len(ids) == len(set(ids)), "an event came twice"
    return {event.event_id.removeprefix("e-"): event for event in collected.events}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, WRITES),
        ({"missing": 1.0}, WRITES | {"service-event"}),
        ({"thorough": True}, WRITES | {"service-event"}),
        ({"names": ()}, WRITES | {"service-event", "unlisted"}),
        ({"names": (ROLE,), "missing": 1.0}, {"unlisted"}),
        ({"names": (ROLE,), "missing": 0.1}, {"unlisted"}),
        ({"names": (ROLE,), "event_names": ("UpdateRole",)}, {"unlisted"}),
    ],
    ids=["by name", "missing", "thorough", "all", "unlisted", "maybe unlisted", "by call"],
)
def test_all_that_is_asked_for_is_answered_each_time_and_reads_and_failed_calls_do_no_harm(
    served, base, asked, expected
):
    asked = query(base, **asked)
    starts = [base + timedelta(seconds=second) for second in range(0, 600, 100)]
    parts = [replace(asked, window=Window(start=at, end=at + timedelta(seconds=100))) for at in starts]
    for queries in ([asked], [asked], [asked, asked], parts):
        found = answered(served, *queries)
        assert found.keys() >= expected
        assert not [name for name in ("read", "failed") if name in found and found[name].can_change]


def test_an_event_is_the_same_whichever_trail_it_came_by(served, base, shared):
    found = answered(served, query(base, missing=1.0))
    for name in sorted(WRITES | {"service-event"}):
        expected = cloudtrail.event(shared[1][name].document)
        for field in fields(expected):
            if field.name != "resource_names":
                assert getattr(found[name], field.name) == getattr(expected, field.name), (name, field.name)


def test_a_window_takes_in_its_first_second_in_whole_and_ends_before_its_last(served, base):
    assert "first-second" in answered(served, query(base, start=0, end=1))
    assert "last-second" in answered(served, query(base, start=599, end=600))
    assert "first-second" not in answered(served, query(base, start=1, end=60))
    assert "plain" in answered(served, query(base, start=59.2, end=60.3))


def test_each_account_and_region_answers_for_itself(served, base):
    both = [query(base, region="us-east-1"), query(base, account=OTHER)]
    found = answered(served, *both)
    assert {"elsewhere", "others"} <= found.keys()
    assert not WRITES & found.keys()
    assert found["others"].account_id == OTHER
    assert not {"elsewhere", "others"} & answered(served, query(base)).keys()


def test_what_came_in_after_an_answer_is_found_by_a_later_question(own):
    # The event is fresh: its window had not settled when it was asked about first.
    base, trail = own.now.replace(microsecond=0) - timedelta(minutes=12), own.open()
    assert not answered(trail, query(base, missing=1.0, as_of=own.now - timedelta(seconds=60)))
    own.add(twelve(base)["plain"])
    now = datetime.now(UTC)
    for missing in (1.0, 0.0):
        assert "plain" in answered(trail, query(base, missing=missing, as_of=now))


def test_nothing_asked_is_nothing_answered_and_a_quiet_window_is_no_failure(served, base):
    collected = served.collect([])
    assert (collected.events, collected.failures, collected.calls) == ((), {}, 0)
    assert answered(served, query(base, names=("sg-none",), start=-3600, end=-1800)) == {}


def test_what_could_not_be_looked_up_is_told_for_each_query(own):
    base, trail = whole(own), own.open()
    own.add(twelve(base)["plain"], opening(base))
    own.refuse()
    likely = Window(start=base, end=base + timedelta(minutes=1))
    queries = [query(base), query(base, start=60, end=120), query(base, account=OTHER)]
    queries.append(replace(reads(base), likely=likely))
    collected = trail.collect(queries)
    assert collected.failures.keys() == set(queries)
    for asked, failure in collected.failures.items():
        assert asked.account_id in failure.reason
        assert "\n" not in failure.reason
    assert not collected.events


def test_a_trail_reaches_back_from_now_and_far_enough_for_a_late_message(served, shared):
    now = shared[0].now
    reach = served.reach(OWN, REGION, now=now)
    assert reach.start <= now - timedelta(days=14)
    assert now - timedelta(minutes=20) < reach.end <= now


def test_a_record_that_nobody_can_read_is_no_silence(own):
    base = whole(own)
    plain = twelve(base)["plain"]
    broken = plain.document | {"eventID": "e-broken", "errorCode": ["x"]}
    own.add(plain, Listed(document=broken, names=(GROUP,)))
    asked, other = query(base), query(base, names=("sg-0f0f0f0f0f0f0f0f0",))
    assert own.open().collect([asked, other]).failures.keys() == {asked}


def test_who_opened_sessions_is_answered_in_one_round_and_only_where_it_is_asked_for(own):
    base = whole(own)
    keys, first = [f"ASIAEXAMPLEOPENED{number:03}" for number in range(1, 61)], base - timedelta(hours=3)
    times = [first, *(base + timedelta(seconds=number) for number in range(1, 60))]
    own.add(*twelve(base).values(), *map(opening, times, keys))
    # A sweep of writes is no answer to who opened a session, not even beside that question.
    sweep = query(base, names=(), thorough=True)
    for swept in (query(base, start=-4 * 3600, names=(KEY,), missing=1.0), sweep):
        assert not answered(own.open(), swept).keys() & set(keys)
    found = answered(own.open(), sweep, *(reads(base, names=(key,)) for key in keys))
    assert found.keys() >= {*keys, *WRITES}
    expected = cloudtrail.event(opening(first).document)
    for field in ("opened", "principal", "shared_event_id"):
        assert getattr(found[KEY], field) == getattr(expected, field)
    assert "read" not in answered(own.open(), reads(base))
    # The likely window is enough where the answer lies in it.
    near = Window(start=first - timedelta(minutes=5), end=first + timedelta(minutes=15))
    asked, trail = replace(reads(base), likely=near), own.open()
    assert KEY in answered(trail, asked)
    assert trail.collect([asked]).tried[asked]

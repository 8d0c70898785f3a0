"""Twelve trail records, and the trails that the laws are run over.

Each trail is opened as a context manager that gives a `Served`: the trail, a way to let a record come in, and
a way to make it unreadable. A trail that is added here keeps the laws of test_trails.py, or is none.
"""

import gzip
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from iacwatch.aws.cloudtrail_table import TableAddress
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.ports import TrailSource
from iacwatch.storage.files import open_store
from iacwatch.trails.athena.trail import Athena
from iacwatch.trails.fallback import FallbackTrail, RankedTrail
from iacwatch.trails.log_files.trail import LogFiles
from iacwatch.trails.lookup_events.trail import LookupEvents
from tests.fixtures import log_folder, moto_aws
from tests.fixtures.athena.world import DATABASE, TABLE, FakeAthena
from tests.fixtures.clocks import WorldClock
from tests.fixtures.trail_records import OTHER, OWN, record, user

REGION = "eu-west-1"
GROUP, GROUP_ARN = "sg-0a1b2c3d4e5f60718", f"arn:aws:ec2:{REGION}:{OWN}:security-group/sg-0a1b2c3d4e5f60718"
ROLE = "deployer"
PLACES = ((OWN, REGION), (OWN, "us-east-1"), (OTHER, REGION))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A record, and the names that event history lists beside it; other trails have the record alone."""

    document: dict[str, Any]
    names: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Served:
    """Records somewhere; `open` gives the trail that reads them, anew each time, since trails remember.

    `now` is its time; `add` lets records come in; `refuse` makes it unreadable.
    """

    open: Callable[[], TrailSource]
    now: datetime
    add: Callable[..., None]
    refuse: Callable[[], None]


KEY = "ASIAEXAMPLEOPENED001"


def opening(at: datetime, key: str = KEY, **fields: Any) -> Listed:
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
        **fields,
    )
    return Listed(document=document, names=(role, key, "cli", "AROAEXAMPLEEXAMPLE009:cli", arn))


def twelve(base: datetime) -> dict[str, Listed]:
    """Return the records by what is peculiar about each; `base` is a whole second."""

    def made(name: str, seconds: int, *names: str, **fields: Any) -> Listed:
        at = (base + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Listed(document=record(eventID=f"e-{name}", eventTime=at, **fields), names=names)

    by_arn = {"eventName": "TagResource", "requestParameters": {"resourceArn": GROUP_ARN}}
    unlisted = {"roleName": ROLE, "description": "neu: größer"}
    created = {"requestParameters": {"groupName": "web"}, "responseElements": {"groupId": GROUP}}
    service = {
        "eventType": "AwsServiceEvent",
        "eventName": "CreateManagedGroup",
        "userIdentity": {"type": "AWSService", "invokedBy": "eks.amazonaws.com"},
        "requestParameters": None,
        "responseElements": None,
        "serviceEventDetails": {"groupId": GROUP},
    }
    update_role = {
        "eventName": "UpdateRole",
        "eventSource": "iam.amazonaws.com",
        "requestParameters": unlisted,
    }
    # Every event of event history says whether it reads; older log files do not always.
    old = {"eventName": "ModifySecurityGroupRules20161115v2", "managementEvent": None}
    records = (
        made("plain", 60, GROUP),
        made("first-second", 0, GROUP, requestParameters={"groupId": GROUP}),
        made("last-second", 599, GROUP, userIdentity=user("dave")),
        made("by-arn", 120, GROUP_ARN, **by_arn),
        made("unlisted", 180, **update_role),
        made("answer-only", 200, GROUP, eventName="CreateSecurityGroup", **created),
        made("service-event", 240, **service),
        made("old", 300, GROUP, **old),
        made("read", 360, GROUP, eventName="DescribeSecurityGroups", readOnly=True),
        made("failed", 420, GROUP, errorCode="Client.UnauthorizedOperation"),
        made("elsewhere", 60, GROUP, awsRegion="us-east-1"),
        made("others", 60, GROUP, recipientAccountId=OTHER),
    )
    return {each.document["eventID"].removeprefix("e-"): each for each in records}


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Lead this process to an AWS on loopback."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIATEST111122223333", "AWS_SECRET_ACCESS_KEY": "x"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**keys, **values}.items():
            patch.setenv(name, value)
        yield


def alive(now: datetime) -> dict[str, bytes]:
    """Return log files that show that a trail has been on for long, and in each of the last hours."""
    shown = log_folder.alive(PLACES, now - timedelta(days=100), now - timedelta(minutes=1))
    hours = [now - timedelta(hours=hour) for hour in range(1, 6)]
    return shown | log_folder.files(log_folder.heartbeat(*place, hour) for place in PLACES for hour in hours)


@contextmanager
def lookup_events() -> Iterator[Served]:
    """Give CloudTrail's event history, on loopback, with a role in another account."""
    with FakeAws(rate=100_000) as aws, variables(**aws.environment()):
        aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch")
        clock = WorldClock(aws.clock)
        sessions = Sessions(region=REGION, allowed=[OTHER], role_name="iacwatch")

        def add(*records: Listed) -> None:
            for each in records:
                aws.add_event(each.document, resource_names=[(None, name) for name in each.names])

        def opened() -> LookupEvents:
            rate_limit = RateLimit(clock, per_second=100_000)
            return LookupEvents(sessions=sessions, clock=clock, rate_limit=rate_limit)

        yield Served(
            open=opened,
            now=datetime.now(UTC),
            add=add,
            refuse=lambda: aws.deny("cloudtrail", "LookupEvents"),
        )


def log_files(place: str) -> LogFiles:
    return LogFiles(store=open_store(place, Sessions(region=REGION)), clock=WorldClock())


@contextmanager
def folder(name: str = "") -> Iterator[Served]:
    """Give log files in a folder; with a `name`, in one that is not laid out as AWS does it."""
    now, numbers = datetime.now(UTC), count()
    with TemporaryDirectory() as made:
        root = Path(made)

        def add(files: dict[str, bytes]) -> None:
            for path, content in files.items():
                log_folder.write(root, name.format(next(numbers)) or path, content)

        add(alive(now))
        yield Served(
            open=lambda: log_files(made),
            now=now,
            add=lambda *records: add(log_folder.files(each.document for each in records)),
            refuse=lambda: shutil.rmtree(root),
        )


@contextmanager
def bucket() -> Iterator[Served]:
    """Give log files in a bucket, on loopback."""
    now, client = datetime.now(UTC), moto_aws.client("s3")
    made, keys = f"trail-{uuid.uuid4().hex}", []
    client.create_bucket(Bucket=made, CreateBucketConfiguration={"LocationConstraint": moto_aws.REGION})

    def add(files: dict[str, bytes]) -> None:
        for path, content in files.items():
            keys.append(f"org/{path}")
            client.put_object(Bucket=made, Key=keys[-1], Body=gzip.compress(content))

    def refuse() -> None:
        client.delete_objects(Bucket=made, Delete={"Objects": [{"Key": key} for key in keys]})
        client.delete_bucket(Bucket=made)

    with variables(**moto_aws.environment()):
        add(alive(now))
        yield Served(
            open=lambda: log_files(f"s3://{made}/org/"),
            now=now,
            add=lambda *records: add(log_folder.files(each.document for each in records)),
            refuse=refuse,
        )


@contextmanager
def athena() -> Iterator[Served]:
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


@contextmanager
def first_of_two() -> Iterator[Served]:
    """Give a table that answers for all that is asked, with event history behind it, which holds nothing."""
    with lookup_events() as behind, athena() as served:
        yield replace(served, open=lambda: ranked(served.open(), behind.open()))


@contextmanager
def second_of_two() -> Iterator[Served]:
    """Give event history behind a folder that holds no log file."""
    with lookup_events() as served, TemporaryDirectory() as made:
        yield replace(served, open=lambda: ranked(log_files(made), served.open()))


def ranked(*trails: TrailSource) -> FallbackTrail:
    named = [RankedTrail(name=f"trail {number}", trail=each) for number, each in enumerate(trails, 1)]
    return FallbackTrail(named, clock=WorldClock())


@contextmanager
def much_work(**worth: int) -> Iterator[Served]:
    """Give the folder, read as if there were much in it: by patterns or by processes."""
    with pytest.MonkeyPatch.context() as patch, folder() as served:
        for module, size in worth.items():
            patch.setattr(f"iacwatch.trails.{module.replace('__', '.')}._WORTH", size)
        yield served


TRAILS = {
    "lookup-events": lookup_events,
    "folder": folder,
    "exports": lambda: folder("export-{}.json"),
    "patterns": lambda: much_work(record_filter=0),
    "processes": lambda: much_work(log_files__workers=0),
    "bucket": bucket,
    "athena": athena,
    "first-of-two": first_of_two,
    "second-of-two": second_of_two,
}

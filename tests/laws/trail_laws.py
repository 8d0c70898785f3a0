"""Twelve trail records, and the trails that the laws are run over: one that is added keeps them, or is none."""

import gzip
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

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
    """Records somewhere: `open` gives a new trail over them, `add` lets more come in, `refuse` ends all reading."""

    open: Callable[[], TrailSource]
    now: datetime
    add: Callable[..., None]
    refuse: Callable[[], None]


KEY = "ASIAEXAMPLEOPENED001"


def opening(at: datetime, key: str = KEY) -> Listed:
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


def twelve(base: datetime) -> dict[str, Listed]:
    """Return the records by what is peculiar about each; `base` is a whole second."""
    by_arn = {"eventName": "TagResource", "requestParameters": {"resourceArn": GROUP_ARN}}
    unlisted = {"roleName": ROLE, "description": "neu: größer"}
    update_role = {
        "eventName": "UpdateRole",
        "eventSource": "iam.amazonaws.com",
        "requestParameters": unlisted,
    }
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
    records: dict[str, tuple[int, dict[str, Any]]] = {
        "plain": (60, {}),
        "first-second": (0, {"requestParameters": {"groupId": GROUP}}),
        "last-second": (599, {"userIdentity": user("dave")}),
        "by-arn": (120, by_arn),
        "unlisted": (180, update_role),
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


def variables(**values: str) -> AbstractContextManager[object]:
    """Lead this process to an AWS on loopback."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIATEST111122223333", "AWS_SECRET_ACCESS_KEY": "x"}
    return patch.dict(os.environ, {**keys, **values})


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

        now = datetime.now(UTC)
        yield Served(open=opened, now=now, add=add, refuse=lambda: aws.deny("cloudtrail", "LookupEvents"))


def log_files(place: str) -> LogFiles:
    return LogFiles(store=open_store(place, Sessions(region=REGION)), clock=WorldClock())


def over_files(place: str, write: Callable[[str, bytes], None], refuse: Callable[[], None]) -> Served:
    """Give the trail over log files in a place that `write` writes to."""

    def add(files: dict[str, bytes]) -> None:
        for path, content in files.items():
            write(path, content)

    add(alive(now := datetime.now(UTC)))
    return Served(
        open=lambda: log_files(place),
        now=now,
        add=lambda *records: add(log_folder.files(each.document for each in records)),
        refuse=refuse,
    )


@contextmanager
def folder(name: str = "") -> Iterator[Served]:
    """Give log files in a folder; with a `name`, in one that is not laid out as AWS does it."""
    numbers = count()
    with TemporaryDirectory() as made:

        def write(path: str, content: bytes) -> None:
            log_folder.write(Path(made), name.format(next(numbers)) or path, content)

        yield over_files(made, write, lambda: shutil.rmtree(made))


@contextmanager
def bucket() -> Iterator[Served]:
    """Give log files in a bucket, on loopback."""
    client, made = moto_aws.client("s3"), f"trail-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=made, CreateBucketConfiguration={"LocationConstraint": moto_aws.REGION})
    keys: list[str] = []

    def write(path: str, content: bytes) -> None:
        keys.append(f"org/{path}")
        client.put_object(Bucket=made, Key=keys[-1], Body=gzip.compress(content))

    def refuse() -> None:
        client.delete_objects(Bucket=made, Delete={"Objects": [{"Key": key} for key in keys]})
        client.delete_bucket(Bucket=made)

    with variables(**moto_aws.environment()):
        yield over_files(f"s3://{made}/org/", write, refuse)


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
def much_work(module: str) -> Iterator[Served]:
    """Give the folder, read as if there were much in it: by patterns or by processes."""
    with patch(f"iacwatch.trails.{module}._WORTH", 0), folder() as served:
        yield served


TRAILS = {
    "lookup-events": lookup_events,
    "folder": folder,
    "exports": lambda: folder("export-{}.json"),
    "patterns": lambda: much_work("record_filter"),
    "processes": lambda: much_work("log_files.workers"),
    "bucket": bucket,
    "athena": athena,
    "first-of-two": first_of_two,
    "second-of-two": second_of_two,
}

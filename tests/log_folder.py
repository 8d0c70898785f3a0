"""CloudTrail's log files in a folder, as CloudTrail would have delivered them to a bucket."""

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

DELAY = timedelta(minutes=5)
_number = count(1)


def name(account: str, region: str, delivered: datetime, *, root: str = "AWSLogs") -> str:
    """Return a file's name, with its folders."""
    folder = f"{account}/CloudTrail/{region}/{delivered:%Y/%m/%d}"
    return (
        f"{root}/{folder}/{account}_CloudTrail_{region}_{delivered:%Y%m%dT%H%MZ}_{next(_number):016d}.json.gz"
    )


def body(records) -> bytes:
    """Return what a file holds, in CloudTrail's own layout."""
    return json.dumps({"Records": list(records)}, separators=(",", ":"), ensure_ascii=False).encode()


def write(root: Path, path: str, content: bytes) -> Path:
    """Write a file, zipped where its name says so."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(gzip.compress(content, 1) if path.endswith(".gz") else content)
    return place


def occurred(record) -> datetime:
    return datetime.fromisoformat(record["eventTime"])


def files(records, *, delay: timedelta = DELAY) -> dict[str, bytes]:
    """Return files by name: one for an account, a region and five minutes, delivered some minutes later."""
    parts = defaultdict(list)
    for record in records:
        period = int(occurred(record).timestamp()) // 300
        parts[record["recipientAccountId"], record["awsRegion"], period].append(record)
    return {
        name(account, region, datetime.fromtimestamp((period + 1) * 300, UTC) + delay): body(held)
        for (account, region, period), held in parts.items()
    }


def deliver(root: Path, records) -> int:
    """Write records as files; return how many there are."""
    made = files(records)
    for path, content in made.items():
        write(root, path, content)
    return len(made)


def heartbeat(account: str, region: str, at: datetime) -> dict:
    """Return a record that only shows that the trail was alive: AWS Config looks around."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"},
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeVpcs",
        "awsRegion": region,
        "sourceIPAddress": "config.amazonaws.com",
        "userAgent": "config.amazonaws.com",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "11111111-2222-4333-8444-555555555555",
        "eventID": f"00000000-0000-4000-8000-{next(_number):012d}",
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }


def alive(places, start: datetime, end: datetime) -> dict[str, bytes]:
    """Return files that show that a trail was on, at the beginning and at the end of a span."""
    return files(heartbeat(*place, at) for place in places for at in (start, end))

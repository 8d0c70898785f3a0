"""Config's history files in a folder, as AWS Config would have delivered them to a bucket."""

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

PERIOD = timedelta(hours=6)


def captured(document):
    return datetime.fromisoformat(document["configurationItemCaptureTime"])


def mark(moment):
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def folder(root: Path, account: str, region: str, day: datetime) -> Path:
    """Return a day's folder: its numbers are not padded."""
    return root / "AWSLogs" / account / "Config" / region / f"{day.year}" / f"{day.month}" / f"{day.day}"


def file(path: Path, documents, *, zipped=True, **more) -> Path:
    """Write a file of Config's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = json.dumps({"fileVersion": "1.0", **more, "configurationItems": list(documents)}).encode()
    path.write_bytes(gzip.compress(body, 1) if zipped else body)
    return path


def deliver(root: Path, items) -> int:
    """Write `items`, pairs of a CI and its recorder's region, as files: one for a type and six hours.

    Return how many files there are.
    """
    parts = defaultdict(list)
    for document, region in items:
        period = int(captured(document).timestamp() // PERIOD.total_seconds())
        parts[document["awsAccountId"], region, document["resourceType"], period].append(document)
    for (account, region, kind, period), documents in parts.items():
        documents.sort(key=captured)
        delivered = datetime.fromtimestamp((period + 1) * PERIOD.total_seconds(), UTC)
        span = f"{mark(captured(documents[0]))}_{mark(captured(documents[-1]))}"
        name = f"{account}_Config_{region}_ConfigHistory_{kind}_{span}_1.json.gz"
        file(folder(root, account, region, delivered) / "ConfigHistory" / name, documents)
    return len(parts)


def snapshot(root: Path, documents, *, account, region, at) -> Path:
    """Write a snapshot: the state of everything at a time."""
    name = f"{account}_Config_{region}_ConfigSnapshot_{mark(at)}_0f3c8d2e-1111-4222-8333-444455556666.json.gz"
    path = folder(root, account, region, at) / "ConfigSnapshot" / name
    return file(path, documents, configSnapshotId="0f3c8d2e-1111-4222-8333-444455556666")

"""What the names of CloudTrail's log files tell, and in which folders they lie: so that few have to be read.

``[prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/2023/07/10/ACCOUNT_CloudTrail_REGION_20230710T1155Z_RANDOM
.json.gz``. The minute in a name is when the file was delivered, some minutes after what it tells of.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from iacwatch.errors import ParseError
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import Blob, Blobs
from iacwatch.storage.json_stream import Format

DAY: Final = timedelta(days=1)
_NAME: Final = re.compile(
    r"(?P<account>\d{12})_CloudTrail_(?P<region>[a-z0-9-]{5,30})_(?P<at>\d{8}T\d{4}Z)_[^/]*\.json(?:\.gz)?"
)
_OTHERS: Final = re.compile(r"(?:^|[/_])(?:CloudTrail-[A-Z][A-Za-z]*|Config)[/_]")
"""Digests, insights and what other services put beside the log files."""

_JSON: Final = re.compile(r"\.jsonl?(?:\.gz)?$")
_ACCOUNT: Final = re.compile(r"\d{12}")
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_ROOT: Final = "AWSLogs"
_TRAIL: Final = "CloudTrail"
_NUMBER: Final = re.compile(r"\d{1,4}")


def _record(value: Any, name: str) -> dict[str, Any] | None:
    inner = value.get("CloudTrailEvent") if isinstance(value, dict) else None
    if isinstance(inner, str):
        try:
            value = json.loads(inner)
        except (ValueError, RecursionError):
            raise ParseError(f"{name} holds an event that is not JSON") from None
    if not isinstance(value, dict) or value.keys().isdisjoint(("eventVersion", "eventName", "detail")):
        return None
    return value


FORMAT: Final = Format(
    head=re.compile(r'\s*\{\s*"(?:Records|Events)"\s*:\s*\['),
    longest_head=1_024,
    tail=re.compile(r'\s*(?:,\s*"(?:NextToken|nextToken)"\s*:\s*(?:null|"[^"\\]*")\s*)?\}\s*'),
    longest=8 * 1024 * 1024,
    noun="a record",
    foreign="is no log file of CloudTrail",
    check=_record,
)
"""``{"Records": [...]}`` however it is written, one record a line (also in EventBridge's envelope), and what
``aws cloudtrail lookup-events`` prints (``{"Events": [{"CloudTrailEvent": "..."}]}``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One log file. Of one with a name of another form nothing is known but the folder that it lies in.

    `place` is None, and `delivered` too, where neither name nor folder tells; then it is read whatever is
    asked for. `ours`: its name is one that CloudTrail gives.
    """

    blob: Blob
    place: Place | None = None
    delivered: datetime | None = None
    ours: bool = False


def read_name(blob: Blob) -> File | None:
    """Return what a file's name tells; None where it is no log file of CloudTrail's."""
    name = blob.name.rpartition("/")[2]
    if _OTHERS.search(blob.name) or not _JSON.search(name):
        return None
    match = _NAME.fullmatch(name)
    delivered = _minute(match["at"]) if match else None
    if match is None or delivered is None:
        return File(blob=blob)
    return File(blob=blob, place=(match["account"], match["region"]), delivered=delivered, ours=True)


def _minute(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


class Layout:
    """Where in a place the log files of each account and region lie, if it is laid out as AWS does it."""

    def __init__(self, blobs: Blobs) -> None:
        """Look around in a place: its uppermost folders are listed."""
        self._blobs = blobs
        self._roots = [root for root in _roots(blobs) if self._holds_trails(root)]

    @property
    def known(self) -> bool:
        """Say whether it is laid out as AWS does it; else everything has to be listed."""
        return bool(self._roots)

    def regions(self, account_id: str) -> dict[str, list[str]]:
        """Return the folders of an account by region; several where several trails wrote there."""
        found: dict[str, list[str]] = {}
        for root in self._roots:
            for folder in (f"{root}{account_id}", *(f"{org}/{account_id}" for org in self._parents(root))):
                for region in self._blobs.folders(f"{folder}/{_TRAIL}"):
                    found.setdefault(region, []).append(f"{folder}/{_TRAIL}/{region}")
        return found

    def days(self, folder: str, month: date) -> dict[date, str]:
        """Return the days of a month (its first day given) of which a region's folder has a folder."""
        found = {}
        for form in dict.fromkeys((f"{month:%Y/%m}", f"{month.year}/{month.month}")):
            for name in self._blobs.folders(f"{folder}/{form}"):
                if (day := _day(month, name)) is not None:
                    found[day] = f"{folder}/{form}/{name}"
        return found

    def end(self, folder: str, *, last: bool) -> datetime | None:
        """Return when the first, or last, file below a region's folder was delivered; None: there is none."""
        for year in self._numbers(folder, last=last):
            for month in self._numbers(year, last=last):
                for day in self._numbers(month, last=last):
                    at = _date(day.removeprefix(f"{folder}/"))
                    times = [] if at is None else [_time(file, at, last=last) for file in self.files(day)]
                    if times:
                        return max(times) if last else min(times)
        return None

    def files(self, folder: str, place: Place | None = None) -> Iterator[File]:
        """Yield the log files in a day's folder, all of them as `place`'s."""
        for blob in self._blobs.list(f"{folder}/"):
            file = read_name(blob)
            if file is not None:
                yield File(blob=blob, place=place or file.place, delivered=file.delivered, ours=file.ours)

    def _numbers(self, folder: str, *, last: bool) -> list[str]:
        names = [name for name in self._blobs.folders(folder) if _NUMBER.fullmatch(name)]
        return [f"{folder}/{name}" for name in sorted(names, key=int, reverse=last)]

    def _parents(self, root: str) -> Iterator[str]:
        for name in self._blobs.folders(root.rstrip("/")):
            if _ORGANIZATION.fullmatch(name):
                yield f"{root}{name}"

    def _holds_trails(self, root: str) -> bool:
        """Say whether any account below a root has log files: those of Config lie in such folders too."""
        for parent in (root.rstrip("/"), *self._parents(root)):
            for name in self._blobs.folders(parent):
                if _ACCOUNT.fullmatch(name):
                    folder = f"{parent}/{name}" if parent else name
                    if _TRAIL in self._blobs.folders(folder):
                        return True
        return False


def _roots(blobs: Blobs) -> list[str]:
    """Return the folders that accounts lie in, with a slash at their end: the place itself is ``""``."""
    top = blobs.folders()
    roots = [""] if any(_ACCOUNT.fullmatch(name) or _ORGANIZATION.fullmatch(name) for name in top) else []
    if _ROOT in top:
        return [*roots, f"{_ROOT}/"]
    return roots or [f"{name}/{_ROOT}/" for name in top if _ROOT in blobs.folders(name)]


def _day(month: date, name: str) -> date | None:
    try:
        return month.replace(day=int(name))
    except ValueError:
        return None


def _date(text: str) -> date | None:
    """Read ``2023/07/10``."""
    try:
        year, month, day = (int(part) for part in text.split("/"))
        return date(year, month, day)
    except ValueError:
        return None


def _time(file: File, day: date, *, last: bool) -> datetime:
    """Return when a file was delivered; where its name does not tell, the day of its folder does."""
    return file.delivered or datetime.combine(day + DAY if last else day, time(), UTC)

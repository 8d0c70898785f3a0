"""What the names of AWS Config's files tell, and which folders to list: so that few files need to be read.

``[prefix/]AWSLogs/ACCOUNT/Config/REGION/2016/9/27/ConfigHistory/ACCOUNT_Config_REGION_ConfigHistory_TYPE_START_END_N
.json.gz``, one file for each type every six hours; folders of dates are not zero-padded. A snapshot holds the
state of everything: ``.../ConfigSnapshot/ACCOUNT_Config_REGION_ConfigSnapshot_TIME_UUID.json.gz``.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.storage.files import Blob, Blobs
from iacwatch.storage.json_stream import Format

DAY: Final = timedelta(days=1)
_NAME: Final = re.compile(
    r"(?P<account>\d{12})_Config_(?P<region>[a-z0-9-]{5,30})_Config(?P<kind>History|Snapshot)_(?P<rest>.+)\.json(?:\.gz)?"
)
_HISTORY: Final = re.compile(r"(?P<type>.+)_(?P<start>\d{8}T\d{6}Z)_(?P<end>\d{8}T\d{6}Z)_\d+")
_SNAPSHOT: Final = re.compile(r"(?P<at>\d{8}T\d{6}Z)_.+")
_ACCOUNT: Final = re.compile(r"\d{12}")
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_OTHERS: Final = re.compile(
    r"(?:^|/)(?:OversizedChangeNotification|CloudTrail|CloudTrail-Digest|CloudTrail-Insight)/"
)
_JSON: Final = re.compile(r"\.json(?:\.gz)?$")
_ROOT: Final = "AWSLogs"
_CONFIG: Final = "Config"


def _item(value: Any, _name: str) -> dict[str, Any] | None:
    return value if isinstance(value, dict) and "resourceType" in value else None


FORMAT: Final = Format(
    head=re.compile(r'\s*\{[^\[\]]*?"configurationItems"\s*:\s*\[', re.DOTALL),
    longest_head=65_536,
    tail=None,
    longest=128 * 1024 * 1024,
    noun="an item",
    foreign="is no file of AWS Config",
    check=_item,
    text_is_foreign=True,
)
"""``{"fileVersion": "1.0", "configurationItems": [...]}``. Config itself refuses items of more than some
megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file. Of one with a name of another form nothing is known: it is read whatever is looked for.

    `start` and `end` are when the first and the last of its items were captured; of a snapshot, when it was
    taken.
    """

    blob: Blob
    place: ConfigPlace | None = None
    type: str = ""
    start: datetime | None = None
    end: datetime | None = None
    snapshot: bool = False


def read_name(blob: Blob) -> File | None:
    """Return what a file's name tells; None where it is none of Config's history or snapshots."""
    name = blob.name.rpartition("/")[2]
    if _OTHERS.search(blob.name) or not _JSON.search(name):
        return None
    match = _NAME.fullmatch(name)
    if match is None:
        return File(blob=blob)
    place = ConfigPlace(match["account"], match["region"])
    if match["kind"] == "Snapshot":
        taken = _SNAPSHOT.fullmatch(match["rest"])
        at = _moment(taken["at"]) if taken else None
        return File(blob=blob, place=place, start=at, end=at, snapshot=True)
    told = _HISTORY.fullmatch(match["rest"])
    if told is None:
        return File(blob=blob, place=place)
    return File(
        blob=blob, place=place, type=told["type"], start=_moment(told["start"]), end=_moment(told["end"])
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


class Layout:
    """Where in a place the files of each account and region lie."""

    def __init__(self, blobs: Blobs) -> None:
        """Look around in a place: its uppermost folders are listed."""
        self._blobs = blobs
        found: dict[ConfigPlace, list[str]] = defaultdict(list)
        for place, folder in _regions(blobs):
            found[place].append(folder)
        self.regions: Mapping[ConfigPlace, list[str]] = found

    @property
    def known(self) -> bool:
        """Say whether it is laid out as AWS does it; else everything has to be listed."""
        return bool(self.regions)

    def everything(self) -> Iterator[File]:
        """Yield every file that may hold configuration items."""
        for blob in self._blobs.list():
            if (file := read_name(blob)) is not None:
                yield file

    def days(self, place: ConfigPlace, first: date, last: date) -> list[date]:
        """Return the days, oldest first, of which there are files of a place."""
        found: set[date] = set()
        month = first.replace(day=1)
        while month <= last:
            for folder in self._folders(place, f"{month.year}/{month.month}", f"{month:%Y/%m}"):
                days = (_day(month, name) for name in self._blobs.folders(folder))
                found.update(day for day in days if day is not None and first <= day <= last)
            month = (month + 31 * DAY).replace(day=1)
        return sorted(found)

    def files(self, place: ConfigPlace, day: date) -> Iterator[File]:
        """Yield the files of a place that were delivered on a day."""
        for folder in self._folders(place, f"{day.year}/{day.month}/{day.day}", f"{day:%Y/%m/%d}"):
            for blob in self._blobs.list(f"{folder}/"):
                if (file := read_name(blob)) is not None:
                    yield file

    def _folders(self, place: ConfigPlace, plain: str, padded: str) -> Iterator[str]:
        """Yield folders of a date: AWS does not pad numbers, but who made a copy of a bucket may have."""
        for folder in self.regions[place]:
            for form in dict.fromkeys((plain, padded)):
                yield f"{folder}/{form}"


def _day(month: date, name: str) -> date | None:
    try:
        return month.replace(day=int(name))
    except ValueError:
        return None


def _regions(blobs: Blobs) -> Iterator[tuple[ConfigPlace, str]]:
    """Yield each account and region with its folder (``AWSLogs/111122223333/Config/eu-west-1``)."""
    for folder, account_id in _accounts(blobs):
        for region in blobs.folders(f"{folder}{_CONFIG}"):
            yield ConfigPlace(account_id, region), f"{folder}{_CONFIG}/{region}"


def _accounts(blobs: Blobs) -> Iterator[tuple[str, str]]:
    top = blobs.folders()
    roots = [""] if any(map(_ACCOUNT.fullmatch, top)) else []
    if _ROOT in top:
        roots.append(f"{_ROOT}/")
    elif not roots:
        roots = [f"{name}/{_ROOT}/" for name in top if _ROOT in blobs.folders(name)]
    for root in roots:
        for name in blobs.folders(root.rstrip("/")):
            if _ACCOUNT.fullmatch(name):
                yield f"{root}{name}/", name
            elif _ORGANIZATION.fullmatch(name):
                for inner in blobs.folders(f"{root}{name}"):
                    if _ACCOUNT.fullmatch(inner):
                        yield f"{root}{name}/{inner}/", inner

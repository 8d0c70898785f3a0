"""What CloudTrail's log files look like, and what their names say: so that few have to be read.

``[prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/2023/07/10/ACCOUNT_CloudTrail_REGION_20230710T1155Z_RANDOM
.json.gz``. The minute in a name is when the file was delivered, some minutes after the calls in it.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from iacwatch.errors import ParseError
from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import StoredFile
from iacwatch.storage.json_stream import Format

SERVICE: Final = "CloudTrail"
"""The folder that each account's log files lie in."""

_NAME: Final = re.compile(
    r"(?P<account>\d{12})_CloudTrail_(?P<region>[a-z0-9-]{5,30})_(?P<at>\d{8}T\d{4}Z)_[^/]*\.json(?:\.gz)?"
)
_OTHERS: Final = re.compile(r"(?:^|[/_])(?:CloudTrail-[A-Z][A-Za-z]*|Config)[/_]")
"""Digests, insights and what other services put beside the log files."""

_JSON: Final = re.compile(r"\.jsonl?(?:\.gz)?$")


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
    foreign="is not a log file of CloudTrail",
    check=_record,
)
"""``{"Records": [...]}`` however it is written, one record a line (also in EventBridge's envelope), and what
``aws cloudtrail lookup-events`` prints (``{"Events": [{"CloudTrailEvent": "..."}]}``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One log file. Of one with a name of another form nothing is known but the folder that it lies in.

    `place` is None, and `delivered` too, where neither name nor folder says; then it is read whatever is
    asked for. `ours`: its name is one that CloudTrail gives.
    """

    stored: StoredFile
    place: Place | None = None
    delivered: datetime | None = None
    ours: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """Return what distinguishes the file from others, and from what it was before it grew."""
        return self.stored.name, self.stored.size


def read_name(stored: StoredFile, place: Place | None = None) -> LogFile | None:
    """Return what a file's name says; None where it is not a log file of CloudTrail's.

    `place` is whose folder it lies in, as far as that is known.
    """
    name = stored.name.rpartition("/")[2]
    if _OTHERS.search(stored.name) or not _JSON.search(name):
        return None
    match = _NAME.fullmatch(name)
    delivered = _minute(match["at"]) if match else None
    if match is None or delivered is None:
        return LogFile(stored=stored, place=place)
    named = (match["account"], match["region"])
    return LogFile(stored=stored, place=place or named, delivered=delivered, ours=True)


def _minute(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None

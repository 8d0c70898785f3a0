"""What CloudTrail's log files look like, and what their names say: so that few have to be read.

``[prefix/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/2023/07/10/ACCOUNT_CloudTrail_REGION_20230710T1155Z_RANDOM
.json.gz``. The minute in a name is when the file was delivered, some minutes after the calls in it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from iacwatch.core.text import plain
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

_MAYBE: Final = re.compile(r"(?:^|/)(?:[^/.]+|[^/]*\.(?:jsonl?|ndjson|log|gz))$")
_NOT: Final = re.compile(r"\.(?:csv|tsv|tar|parquet|xml|html?|txt|md)\.gz$")
"""Names that files of records have: JSON's, those of CloudWatch Logs' exports and of Firehose's files."""

_TEXTS: Final = ("CloudTrailEvent", "eventJson", "message", "@message")
"""Fields that hold a whole record as text: in LookupEvents' answer, CloudTrail Lake's, CloudWatch Logs'."""

_STRUCTURES: Final = (
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "serviceEventDetails",
    "resources",
    "tlsDetails",
)
_WORDS: Final = {"true": True, "false": False}


def _record(value: Any, name: str) -> dict[str, Any] | None:
    """Return the record that a value is, or holds as text, or else the envelope of several."""
    if isinstance(value, list) and all(isinstance(column, dict) for column in value):
        value = {key: cell for column in value for key, cell in column.items()}  # a row of CloudTrail Lake
    if not isinstance(value, dict):
        return None
    for field in _TEXTS:
        if isinstance(inner := value.get(field), str) and "eventName" not in value:
            return _record(_parsed(inner, name), name)
    if value.keys().isdisjoint(("eventVersion", "eventName", "detail", "logEvents")):
        return None
    return _restored(value)


def records_of(document: Mapping[str, Any], text: str, name: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield a record, or those in CloudWatch Logs' envelope, each with its JSON text.

    What else is in the envelope's log group is left out. Raises `ParseError` where one is not JSON.
    """
    lines = document.get("logEvents")
    if "eventName" in document or not isinstance(lines, list):
        yield document, text
        return
    for line in lines:
        message = line.get("message") if isinstance(line, Mapping) else None
        if not isinstance(message, str) or '"eventVersion"' not in message:
            continue
        if (record := _record(_parsed(message, name), name)) is not None:
            yield record, message


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ParseError(f"{plain(name, 300)} holds an event that is not JSON") from None


def _restored(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with its structures as such: CloudTrail Lake may give them, and yes and no, as text."""
    found = {
        key: json.loads(cell)
        for key in _STRUCTURES
        if isinstance(cell := record.get(key), str) and cell[:1] in {"{", "["} and _is_json(cell)
    }
    for key in ("readOnly", "managementEvent"):
        if isinstance(cell := record.get(key), str) and cell.lower() in _WORDS:
            found[key] = _WORDS[cell.lower()]
    return {**record, **found} if found else record


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


FORMAT: Final = Format(
    head=re.compile(
        r'\s*\{\s*(?:"QueryStatus"\s*:\s*"[A-Z_]*"\s*,\s*)?'
        r'(?:"QueryStatistics"\s*:\s*\{[^{}]*\}\s*,\s*)?'
        r'"(?:Records|Events|events|QueryResultRows)"\s*:\s*\['
    ),
    longest_head=1_024,
    tail=re.compile(r'\s*(?:,\s*"[A-Za-z]{1,40}"\s*:\s*(?:null|"[^"\\]*"|\{[^{}]*\}|\[[^\[\]]*\])\s*)*\}\s*'),
    longest=8 * 1024 * 1024,
    noun="a record",
    foreign="is not a log file of CloudTrail",
    check=_record,
    text_is_foreign=True,
    json_is_ours=True,
    before=re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z\s+(?=\{)"),
)
"""``{"Records": [...]}`` however it is written; one record after the other (in EventBridge's envelope, in
CloudWatch Logs', or behind a time, as its exports are); and what ``aws cloudtrail lookup-events``, ``aws logs
filter-log-events`` and ``aws cloudtrail get-query-results`` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One log file. Of one with a name of another form nothing is known but the folder that it lies in.

    `place` is None, and `delivered` too, where neither name nor folder says; then it is read whatever is
    asked for. `ours`: its name is one that CloudTrail gives, or the very one that was asked for.
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
    if _OTHERS.search(stored.name) or not _MAYBE.search(name) or _NOT.search(name):
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

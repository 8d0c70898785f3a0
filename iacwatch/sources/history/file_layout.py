"""What AWS Config's files look like, and what their names say: so that few need to be read.

``[prefix/]AWSLogs/ACCOUNT/Config/REGION/2016/9/27/ConfigHistory/ACCOUNT_Config_REGION_ConfigHistory_TYPE_START_END_N
.json.gz``, one file for each type every six hours; folders of dates are not zero-padded. A snapshot holds the
state of everything: ``.../ConfigSnapshot/ACCOUNT_Config_REGION_ConfigSnapshot_TIME_UUID.json.gz``.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.storage.files import StoredFile
from iacwatch.storage.json_stream import Format

SERVICE: Final = "Config"
"""The folder that each account's files lie in."""

_NAME: Final = re.compile(
    r"(?P<account>\d{12})_Config_(?P<region>[a-z0-9-]{5,30})_Config(?P<kind>History|Snapshot)_(?P<rest>.+)\.json(?:\.gz)?"
)
_HISTORY: Final = re.compile(r"(?P<type>.+)_(?P<start>\d{8}T\d{6}Z)_(?P<end>\d{8}T\d{6}Z)_\d+")
_SNAPSHOT: Final = re.compile(r"(?P<at>\d{8}T\d{6}Z)_.+")
_OTHERS: Final = re.compile(
    r"(?:^|/)(?:OversizedChangeNotification|CloudTrail|CloudTrail-Digest|CloudTrail-Insight)/"
)
_JSON: Final = re.compile(r"\.json(?:\.gz)?$")


def _item(value: Any, _name: str) -> dict[str, Any] | None:
    return value if isinstance(value, dict) and "resourceType" in value else None


FORMAT: Final = Format(
    head=re.compile(r'\s*\{[^\[\]]*?"configurationItems"\s*:\s*\[', re.DOTALL),
    longest_head=65_536,
    tail=None,
    longest=128 * 1024 * 1024,
    noun="an item",
    foreign="is not a file of AWS Config",
    check=_item,
    text_is_foreign=True,
)
"""``{"fileVersion": "1.0", "configurationItems": [...]}``. Config itself refuses items of more than some
megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFile:
    """One file. Of one with a name of another form nothing is known: it is read whatever is looked for.

    `start` and `end` are when the first and the last of its items were captured; of a snapshot, when it was
    taken.
    """

    stored: StoredFile
    place: ConfigPlace | None = None
    type: str = ""
    start: datetime | None = None
    end: datetime | None = None
    snapshot: bool = False


def read_name(stored: StoredFile) -> HistoryFile | None:
    """Return what a file's name says; None where it is none of Config's history or snapshots."""
    name = stored.name.rpartition("/")[2]
    if _OTHERS.search(stored.name) or not _JSON.search(name):
        return None
    match = _NAME.fullmatch(name)
    if match is None:
        return HistoryFile(stored=stored)
    place = ConfigPlace(match["account"], match["region"])
    if match["kind"] == "Snapshot":
        taken = _SNAPSHOT.fullmatch(match["rest"])
        at = _moment(taken["at"]) if taken else None
        return HistoryFile(stored=stored, place=place, start=at, end=at, snapshot=True)
    parts = _HISTORY.fullmatch(match["rest"])
    if parts is None:
        return HistoryFile(stored=stored, place=place)
    return HistoryFile(
        stored=stored,
        place=place,
        type=parts["type"],
        start=_moment(parts["start"]),
        end=_moment(parts["end"]),
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

"""How CloudTrail's table is partitioned, and which partitions hold some days, accounts and regions.

A day's partition holds what was *delivered* on that day. A query of one that does not exist finds nothing:
so whoever uses this must look, besides, whether there is anything at all (see `trails.athena.coverage`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from iacwatch.aws.cloudtrail_table import CloudTrailTable, HiveType

_ACCOUNTS: Final = frozenset(
    {"account", "accountid", "account_id", "recipientaccountid", "aws_account_id", "awsaccountid", "acct"}
)
_REGIONS: Final = frozenset({"region", "awsregion", "aws_region", "region_name", "regionname"})
_DATES: Final = frozenset(
    {"timestamp", "date", "day", "dt", "eventdate", "event_date", "partition_date", "delivery_date"}
)
_JAVA: Final = re.compile(r"yyyy|MM|dd|HH|[-/_.]|'[^'%]*'|(.)")
_PYTHON: Final = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H"}
_SPELLINGS: Final = ("%Y/%m/%d", "%Y-%m-%d", "%Y%m%d")
"""How people write days, where the table does not say how."""

_CALENDAR: Final[tuple[str, ...]] = ("year", "month", "day")
_HOUR: Final = timedelta(hours=1)
_NUMBERS: Final = frozenset({"int", "integer", "bigint", "smallint", "tinyint"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionKey:
    """A partition key: its name, and what it holds (`HiveType`)."""

    name: str
    shape: HiveType

    @property
    def number(self) -> bool:
        """Return whether its values are numbers."""
        return self.shape.kind in _NUMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitions:
    """The keys that are understood: of the day (`date`, or `year`, `month` and `day`), account and region.

    `formats` is how `date`'s values are written, in `strftime`'s words.
    """

    date: PartitionKey | None = None
    formats: tuple[str, ...] = ()
    parts: Mapping[str, PartitionKey] = field(default_factory=dict)
    account: PartitionKey | None = None
    region: PartitionKey | None = None

    @property
    def hourly(self) -> bool:
        """Return whether each hour is a partition; their names are then in the order of time."""
        return any("%H" in form for form in self.formats)

    @property
    def by_day(self) -> bool:
        """Return whether a query can be limited to some days; else each reads the whole table."""
        return self.date is not None or "year" in self.parts


def partitions(table: CloudTrailTable) -> Partitions:
    """Return how a table is cut, as far as it is understood."""
    keys = {name: PartitionKey(name=name, shape=shape) for name, shape in table.keys.items()}
    parts: dict[str, PartitionKey] = {name: keys[name] for name in _CALENDAR if name in keys}
    if "year" not in parts:
        parts = {}
    day, formats = _date(table, {name: key for name, key in keys.items() if name not in parts})
    return Partitions(
        date=day,
        formats=formats,
        parts=parts,
        account=next((key for name, key in keys.items() if name in _ACCOUNTS), None),
        region=next((key for name, key in keys.items() if name in _REGIONS), None),
    )


def values(formats: Sequence[str], days: Sequence[date]) -> tuple[str, ...]:
    """Return how the parts of some days are called, in each of the formats."""
    return tuple(dict.fromkeys(f"{moment:{form}}" for form in formats for moment in _moments(form, days)))


def _moments(form: str, days: Sequence[date]) -> Iterator[datetime]:
    for day in days:
        start = datetime.combine(day, time(), UTC)
        yield from (start + number * _HOUR for number in range(24 if "%H" in form else 1))


def _date(
    table: CloudTrailTable, keys: Mapping[str, PartitionKey]
) -> tuple[PartitionKey | None, tuple[str, ...]]:
    """Return the key that holds the day, and how; of a projection the table itself says how."""
    if table.properties.get("projection.enabled", "").lower() == "true":
        for name, key in keys.items():
            if table.properties.get(f"projection.{name}.type", "").lower() == "date":
                form = _strftime(table.properties.get(f"projection.{name}.format", ""))
                return (key, (form,)) if form else (None, ())
    for name, key in keys.items():
        if name in _DATES and (key.shape.text or key.shape.kind == "date"):
            return key, ("%Y-%m-%d",) if key.shape.kind == "date" else _SPELLINGS
    return None, ()


def _strftime(form: str) -> str:
    """Return a Java date format in Python's words; "" where it holds what is not understood, or no year."""
    found = ""
    for part in _JAVA.finditer(form):
        if part[1] is not None:
            return ""
        found += _PYTHON.get(part[0], part[0].strip("'"))
    ordered = ["%Y", "%m", "%d", "%H"]
    places = [found.find(unit) for unit in ordered]
    jumbled = "%H" in found and (places != sorted(places) or min(places) < 0)
    return found if "%Y" in found and not jumbled else ""

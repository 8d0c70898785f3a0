"""What a statement will read, where the data catalog tells: crawlers write down how large each partition is.

A table whose partitions are projected has none in the catalog, and nothing is known of it beforehand.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from iacwatch.aws.cloudtrail_partitions import Partitions, values
from iacwatch.aws.cloudtrail_table import CloudTrailTable
from iacwatch.errors import IacwatchError
from iacwatch.storage.awslogs_layout import Place

_log = logging.getLogger(__name__)

_SIZES: Final = ("sizeKey", "totalSize")
"""Where the size of a partition's files stands, in bytes: a crawler writes the one, Hive the other."""


class PartitionSizes:
    """The sizes of a table's partitions, as far as the catalog has them; it is asked once."""

    def __init__(
        self,
        table: CloudTrailTable,
        cut: Partitions,
        partitions: Callable[[], Iterable[Mapping[str, Any]]],
    ) -> None:
        """Take the table, how it is cut, and what lists its partitions."""
        self._keys, self._cut, self._partitions = tuple(table.keys), cut, partitions
        projected = table.properties.get("projection.enabled", "").lower() == "true"
        self._sizes: Mapping[tuple[str, ...], int] | None = None if cut.by_day and not projected else {}

    def estimate(self, days: Sequence[date], places: Sequence[Place]) -> int | None:
        """Return about how many bytes a statement for these days and places reads; None: nobody knows."""
        if self._sizes is None:
            self._sizes = self._listed()
        return sum(map(self._sizes.__getitem__, self._read(days, places))) if self._sizes else None

    def _read(self, days: Sequence[date], places: Sequence[Place]) -> Iterator[tuple[str, ...]]:
        """Yield the partitions that such a statement reads, by their values."""
        cut, keys = self._cut, self._keys
        named = (
            (cut.date, values(cut.formats, days)),
            (cut.account, [account for account, _ in places]),
            (cut.region, [region for _, region in places]),
        )
        wanted = {keys.index(key.name): frozenset(texts) for key, texts in named if key is not None}
        calendar = [keys.index(key.name) for key in cut.parts.values()]
        dates = {tuple(str(getattr(day, name)) for name in cut.parts) for day in days}
        for each in self._sizes or ():
            at = tuple(each[place].lstrip("0") for place in calendar)
            if at in dates and all(each[place] in texts for place, texts in wanted.items()):
                yield each

    def _listed(self) -> Mapping[tuple[str, ...], int]:
        """Return the size of each partition; nothing where one has none, or they cannot be listed."""
        sizes: dict[tuple[str, ...], int] = {}
        try:
            for each in self._partitions():
                told = each.get("Parameters") or {}
                size = next((told[name] for name in _SIZES if str(told.get(name, "")).isdigit()), None)
                if size is None:
                    return {}
                sizes[tuple(each["Values"])] = int(size)
        except IacwatchError as error:
            _log.info("cannot estimate what a query will read: %s", error)
            return {}
        return sizes

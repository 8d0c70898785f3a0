"""The head of a state: which of its versions count, and what was said of the one that does.

A write takes a number, writes its entries under it, and then makes it the one that is ``committed``, if that
still is the one it began from. Numbers in between are those of writers that died or came second: whatever
they wrote never counts. So a version is seen whole or not at all, without transactions.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from iacwatch.addresses.index.row_text import compact, head_of, moment_of, stamped
from iacwatch.aws.dynamodb_table import KEY, Item
from iacwatch.core.iac import StateHead

LAST: Final = "last"
COMMITTED: Final = "committed"
TEXT: Final = "text"
ABORTED: Final = "aborted"
WRITTEN: Final = "written_at"
DROPPED: Final = "dropped_at"
MANIFEST: Final = "manifest."
"""Before the number of a version: how many parts its list of rows has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateVersions:
    """A head as it was read.

    `committed` is 0 where no version was finished yet, `last` the highest number that a writer took.
    `text` is what was `said` of the committed version, as it is stored.
    `aborted` are spans of numbers, both ends included. `manifests` holds how many parts the lists of rows of
    versions have, by number.
    """

    state: str
    last: int
    committed: int = 0
    aborted: tuple[tuple[int, int], ...] = ()
    text: str = ""
    said: StateHead | None = None
    written_at: datetime | None = None
    dropped_at: datetime | None = None
    manifests: Mapping[int, int]

    @property
    def standing(self) -> bool:
        """Return whether a version is committed, and was not dropped."""
        return self.committed > 0 and self.dropped_at is None

    @property
    def head(self) -> StateHead:
        """Return what was said of the committed version."""
        if self.said is None:
            raise KeyError(TEXT)
        return self.said

    def visible(self, numbers: Iterable[int]) -> int | None:
        """Return which of an entry's versions counts; None where none does."""
        return max((number for number in numbers if self._counts(number)), default=None)

    def _counts(self, number: int) -> bool:
        return number <= self.committed and not any(low <= number <= high for low, high in self.aborted)


def state_id(place: str) -> str:
    """Return what stands for a place in keys and in the names of attributes."""
    return short(place, 8)


def short(text: str, size: int) -> str:
    """Return a digest of a text, of `size` bytes, in hex."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def head_key(state: str) -> str:
    """Return the key of a state's head."""
    return f"head#{state}"


def versions_of(item: Item) -> StateVersions:
    """Return the head of an item; raise one of `UNREADABLE` where it is none."""

    def number(name: str) -> int | None:
        return int(item[name]["N"]) if name in item else None

    text = item.get(TEXT, {}).get("S", "")
    return StateVersions(
        state=item[KEY]["S"].removeprefix("head#"),
        last=int(item[LAST]["N"]),
        committed=number(COMMITTED) or 0,
        aborted=tuple((low, high) for low, high in json.loads(item[ABORTED]["S"])) if ABORTED in item else (),
        text=text,
        said=head_of(json.loads(text)) if text else None,
        written_at=moment_of(number(WRITTEN)),
        dropped_at=moment_of(number(DROPPED)),
        manifests={
            int(name.removeprefix(MANIFEST)): int(value["N"])
            for name, value in item.items()
            if name.startswith(MANIFEST)
        },
    )


def said(text: str, now: datetime, *, dropped: bool) -> dict[str, Any]:
    """Return the attributes of a head that say what version stands there, as DynamoDB takes them."""
    values: dict[str, Any] = {TEXT: {"S": text}, WRITTEN: {"N": str(stamped(now))}}
    if dropped:
        values[DROPPED] = {"N": str(stamped(now))}
    return values


def spans(there: StateVersions | None, number: int) -> dict[str, str]:
    """Return the spans of aborted numbers, as they are stored, once `number` is committed."""
    aborted = there.aborted if there else ()
    between = (there.committed + 1 if there else 0, number - 1)
    return {"S": compact([*aborted, between] if between[0] <= between[1] else aborted)}

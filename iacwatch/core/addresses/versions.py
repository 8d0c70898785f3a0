"""How one version of a state follows another in an index, and what the index answers of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from iacwatch.core.addresses.keys import may_be
from iacwatch.core.arn import is_account
from iacwatch.core.iac import AddressRow, Indexed, IndexedRow, StateHead
from iacwatch.core.model import Resource

GONE_FOR: Final = timedelta(days=30)
"""How long a row is answered that its state no longer holds: a refresh takes out what a person deleted."""


class Kept(NamedTuple):
    """A row as an index keeps it."""

    row: AddressRow
    gone_at: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        """Return whether it is there, or was not long ago."""
        return self.gone_at is None or self.gone_at + GONE_FOR > now


def follows(new: StateHead, old: StateHead | None) -> bool:
    """Return whether a version may take the place of the one that the index has of the same place.

    Of one lineage an older serial may not, nor an older plan. The same one may be put again.
    """
    if old is None:
        return True
    if new.planned_at is not None and old.planned_at is not None:
        return new.planned_at >= old.planned_at
    return new.lineage != old.lineage or new.serial >= old.serial


def merged(before: Iterable[Kept], rows: Iterable[AddressRow], *, now: datetime) -> list[Kept]:
    """Return what is kept of a state once it holds `rows`: these, and for some time what is gone."""
    kept = {_identity(row): Kept(row) for row in rows}
    for old in before:
        left = Kept(old.row, old.gone_at or now)
        if left.lasts(now):
            kept.setdefault(_identity(old.row), left)
    return list(kept.values())


def accounts_of(kept: Iterable[Kept], head: StateHead) -> dict[str, bool]:
    """Return the accounts that rows of a state belong to, and whether it covers them.

    It covers those whose objects it holds now; a plan covers none, since it holds what changes alone.
    """
    known: dict[str, bool] = {}
    for row, gone_at in kept:
        if is_account(row.account_id):
            there = gone_at is None and head.planned_at is None
            known[row.account_id] = known.get(row.account_id, False) or there
    return known


def answers(
    asked: Mapping[Resource, Sequence[str]],
    found: Mapping[str, Sequence[IndexedRow]],
    covered: frozenset[str],
    *,
    now: datetime,
) -> dict[Resource, Indexed]:
    """Return what an index knows of each resource, by its keys, from rows by key and covered accounts."""
    return {
        resource: Indexed(
            rows=ordered(
                (each for key in keys for each in found.get(key, ()) if may_be(each.row, resource)), now=now
            ),
            covered=resource.account_id in covered,
        )
        for resource, keys in asked.items()
    }


def ordered(rows: Iterable[IndexedRow], *, now: datetime) -> tuple[IndexedRow, ...]:
    """Return each row once: what is there first, then what was seen last, then by place and address.

    What a later plan no longer holds was never there, and is left out.
    """
    there = {
        each
        for each in rows
        if Kept(each.row, each.gone_at).lasts(now) and not (each.gone_at and each.head.planned_at)
    }
    return tuple(sorted(there, key=_place_in_order))


def _place_in_order(each: IndexedRow) -> tuple[bool, float, str, str, str, str]:
    row, head = each.row, each.head
    return (
        each.gone_at is not None,
        -head.seen_at.timestamp(),
        head.place,
        row.address,
        row.deposed,
        row.id or row.arn,
    )


def _identity(row: AddressRow) -> tuple[str, str, str]:
    """Return what stays the same of an instance, however much more is learned of it."""
    return (row.address, row.deposed, row.id or row.arn)

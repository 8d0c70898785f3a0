"""The use case of `address find`: what the index holds of an id, an ARN, an address or a name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from iacwatch.app.address.add import index_of
from iacwatch.app.container import Container
from iacwatch.core.addresses.asked import readings
from iacwatch.core.addresses.stack_rules import head_with, rule_of
from iacwatch.core.iac import IndexedRow, StateHead


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRows:
    """The rows that were found, and, where there are none, the states that were searched."""

    rows: Sequence[IndexedRow]
    searched: Sequence[StateHead] = ()
    now: datetime


def find(container: Container, called: str) -> FoundRows:
    """Return the rows whose id, ARN, address or name in the code is `called`; those that are gone come last.

    Raises `ConfigError` where no index is configured, `IacwatchError` where it cannot be read.
    """
    index, rules, now = index_of(container), container.settings.iac.stack, container.clock.now()
    text = called.strip()
    found = index.search(text, now=now) or [
        each for asked in readings(text) for each in index.search(asked.id, now=now) if asked.may_be(each.row)
    ]
    rows = [replace(each, head=head_with(each.head, rule_of(each.head, rules))) for each in found]
    if not rows:
        return FoundRows(rows=(), searched=index.states(), now=now)
    return FoundRows(rows=sorted(rows, key=lambda each: each.gone_at is not None), now=now)

"""What became of one delivery. Every outcome says what the source has to do with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from iacwatch.core.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reported:
    """Handled: the finding is told wherever its verdict is to be told. `told` is False where none was."""

    finding: Finding
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Not a finding, for a stated reason.

    `reason` is one of ``unmanaged``, ``no-change``, ``known-noise``, ``no-history``, ``not-a-change``.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Told already, by this run or another."""

    finding_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Too early to tell, or held by another run: come back at `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Could not be read, looked up or told: it stays in its queue. `unreadable`: trying again won't help."""

    reason: str
    unreadable: bool = False


Outcome: TypeAlias = Reported | Skipped | Duplicate | Deferred | Failed

"""What became of one delivery; the source settles it accordingly."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from iacwatch.core.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reported:
    """Handled. `emitted`: whether the finding went to the sinks, since its verdict is reported."""

    finding: Finding
    emitted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Not a finding, for a stated reason.

    `reason` is one of ``unmanaged``, ``no-change``, ``known-noise``, ``no-history``, ``not-a-change``.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Reported already, by this run or another."""

    finding_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Too early to judge, or claimed by another run: come back at `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Could not be read, looked up or reported: it stays in its queue. `unreadable`: no retry helps."""

    reason: str
    unreadable: bool = False


Outcome: TypeAlias = Reported | Skipped | Duplicate | Deferred | Failed

"""Where trail events come from, by ``[trail]``: event history, log files, or CloudTrail's table in Athena."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.ports import Clock, Progress, TrailSource
from iacwatch.settings.values import API, ATHENA

if TYPE_CHECKING:
    from iacwatch.aws.cloudtrail_table import TableAddress
    from iacwatch.settings.schema import Trail

LOOKING_UP: Final = "CloudTrail: who called"
"""What the phase is called in which CloudTrail is asked."""


def trail(ours: "Trail", *, sessions: Sessions, clock: Clock, tell: Progress) -> TrailSource:
    """Return the trail that is configured; raise `UsageError` where its folder is not there.

    `tell` is told how far it has read, or how many lookups are left.
    """
    if ours.source == ATHENA:
        from iacwatch.trails.athena.trail import Athena  # noqa: PLC0415  (one of several)

        return Athena(sessions=sessions, clock=clock, where=table_of(ours), tell=tell)
    if ours.source != API:
        from iacwatch.storage.files import open_store  # noqa: PLC0415  (only where files are read)
        from iacwatch.trails.log_files.trail import LogFiles  # noqa: PLC0415  (one of several)

        return LogFiles(store=open_store(ours.source, sessions), clock=clock, tell=tell)
    from iacwatch.trails.lookup_events.trail import LookupEvents  # noqa: PLC0415  (one of several)

    def budget(left: Mapping[tuple[str, str], int]) -> None:
        _budget(left, ours.calls_per_second, tell)

    rate_limit = RateLimit(clock, per_second=ours.calls_per_second)
    return LookupEvents(sessions=sessions, clock=clock, rate_limit=rate_limit, budget=budget)


def table_of(ours: "Trail") -> "TableAddress":
    """Return CloudTrail's table in Athena, as it is configured."""
    from iacwatch.aws.cloudtrail_table import TableAddress  # noqa: PLC0415  (only where Athena is asked)

    return TableAddress(
        database=ours.athena_database,
        table=ours.athena_table,
        workgroup=ours.athena_workgroup,
        output=ours.athena_output,
        region=ours.athena_region,
        catalog=ours.athena_catalog,
    )


def _budget(left: Mapping[tuple[str, str], int], per_second: float, tell: Progress) -> None:
    """Tell how many lookups are left, and how long they take at CloudTrail's pace."""
    if not left:
        tell(LOOKING_UP, 1, 1)
        return
    seconds = max(left.values()) / per_second
    count = sum(left.values())
    note = f"CloudTrail budget: {count} lookup{'s' if count != 1 else ''} left, {seconds:.0f} s"
    tell(LOOKING_UP, 0, None, note)

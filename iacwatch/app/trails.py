"""The registry of trails: where trail events come from, by ``trail.source`` or ``--trail``.

The command line offers what is registered, and its ``--help`` reads the names here: so nothing is imported
before it is made.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from iacwatch.core.text import plain
from iacwatch.errors import ConfigError

if TYPE_CHECKING:
    from iacwatch.aws.cloudtrail_table import TableAddress
    from iacwatch.aws.sessions import Sessions
    from iacwatch.ports import Clock, Progress, TrailSource
    from iacwatch.settings.schema import OneTrailSettings, TrailSettings
    from iacwatch.trails.athena.budget import ScanBudget

API: Final = "api"
ATHENA: Final = "athena"
GIGABYTE: Final = 10**9
LOOKING_UP: Final = "CloudTrail: who called"
"""What the phase is called in which CloudTrail is asked."""


class TrailParts(NamedTuple):
    """What a trail is made from; `progress` hears how far it has read, or how many lookups are left.

    `max_scan` is what all trails in Athena may read together.
    """

    settings: "OneTrailSettings"
    sessions: "Sessions"
    clock: "Clock"
    progress: "Progress"
    max_scan: "ScanBudget | None" = None


class TrailKind(NamedTuple):
    """A way to get trail events: how it is written, what it is, and which values of ``trail.source`` mean it.

    `origin` names what is read, the same for the same events, wherever one calls from.
    """

    form: str
    help: str
    takes: Callable[[str], bool]
    make: "Callable[[TrailParts], TrailSource]"
    origin: "Callable[[TrailParts], str]"


def _lookup_events(parts: TrailParts) -> "TrailSource":
    from iacwatch.aws.rate_limit import RateLimit  # noqa: PLC0415  (one of several)
    from iacwatch.trails.lookup_events.trail import LookupEvents  # noqa: PLC0415  (one of several)

    per_second = parts.settings.calls_per_second

    rate_limit = RateLimit(parts.clock, per_second=per_second)
    budget = LookupProgress(per_second, parts.progress)
    return LookupEvents(sessions=parts.sessions, clock=parts.clock, rate_limit=rate_limit, budget=budget)


def _log_files(parts: TrailParts) -> "TrailSource":
    """Return a trail's log files; raise `UsageError` where their folder is not there."""
    from iacwatch.storage.files import open_store  # noqa: PLC0415  (only where files are read)
    from iacwatch.trails.log_files.trail import LogFiles  # noqa: PLC0415  (one of several)

    store = open_store(parts.settings.source, parts.sessions)
    return LogFiles(store=store, clock=parts.clock, progress=parts.progress)


def _athena(parts: TrailParts) -> "TrailSource":
    from iacwatch.trails.athena.trail import Athena  # noqa: PLC0415  (one of several)

    where = table_of(parts.settings)
    return Athena(
        sessions=parts.sessions,
        clock=parts.clock,
        where=where,
        budget=parts.max_scan,
        progress=parts.progress,
    )


def _table_name(parts: TrailParts) -> str:
    ours = parts.settings
    region = ours.athena_region or parts.sessions.region or ""
    return f"{ATHENA} {region} {ours.athena_catalog} {ours.athena_database} {ours.athena_table}"


TRAILS: Final = (
    TrailKind(
        form=API,
        help="CloudTrail's event history",
        takes=lambda source: source == API,
        make=_lookup_events,
        origin=lambda _: API,
    ),
    TrailKind(
        form="PATH|s3://...",
        help="a trail's log files in a folder or a bucket",
        takes=lambda source: source not in {API, ATHENA} and ("://" not in source or source[:5] == "s3://"),
        make=_log_files,
        origin=lambda parts: place_of(parts.settings.source),
    ),
    TrailKind(
        form=ATHENA,
        help="CloudTrail's table in Athena",
        takes=lambda source: source == ATHENA,
        make=_athena,
        origin=_table_name,
    ),
)
"""Every kind of trail; the first is the default."""


def kind_of(source: str) -> TrailKind:
    """Return the kind of trail that a value of ``trail.source`` means; raise `ConfigError` for none."""
    for kind in TRAILS:
        if kind.takes(source):
            return kind
    forms = ", ".join(kind.form for kind in TRAILS)
    raise ConfigError(f"there is no trail {source!a}", hint=f"trail.source is one of {forms}")


def trail_of(ours: "TrailSettings", parts: TrailParts) -> "TrailSource":
    """Return the trail of ``[trail]``, with those of ``[[trail.fallback]]`` behind it."""
    if any(each.source == ATHENA for each in ours.each):
        from iacwatch.trails.athena.budget import ScanBudget  # noqa: PLC0415  (only where Athena is asked)

        most = round(ours.athena_max_scan * GIGABYTE)
        parts = parts._replace(max_scan=ScanBudget(most or None))
    made = [kind_of(each.source).make(parts._replace(settings=each)) for each in ours.each]
    if not ours.fallback:
        return made[0]
    from iacwatch.trails.fallback import FallbackTrail, RankedTrail  # noqa: PLC0415  (only for several)

    accounts = [(), *(each.accounts for each in ours.fallback)]
    ranked = [
        RankedTrail(name=plain(each.source, 200), trail=trail, accounts=frozenset(those))
        for each, trail, those in zip(ours.each, made, accounts, strict=True)
    ]
    return FallbackTrail(ranked, clock=parts.clock)


def origin_of(ours: "TrailSettings", parts: TrailParts) -> str:
    """Return what trail events are read from: the same text for the same events."""
    first, *others = (kind_of(each.source).origin(parts._replace(settings=each)) for each in ours.each)
    also = (
        f"{origin} of {','.join(sorted(each.accounts)) or 'any'}"
        for origin, each in zip(others, ours.fallback, strict=True)
    )
    return ", then ".join((first, *also))


def table_of(ours: "OneTrailSettings") -> "TableAddress":
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


def place_of(place: str) -> str:
    """Return a folder or a URL that something is read from, the same whatever folder one calls from."""
    from pathlib import Path  # noqa: PLC0415  (--help needs it not)

    return place if "://" in place else str(Path(place).expanduser().resolve())


class LookupProgress:
    """Reports how many of the lookups are made, of as many as are thought to be needed."""

    def __init__(self, per_second: float, progress: "Progress") -> None:
        """Take how many lookups a second an account and region takes, and what shows the progress."""
        self._per_second, self._progress = per_second, progress
        self._made = 0

    def __call__(self, left: Mapping[tuple[str, str], int]) -> None:
        """Count a lookup; `left` is how many each account and region is thought to need yet: none ends it."""
        if not left:
            self._made = 0
            self._progress(LOOKING_UP, 1, 1)
            return
        self._made += 1
        wait = max(left.values()) / self._per_second
        total = self._made + sum(left.values())
        self._progress(LOOKING_UP, self._made, total, f"lookups, {wait:.0f} s left")

"""The use cases over the past of many resources: `backfill`, and the daily reconciliation."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from iacwatch.app.container import Container
from iacwatch.app.places import check_places, places_in
from iacwatch.app.runs import PastRun
from iacwatch.app.spool import mark_ended, spool_of
from iacwatch.app.trails import place_of
from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.core.model import Window
from iacwatch.core.text import plain
from iacwatch.errors import UsageError
from iacwatch.ports import PastSource, Sink
from iacwatch.storage.spool import Spool

API: Final = "api"
RECONCILED: Final = timedelta(hours=26)
"""How far back a daily reconciliation looks: two hours more than a day, and what settles late besides."""

_TYPE: Final = re.compile(r"[A-Za-z0-9_]{1,64}(?:::[A-Za-z0-9_]{1,64}){1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRequest:
    """What somebody wants to know of the past: every field distinguishes one run from another (see `_terms`).

    `since` and `until` are the times meant, `spelled` how they were given ("26h", "" where not at all): the
    same words are the same run. `changes` is ``api``, a folder or ``s3://...``; no `accounts` or `regions`
    stand for ours (of files: for all).
    """

    since: datetime
    until: datetime
    spelled: tuple[str, str] = ("", "")
    changes: str = API
    types: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRun(PastRun):
    """A run over a past range.

    `window` is its range, `resumed` since when it has been under way where an earlier one was interrupted.
    `short` says for which accounts and regions the trail does not reach back so far, and to when it does.
    """

    spool: Spool
    window: Window
    resumed: datetime | None = None
    short: tuple[tuple[str, datetime], ...] = ()

    def end(self, *, done: bool) -> None:
        """Let go of what was gathered: forget it where all is `done`, else leave it for the next run."""
        if done and not self.whole:
            mark_ended(self.spool)
        PastRun.end(self, done=done)


def backfill(
    container: Container,
    asked: BackfillRequest,
    sinks: Sequence[Sink],
    *,
    remember: bool = True,
    new_only: bool = False,
    folder: Path | None = None,
) -> BackfillRun:
    """Return a run over the past.

    `remember` False: nothing is recorded in the ledger. `new_only`: only what the ledger does not have.
    `folder`: where to gather what was found, instead of the user's state folder. Raises `UsageError` where it
    cannot be.
    """
    from iacwatch.trails.cached import CachedTrail  # noqa: PLC0415  (only the past needs it)

    now = container.clock.now()
    _check_types(asked.types)
    places = _places(container, asked)
    spool, window, resumed = spool_of(
        folder or _state_folder(container),
        _terms(container, asked, places),
        Window(start=asked.since, end=asked.until),
        now=now,
    )
    made: PastSource
    if asked.changes == API:
        made = _from_api(container, asked, spool, window, places)
    else:
        made = _from_files(container, asked, spool, window)
    trail = CachedTrail(container.trail, spool, progress=container.report_progress)
    pipeline = container.pipeline(sinks, remember=remember, new_only=new_only, trail=trail)
    short = (
        (str(place).strip(), reach.start)
        for place in places or [ConfigPlace("", "")]
        if (reach := container.trail.reach(*place, now=now)).start > window.start
    )
    return BackfillRun(
        source=made, pipeline=pipeline, spool=spool, window=window, resumed=resumed, short=tuple(short)
    )


def reconcile(
    container: Container,
    sinks: Sequence[Sink],
    *,
    folder: Path,
    span: timedelta = RECONCILED,
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> BackfillRun:
    """Return the run that reports what EventBridge did not deliver: what is old enough, but not reported.

    `folder` is where it may keep what it gathered (a function's ``/tmp``).
    """
    now = container.clock.now()
    asked = BackfillRequest(
        since=now - span,
        until=now - container.settings.attribution.give_up_after,
        spelled=(f"{span.total_seconds():.0f}s", ""),
        accounts=tuple(accounts),
        regions=tuple(regions),
    )
    return backfill(container, asked, sinks, new_only=True, folder=folder)


def _check_types(types: Sequence[str]) -> None:
    for each in types:
        if _TYPE.fullmatch(each) is None:
            raise UsageError(f"{plain(each, 80)} is not a resource type", hint="write AWS::EC2::Instance")


def _places(container: Container, asked: BackfillRequest) -> tuple[ConfigPlace, ...]:
    """Return every account and region that was asked for; raise `UsageError` where one may not be."""
    check_places(container.sessions, asked.accounts, asked.regions)
    if asked.changes != API:
        return tuple(ConfigPlace(account, region) for account in asked.accounts for region in asked.regions)
    accounts = asked.accounts or (container.sessions.own_account(),)
    return places_in(container.sessions, accounts, asked.regions)


def _from_api(
    container: Container, asked: BackfillRequest, spool: Spool, window: Window, places: Sequence[ConfigPlace]
) -> PastSource:
    from iacwatch.sources.history.api import HistoryApi  # noqa: PLC0415  (one of two)

    return HistoryApi(
        calls=ConfigCalls(container.sessions, container.clock, container.config_rate_limit),
        spool=spool,
        places=places,
        window=window,
        tag_key=container.settings.managed.tag_key,
        types=asked.types,
        clock=container.clock,
        progress=container.report_progress,
    )


def _from_files(container: Container, asked: BackfillRequest, spool: Spool, window: Window) -> PastSource:
    from iacwatch.sources.history.files import HistoryFiles  # noqa: PLC0415  (the same)
    from iacwatch.storage.files import open_store  # noqa: PLC0415  (the same)

    return HistoryFiles(
        store=open_store(asked.changes, container.sessions),
        spool=spool,
        window=window,
        tag_key=container.settings.managed.tag_key,
        accounts=asked.accounts,
        regions=asked.regions,
        types=asked.types,
        refuse=container.sessions.refusal,
        progress=container.report_progress,
    )


def _state_folder(container: Container) -> Path:
    if container.state_folder is None:
        raise UsageError(
            "there is no home folder to gather the changes in", hint="set XDG_STATE_HOME to a folder"
        )
    return container.state_folder / "backfill"


def _terms(container: Container, asked: BackfillRequest, places: Sequence[ConfigPlace]) -> dict[str, str]:
    """Return what distinguishes a run from another: the same run has the same terms.

    Every field of what was asked for is among them, in its own words where nothing else is said here, so that
    a new one cannot be forgotten: a run would go on with what another one gathered.
    """
    since, until = asked.spelled
    return {
        **{each.name: repr(getattr(asked, each.name)) for each in fields(asked)},
        "since": since or asked.since.isoformat(),
        "until": until or ("" if since else asked.until.isoformat()),
        "changes": asked.changes if asked.changes == API else place_of(asked.changes),
        "types": json.dumps(sorted(asked.types)),
        # Those that are meant where nobody named any: named or not, they are the same.
        "accounts": json.dumps(list(dict.fromkeys(place.account_id for place in places) or asked.accounts)),
        "regions": json.dumps(list(dict.fromkeys(place.region for place in places) or asked.regions)),
        "tag": container.settings.managed.tag_key,
        "trail": container.trail_origin,
    }

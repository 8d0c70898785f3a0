"""How the parts are joined for a run over the past: `backfill`, and the daily reconciliation."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from iacwatch.app.container import Container
from iacwatch.app.spool import ended, spool_of
from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.core.arn import is_account, is_region
from iacwatch.core.model import Window
from iacwatch.core.text import plain
from iacwatch.errors import UsageError
from iacwatch.pipeline.run import Pipeline
from iacwatch.pipeline.summary import Summary
from iacwatch.ports import PastSource, Progress, Sink, silent
from iacwatch.settings.values import ATHENA
from iacwatch.storage.spool import Spool

API: Final = "api"
RECONCILED: Final = timedelta(hours=26)
"""How far back a daily reconciliation looks: two hours more than a day, and what settles late besides."""

_TYPE: Final = re.compile(r"[A-Za-z0-9_]{1,64}(?:::[A-Za-z0-9_]{1,64}){1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to know of the past.

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
class Past:
    """A run over the past: `run` it, tell what came of it, then `end` it.

    `window` is its range, `resumed` since when it has been under way where an earlier one was interrupted.
    `short` says for which accounts and regions the trail does not reach back so far, and to when it does.
    """

    source: PastSource
    pipeline: Pipeline
    spool: Spool
    window: Window
    resumed: datetime | None = None
    short: tuple[tuple[str, datetime], ...] = ()

    def run(self) -> Summary:
        """Take every change of the range down the road; raises what `Pipeline.run` does."""
        return self.pipeline.run(self.source, settle_late=False)

    @property
    def whole(self) -> bool:
        """Say whether everything that was looked at could be read and told, as far as it ran."""
        summary = self.pipeline.summary
        return not (summary.failed or summary.failures or self.source.failures)

    def end(self, *, done: bool) -> None:
        """Let go of what was gathered: forget it where all is `done`, else leave it for the next run."""
        if done and self.whole:
            self.source.finish()
        elif done:
            ended(self.spool)
        self.source.close()


def past(
    container: Container,
    asked: Asked,
    sinks: Sequence[Sink],
    *,
    remember: bool = True,
    new_only: bool = False,
    tell: Progress = silent,
    folder: Path | None = None,
) -> Past:
    """Return a run over the past.

    `remember` False: nothing is told to the ledger. `new_only`: only what the ledger has not. `folder`: where
    to gather what was found, instead of the user's state folder. Raises `UsageError` where it cannot be.
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
        made = _from_api(container, asked, spool, window, places=places, tell=tell)
    else:
        made = _from_files(container, asked, spool, window, tell=tell)
    pipeline = container.pipeline(
        sinks, remember=remember, new_only=new_only, trail=CachedTrail(container.trail, spool, tell=tell)
    )
    short = (
        (str(place).strip(), reach.start)
        for place in places or [ConfigPlace("", "")]
        if (reach := container.trail.reach(*place, now=now)).start > window.start
    )
    return Past(
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
) -> Past:
    """Return the run that tells what EventBridge did not deliver: what is old enough, and nobody was told of.

    `folder` is where it may keep what it gathered (a function's ``/tmp``).
    """
    now = container.clock.now()
    asked = Asked(
        since=now - span,
        until=now - container.settings.attribution.give_up_after,
        spelled=(f"{span.total_seconds():.0f}s", ""),
        accounts=tuple(accounts),
        regions=tuple(regions),
    )
    return past(container, asked, sinks, new_only=True, folder=folder)


def _check_types(types: Sequence[str]) -> None:
    for each in types:
        if _TYPE.fullmatch(each) is None:
            raise UsageError(f"{plain(each, 80)} is no resource type", hint="write AWS::EC2::Instance")


def _places(container: Container, asked: Asked) -> tuple[ConfigPlace, ...]:
    """Return every account and region that was asked for; raise `UsageError` where one may not be."""
    for account_id in asked.accounts:
        if not is_account(account_id):
            raise UsageError(f"{plain(account_id, 40)} is no account id", hint="write its 12 digits")
        if reason := container.sessions.refusal(account_id):
            raise UsageError(reason)
    for region in asked.regions:
        if not is_region(region):
            raise UsageError(f"{plain(region, 40)} is no AWS region", hint="write eu-west-1,us-east-1")
    if asked.changes != API:
        return tuple(ConfigPlace(account, region) for account in asked.accounts for region in asked.regions)
    accounts = asked.accounts or (container.sessions.own_account(),)
    regions = asked.regions or ((container.sessions.region,) if container.sessions.region else ())
    if not regions:
        raise UsageError("no AWS region is known", hint="pass --regions, or --region")
    return tuple(
        ConfigPlace(account, region)
        for account in dict.fromkeys(accounts)
        for region in dict.fromkeys(regions)
    )


def _from_api(
    container: Container,
    asked: Asked,
    spool: Spool,
    window: Window,
    *,
    places: Sequence[ConfigPlace],
    tell: Progress,
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
        tell=tell,
    )


def _from_files(
    container: Container, asked: Asked, spool: Spool, window: Window, *, tell: Progress
) -> PastSource:
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
        tell=tell,
    )


def _state_folder(container: Container) -> Path:
    if container.state_folder is None:
        raise UsageError(
            "there is no home folder to gather the changes in", hint="set XDG_STATE_HOME to a folder"
        )
    return container.state_folder / "backfill"


def _terms(container: Container, asked: Asked, places: Sequence[ConfigPlace]) -> dict[str, str]:
    """Return the arguments of a run as they were given: what is the same run has the same."""
    return {
        "since": asked.spelled[0] or asked.since.isoformat(),
        "until": asked.spelled[1] or ("" if asked.spelled[0] else asked.until.isoformat()),
        "changes": _place_of(asked.changes),
        "types": json.dumps(sorted(asked.types)),
        "places": json.dumps([str(place) for place in places] or [asked.accounts, asked.regions]),
        "tag": container.settings.managed.tag_key,
        "trail": _trail_of(container),
    }


def _trail_of(container: Container) -> str:
    """Return where trail events come from: another table is another run, as another folder is."""
    ours = container.settings.trail
    if ours.source != ATHENA:
        return _place_of(ours.source)
    region = ours.athena_region or container.sessions.region or ""
    return f"{ATHENA} {region} {ours.athena_catalog} {ours.athena_database} {ours.athena_table}"


def _place_of(place: str) -> str:
    """Return a place that changes or trail events come from, the same whatever folder one calls from."""
    return place if place == API or "://" in place else str(Path(place).expanduser().resolve())

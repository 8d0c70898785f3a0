"""The use case of `who`: the past of one resource."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iacwatch.app.container import Container
from iacwatch.app.places import check_places, places_in
from iacwatch.app.runs import PastRun
from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.core.arn import GLOBAL, home_of, is_account, is_region
from iacwatch.core.catalog.places import is_global, trail_region
from iacwatch.core.catalog.references import Reference, reference
from iacwatch.core.model import Resource, Window
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, IacwatchError, UsageError
from iacwatch.ports import Sink
from iacwatch.sources.history.one_resource import HistoryOfOne
from iacwatch.sources.history.resource_search import Found, Search

_LONGEST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoRequest:
    """Whose past somebody wants to know: what they call the resource, where it may be, since when.

    No `accounts` or `regions` stand for those that an ARN names, else for ours.
    """

    called: str
    since: datetime
    types: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoRun(PastRun):
    """A run over one resource's past: `found` is the resource, `window` the range.

    `reaches` is since when the trail knows who called.
    """

    source: HistoryOfOne
    found: Found
    account_id: str
    window: Window
    reaches: datetime


class SeveralError(UsageError):
    """What was asked for may be any of several resources: `candidates`."""

    def __init__(self, called: str, candidates: Sequence[Found]) -> None:
        number = f"{len(candidates)} resources"
        super().__init__(
            f"{plain(called, _LONGEST)} may be any of {number}",
            hint="name one by its id or ARN, or narrow with --resource-type, --account or --regions",
        )
        self.candidates = tuple(candidates)


def who(container: Container, wanted: WhoRequest, sinks: Sequence[Sink], *, remember: bool = True) -> WhoRun:
    """Find the resource and return the run over its past.

    Raises `SeveralError` where several are called so, `IacwatchError` where none is, and what AWS refuses.
    """
    called = reference(wanted.called)
    places = _places(container, wanted, called)
    if any(not place.account_id for place in places):
        # STS is asked meanwhile, so that nobody waits for it.
        threading.Thread(target=_ask_who, args=(container,), name="own-account", daemon=True).start()
    now = container.clock.now()
    window = Window(start=wanted.since, end=now)
    calls = ConfigCalls(container.sessions, container.clock, container.config_rate_limit)
    search = Search(
        calls=calls,
        places=places,
        homes=_homes(wanted, called, places),
        types=wanted.types,
        progress=container.report_progress,
    )

    def history(found: Found) -> HistoryOfOne:
        def namesakes() -> Sequence[str]:
            return _namesakes(search, called, found)

        return HistoryOfOne(
            calls=calls,
            found=found,
            window=window,
            account=container.sessions.own_account,
            progress=container.report_progress,
            aside=namesakes,
        )

    try:
        found, source = _begun(search, called, places, history)
    except IacwatchError:
        _refuse(container, wanted, called)  # whose it is matters more than what was not found in ours
        raise
    try:
        _refuse(container, wanted, called)
    except UsageError:
        source.close()
        raise
    account_id = found.place.account_id or container.sessions.own_account()
    region = trail_region(_resource(found, account_id))
    return WhoRun(
        found=found,
        account_id=account_id,
        source=source,
        pipeline=container.pipeline(sinks, remember=remember, everything=True, newest_first=True),
        window=window,
        reaches=container.trail.reach(account_id, region, now=now).start,
    )


def _begun(
    search: Search,
    called: Reference,
    places: Sequence[ConfigPlace],
    history: Callable[[Found], HistoryOfOne],
) -> tuple[Found, HistoryOfOne]:
    """Return the one resource that is meant, and its history, which is being read already."""
    candidates: list[Found] = []
    guesses = search.narrowed(called.guesses)
    if len(guesses) == 1 and len(places) == 1:
        # Its form says what it is: no need to ask for it first.
        found = Found(places[0], *guesses[0], exact=True)
        source = history(found)
        if source.begin():
            return found, source
    elif guesses:
        candidates = search.guessed(called)
    for look in (search.there, search.listed):
        candidates = candidates or look(called)
    if not candidates:
        raise IacwatchError(
            f"AWS Config knows nothing called {plain(called.text, _LONGEST)}: looked at"
            f" {' and at '.join(search.looked)}",
            hint="--regions and --account look elsewhere, --resource-type at a further type",
        )
    if len(candidates) > 1:
        raise SeveralError(called.text, candidates)
    source = history(candidates[0])
    if not source.begin():
        raise IacwatchError(
            f"AWS Config lists {candidates[0].type} {plain(candidates[0].id, _LONGEST)}, but holds no history"
            " of it (any more)",
            hint="check that its recorder covers the type, and how long it keeps history",
        )
    return candidates[0], source


def _namesakes(search: Search, called: Reference, found: Found) -> Sequence[str]:
    """Warn of others of that name, which may be gone: a name can be given anew."""
    if found.exact:
        return ()
    try:
        others = [each for each in search.listed(called, types=[found.type]) if each.id != found.id]
    except AwsError as error:
        return (f"whether other resources had that name: {error}",)
    return tuple(
        f"another one of that name, {plain(each.id, _LONGEST)}"
        + (f", deleted {each.gone_at:%Y-%m-%d %H:%M} UTC" if each.gone_at else "")
        for each in others
    )


def _ask_who(container: Container) -> None:
    with suppress(IacwatchError):  # whoever needs the answer gets the error
        container.sessions.own_account()


def _places(container: Container, wanted: WhoRequest, called: Reference) -> tuple[ConfigPlace, ...]:
    """Return where to look; raise `UsageError` where that may not be."""
    accounts, regions = wanted.accounts, wanted.regions
    if called.arn is not None:
        # What is not allowed is ours, or refused once STS answered: nobody waits for it to look into ours.
        there = is_account(called.arn.account_id) and container.sessions.allows(called.arn.account_id)
        accounts = accounts or ((called.arn.account_id,) if there else ())
        regions = regions or ((called.arn.region,) if is_region(called.arn.region) else ())
    check_places(container.sessions, accounts, regions)
    return places_in(container.sessions, accounts or ("",), regions)


def _refuse(container: Container, wanted: WhoRequest, called: Reference) -> None:
    """Raise `UsageError` where an ARN names an account that is neither ours nor allowed."""
    if called.arn is None or wanted.accounts or not is_account(called.arn.account_id):
        return
    if reason := container.sessions.refusal(called.arn.account_id):
        raise UsageError(reason)


def _homes(wanted: WhoRequest, called: Reference, places: Sequence[ConfigPlace]) -> tuple[ConfigPlace, ...]:
    """Return where global resources may be recorded besides: in the home region of the partition."""
    if wanted.regions or (called.arn is not None and called.arn.region):
        return ()
    homes = dict.fromkeys(ConfigPlace(account_id, home_of(region)) for account_id, region in places)
    return tuple(home for home in homes if home not in places)


def _resource(found: Found, account_id: str) -> Resource:
    everywhere = is_global(found.type, found.arn or None)
    return Resource(
        account_id=account_id,
        region=GLOBAL if everywhere else found.place.region,
        type=found.type,
        id=found.id,
        arn=found.arn or None,
        recorded_in=found.place.region,
    )

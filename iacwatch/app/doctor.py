"""How `iacwatch doctor` gets what it judges: the settings of the command line, or those of a function."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from iacwatch.app import trails
from iacwatch.app.container import Container
from iacwatch.aws.errors import calling
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.core.arn import arn_parts
from iacwatch.core.text import plain
from iacwatch.doctor.setup import AddressSetup, BusSetup, LedgerSetup, Setup, SlackSetup, TrailSetup
from iacwatch.errors import IacwatchError, UsageError
from iacwatch.settings.load import Given
from iacwatch.settings.rules import rules
from iacwatch.settings.schema import OneTrailSettings
from iacwatch.settings.values import DYNAMODB
from iacwatch.sources.sqs.source import queue_region


def setup(
    *,
    config: str | None = None,
    profile: str | None = None,
    region: str | None = None,
    queue_url: str | None = None,
    function: str | None = None,
    post: bool = False,
) -> Setup:
    """Return what is examined; raise `UsageError` where no region is known, or the configuration is wrong.

    `function` (a name or an ARN): its settings are judged instead of those of the command line. Where they
    cannot be had, the latter are, and `Setup.trouble` says why.
    `post`: a test message may be posted to each Slack channel.
    """
    given = {"queue.url": Given("--queue-url", queue_url)} if queue_url else {}
    container = Container(config=config, profile=profile, region=region, overrides=given)
    parts = arn_parts(function)
    where = parts.region if parts is not None else ""
    trouble: IacwatchError | None = None
    if function:
        try:
            environ = _environment(container, function, where)
            _check_readable(environ)
            container = Container(
                environ=environ, sessions=container.sessions, overrides=given, usual_places=False
            )
        except IacwatchError as error:
            trouble = error
    made = _setup(container, profile=profile, region=where, function=function or "", trouble=trouble)
    return replace(made, post=post)


def _environment(container: Container, function: str, region: str) -> Mapping[str, str]:
    """Return the environment of a function."""
    client = container.sessions.client("lambda", region=region or None)
    with calling(
        f"cannot read the settings of the function {function}", action="lambda:GetFunctionConfiguration"
    ):
        answer: Mapping[str, Any] = client.get_function_configuration(FunctionName=function)
    return (answer.get("Environment") or {}).get("Variables") or {}


def _check_readable(environ: Mapping[str, str]) -> None:
    """Raise `IacwatchError` where the function's configuration is a file of its own."""
    named = environ.get("IACWATCH_CONFIG", "")
    if named and not named.startswith(("ssm:", "s3://")):
        raise IacwatchError(
            f"the function's configuration {plain(named, 200)} is in its zip, which is not looked at",
            hint="judge the same file with --config instead of --function",
        )


def _setup(
    container: Container, *, profile: str | None, region: str, function: str, trouble: IacwatchError | None
) -> Setup:
    ours = container.settings
    own = container.sessions.region
    if own is None:
        raise UsageError(
            "no AWS region is known", hint="pass --region, or set AWS_DEFAULT_REGION or the profile's"
        )
    return Setup(
        sessions=container.sessions,
        clock=container.clock,
        rate_limit=RateLimit(container.clock, per_second=ours.trail.calls_per_second),
        region=queue_region(ours.queue.url) or region or own,
        rules=rules(ours),
        configured=bool(ours.workflow),
        profile=profile or "",
        queue_url=ours.queue.url,
        dlq_url=ours.queue.dlq_url,
        calls_per_second=ours.trail.calls_per_second,
        trail=_trail(container, ours.trail, own),
        fallback=tuple(
            replace(_trail(container, each, own), accounts=each.accounts) for each in ours.trail.fallback
        ),
        allowed=ours.accounts.allowed,
        slack=_slack(container),
        bus=BusSetup(name=ours.events.bus, region=ours.events.region or region or own),
        ledger=_ledger(container, region or own, function=bool(function) and trouble is None),
        addresses=_addresses(container, function=bool(function) and trouble is None),
        function=function,
        trouble=trouble,
    )


def _trail(container: Container, ours: OneTrailSettings, region: str) -> TrailSetup:
    match trails.kind_of(ours.source).form:
        case trails.API:
            return TrailSetup()
        case trails.ATHENA:
            table = replace(trails.table_of(ours), region=ours.athena_region or region)
            return TrailSetup(source=ours.source, athena=table)
        case _:
            return TrailSetup(source=ours.source, delivered=_delivered(container, ours.source))


def _delivered(container: Container, source: str) -> Callable[[str, str], tuple[datetime, datetime] | None]:
    """Return what finds when log files were delivered, by account and region, as the trail itself sees it."""

    def ends(account_id: str, region: str) -> tuple[datetime, datetime] | None:
        from iacwatch.storage.files import open_store  # noqa: PLC0415  (only for log files)
        from iacwatch.trails.log_files.listing import LogListing  # noqa: PLC0415  (the same)

        now = container.clock.now()
        listing = LogListing(open_store(source, container.sessions))
        covered = listing.at(now, until=now).coverage((account_id, region))
        return None if covered is None else (covered.first, covered.last)

    return ends


def _slack(container: Container) -> SlackSetup:
    ours = container.settings.slack
    if not ours.configured:
        return SlackSetup()
    channels = (ours.channel, *(route.channel for route in ours.route))
    return SlackSetup(
        token=_later(container, ours.token) if ours.token else None,
        webhook=_later(container, ours.webhook_url) if not ours.token else None,
        api_url=ours.api_url,
        channels=tuple(channel for channel in channels if channel),
    )


def _later(container: Container, place: str) -> Callable[[], str]:
    return lambda: container.secret(place)


def _ledger(container: Container, region: str, *, function: bool) -> LedgerSetup:
    url = container.settings.ledger.url
    if url.startswith(DYNAMODB):
        return LedgerSetup(url=url, table=url.removeprefix(DYNAMODB), region=region)
    if url == "memory" or function:
        return LedgerSetup(url=url)
    try:
        return LedgerSetup(url=url, path=str(container.ledger_path(url)))
    except UsageError as error:
        return LedgerSetup(url=url, trouble=error)


def _addresses(container: Container, *, function: bool) -> AddressSetup:
    """Return the index of addresses; a file that a function names is on no disk of ours."""
    url, known = container.settings.iac.index, container.settings.iac.rules
    if function and url and not url.startswith(DYNAMODB):
        trouble = IacwatchError(
            f"the function's index of addresses ({url}) is a file that nobody fills",
            hint="set IACWATCH_IAC__INDEX=dynamodb://table for the function",
        )
        return AddressSetup(url=url, rules=known, trouble=trouble)
    try:
        return AddressSetup(url=url, index=container.address_index, rules=known)
    except UsageError as error:
        return AddressSetup(url=url, rules=known, trouble=error)

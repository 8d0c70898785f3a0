"""Whether the trail and Config's history answer, here and where else changes are looked into, and how fresh.

Only what reads is tried: a lookup of one page (or what lies there, where the trail is read from log files or
from a table), and the history of an object that does not exist.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from iacwatch.aws.sessions import calling, code_of, throttled
from iacwatch.core.arn import GLOBAL, is_account, trail_region
from iacwatch.core.model import Resource
from iacwatch.core.text import plain
from iacwatch.doctor import athena, logs
from iacwatch.doctor.check import Check, broken, may, ok, unseen, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AccessDenied, AwsError

LATELY: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_TRIES: Final = 4
_NOWHERE: Final = ("AWS::EC2::SecurityGroup", "sg-00000000000000000")
_ANSWERED: Final = frozenset({"ResourceNotDiscoveredException", "NoAvailableConfigurationRecorderException"})
"""What Config says of an object that it never saw; whoever may not ask hears something else."""


def lookup(setup: Setup, *, region: str, account_id: str | None = None, **asked: Any) -> Mapping[str, Any]:
    """Make one LookupEvents call at the pace that is set; raise `AwsError` where it is not answered."""
    key = (account_id or "", region)
    doing = f"cannot read the trail in {region}" + (f" of {account_id}" if account_id else "")
    left = _TRIES
    while True:
        left -= 1
        setup.rate_limit.wait(key)
        try:
            with calling(doing, action="cloudtrail:LookupEvents"):
                client = setup.sessions.client("cloudtrail", region=region, account_id=account_id)
                answer: Mapping[str, Any] = client.lookup_events(**asked)
                return answer
        except AwsError as error:
            if not left or not _too_many(error):
                raise
            setup.rate_limit.throttled(key)


def _too_many(error: AwsError) -> bool:
    """Say whether AWS refused a call because there were too many."""
    return isinstance(error.__cause__, Exception) and throttled(error.__cause__)


def checks(setup: Setup, *, drained: bool) -> Iterator[Check]:
    """Look where trail events come from; `drained`: a function does the work, by a role of its own."""
    yield from _trail(setup, home_region(setup.region), drained=drained)
    yield _history(setup, drained=drained)
    if "*" in setup.allowed:
        yield ok(
            "accounts", 'changes of any account are looked into ("*"): none is named that could be tried'
        )
    for account in sorted(set(setup.allowed) - {"*"}):
        yield from _member(setup, account)


def _trail(setup: Setup, home: str, *, drained: bool) -> Iterator[Check]:
    if setup.trail.athena is not None:
        yield from athena.checks(setup, setup.trail.athena, home, drained=drained)
    elif setup.trail.delivered is not None:
        yield from logs.checks(setup, home, drained=drained)
    else:
        yield _fresh(setup, drained=drained)
        if home != setup.region:
            yield _home(setup, home, drained=drained)


def home_region(region: str) -> str:
    """Return the region whose trail holds the calls of global services."""
    return trail_region(
        Resource(account_id="", region=GLOBAL, type="AWS::IAM::Role", id="", recorded_in=region)
    )


def _fresh(setup: Setup, *, drained: bool) -> Check:
    now = setup.clock.now()
    try:
        answer = lookup(setup, region=setup.region, StartTime=now - _DAY, EndTime=now, MaxResults=1)
    except AwsError as error:
        return may("trail", error, drained=drained)
    newest = next((event["EventTime"] for event in answer.get("Events", ())), None)
    if newest is None:
        return warn(
            "trail",
            f"CloudTrail answers, but knows no call in {setup.region} in the last 24 hours",
            "make any call there and look again in 15 minutes; check the region",
        )
    age = now - newest
    minutes = max(0, int(age / timedelta(minutes=1)))
    if age > LATELY:
        return warn(
            "trail",
            f"CloudTrail answers, but its newest event in {setup.region} is {minutes} minutes old",
            "nothing has to be done in a quiet account; else see the AWS Health Dashboard",
        )
    return ok("trail", f"CloudTrail answers in {setup.region}; its newest event is {minutes} minutes old")


def _home(setup: Setup, home: str, *, drained: bool) -> Check:
    now = setup.clock.now()
    try:
        lookup(setup, region=home, StartTime=now - LATELY, EndTime=now, MaxResults=1)
    except AwsError as error:
        return may("trail.global", error, drained=drained)
    return ok(
        "trail.global", f"CloudTrail answers in {home}, where the calls of global services are (IAM ...)"
    )


def _history(setup: Setup, *, drained: bool) -> Check:
    try:
        ask_history(setup)
    except AwsError as error:
        return may("history", error, drained=drained)
    return ok("history", f"AWS Config's history answers in {setup.region}")


def ask_history(setup: Setup, account_id: str | None = None) -> None:
    """Ask for the history of an object that does not exist; raise `AwsError` where that is not answered."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  (only where AWS is asked)

    kind, nobody = _NOWHERE
    doing = f"cannot read AWS Config's history in {setup.region}" + (
        f" of {account_id}" if account_id else ""
    )
    with calling(doing, action="config:GetResourceConfigHistory"):
        client = setup.sessions.client("config", region=setup.region, account_id=account_id)
        try:
            client.get_resource_config_history(resourceType=kind, resourceId=nobody, limit=1)
        except ClientError as error:
            if code_of(error) not in _ANSWERED:
                raise


def _member(setup: Setup, account: str) -> Iterator[Check]:
    """Try an account's role, and what it has to allow."""
    name = f"accounts.{account}" if is_account(account) else f"accounts.{plain(account, 40)}"
    now = setup.clock.now()
    try:
        if setup.trail.lookups:
            lookup(
                setup,
                region=setup.region,
                account_id=account,
                StartTime=now - LATELY,
                EndTime=now,
                MaxResults=1,
            )
        ask_history(setup, account)
    except AwsError as error:
        yield _trusted(setup, name, error)
    else:
        reads = "trail and history" if setup.trail.lookups else "history"
        yield ok(name, f"its role in account {account} can be assumed, and reads its {reads}")


def _trusted(setup: Setup, name: str, error: AwsError) -> Check:
    """Return the line for an account that did not answer: the role may trust only the function's."""
    if setup.function and isinstance(error, AccessDenied):
        message = f"{error.message}; the function has a role of its own, which is not tried"
        return unseen(name, message, f"only if these credentials are to work there: {error.hint}")
    return broken(name, error)


def writes(setup: Setup, *, pages: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
    """Return the newest writes in our region, and whether there were more than so many pages of them."""
    now = setup.clock.now()
    asked: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": now - 7 * _DAY,
        "EndTime": now,
    }
    found: list[Mapping[str, Any]] = []
    for _ in range(pages):
        answer = lookup(setup, region=setup.region, **asked)
        found.extend(answer.get("Events", ()))
        if not answer.get("NextToken"):
            return found, False
        asked["NextToken"] = answer["NextToken"]
    return found, True

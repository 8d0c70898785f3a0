"""Checks a trail's log files: are they there for the account and region, and how fresh is the newest."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.text import plain
from iacwatch.doctor.result import Result, broken, fail, may, ok, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError, IacwatchError, NotThere

LATELY: Final = timedelta(hours=1)
_MINUTE: Final = "%Y-%m-%d %H:%MZ"


def judge_files(setup: Setup, home: str, *, drained: bool) -> Iterator[Result]:
    """Judge the files of our account, here and in the home region, where the calls of global services are."""
    where = plain(setup.trail.source, 200)
    try:
        account = setup.sessions.own_account()
    except AwsError as error:
        yield may("trail", error, drained=drained)
        return
    found = _look(setup, account, setup.region)
    if isinstance(found, IacwatchError):
        yield _unread(found, drained=drained)
        return
    yield _here(setup, where, account, found)
    if home != setup.region:
        yield _at_home(where, account, home, _look(setup, account, home), drained=drained)


def judge_older(setup: Setup, *, drained: bool) -> Result:
    """Judge files behind another trail: what they hold of our account, or of the first that they are for."""
    where = plain(setup.trail.source, 200)
    try:
        account = setup.trail.accounts[0] if setup.trail.accounts else setup.sessions.own_account()
    except AwsError as error:
        return may("trail", error, drained=drained)
    found = _look(setup, account, setup.region)
    if isinstance(found, IacwatchError):
        return _unread(found, drained=drained)
    if found is None:
        return warn(
            "trail",
            f"there is no log file of account {account} in {setup.region} at {where}: it answers nothing",
            "check trail.fallback (begin its source above AWSLogs), and that the trail logs this region",
        )
    first, last = found
    return ok(
        "trail",
        f"log files of account {account} in {setup.region} at {where} answer from {first:{_MINUTE}} to"
        f" {last:{_MINUTE}}",
    )


def _unread(error: IacwatchError, *, drained: bool) -> Result:
    is_place = not isinstance(error, AwsError) or isinstance(error, NotThere)
    return broken("trail", error) if is_place else may("trail", error, drained=drained)


def _look(setup: Setup, account: str, region: str) -> tuple[datetime, datetime] | IacwatchError | None:
    if setup.trail.delivered is None:
        return None
    try:
        return setup.trail.delivered(account, region)
    except IacwatchError as error:
        return error


def _here(setup: Setup, where: str, account: str, found: tuple[datetime, datetime] | None) -> Result:
    if found is None:
        return fail(
            "trail",
            f"there is no log file of account {account} in {setup.region} at {where}: who made a change there"
            " is unknown",
            "check trail.source (begin it above AWSLogs), and that the trail logs this region",
        )
    first, last = found
    age = setup.clock.now() - last
    described = f"log files of account {account} in {setup.region} at {where} begin at {first:{_MINUTE}}"
    if age > LATELY:
        return warn(
            "trail",
            f"{described} and end at {last:{_MINUTE}}: later changes cannot be attributed",
            "in a quiet account do nothing; otherwise look at the trail's status"
            " (`aws cloudtrail get-trail-status`), or copy the newer files",
        )
    return ok("trail", f"{described}; the newest is {max(0, int(age / timedelta(minutes=1)))} minutes old")


def _at_home(
    where: str,
    account: str,
    home: str,
    found: tuple[datetime, datetime] | IacwatchError | None,
    *,
    drained: bool,
) -> Result:
    name = "trail.global"
    if isinstance(found, IacwatchError):
        return may(name, found, drained=drained)
    if found is None:
        return warn(
            name,
            f"there is no log file of account {account} at {where} in {home}, which logs the calls of global"
            " services (IAM ...): who changed those is unknown",
            "let the trail log all regions, and global service events",
        )
    return ok(name, f"there are log files of {home}, which logs the calls of global services (IAM ...)")

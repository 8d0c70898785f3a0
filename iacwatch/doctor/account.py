"""Whose credentials these are, and whether this machine's clock is right."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from iacwatch.aws.sessions import calling
from iacwatch.doctor.check import Check, broken, fail, ok, refused, unseen, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AccessDenied, AwsError

RIGHT: Final = timedelta(seconds=30)
REFUSED: Final = timedelta(minutes=5)
"""By how much a clock may be wrong: without harm, and before AWS takes no signature any more."""

_SECOND: Final = timedelta(seconds=1)
_SET_CLOCK: Final = "sudo timedatectl set-ntp true   # or however this machine's clock is set"


def caller(setup: Setup, noted: list[Check]) -> str | None:
    """Ask STS who we are, and note what it shows; return our account ("": not known).

    None where AWS does not take the credentials, so that it is not worth asking anything else.
    """
    doing = "cannot tell whose credentials these are"
    before = setup.clock.now()
    try:
        with calling(doing, action="sts:GetCallerIdentity"):
            answer = setup.sessions.client("sts", region=setup.region).get_caller_identity()
    except AwsError as error:
        denied = isinstance(error, AccessDenied)
        noted.append((refused if denied else broken)("credentials", error))
        noted.extend(_clock(getattr(error.__cause__, "response", None), before, setup.clock.now()))
        return "" if denied else None
    noted.append(ok("credentials", f"signed in as {answer['Arn']}, in account {answer['Account']}"))
    noted.extend(_clock(answer, before, setup.clock.now()))
    return str(answer["Account"])


def _clock(response: Mapping[str, Any] | None, before: datetime, after: datetime) -> Iterator[Check]:
    headers = ((response or {}).get("ResponseMetadata") or {}).get("HTTPHeaders") or {}
    if date := headers.get("date"):
        yield judge_clock(str(date), before, after)


def judge_clock(date: str, before: datetime, after: datetime) -> Check:
    """Judge our clock by an answer's ``Date``, which came between two looks at it."""
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return unseen("clock", "the clock could not be compared: AWS's answer names no time", "")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    # A Date has whole seconds: the answer was given at some moment within that one.
    ahead, behind = before - (theirs + _SECOND), theirs - after
    wrong = max(ahead, behind, timedelta(0))
    if wrong <= RIGHT:
        return ok("clock", "this machine's clock is right")
    which = "ahead of" if ahead > behind else "behind"
    message = f"this machine's clock is {round(wrong.total_seconds())} s {which} AWS's"
    if wrong < REFUSED:
        return warn("clock", f"{message}: changes are judged too early or too late", _SET_CLOCK)
    return fail("clock", f"{message}: AWS refuses what is signed with it", _SET_CLOCK)

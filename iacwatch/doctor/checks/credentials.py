"""Checks whose credentials these are, and whether this machine's clock is right."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, broken, fail, ok, refused, unseen, warn
from iacwatch.errors import AccessDenied

RIGHT: Final = timedelta(seconds=30)
REFUSED: Final = timedelta(minutes=5)
"""By how much a clock may be wrong: without harm, and before AWS refuses its signatures."""

_SECOND: Final = timedelta(seconds=1)
_SET_CLOCK: Final = "sudo timedatectl set-ntp true   # or however this machine's clock is set"


@check("credentials", after="function.settings", aws=False)
def credentials(examination: Examination) -> Iterator[Result]:
    """Report who we are, and whether the clock is right."""
    found = examination.credentials
    if found.error is None:
        yield ok("credentials", f"signed in as {found.arn}, in account {found.account}")
    else:
        denied = isinstance(found.error, AccessDenied)
        yield (refused if denied else broken)("credentials", found.error)
    if found.date:
        yield judge_clock(found.date, found.asked_at, found.answered_at)
    if found.account is None:
        yield unseen("aws", "nothing else of AWS was looked at", "sign in, then run `iacwatch doctor` again")


def judge_clock(date: str, before: datetime, after: datetime) -> Result:
    """Judge our clock by an answer's ``Date``; it showed `before` and `after` around the call."""
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

"""Checks whether these credentials may read in the other accounts whose changes are looked into."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from iacwatch.core.arn import is_account
from iacwatch.core.text import plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.reads import ask_history, lookup
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, broken, ok, unseen
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AccessDenied, AwsError

_LATELY: Final = timedelta(hours=1)


@check("accounts", after="history")
def accounts(examination: Examination) -> Iterator[Result]:
    """Try the role of each account that is named in accounts.allowed."""
    setup = examination.setup
    if "*" in setup.allowed:
        yield ok(
            "accounts", 'changes of any account are looked into ("*"): none is named that could be tried'
        )
    for account in sorted(set(setup.allowed) - {"*"}):
        yield from _member(setup, account)


def _member(setup: Setup, account: str) -> Iterator[Result]:
    """Try an account's role, and what it has to allow."""
    name = f"accounts.{account}" if is_account(account) else f"accounts.{plain(account, 40)}"
    now = setup.clock.now()
    try:
        if setup.lookups:
            lookup(
                setup,
                region=setup.region,
                account_id=account,
                StartTime=now - _LATELY,
                EndTime=now,
                MaxResults=1,
            )
        ask_history(setup, account)
    except AwsError as error:
        yield _trusted(setup, name, error)
    else:
        reads = "trail and history" if setup.lookups else "history"
        yield ok(name, f"its role in account {account} can be assumed, and reads its {reads}")


def _trusted(setup: Setup, name: str, error: AwsError) -> Result:
    """Return the line for an account that did not answer: the role may trust only the function's."""
    if setup.function and isinstance(error, AccessDenied):
        message = f"{error.message}; the function has a role of its own, which is not tried"
        return unseen(name, message, f"only if these credentials are to work there: {error.hint}")
    return broken(name, error)

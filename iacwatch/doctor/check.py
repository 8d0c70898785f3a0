"""One line of `iacwatch doctor`: what was looked at, how it is, and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from iacwatch.core.model import Json
from iacwatch.errors import AccessDenied, IacwatchError

SCHEMA: Final = "iacwatch.check/1"


class Status(StrEnum):
    """How something is: as it should be; working, though not as it should; broken."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one look found.

    `name` is ``area`` or ``area.part`` (``queue.delay``). `mend` is the command or the setting that makes it
    right, "" where nothing has to. `seen` is False where it could not be looked at: then nothing is known,
    and `mend` says what would let it be seen.
    """

    name: str
    status: Status
    message: str
    mend: str = ""
    seen: bool = True


def ok(name: str, message: str) -> Check:
    """Return the line for what is as it should be."""
    return Check(name=name, status=Status.OK, message=message)


def warn(name: str, message: str, mend: str = "") -> Check:
    """Return the line for what works, though not as it should."""
    return Check(name=name, status=Status.WARN, message=message, mend=mend)


def fail(name: str, message: str, mend: str) -> Check:
    """Return the line for what is broken."""
    return Check(name=name, status=Status.FAIL, message=message, mend=mend)


def unseen(name: str, message: str, mend: str) -> Check:
    """Return the line for what could not be looked at."""
    return Check(name=name, status=Status.WARN, message=message, mend=mend, seen=False)


def refused(name: str, error: IacwatchError) -> Check:
    """Return the line for a look that an error ended: what it says, and its hint."""
    return unseen(name, error.message, error.hint)


def broken(name: str, error: IacwatchError) -> Check:
    """Return the line for what an error shows to be broken."""
    return fail(name, error.message, error.hint)


def may(name: str, error: IacwatchError, *, drained: bool) -> Check:
    """Return the line for a look that failed: these credentials need it only where they do the work.

    `drained`: a function does, by a role of its own.
    """
    if not isinstance(error, AccessDenied):
        return refused(name, error)
    if drained:
        message = f"{error.message}; the function has a role of its own, which is not tried"
        return unseen(name, message, error.hint)
    return broken(name, error)


def record(check: Check) -> Mapping[str, Json]:
    """Return a line as one ordered object, for programs."""
    return {
        "schema": SCHEMA,
        "check": check.name,
        "status": str(check.status),
        "message": check.message,
        "mend": check.mend,
        "seen": check.seen,
    }

"""The result of a check, one line of `iacwatch doctor`: what was checked, how it is, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from iacwatch.core.model import Json
from iacwatch.errors import AccessDenied, IacwatchError

SCHEMA: Final = "iacwatch.check/1"


class Health(StrEnum):
    """How something is: right (ok), working but not as it should (warn), or broken (fail)."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a check found out about one thing.

    `name` is ``area`` or ``area.part`` (``queue.delay``). `mend` is the command or the setting that makes it
    right, "" where nothing has to. `seen` is False where it could not be looked at: then nothing is known,
    and `mend` says what would let it be seen.
    """

    name: str
    status: Health
    message: str
    mend: str = ""
    seen: bool = True


def ok(name: str, message: str) -> Result:
    """Return the result for what is right."""
    return Result(name=name, status=Health.OK, message=message)


def warn(name: str, message: str, mend: str = "") -> Result:
    """Return the result for what works, but not as it should."""
    return Result(name=name, status=Health.WARN, message=message, mend=mend)


def fail(name: str, message: str, mend: str) -> Result:
    """Return the result for what is broken."""
    return Result(name=name, status=Health.FAIL, message=message, mend=mend)


def unseen(name: str, message: str, mend: str) -> Result:
    """Return the result for what could not be checked."""
    return Result(name=name, status=Health.WARN, message=message, mend=mend, seen=False)


def refused(name: str, error: IacwatchError) -> Result:
    """Return the result for a check that an error ended, with its message and hint."""
    return unseen(name, error.message, error.hint)


def broken(name: str, error: IacwatchError) -> Result:
    """Return the result for what an error shows to be broken."""
    return fail(name, error.message, error.hint)


def may(name: str, error: IacwatchError, *, drained: bool) -> Result:
    """Return the result for a failed check of what these credentials need only where they do the work.

    `drained`: a function does it, with its own role.
    """
    return used(name, error, drained=drained) if isinstance(error, AccessDenied) else refused(name, error)


def used(name: str, error: IacwatchError, *, drained: bool) -> Result:
    """Return the result for what cannot be used, unless it was only denied to these credentials.

    `drained`: a function uses it, with its own role.
    """
    if drained and isinstance(error, AccessDenied):
        message = f"{error.message}; the function has a role of its own, which is not tried"
        return unseen(name, message, error.hint)
    return broken(name, error)


def record(result: Result) -> Mapping[str, Json]:
    """Return a result as one ordered object, for programs."""
    return {
        "schema": SCHEMA,
        "check": result.name,
        "status": str(result.status),
        "message": result.message,
        "mend": result.mend,
        "seen": result.seen,
    }

"""The use case of `show`: a finding that was reported, from the records beside the ledger."""

import re
from typing import Final

from iacwatch.app.container import Container
from iacwatch.core.model import Finding
from iacwatch.errors import IacwatchError, UsageError
from iacwatch.pipeline.records import DIGITS

_MOST_DIGITS: Final = 32
_NAMED: Final = re.compile(rf"[0-9a-f]{{{DIGITS},{_MOST_DIGITS}}}")


def show(container: Container, called: str) -> Finding:
    """Return the finding whose id is `called`, or begins so.

    Raises `UsageError` where that names none or several, `IacwatchError` where no such finding is kept, or
    the ledger cannot be read.
    """
    digits = called.strip().lower()
    if not _NAMED.fullmatch(digits):
        raise UsageError(
            f"{called[: 2 * _MOST_DIGITS]!a} is not the id of a finding",
            hint=f"give the id, or its first {DIGITS} digits or more, as the report has it",
        )
    settings = container.settings.ledger
    if not container.lasting:
        raise UsageError(
            "the ledger is in memory, which keeps no records", hint="set ledger.url to the one that does"
        )
    found = container.records.find(digits, now=container.clock.now()) if _there(container) else ()
    if not found:
        kept = "" if settings.keep_records else " (ledger.keep_records is false)"
        raise IacwatchError(
            f"the ledger {container.ledger_place} keeps no finding {digits}{kept}",
            hint="it keeps what was posted to Slack or put on a bus; check ledger.url and the id",
        )
    if len(found) > 1:
        names = ", ".join(each.finding_id for each in found)
        raise UsageError(f"several findings begin with {digits}: {names}", hint="give more digits")
    return found[0]


def _there(container: Container) -> bool:
    """Return whether there is a ledger to read: the first run that reports makes the file of one."""
    place = container.ledger_place
    return isinstance(place, str) or place.exists()

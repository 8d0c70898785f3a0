"""What people write for a moment of the past: a date, a time with its zone, a span until now, a word."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.core.text import plain
from iacwatch.errors import UsageError

FORMS: Final = '2026-11-20, 2026-11-20T10:00:00Z, 7d, 36h, "2 days" or yesterday'

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Whoever writes an earlier time has mistyped it; and what is looked at begins some time before."""

_SPAN: Final = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)
_IN_WORDS: Final = re.compile(r"(\d{1,5}) ?(minute|hour|day|week)s?(?: ago)?", re.ASCII | re.IGNORECASE)
_DAYS: Final = {"today": timedelta(0), "yesterday": timedelta(days=1)}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)


def moment(text: str, *, now: datetime, option: str) -> datetime:
    """Return the moment that a text stands for, in UTC; a date, or yesterday, is its first instant, in UTC.

    `option` is where it was written; raises `UsageError` where it is not a time, or lies before 1970.
    """
    meant = _read(text, now=now, option=option)
    if meant < _FIRST:
        raise UsageError(f"{option} {plain(text, 40)} lies before 1970", hint=f"write {FORMS}")
    return meant


def _read(text: str, *, now: datetime, option: str) -> datetime:
    written = text.strip()
    try:
        span = _SPAN.fullmatch(written)
        if written and span is not None:
            days, hours, minutes = (int(part or 0) for part in span.groups())
            return now - timedelta(days=days, hours=hours, minutes=minutes)
        if words := _IN_WORDS.fullmatch(written):
            return now - timedelta(**{f"{words[2].lower()}s": int(words[1])})
        if (before := _DAYS.get(written.lower())) is not None:
            return (now - before).replace(hour=0, minute=0, second=0, microsecond=0)
        if _DATE.fullmatch(written):
            return datetime.fromisoformat(written).replace(tzinfo=UTC)
        if time := _TIME.fullmatch(written):
            if time[1] is None:
                raise UsageError(
                    f"{option} {plain(written, 40)} has no time zone",
                    hint=f"write {plain(written, 40)}Z, or +02:00 after it",
                )
            return datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{option} {plain(text, 40)} is not a time", hint=f"write {FORMS}")

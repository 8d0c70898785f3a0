"""Reads JSON that nobody vouches for: text to values, fields of them, messages about what is wrong.

Everything here raises only `ParseError`, and puts no more than a few escaped characters of a value into a
message.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NoReturn

from iacwatch.core.model import Json
from iacwatch.errors import ParseError

_MOST_TEXT: Final = 32 * 1024 * 1024
MOST_BITS: Final = 2048
_MOST_SHOWN: Final = 80
_MOST_TIME: Final = 64
_MILLISECONDS_FROM: Final = 1e11
_DOUBLY: Final = 3
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HALF: Final = timedelta(microseconds=500)
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_OBJECTS: Final = (dict, Mapping)  # the first is the faster test

_TEXTS: Final = (str, bytes)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?")
_USUAL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,12}))?"
    r" ?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)


class _NoNumberError(Exception):
    """NaN or Infinity in a JSON text."""


def _refused(constant: str) -> NoReturn:
    raise _NoNumberError(constant)


_DECODER: Final = json.JSONDecoder(parse_constant=_refused)


def shown(value: Json) -> str:
    """Return a value for an error's sentence: escaped, at most some 80 characters of it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            text = ascii(value[: _MOST_SHOWN + 1])
        case int() if value.bit_length() > MOST_BITS:
            return "a number beyond all bounds"
        case int() | float():
            text = str(value)
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return f"a {type(value).__name__[:_MOST_SHOWN]}"
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def loads(text: str | bytes, name: str) -> Json:
    """Return the value of a JSON text; `name` is what the text is called in the error's sentence."""
    if len(text) > _MOST_TEXT:
        raise ParseError(f"{name} is larger than {_MOST_TEXT // 2**20} MB")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise ParseError(f"{name} is not UTF-8 text") from None
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ParseError(f"{name} is empty")

    try:
        return _DECODER.decode(text)
    except _NoNumberError as error:
        raise ParseError(f"{name} holds {error}, which is not a number in JSON") from None
    except json.JSONDecodeError as error:
        raise ParseError(
            f"{name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise ParseError(f"{name} is nested too deeply") from None
    except ValueError:  # Python refuses integers of more than some thousand digits
        raise ParseError(f"{name} holds a number with too many digits") from None


def mapping(value: Json, name: str) -> Mapping[str, Json]:
    """Return an object, whether it came as one or as JSON text (even text within text)."""
    for _ in range(_DOUBLY):
        if not isinstance(value, _TEXTS):
            break
        value = loads(value, name)
    if not isinstance(value, _OBJECTS):
        raise ParseError(f"{name} is {shown(value)}, not an object")
    return value


def whole(text: str) -> str:
    """Return a text with U+FFFD for half a surrogate pair, which no output could encode."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


def decoded(value: Json) -> Json:
    """Return what a JSON text stands for, however often it was encoded; all else as it is.

    The history API encodes every supplementary value, and Config some of them once more: only so do the
    same values from two envelopes become equal. A text that is not JSON stays what it is.
    """
    for _ in range(_DOUBLY):
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text[:1] not in {"{", "[", '"'} and text not in {"true", "false", "null"}:
            return value if _NUMBER.fullmatch(text) is None else json.loads(text)
        try:
            value = loads(text, "")
        except ParseError:
            return value
    return value


def text(document: Mapping[str, Json], *names: str, most: int) -> str:
    """Return the first of some spellings of a field that is not empty; "" where all are."""
    for name in names:
        value = document.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise ParseError(f"{name} is {shown(value)}, not text")
        if len(value) > most:
            raise ParseError(f"{name} has {len(value)} characters, more than {most}")
        return whole(value)
    return ""


def moment(value: Json, name: str) -> datetime:
    """Return a time in UTC, to the millisecond: from RFC 3339 (no zone: UTC), epoch seconds, or boto3."""
    found: datetime | None = None
    try:
        if isinstance(value, str) and _USUAL_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
        if isinstance(value, datetime):
            found = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        elif isinstance(value, str) and len(value) <= _MOST_TIME:
            found = _written(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            found = _EPOCH + timedelta(milliseconds=round(seconds * 1000))
        if found is not None:
            found += _HALF
            return found.replace(microsecond=found.microsecond // 1000 * 1000)
    except (ValueError, OverflowError):
        pass
    raise ParseError(f"{name} is {shown(value)}, not a time")


def _written(value: str) -> datetime | None:
    match = _TIME.fullmatch(value)
    if match is None:
        return None
    *date_and_time, fraction, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    year, month, day, hour, minute, second = map(int, date_and_time)
    microsecond = int((fraction or "")[:6].ljust(6, "0"))
    return datetime(year, month, day, hour, minute, second, microsecond, zone).astimezone(UTC)

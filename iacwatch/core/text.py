"""Makes foreign text fit for one line of a terminal, a log or a message."""

import json
import re
import unicodedata
from datetime import timedelta
from typing import Any, Final

_ELLIPSIS: Final = "…"
_MOST_MARKS: Final = 4
"""Combining marks in a row that are let through: scripts need up to three or four, defacement hundreds."""

_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing, so that a name made of them would look like none."""

_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")
_THOUSAND: Final = 1000
_SPANS: Final = (
    (timedelta(days=2), timedelta(days=1), "d"),
    (timedelta(hours=1), timedelta(hours=1), "h"),
    (timedelta(minutes=1), timedelta(minutes=1), "min"),
)
"""From which age on it is put into which unit."""

_SPACES: Final = re.compile(r" {2,}")
_SPARE: Final = 8
"""How much longer than what is shown the part is that is looked at: characters are dropped on the way."""


def plain(text: str, longest: int) -> str:
    """Return a text as one line of at most `longest` (1 or more) characters, the end cut with "…".

    Control characters, line ends and invisible letters become one space; characters that only steer the
    display (bidi overrides, zero-width ones, tags) are dropped; what has no meaning alone (half a
    surrogate pair, private use) becomes U+FFFD. The result is safe to print, though not yet escaped for any
    markup: that is up to whoever writes the markup.
    """
    part = text[: longest * _SPARE]
    shown = part if part.isascii() and part.isprintable() else _visible(part)
    shown = _SPACES.sub(" ", shown).strip(" ")
    if len(shown) <= longest and len(part) == len(text):
        return shown
    return shown[: longest - 1].rstrip(" ") + _ELLIPSIS


def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Zs", "Zl", "Zp"} or letter in _INVISIBLE:
            shown.append(" ")
        elif category in {"Cs", "Co", "Cn"}:
            shown.append("\ufffd")
        elif category != "Cf" and marks <= _MOST_MARKS:
            shown.append(letter)
    return "".join(shown)


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is separated by blanks."""
    return frozenset(text.split())


def json_line(document: Any) -> str:
    """Return JSON values as one line of ASCII that no viewer obeys."""
    # DEL is the one control character that JSON's escaping leaves as it is. GitHub Actions obeys ##[.
    return json.dumps(document).replace("\x7f", "\\u007f").replace("##[", "\\u0023#[")


def size(count: int) -> str:
    """Return a number of bytes as people write it: ``1.2 GB``."""
    number, unit = float(count), 0
    while number >= _THOUSAND and unit < len(_UNITS) - 1:
        number, unit = number / _THOUSAND, unit + 1
    return f"{number:.1f} {_UNITS[unit]}" if unit else f"{count} {_UNITS[0]}"


def age(span: timedelta) -> str:
    """Return how old something is as people write it: ``2 d``, ``47 h``, ``59 min``; "" within a minute."""
    return next((f"{span // unit} {name}" for least, unit, name in _SPANS if span >= least), "")

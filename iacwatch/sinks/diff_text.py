"""What was and what is, as text of several lines: for the reports that show values in full.

Everything that a terminal, a browser or a reader could take for something else than it is (control and bidi
characters, half a surrogate pair) is written as its JSON escape; lines break where the value's own do.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from iacwatch.core.model import Json, PropertyChange
from iacwatch.core.parse.json_values import loads
from iacwatch.core.text import plain
from iacwatch.errors import ParseError

_LONGEST_PATH: Final = 300
_LONGEST_DOCUMENT: Final = 100_000
_TEXTS_IN_TEXTS: Final = 2
_ENCODED: Final = ("%7B", "%5B")
_NEIGHBOURS: Final = "Relationships"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of a finding's values is shown: entries, and characters of one value and of all together."""

    entries: int
    value: int
    finding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """One property: its path in one line, `before` and `after` as text; None where it was not, or is not."""

    path: str
    before: str | None
    after: str | None


def before_after(diff: Sequence[PropertyChange], room: Room) -> tuple[list[BeforeAfter], int]:
    """Return what differs by a (redacted) diff, neighbours last, and how many properties had no room.

    What is cut says how long it was.
    """
    entries = sorted(diff, key=lambda entry: entry.path.startswith(_NEIGHBOURS))
    shown: list[BeforeAfter] = []
    left = room.finding
    for entry in entries[: room.entries]:
        if left <= 0:
            break
        before = _cut(value_text(entry.previous), min(room.value, left))
        left -= len(before or "")
        after = _cut(value_text(entry.updated), min(room.value, max(left, 0)))
        left -= len(after or "")
        shown.append(BeforeAfter(path=plain(entry.path, _LONGEST_PATH), before=before, after=after))
    return shown, len(entries) - len(shown)


def value_text(value: Json) -> str | None:
    """Return a value as text, None for none; documents are indented, even where they came as a string.

    Config writes many policies as a JSON text, and IAM's percent-encoded.
    """
    if value is None:
        return None
    value = _unpacked(value, _TEXTS_IN_TEXTS)
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2))


def visible(text: str) -> str:
    """Return a text in which everything but line ends and printable characters is a JSON escape."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else _escape(letter) for letter in text)


def _unpacked(value: Json, texts: int) -> Json:
    """Return a value with the documents in it that are texts; at most so many in one another."""
    if isinstance(value, Mapping):
        return {key: _unpacked(each, texts) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_unpacked(each, texts) for each in value]
    if not isinstance(value, str) or not texts or len(value) > _LONGEST_DOCUMENT:
        return value
    text = unquote(value) if value.startswith(_ENCODED) else value
    if text[:1] not in {"{", "["}:
        return value
    try:
        return _unpacked(loads(text, ""), texts - 1)
    except ParseError:
        return value


def _escape(letter: str) -> str:
    return json.dumps(letter)[1:-1] if letter != "\x7f" else "\\u007f"


def _cut(text: str | None, longest: int) -> str | None:
    if text is None or len(text) <= longest:
        return text
    return f"{text[:longest]}… (cut, {len(text)} characters)"

"""Trail records out of a file of any layout, parsed one after the other: no file need fit into memory.

``{"Records": [...]}`` however it is written, a bare list, one object a line (also in EventBridge's envelope),
and what ``aws cloudtrail lookup-events`` prints (``{"Events": [{"CloudTrailEvent": "..."}]}``).
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iacwatch.core.text import plain
from iacwatch.errors import ParseError

Record = tuple[Mapping[str, Any], str]
"""A record, and the text that it was."""

_HEAD: Final = re.compile(r'\s*\{\s*"(?:Records|Events)"\s*:\s*\[')
_LIST: Final = re.compile(r"\s*\[")
_BETWEEN: Final = re.compile(r"[\s,]*")
_AFTER: Final = re.compile(r'\s*(?:,\s*"(?:NextToken|nextToken)"\s*:\s*(?:null|"[^"\\]*")\s*)?\}\s*')
_LONGEST_HEAD: Final = 1_024
_LONGEST: Final = 8 * 1024 * 1024
"""Characters of one record."""


class Foreign(ParseError):
    """A file that is none of CloudTrail's."""


def records(pieces: Iterable[bytes], name: str) -> Iterator[Record]:
    """Yield each record of a file, and its text; a file of CloudTrail's without any yields none.

    `name` is what an error calls the file. Raises `Foreign` where it is none of CloudTrail's, `ParseError`
    where it is damaged or ends early.
    """
    text = _Text(pieces, plain(name, 300))
    while text.begin():
        while (found := text.next()) is not None:
            yield found


class _Text:
    """The text of a file, of which never much more than one record is held."""

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self._pieces = iter(pieces)
        self._name = name
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._held, self._at = "", 0
        self._ended = self._begun = False
        self._closing = ""

    def begin(self) -> bool:
        """Go to the first record, or to that of a further document; say whether there is one."""
        while len(self._held) - self._at < _LONGEST_HEAD and not self._ended:
            self._more()
        if not self._begun:
            self._held = self._held.removeprefix("\ufeff")
        self._skip()
        if self._at >= len(self._held):
            if not self._begun:
                raise Foreign(f"{self._name} is empty")
            return False
        self._begun, self._closing = True, ""
        for form, closing in ((_HEAD, "}"), (_LIST, "]")):
            if match := form.match(self._held, self._at):
                self._at, self._closing = match.end(), closing
                break
        return True

    def next(self) -> Record | None:
        """Return the next record and its text; None at the end of the list, or of the lines."""
        self._skip()
        if self._at >= len(self._held):
            if self._closing:
                raise ParseError(f"{self._name} is cut short")
            return None
        if self._closing and self._held[self._at] == "]":
            self._at += 1
            self._close()
            return None
        found, end = self._scanned()
        text, self._at = self._held[self._at : end], end
        return self._record(found), text

    def _close(self) -> None:
        """Go beyond the end of the object that held the list."""
        if self._closing != "}":
            return
        while len(self._held) - self._at < _LONGEST_HEAD and not self._ended:
            self._more()
        match = _AFTER.match(self._held, self._at)
        if match is None:
            raise ParseError(f"{self._name} is cut short or damaged")
        self._at = match.end()

    def _record(self, found: Any) -> Mapping[str, Any]:
        inner = found.get("CloudTrailEvent") if isinstance(found, Mapping) else None
        if isinstance(inner, str):
            try:
                found = json.loads(inner)
            except (ValueError, RecursionError):
                raise ParseError(f"{self._name} holds an event that is not JSON") from None
        if not isinstance(found, Mapping) or found.keys().isdisjoint(("eventVersion", "eventName", "detail")):
            raise Foreign(f"{self._name} is no log file of CloudTrail")
        return found

    def _skip(self) -> None:
        """Go to the next character that counts, and let go of what was read."""
        while True:
            match = _BETWEEN.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held) or self._ended:
                return
            self._more()

    def _scanned(self) -> tuple[Any, int]:
        """Read one value; where it is not all there yet, fetch more, each time twice as much."""
        wanted = 1
        while True:
            try:
                return self._scan(self._held, self._at)
            except (RecursionError, ValueError) as error:
                if self._ended or not isinstance(error, json.JSONDecodeError):
                    raise ParseError(f"{self._name} is cut short or damaged") from None
                if len(self._held) - self._at > _LONGEST:
                    raise ParseError(f"{self._name} holds a record beyond all bounds") from None
            for _ in range(wanted):
                self._more()
            wanted *= 2

    def _more(self) -> None:
        piece = next(self._pieces, None)
        self._ended = piece is None
        try:
            text = self._decode(piece or b"", final=self._ended)
        except UnicodeDecodeError:
            raise ParseError(f"{self._name} is not UTF-8 text") from None
        self._held, self._at = self._held[self._at :] + text, 0

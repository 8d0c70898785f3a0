"""Configuration items out of a file of AWS Config's, one after the other: no file need fit into memory.

``{"fileVersion": "1.0", "configurationItems": [...]}``; also a bare list, or one object a line, as exports
have them.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from iacwatch.core.model import Json
from iacwatch.core.text import plain
from iacwatch.errors import ParseError

_HEAD: Final = re.compile(r'\s*\{[^\[\]]*?"configurationItems"\s*:\s*\[', re.DOTALL)
_LIST: Final = re.compile(r"\s*\[")
_BETWEEN: Final = re.compile(r"[\s,]*")
_LONGEST_HEAD: Final = 65_536
_LONGEST_ITEM: Final = 128 * 1024 * 1024
"""Characters. Config itself refuses items of more than some megabytes."""


class Foreign(ParseError):
    """A file that is none of AWS Config's."""


def items(chunks: Iterable[bytes], name: str) -> Iterator[tuple[dict[str, Json], str]]:
    """Yield each item, and the text that it was; a file of Config's without any yields none.

    `name` is what an error calls the file. Raises `Foreign` where it is none of Config's, `ParseError` where
    it is damaged or ends early.
    """
    text = _Text(chunks, plain(name, 300))
    head = text.begins()
    text.at = head
    while (found := text.next()) is not None:
        yield found


class _Text:
    """The text of a file, of which never much more than one item is held. `at` is how far it was read."""

    def __init__(self, chunks: Iterable[bytes], name: str) -> None:
        self._chunks = iter(chunks)
        self._name = name
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._held = ""
        self._ended = False
        self._listed = True
        self.at = 0

    def begins(self) -> int:
        """Return where the first item is."""
        while not self._ended and len(self._held) < _LONGEST_HEAD:
            if self._head():
                break
            self._more()
        self._held = self._held.removeprefix("\ufeff")
        if not self._held.strip():
            raise Foreign(f"{self._name} is empty")
        if match := self._head():
            return match.end()
        self._listed = False
        return 0

    def _head(self) -> re.Match[str] | None:
        return _HEAD.match(self._held, 0, _LONGEST_HEAD) or _LIST.match(self._held)

    def next(self) -> tuple[dict[str, Json], str] | None:
        """Return the next item and its text; None at the end of the list, or of the lines."""
        self._skip()
        if self.at >= len(self._held):
            if self._listed:
                raise ParseError(f"{self._name} is cut short")
            return None
        if self._listed and self._held[self.at] == "]":
            return None
        found, end = self._scanned()
        if not isinstance(found, dict) or "resourceType" not in found:
            raise Foreign(f"{self._name} is no file of AWS Config")
        text = self._held[self.at : end]
        self.at = end
        return found, text

    def _skip(self) -> None:
        """Go to the next character that counts, and let go of what was read."""
        while True:
            self.at = _BETWEEN.match(self._held, self.at).end()  # type: ignore[union-attr]  # (it matches nothing, too)
            if self.at < len(self._held) or self._ended:
                return
            self._more()

    def _scanned(self) -> tuple[Json, int]:
        """Read one value; where it is not all there yet, fetch more, each time twice as much."""
        wanted = 1
        while True:
            try:
                return self._scan(self._held, self.at)
            except (json.JSONDecodeError, RecursionError, ValueError) as error:
                if self._ended or not isinstance(error, json.JSONDecodeError):
                    raise self._broken() from None
                if len(self._held) - self.at > _LONGEST_ITEM:
                    raise ParseError(f"{self._name} holds an item beyond all bounds") from None
            for _ in range(wanted):
                self._more()
            wanted *= 2

    def _more(self) -> None:
        chunk = next(self._chunks, None)
        self._ended = chunk is None
        try:
            text = self._decode(chunk or b"", final=self._ended)
        except UnicodeDecodeError:
            raise ParseError(f"{self._name} is not UTF-8 text") from None
        self._held, self.at = self._held[self.at :] + text, 0

    def _broken(self) -> ParseError:
        if not self._listed and self.at == 0:
            return Foreign(f"{self._name} is no file of AWS Config")
        return ParseError(f"{self._name} is cut short or damaged")

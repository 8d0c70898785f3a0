"""The JSON objects of a file, read one after the other: no file need fit into memory.

They are the members of a list within an object (``{"Records": [...]}``), or of a bare list, or stand one a
line. What such a file looks like is said by its `Format`.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.core.text import plain
from iacwatch.errors import ParseError

_LIST: Final = re.compile(r"\s*\[")
_LONGEST_BEFORE: Final = 64
_BETWEEN: Final = re.compile(r"[\s,]*")


class ForeignFileError(ParseError):
    """A file that another service wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a service writes its files.

    `head` is what stands before the first object of the list, within the first `longest_head` characters;
    `tail` is what may stand behind the list, after which another document may follow. Without a `tail`
    nothing behind the list is read. An object may have `longest` characters; `noun` is what errors call it.

    `check` takes a value and the file's name, and returns the object that the value stands for, None where
    the service writes no such value; `foreign` ends the sentence about that. `text_is_foreign`: a file that
    does not begin with JSON is another service's, not a damaged one; `json_is_ours`: but what begins with a
    brace or a bracket is damaged. `before` is what may stand before each
    object that is in no list.
    """

    head: re.Pattern[str]
    longest_head: int
    tail: re.Pattern[str] | None
    longest: int
    noun: str
    foreign: str
    check: Callable[[Any, str], dict[str, Any] | None]
    text_is_foreign: bool = False
    json_is_ours: bool = False
    before: re.Pattern[str] | None = None


def objects(
    pieces: Iterable[bytes], name: str, form: Format, *, begun: bool = False
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each object of a file, and its JSON text; a file with an empty list yields none.

    `name` is what an error calls the file; `begun`: objects were read from its beginning already. Raises
    `ForeignFileError` where another service wrote it, `ParseError` where it is damaged or ends early.
    """
    text = _ObjectReader(pieces, plain(name, 300), form, begun=begun)
    while text.begin():
        while (found := text.next()) is not None:
            yield found


class _ObjectReader:
    """The text of a file, of which never much more than one object is in memory."""

    def __init__(self, pieces: Iterable[bytes], name: str, form: Format, *, begun: bool) -> None:
        self._pieces = iter(pieces)
        self._name = name
        self._format = form
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._text, self._at = "", 0
        self._ended = self._begun = False
        self._any = begun
        self._closing = ""

    def begin(self) -> bool:
        """Go to the first object, or to that of a further document; return whether there may be one."""
        if self._begun and self._format.tail is None:
            return False
        self._skip()
        if self._at >= len(self._text):
            if not self._begun:
                raise ForeignFileError(f"{self._name} is empty")
            return False
        self._begun = True
        while not (opened := self._opening()) and not self._ended and self._ahead < self._format.longest_head:
            self._more()
        self._closing = ""
        if opened:
            self._at, self._closing = opened
        return True

    def next(self) -> tuple[dict[str, Any], str] | None:
        """Return the next object and its text; None at the end of the list, or of the lines."""
        self._skip()
        if self._at >= len(self._text):
            if self._closing:
                raise ParseError(f"{self._name} is cut short")
            return None
        if self._closing and self._text[self._at] == "]":
            self._at += 1
            self._close()
            return None
        if not self._closing and self._format.before is not None:
            self._skip_before(self._format.before)
        value, end = self._scanned()
        found = self._format.check(value, self._name)
        if found is None:
            raise self._foreign()
        text, self._at, self._any = self._text[self._at : end], end, True
        return found, text

    @property
    def _ahead(self) -> int:
        return len(self._text) - self._at

    def _opening(self) -> tuple[int, str] | None:
        """Return where the first object of a list is, and what closes the list's document."""
        most = self._at + self._format.longest_head
        if match := self._format.head.match(self._text, self._at, most):
            return match.end(), "}"
        if match := _LIST.match(self._text, self._at):
            return match.end(), "]"
        return None

    def _close(self) -> None:
        """Go beyond the end of the object around the list."""
        if self._closing != "}" or self._format.tail is None:
            return
        while self._ahead < self._format.longest_head and not self._ended:
            self._more()
        match = self._format.tail.match(self._text, self._at)
        if match is None:
            raise self._damaged()
        self._at = match.end()

    def _skip(self) -> None:
        """Go to the next character that counts, and let go of what was read."""
        while True:
            match = _BETWEEN.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._ended:
                return
            self._more()

    def _skip_before(self, before: re.Pattern[str]) -> None:
        while self._ahead < _LONGEST_BEFORE and not self._ended:
            self._more()
        if match := before.match(self._text, self._at):
            self._at = match.end()

    def _scanned(self) -> tuple[Any, int]:
        """Read one value; where it is not all there yet, fetch more, each time twice as much."""
        wanted = 1
        while True:
            try:
                return self._scan(self._text, self._at)
            except (RecursionError, ValueError) as error:
                if self._ended or not isinstance(error, json.JSONDecodeError):
                    raise self._damaged() from None
                if self._ahead > self._format.longest:
                    raise ParseError(f"{self._name} holds {self._format.noun} beyond all bounds") from None
            for _ in range(wanted):
                self._more()
            wanted *= 2

    def _more(self) -> None:
        piece = next(self._pieces, None)
        self._ended = piece is None
        try:
            text = self._decode(piece or b"", final=self._ended)
        except UnicodeDecodeError:
            if self._format.text_is_foreign and not self._any:
                raise self._foreign() from None
            raise ParseError(f"{self._name} is not UTF-8 text") from None
        self._text, self._at = self._text[self._at :] + text, 0

    def _damaged(self) -> ParseError:
        is_json = self._format.json_is_ours and self._text[self._at : self._at + 1] in {"{", "["}
        if self._format.text_is_foreign and not is_json and not self._closing and not self._any:
            return self._foreign()
        return ParseError(f"{self._name} is cut short or damaged")

    def _foreign(self) -> ForeignFileError:
        return ForeignFileError(f"{self._name} {self._format.foreign}")

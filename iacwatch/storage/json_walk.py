"""A JSON document that is walked member by member: what is not wanted, or not yet, is never in memory.

Errors say that a document is not JSON, and never hold any of its text: it may be full of secrets.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

WINDOW: Final = 1 << 20
"""Characters of one value that are decoded at once; a larger list or object is walked into."""

MISSING: Final = object()
"""Stands for a value that does not fit into the window."""

_PIECE: Final = 4 * WINDOW
_DEEPEST: Final = 200
_BLANK: Final = re.compile(r"[ \t\n\r]*")
_CONTAINERS: Final = frozenset("{[")
_LONGEST_WORD: Final = 5000
"""Characters of a number or a word, after which it is none."""

_CODECS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class BrokenJsonError(Exception):
    """A document that is not JSON, or is cut short."""


class JsonWalk:
    """Where one stands in a document: before a value, which is then decoded, walked into or skipped."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        """Take the document: UTF-8, with a byte order mark or without, or UTF-16 with one."""
        self._pieces = iter(pieces)
        first = next(self._pieces, b"")
        name = next((codec for mark, codec in _CODECS if first.startswith(mark)), "utf-8-sig")
        self._decode = codecs.getincrementaldecoder(name)(errors="replace").decode
        self._scan = json.JSONDecoder().raw_decode
        self._ended = False
        self._text, self._at = self._decode(first), 0
        self._deep = 0

    def ahead(self) -> str:
        """Return the first character of what comes next; "" at the end of the document."""
        while True:
            self._at = _BLANK.match(self._text, self._at).end()  # type: ignore[union-attr]  # matches always
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def begins(self, longest: int) -> str:
        """Return how the rest of the document begins."""
        while len(self._text) - self._at < longest and self._more():
            pass
        return self._text[self._at : self._at + longest]

    def members(self) -> Iterator[str]:
        """Walk into an object: yield each key, behind which its value must be taken or skipped."""
        for _ in self._inside("{", "}"):
            if self.ahead() != '"':
                raise BrokenJsonError
            key = self.value()
            self._over(":")
            self.ahead()
            yield key

    def items(self) -> Iterator[None]:
        """Walk into a list: yield before each element, which must be taken or skipped."""
        yield from self._inside("[", "]")

    def value(self) -> Any:
        """Decode what comes next, however large it is."""
        return self._scanned(None)

    def small(self) -> Any:
        """Decode what comes next; stay before it and return `MISSING` where it is beyond the window."""
        return self._scanned(WINDOW)

    def skip(self) -> None:
        """Go beyond what comes next."""
        if self.small() is not MISSING:
            return
        inside = self.members() if self.ahead() == "{" else self.items()
        for _ in inside:
            self.skip()

    def end(self) -> None:
        """Raise where anything follows."""
        if self.ahead():
            raise BrokenJsonError

    def _inside(self, opening: str, closing: str) -> Iterator[None]:
        self._over(opening)
        self._deep += 1
        if self._deep > _DEEPEST:
            raise BrokenJsonError
        if self.ahead() != closing:
            yield
            while self.ahead() == ",":
                self._at += 1
                yield
        self._over(closing)
        self._deep -= 1

    def _over(self, letter: str) -> None:
        if self.ahead() != letter:
            raise BrokenJsonError
        self._at += 1

    def _scanned(self, most: int | None) -> Any:
        kind = self.ahead()
        wanted = 1
        while True:
            found = self._tried()
            if found is not MISSING:
                return found
            length = len(self._text) - self._at
            if kind in _CONTAINERS:
                if most is not None and length >= most:
                    return MISSING
            elif kind != '"' and length > _LONGEST_WORD:
                raise BrokenJsonError
            for _ in range(wanted):
                if not self._more():
                    break
            wanted *= 2
            if self._ended and length == len(self._text) - self._at:
                raise BrokenJsonError

    def _tried(self) -> Any:
        """Return a value that is there whole; MISSING where it may not be. No error's text is let out."""
        try:
            found, end = self._scan(self._text, self._at)
        except (ValueError, RecursionError):
            return MISSING
        if end == len(self._text) and not self._ended and self._text[self._at] not in '{["':
            return MISSING
        self._at = end
        return found

    def _more(self) -> bool:
        """Fetch about 4 MB more; return False at the end of the document."""
        if self._ended:
            return False
        parts, size = [self._text[self._at :]], 0
        while size < _PIECE:
            piece = next(self._pieces, None)
            self._ended = piece is None
            parts.append(self._decode(piece or b"", final=self._ended))
            if piece is None:
                break
            size += len(piece)
        self._text, self._at = "".join(parts), 0
        return size > 0

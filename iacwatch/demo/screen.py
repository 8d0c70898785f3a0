"""Writes the demo's text: headings, paragraphs that fit, and colour only where the terminal has it."""

import os
import shutil
import textwrap
from typing import Final, TextIO

_NARROWEST: Final = 40
_WIDEST: Final = 80
_STYLES: Final = {"bold": "1", "dim": "2", "accent": "36"}


class Screen:
    """A stream that people read. `terminal` says whether it is one.

    `color` is ``always``, ``never`` or ``auto``: on a terminal, as the environment says.
    """

    def __init__(self, out: TextIO, color: str = "auto") -> None:
        self.out = out
        self.terminal = out.isatty()
        columns = shutil.get_terminal_size((_WIDEST, 24)).columns if self.terminal else _WIDEST
        self.width = max(_NARROWEST, min(columns, _WIDEST))
        self.color = color
        self._coloured = self._wanted() if color == "auto" else color == "always"

    def _wanted(self) -> bool:
        environ = os.environ
        return not environ.get("NO_COLOR") and (
            bool(environ.get("FORCE_COLOR")) or (self.terminal and environ.get("TERM") != "dumb")
        )

    def style(self, text: str, *styles: str) -> str:
        """Return a text in these styles (bold, dim, accent) where there is colour, else as it is."""
        if not self._coloured or not text:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write one line as it is; what the stream's encoding cannot say becomes ``?``."""
        encoding = getattr(self.out, "encoding", None) or "utf-8"
        self.out.write(text.encode(encoding, "replace").decode(encoding) + "\n")

    def heading(self, text: str) -> None:
        """Write a heading across the width."""
        rule = "─" * max(3, self.width - len(text) - 5)
        self.line()
        self.line(self.style(f"── {text} {rule}", "bold", "accent"))
        self.line()

    def say(self, *sentences: str, style: str = "") -> None:
        """Write a paragraph that fits the width."""
        for each in textwrap.wrap(" ".join(sentences), self.width, break_on_hyphens=False):
            self.line(self.style(each, style) if style else each)

    def term(self, name: str, meaning: str) -> None:
        """Write a word and what it means, as one hanging paragraph."""
        head, rest = f"  {name:<16}", " " * 18
        lines = textwrap.wrap(meaning, self.width - len(rest), break_on_hyphens=False)
        for index, each in enumerate(lines):
            self.line((self.style(head, "bold") if index == 0 else rest) + each)

    def flush(self) -> None:
        """Let everything appear before another process writes to the same stream."""
        self.out.flush()

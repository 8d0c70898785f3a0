"""Strangers' text in Markdown: always as code, since code holds no mention, link, emoji or markup.

Escaping each special character would not do: GitHub and GitLab link ``@name``, ``#12``, ``owner/name#12``,
addresses and commit ids wherever they stand in text, and have no escape for them.
"""

import re
from html import escape
from typing import Final

from iacwatch.core.present.verbs import Phrase
from iacwatch.core.text import plain
from iacwatch.sinks.diff_text import BeforeAfter

LONGEST: Final = 80
_TICKS: Final = re.compile(r"`+")


def code(text: str, longest: int = LONGEST) -> str:
    """Return a text as a code span for outside of tables; "" for an empty one."""
    shown = plain(text, longest)
    return _span(shown) if shown else ""


def cell(text: str, longest: int = LONGEST) -> str:
    """Return a text as a code span for a table's cell.

    A bar ends a cell even in code unless a backslash stands before it, and a backslash of the text's own
    would take that one away: there the text stands in two spans.
    """
    shown = plain(text, longest)
    if not shown:
        return ""
    pieces = re.split(r"(?<=\\)(?=\|)", shown)
    return " ".join(_span(piece).replace("|", r"\|") for piece in pieces)


def html(text: str, longest: int = LONGEST) -> str:
    """Return a text as code in HTML, for where Markdown is not read (a summary); "" for an empty one."""
    shown = plain(text, longest)
    return f"<code>{escape(shown)}</code>" if shown else ""


def phrase(done: Phrase, *, as_html: bool = False, longest: int = LONGEST) -> str:
    """Return verb and object, for a table's cell or for HTML; nouns and verbs are ours, and stay text."""
    wrap = html if as_html else cell
    return " ".join(wrap(part.text, longest) if part.code else part.text for part in done)


def differences(entries: list[BeforeAfter]) -> str:
    """Return what was and what is as a fenced block that GitHub shows in red and green; "" for nothing."""
    lines: list[str] = []
    for entry in entries:
        lines.append(f"@@ {entry.path} @@")
        for sign, text in (("-", entry.before), ("+", entry.after)):
            lines.extend(f"{sign} {line}" for line in (text.split("\n") if text is not None else ()))
    return fenced("\n".join(lines), "diff") if lines else ""


def fenced(body: str, language: str = "") -> str:
    """Return lines as a block of code, in a fence that they cannot end."""
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def _span(text: str) -> str:
    ticks = "`" * (_longest_run(text) + 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)

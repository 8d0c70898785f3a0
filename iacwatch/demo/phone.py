"""Shows Slack messages as a phone does, in plain text."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from iacwatch.core.model import Json
from iacwatch.demo.screen import Screen

_BAR: Final = "  ┃ "
_REPLY: Final = "  ┃   ↳ "
_REPLY_ON: Final = "  ┃     "
_ANGLED: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MARKS: Final = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)(.+?)(?<=\S)\1(?![\w*_~`])")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def show(screen: Screen, message: Mapping[str, Json], replies: Sequence[Mapping[str, Json]]) -> None:
    """Write one message, and under it the further ones of its thread."""
    screen.line(f"{_BAR}{screen.style('iacwatch', 'bold')}  {screen.style(str(message['channel']), 'dim')}")
    for text, style in _lines(message):
        _wrapped(screen, text, _BAR, _BAR, style)
    for reply in replies:
        for index, (text, style) in enumerate(_lines(reply)):
            _wrapped(screen, text, _REPLY_ON if index else _REPLY, _REPLY_ON, style)


def readable(markup: str) -> str:
    """Return Slack's markup as it is read: links by their label, no marks, entities as they are meant."""
    text = _ANGLED.sub(_angled, markup)
    for _ in range(2):  # one mark within another
        text = _MARKS.sub(r"\2", text)
    return _unescaped(text)


def words(message: Mapping[str, Json]) -> str:
    """Return all that a message says, as one text."""
    return "\n".join((readable(str(message["text"])), *(text for text, _ in _lines(message))))


def _angled(found: re.Match[str]) -> str:
    what, label = found[1], found[2]
    if what.startswith(("!date^", "http")) and label:
        return label
    if what.startswith(("!", "@", "#")):
        return "@" + (label or what.lstrip("!@#"))  # a mention, which would ring
    return label or what


def _lines(message: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the lines of a message, each with its style."""
    blocks = message["blocks"]
    if not blocks:
        yield from ((line, "") for line in readable(str(message["text"])).splitlines())
    for block in blocks:
        match block.get("type"):
            case "actions":
                labels = [_text(each.get("text")) for each in block["elements"]]
                yield "  ".join(f"[{label}]" for label in labels), "accent"
            case "context":
                yield " · ".join(_text(each) for each in block["elements"]), "dim"
            case "header":
                yield _text(block["text"]), "bold"
            case "section":
                texts = [block["text"]] if block.get("text") else []
                for each in (*texts, *(block.get("fields") or ())):
                    yield from ((line, "") for line in _text(each).splitlines())
            case _:
                continue


def _text(element: Mapping[str, Json] | None) -> str:
    if not element:
        return ""
    text = str(element.get("text") or element.get("alt_text") or "")
    return readable(text) if element.get("type") == "mrkdwn" else _unescaped(text)


def _unescaped(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def _wrapped(screen: Screen, text: str, first: str, further: str, style: str) -> None:
    lines = textwrap.wrap(text, screen.width - len(first), break_on_hyphens=False) or [""]
    for index, line in enumerate(lines):
        screen.line((further if index else first) + (screen.style(line, style) if style else line))

"""Text for Slack that does nothing: no mention, no link, no emoji, no formatting but our own.

Strangers' texts are cut first and escaped then (``&``, ``<``, ``>`` in this order disarm ``<!channel>``,
``<@U…>`` and links), and stand in code or plain_text, where nothing else acts either.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from iacwatch.core.model import Json
from iacwatch.core.present.verbs import Part
from iacwatch.core.text import plain

LONGEST_SECTION: Final = 3_000
LONGEST_CONTEXT: Final = 2_000


def escaped(text: str) -> str:
    """Return a text with Slack's control characters disarmed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str, longest: int) -> str:
    """Return a stranger's text as code of at most `longest` letters; a backtick would end it early."""
    cut = plain(text.replace("`", "'"), longest) or "?"
    return f"`{escaped(cut)}`"


def phrase(parts: Iterable[Part], longest: int) -> str:
    """Return the pieces of a sentence as mrkdwn, what strangers wrote as code."""
    return " ".join(code(part.text, longest) if part.code else escaped(part.text) for part in parts)


def section(markdown: str) -> Json:
    """Return a section of our own markup; `verbatim`: Slack makes no links of what looks like one."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": markdown, "verbatim": True}}


def context(markdown: str) -> Json:
    """Return small print of our own markup."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": markdown, "verbatim": True}]}


def plain_context(text: str) -> Json:
    """Return small print that is all text, whoever wrote it; cut it before."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": escaped(text), "emoji": False}]}


def link(url: str, label: str) -> str:
    """Return a link with a label of ours."""
    return f"<{escaped(url)}|{label}>"


def mention(identity: str) -> str:
    """Return what mentions a group (``S…``) or a user (``U…``, ``W…``), whose id the settings checked."""
    return f"<!subteam^{identity}>" if identity.startswith("S") else f"<@{identity}>"


def sections(lines: Sequence[str]) -> list[Json]:
    """Return lines of our own markup in as few sections as hold them."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < LONGEST_SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [section(text) for text in texts]


def fits(blocks: Sequence[Json], *, most: int, longest: int) -> bool:
    """Return whether Slack takes the blocks: their number, each text, and all texts together."""
    lengths = [
        (len(each["text"]), LONGEST_SECTION if block["type"] == "section" else LONGEST_CONTEXT)
        for block in blocks
        for each in (block.get("text"), *block.get("elements", ()))
        if each is not None and isinstance(each["text"], str)
    ]
    return (
        len(blocks) <= most
        and all(length <= limit for length, limit in lengths)
        and sum(length for length, _ in lengths) <= longest
    )

"""What both histories, the API's and the files', have to know of an item at a glance."""

import re
from typing import Final

_SAFE: Final = re.compile(r"[A-Za-z0-9_.:@ -]{3,}")
_CREATED: Final = frozenset({"resourcediscovered", "discovered", "create"})
_GONE: Final = ("resourcedeleted", "delete")


def mark(tag_key: str) -> str:
    """Return what the text of every item holds that carries a tag.

    "", which any text holds, where the key is very short, or JSON may spell it in other ways (escaped).
    """
    return tag_key if _SAFE.fullmatch(tag_key) else ""


def created(status: object) -> bool:
    """Return whether an item of this status is of a discovery: it is compared with nothing."""
    return str(status).lower() in _CREATED


def gone(status: object) -> bool:
    """Return whether an item of this status is of a deletion."""
    return str(status).lower().startswith(_GONE)

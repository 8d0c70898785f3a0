"""What both histories, the API's and the files', have to know of an item at a glance."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from iacwatch.core.model import Json

_SAFE: Final = re.compile(r"[A-Za-z0-9_.:@ -]{3,}")
_CREATED: Final = frozenset({"resourcediscovered", "discovered", "create"})
_ITS_OWN: Final = (
    "configurationItemCaptureTime",
    "configurationItemDeliveryTime",
    "configurationItemMD5Hash",
    "configurationStateMd5Hash",
    "configurationStateId",
)
"""What differs from item to item, whatever else does."""

AT_A_GLANCE: Final = (
    *_ITS_OWN,
    "configurationItemStatus",
    "awsAccountId",
    "accountId",
    "awsRegion",
    "resourceType",
    "resourceId",
    "ARN",
    "arn",
)
"""All that is looked at of an item, beside its text, until it is a change."""

_VARIES: Final = re.compile(rf'"(?:{"|".join(_ITS_OWN)})"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^"\[\]{{}},]+)')
_DIGEST: Final = 16
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


def content_of(document: Mapping[str, Json], text: str) -> bytes:
    """Return 16 bytes that are the same for items of a resource which surely do not differ; b"": not known.

    Nor is it of the first item of a resource, or its last: they are a change whatever they are compared with.
    """
    status = document.get("configurationItemStatus")
    if created(status) or gone(status):
        return b""
    shared, count = _VARIES.subn("", text)
    if count != sum(map(document.__contains__, _ITS_OWN)):
        return b""  # a part of its configuration has such a name, too
    return sha256(shared.encode("utf-8", "surrogatepass")).digest()[:_DIGEST]

"""Which kind of policy refused a call, as AWS's message says, and who can change that."""

import re
from collections.abc import Mapping
from typing import Final

_EXPLICIT: Final = re.compile(
    r"explicit deny(?: in (?:an? |the )?([A-Za-z -]{1,40}?(?:policy|boundary)))?", re.IGNORECASE
)
_NOT_ALLOWED: Final = re.compile(r"because no ([A-Za-z -]{1,40}?(?:policy|boundary)) allows", re.IGNORECASE)
_ASK: Final = "whoever administers the organization can change that"
_OWNERS: Final[Mapping[str, str]] = {
    "service control policy": _ASK,
    "resource control policy": _ASK,
    "permissions boundary": "change the boundary of the caller's user or role",
    "session policy": "open the session without that policy, or with a wider one",
    "vpc endpoint policy": "change the policy of the VPC endpoint that the call goes through",
    "resource-based policy": "change the policy of the resource itself (queue, bucket, key, table)",
    "role trust policy": "change the trust policy of that role",
    "identity-based policy": "remove it from the caller's policies",
}
"""What to do, by the kind of policy, where granting the action to the caller does not help."""


def denial(message: str) -> str:
    """Return what stands in the way and who can change it; "" where the caller only lacks a permission."""
    if found := _EXPLICIT.search(message):
        if not found[1]:
            return (
                "an explicit deny forbids it (a policy of the organization, of the role or of the resource)"
            )
        return _said(f"an explicit deny in {_article(found[1])} forbids it", found[1])
    found = _NOT_ALLOWED.search(message)
    if found is None or found[1].lower() in {"identity-based policy", "role trust policy"}:
        return ""
    return _said(f"no {found[1]} allows it", found[1])


def _said(happened: str, kind: str) -> str:
    owner = _OWNERS.get(kind.lower(), "")
    return f"{happened}, so granting it does not help" + (f": {owner}" if owner else "")


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"

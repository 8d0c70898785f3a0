"""Normalises the path to a value in a call's parameters, so that one path fits all services.

EC2 wraps newer calls' parameters (``DeleteNatGatewayRequest.NatGatewayId``), writes a list as
``instancesSet.items[].instanceId`` or ``FlowLogId.{tag, content}``; others say ``alarmNames[]``. What is left
is the path as `core.catalog` writes it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_PADDING: Final = frozenset({"items", "item", "member", "entry"})
_WRAPPERS: Final = ("request", "req", "response")
_IDS: Final = ("identifier", "name", "arn", "id")


@lru_cache(maxsize=16_384)
def dotted_path(keys: Sequence[str]) -> str:
    """Return the dotted path of lower-cased `keys` (without the section that they begin in)."""
    kept = [key.replace("-", "") for key in keys if key not in _PADDING]
    if len(kept) > 1 and kept[0].endswith(_WRAPPERS):
        kept = kept[1:]
    if len(kept) > 1 and kept[-1] == "content":
        kept = kept[:-1]
    return ".".join(
        key for at, key in enumerate(kept) if at + 1 == len(kept) or not _is_list_of(key, kept[at + 1])
    )


@lru_cache(maxsize=1024)
def dotted_paths(written: tuple[str, ...]) -> frozenset[str]:
    """Return paths as the catalog writes them, in the form of `dotted_path`."""
    return frozenset(dotted_path(tuple(each.split("."))) for each in written)


@lru_cache(maxsize=1024)
def last_keys(written: tuple[str, ...]) -> frozenset[str]:
    """Return the last keys of paths."""
    return frozenset(each.rsplit(".", 1)[-1] for each in written)


def _is_list_of(key: str, below: str) -> bool:
    """Return whether a key is only the name of the list of what is below it."""
    stem = next((below.removesuffix(end) for end in _IDS if below.endswith(end) and below != end), below)
    return key in {f"{stem}set", f"{stem}sset", f"{stem}s", f"{below}s", f"{below}set", f"{below}list"}

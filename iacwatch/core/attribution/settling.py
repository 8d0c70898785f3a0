"""Recognises what a resource does by itself after somebody made or changed it: pending, then available.

AWS answers a call at once and does the work afterwards, so that a later configuration item differs in nothing
but a status, which went from one that passes to one that lasts, and in what AWS fills in when it is done: an
endpoint, an address, times. The names of such properties and the words in them say so, whatever the type.

What waits for somebody (``pending-acceptance``, ``PendingImport``) does not settle by itself, nor does
what somebody must have asked for: running to stopped, enabled to disabled, anything about a deletion.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from iacwatch.core.model import Json, PropertyChange
from iacwatch.core.text import words

_STATUS: Final = re.compile(
    r"(?!desired|target|expected|requested)\w*(status|state)(es|s|summary)?|lifecycle"
)
_REASON: Final = re.compile(
    r"\w*(status|state)(transition)?(reasons?|messages?|details?|information|description)(code)?|progress"
)
_BELOW_STATUS: Final = frozenset({"code", "message", "reason", "reasoncode", "description"})
_FILLED: Final = re.compile(
    r"(?!vpc)\w*endpoints?(url|address|port)?|\w*dnsname|(domain|host)name|host|port|hostedzoneid|dnsipaddrs"
    r"|(public|private|elastic|master|node|virtual)?(ip)?(v4|v6)?address(es)?|(public|private)ip"
    r"|(platform|engine|current|grafana)?version|(service|repository|invoke|access|workspace|domain)?ur[il]"
    r"|networkinterfaceids?|(cache|cluster)?nodes|brokerinstances|(bootstrapbroker|zookeeperconnect)string\w*"
    r"|certificateauthority|outputs|arn"
)
"""What AWS fills in when it is done, where nothing stood before."""

_FREE: Final = frozenset(
    (
        *("annotations", "attributes", "environment", "labels", "metadata", "parameters", "properties"),
        *("settings", "tags", "taglist", "tagset", "variables"),
    )
)
"""Keys of maps below which people choose names themselves."""

_TIME: Final = re.compile(
    r"\w*(creat|updat|modif|chang|launch|complet|activat|ready|provision|deploy|transition|issue)\w*"
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:.{1,40}|1\d{9}(\d{3})?(\.\d+)?")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LONGEST: Final = 80

_PASSES: Final = words(
    "activating allocating applying associating attaching backfilling building configuring copying creating "
    "deploying enabling initializing inprogress installing joining launching modifying optimizing pending "
    "preparing processing progress provisioning rebalancing rebooting reconfiguring registering replicating "
    "resizing restarting restoring scaling starting synchronizing syncing under updating upgrading"
)
"""Words that say of a status that it passes."""

_LASTS: Final = words(
    "active associated attached available complete completed created deployed done enabled error failed "
    "healthy idle inservice installed insync inuse issued normal ok online operational provisioned ready "
    "registered running service stable succeeded success successful sync synced up updated use valid"
)
"""Words that say of a status that it lasts: what was to be done is done, or has failed."""

_OF_WORK: Final = frozenset(
    (
        *("change", "configuration", "create", "creation", "deployment", "in", "launch", "operation"),
        *("provision", "rollback", "service", "start", "update", "upgrade"),
    )
)
"""Words of what is being done; with any other word beside them a status says something else."""

_OF_STACKS: Final = frozenset({"import", "complete", "cleanup"})
"""The same, where a status says besides that it is in progress, or complete."""


class _Leaf(NamedTuple):
    """One value of a diff, by its lower-case keys below ``Configuration``, without list indices."""

    keys: tuple[str, ...]
    before: Json
    after: Json


def settles(diff: Iterable[PropertyChange], *, known: Iterable[PropertyChange] = ()) -> bool:
    """Return whether a status settled, and nothing else differs but what comes with that.

    `known` are the entries of which it is known already that AWS changes such properties by itself.
    """
    settled = False
    for leaf in _leaves(diff):
        if _settled(leaf):
            settled = True
        elif not _comes_with_it(leaf):
            return False
    return settled or any(map(_settled, _leaves(known)))


def _leaves(diff: Iterable[PropertyChange]) -> Iterator[_Leaf]:
    for entry in diff:
        section, *keys = entry.path.lower().split(".")
        below = tuple(key for key in keys if not key.isdigit()) if section == "configuration" else ()
        yield from _parts(below, entry.previous, entry.updated)


def _parts(keys: tuple[str, ...], before: Json, after: Json) -> Iterator[_Leaf]:
    """Yield what differs between two values, objects key by key, since a diff may hold them whole."""
    if isinstance(before or {}, Mapping) and isinstance(after or {}, Mapping) and (before or after):
        old, new = before or {}, after or {}
        for key in {**old, **new}:
            yield from _parts((*keys, key.lower()), old.get(key), new.get(key))
    elif before != after:
        yield _Leaf(keys, before, after)


def _status_at(keys: tuple[str, ...]) -> int | None:
    """Return which of some keys is a status's; None where none is, or where people choose the keys."""
    if not _FREE.isdisjoint(keys):
        return None
    return next((index for index, key in enumerate(keys) if _STATUS.fullmatch(key)), None)


def _settled(leaf: _Leaf) -> bool:
    if _status_at(leaf.keys) is None:
        return False
    before, after = _words(leaf.before), _words(leaf.after)
    return (
        not before.isdisjoint(_PASSES)
        and before <= _PASSES | _OF_WORK | (_OF_STACKS if "progress" in before else frozenset())
        and not after.isdisjoint(_LASTS)
        and after <= _LASTS | _OF_WORK | (_OF_STACKS if "complete" in after else frozenset())
    )


def _words(value: Json) -> frozenset[str]:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return frozenset()
    return frozenset(word.lower() for word in _WORD.findall(value))


def _comes_with_it(leaf: _Leaf) -> bool:
    """Return whether AWS sets a property when a status settles: the reason, a time, what is new."""
    if not leaf.keys or not _FREE.isdisjoint(leaf.keys):
        return False
    first, last, at = leaf.keys[0], leaf.keys[-1], _status_at(leaf.keys)
    below = at is not None and at < len(leaf.keys) - 1
    if any(map(_REASON.fullmatch, leaf.keys)) or (below and last in _BELOW_STATUS):
        return "user" not in f"{leaf.before} {leaf.after}".lower()
    if _TIME.fullmatch(last) and _DATE.fullmatch(str(leaf.after)):
        return not leaf.before or _DATE.fullmatch(str(leaf.before)) is not None
    new = leaf.before in (None, "", [], {})
    return new and (below if at is not None else _FILLED.fullmatch(first) is not None)

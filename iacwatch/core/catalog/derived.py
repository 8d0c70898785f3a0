"""What a resource type's own name suggests about it: ``AWS::Backup::BackupPlan`` has a `CreateBackupPlan`."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from iacwatch.core.catalog.schema import Shows, TypeFacts, either
from iacwatch.core.catalog.services import SERVICES, Service

_VERBS: Final = (
    "Create|Update|Delete|Put|Modify|Set|Add|Remove|Enable|Disable|Register|Deregister|Reset|Restore|Accept"
    "|Terminate|Import|Allocate|Release|Change|Cancel|Replace|Tag|Untag|Upgrade|Failover|Switchover"
)
"""Verbs by which a call changes what it is called after; whoever associates it makes another thing."""

_ASPECT: Final = (
    "s|es|Attributes?|Config|Configurations?|Settings?|Options|Policy|PermissionsPolicy|ResourcePolicy|Permissions?"
    "|Status|State|V2|Details|Description|Name|Properties|Metadata|Tags?|Encryption|Logging|Capacity|Type|Schedule"
    "|Endpoint|Version|Constraints?|Members?|Rules?|AccessPolicy|LockConfiguration|Notifications"
    "|(Delivery|Reputation|Sending|Tracking)Options|(ReputationMetrics|Sending)Enabled"
)
"""What a call's name may say after the noun: an aspect of the thing, and not another thing of its own."""

_MAKING: Final = "Create|Register|Import|Restore|Allocate|Put|Request"
_ENDING: Final = "Delete|Terminate|Release|Deregister|Cancel|Remove"
_CHANGING_STATE: Final = "Start|Stop|Reboot|Restart|Resume|Suspend|Pause|Activate|Deactivate"
_TAGGING: Final = (
    "(Tag|Untag)Resources?|(Create|Delete|Add|Remove)Tags\\w{0,16}|UpdateTags\\w{0,12}|ChangeTagsForResource"
)
_PLAIN: Final = ("id", "name", "arn", "identifier", "resourcearn", "resource", "resourceid", "resourcename")


def noun_ends(noun: str) -> tuple[str, ...]:
    """Return a noun in small letters, its last word, and every end of it: ``vpcendpoint``, ``endpoint``."""
    words = re.findall("[A-Z]+(?![a-z])|[A-Z][a-z0-9]+|[a-z0-9]+", noun)
    key, short = noun.lower(), words[-1].lower() if words else noun.lower()
    return (key, short, *("".join(words[at:]).lower() for at in range(len(words))))


def names_after(stems: Iterable[str]) -> tuple[str, ...]:
    """Return the keys under which calls name a thing that goes by one of some stems."""
    return tuple(f"{stem}{suffix}" for stem in stems for suffix in ("id", "name", "arn", "identifier", ""))


def completed(row: TypeFacts) -> TypeFacts:
    """Return a row with what its type's name suggests; what the row says about calls comes on top."""
    parts = row.type.split("::")
    service, noun = (parts[1], parts[-1]) if len(parts) > 1 else ("", row.type)
    noun = row.called or noun
    ends = noun_ends(noun)
    key, short = ends[0], ends[1]
    stems = dict.fromkeys((*ends, key.removeprefix(service.lower()) or key))
    named = names_after(stems)
    named = (*named, f"current{key}name", f"current{key}id")
    found = f"(?i:{re.escape(service)}|Managed|Custom[a-z]{{0,12}}|Standby)?(?i:{re.escape(noun)})"
    return replace(
        row,
        sources=row.sources
        or SERVICES.get(service, Service(service)).sources
        or tuple(dict.fromkeys((service.lower(), _hyphenated(service)))),
        targets=(*dict.fromkeys((*named, *_PLAIN, *row.targets)),),
        acts=either(
            f"({_VERBS}){found}({_ASPECT}){{0,2}}",
            f"(AddTo|RemoveFrom){found}",
            _TAGGING,
            row.acts,
            row.creates,
            row.deletes,
        ),
        anywhere=f"({_VERBS}|{_CHANGING_STATE}){found}({_ASPECT}){{0,2}}",
        shows=(
            Shows(
                events=f"({_CHANGING_STATE}){found}s?",
                fields=("status", "state", f"{key}status", f"{key}state", f"{short}status", f"{short}state"),
            ),
            *row.shows,
        ),
        creates=either(f"({_MAKING}){found}s?", row.creates),
        deletes=either(f"(Batch)?({_ENDING}){found}(s|es|Configuration|V2)?", row.deletes),
        answers=("arn", "id", *(f"{stem}{end}" for stem in stems for end in ("id", "arn")), *row.answers),
    )


def _hyphenated(service: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", service).lower()

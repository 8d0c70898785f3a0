"""Puts what was done into a verb phrase, from the event's name or the properties that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import ChangeType, Finding, PropertyChange
from iacwatch.core.present import properties
from iacwatch.core.present.firewall import Opening, opened_and_closed
from iacwatch.core.text import plain

_LONGEST: Final = 80
_NAMED: Final = 2

_VERBS: Final = {
    "AddPermission": "added a permission to",
    "AttachGroupPolicy": "attached a policy to",
    "AttachRolePolicy": "attached a policy to",
    "AttachUserPolicy": "attached a policy to",
    "CancelKeyDeletion": "cancelled the deletion of",
    "CreateAccessKey": "created an access key of",
    "CreateLoginProfile": "gave a console password to",
    "CreateRoute": "added a route to",
    "DeleteAccessKey": "deleted an access key of",
    "DeleteBucketPolicy": "deleted the policy of",
    "DeleteBucketPublicAccessBlock": "removed the public access block of",
    "DeleteGroupPolicy": "deleted an inline policy of",
    "DeletePublicAccessBlock": "removed the public access block of",
    "DeleteRolePermissionsBoundary": "removed the permissions boundary of",
    "DeleteRolePolicy": "deleted an inline policy of",
    "DeleteRoute": "removed a route from",
    "DeleteUserPolicy": "deleted an inline policy of",
    "DetachGroupPolicy": "detached a policy from",
    "DetachRolePolicy": "detached a policy from",
    "DetachUserPolicy": "detached a policy from",
    "DisableKey": "disabled",
    "DisableKeyRotation": "disabled the rotation of",
    "EnableKey": "enabled",
    "EnableKeyRotation": "enabled the rotation of",
    "PutBucketAcl": "changed the ACL of",
    "PutBucketPolicy": "changed the policy of",
    "PutBucketPublicAccessBlock": "changed the public access block of",
    "PutGroupPolicy": "changed an inline policy of",
    "PutKeyPolicy": "changed the policy of",
    "PutPublicAccessBlock": "changed the public access block of",
    "PutRolePermissionsBoundary": "changed the permissions boundary of",
    "PutRolePolicy": "changed an inline policy of",
    "PutUserPolicy": "changed an inline policy of",
    "RebootDBInstance": "rebooted",
    "RebootInstances": "rebooted",
    "RemovePermission": "removed a permission from",
    "ReplaceRoute": "changed a route of",
    "ScheduleKeyDeletion": "scheduled the deletion of",
    "StartDBCluster": "started",
    "StartDBInstance": "started",
    "StartInstances": "started",
    "StartLogging": "started the logging of",
    "StopDBCluster": "stopped",
    "StopDBInstance": "stopped",
    "StopInstances": "stopped",
    "StopLogging": "stopped the logging of",
    "UpdateAssumeRolePolicy": "changed the trust policy of",
    "UpdateFunctionCode": "changed the code of",
}
"""Calls that say more than "changed"; for all others, the phrase names the properties that differ."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `code` marks names and values, which the caller may have chosen."""

    text: str
    code: bool = False


Phrase = tuple[Part, ...]


def verb_phrase(finding: Finding, diff: Sequence[PropertyChange], *, tag_key: str) -> Phrase:
    """Return what was done, ready to be followed by the object: "deleted", "opened 22/tcp to … on".

    `diff` is the redacted one. What happened to the managed tag comes before everything else.
    """
    change, managed = finding.change, finding.managed
    if change.change_type is ChangeType.DELETE:
        ended = finding.match is not None and finding.match.event.name == "TerminateInstances"
        return (Part("terminated" if ended else "deleted"),)
    if managed.removed:
        return Part("removed"), _tag(tag_key, managed.value), Part("from")
    if managed.new_value is not None:
        return (
            Part("changed"),
            _code(tag_key),
            Part("from"),
            _code(managed.value or '""'),
            Part("to"),
            _code(managed.new_value or '""'),
            Part("on"),
        )
    if managed.added:
        return Part("added"), _tag(tag_key, managed.value), Part("to")
    if change.change_type is ChangeType.CREATE:
        return (Part("created"),)
    return _firewall(finding, diff) or _called(finding) or _changed(finding)


def _firewall(finding: Finding, diff: Sequence[PropertyChange]) -> Phrase:
    if not facts_of(finding.change.resource.type).opens_ways:
        return ()
    opened, closed = opened_and_closed(diff)
    if opened:
        more = len(opened) + len(closed) - 1
        return (Part("opened"), *_way(opened[0]), *_more(more), Part("on"))
    if closed:
        return (Part("closed"), *_way(closed[0]), *_more(len(closed) - 1), Part("on"))
    return ()


def _way(way: Opening) -> Phrase:
    ports, peer = _code(way.ports), _code(way.peer)
    return (Part("outbound"), ports, Part("to"), peer) if way.outbound else (ports, Part("to"), peer)


def _more(count: int) -> Phrase:
    return (Part(f"and {count} more"),) if count else ()


def _called(finding: Finding) -> Phrase:
    verb = _VERBS.get(finding.match.event.name) if finding.match else None
    return (Part(verb),) if verb else ()


def _changed(finding: Finding) -> Phrase:
    names = properties.names(finding.change)
    if not names:
        return (Part("changed"),)
    if len(names) > _NAMED:
        return (Part(f"changed {len(names)} properties of"),)
    first, *others = (_code(name) for name in names)
    return (Part("changed"), first, *(part for name in others for part in (Part("and"), name)), Part("of"))


def _tag(key: str, value: str | None) -> Part:
    return _code(f"{key}={value}" if value is not None else key)


def _code(text: str) -> Part:
    return Part(plain(text, _LONGEST), code=True)

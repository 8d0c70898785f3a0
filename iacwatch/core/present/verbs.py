"""Puts what was done into a verb phrase, from the event's name or the properties that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import ChangeType, Finding, PropertyChange
from iacwatch.core.parse.firewall import WORLD, Opening, opened_and_closed
from iacwatch.core.present import properties
from iacwatch.core.text import plain

_LONGEST: Final = 80
_NAMED: Final = 2

_VERBS: Final = {
    "AddLayerVersionPermission": "let another account use",
    "AddPermission": "added a permission to",
    "AddRoleToInstanceProfile": "added a role to",
    "AddUserToGroup": "added a user to",
    "AssociateIamInstanceProfile": "gave another role to",
    "AssociateRouteTable": "associated a subnet with",
    "AssociateVpcCidrBlock": "added a CIDR block to",
    "AttachGroupPolicy": "attached a policy to",
    "AttachRolePolicy": "attached a policy to",
    "AttachUserPolicy": "attached a policy to",
    "CancelKeyDeletion": "cancelled the deletion of",
    "CancelRotateSecret": "switched off the rotation of",
    "CreateAccessKey": "created an access key of",
    "CreateFunctionUrlConfig": "gave a URL to",
    "CreateLoginProfile": "gave a console password to",
    "CreateRoute": "added a route to",
    "CreateServiceSpecificCredential": "created credentials of",
    "DeactivateMFADevice": "switched off an MFA device of",
    "DeleteAccessKey": "deleted an access key of",
    "DeleteBucketCors": "removed the CORS rules of",
    "DeleteBucketEncryption": "removed the encryption of",
    "DeleteBucketLifecycle": "removed the lifecycle rules of",
    "DeleteBucketPolicy": "deleted the policy of",
    "DeleteBucketPublicAccessBlock": "removed the public access block of",
    "DeleteBucketReplication": "removed the replication of",
    "DeleteBucketWebsite": "removed the website of",
    "DeleteFunctionConcurrency": "removed the reserved concurrency of",
    "DeleteFunctionUrlConfig": "removed the URL of",
    "DeleteGroupPolicy": "deleted an inline policy of",
    "DeleteLifecyclePolicy": "removed the lifecycle policy of",
    "DeleteLoginProfile": "took the console password from",
    "DeletePublicAccessBlock": "removed the public access block of",
    "DeleteRepositoryPolicy": "deleted the policy of",
    "DeleteResourcePolicy": "deleted the policy of",
    "DeleteRetentionPolicy": "removed the retention of",
    "DeleteRolePermissionsBoundary": "removed the permissions boundary of",
    "DeleteRolePolicy": "deleted an inline policy of",
    "DeleteRoute": "removed a route from",
    "DeleteSecret": "scheduled the deletion of",
    "DeleteUserPermissionsBoundary": "removed the permissions boundary of",
    "DeleteUserPolicy": "deleted an inline policy of",
    "DetachGroupPolicy": "detached a policy from",
    "DetachRolePolicy": "detached a policy from",
    "DetachUserPolicy": "detached a policy from",
    "DisableAlarmActions": "switched off the actions of",
    "DisableKey": "disabled",
    "DisableKeyRotation": "disabled the rotation of",
    "DisableLogging": "switched off the logging of",
    "DisableRule": "disabled",
    "DisassociateIamInstanceProfile": "took the role from",
    "DisassociateRouteTable": "dissociated a subnet from",
    "DisassociateWebACL": "took the web ACL off",
    "EnableAlarmActions": "switched on the actions of",
    "EnableKey": "enabled",
    "EnableKeyRotation": "enabled the rotation of",
    "EnableRule": "enabled",
    "ImportKeyPair": "imported",
    "ModifyDBClusterSnapshotAttribute": "changed who may use",
    "ModifyDBSnapshotAttribute": "changed who may use",
    "ModifyImageAttribute": "changed who may use",
    "ModifySnapshotAttribute": "changed who may use",
    "PutBucketAcl": "changed the ACL of",
    "PutBucketCors": "changed the CORS rules of",
    "PutBucketEncryption": "changed the encryption of",
    "PutBucketLifecycle": "changed the lifecycle rules of",
    "PutBucketLifecycleConfiguration": "changed the lifecycle rules of",
    "PutBucketLogging": "changed the access logging of",
    "PutBucketPolicy": "changed the policy of",
    "PutBucketPublicAccessBlock": "changed the public access block of",
    "PutBucketReplication": "changed the replication of",
    "PutBucketVersioning": "changed the versioning of",
    "PutBucketWebsite": "changed the website of",
    "PutEventSelectors": "changed what is recorded by",
    "PutFunctionConcurrency": "changed the reserved concurrency of",
    "PutGroupPolicy": "changed an inline policy of",
    "PutImageScanningConfiguration": "changed the image scanning of",
    "PutKeyPolicy": "changed the policy of",
    "PutLifecyclePolicy": "changed the lifecycle policy of",
    "PutPublicAccessBlock": "changed the public access block of",
    "PutResourcePolicy": "changed the policy of",
    "PutRetentionPolicy": "changed the retention of",
    "PutRolePermissionsBoundary": "changed the permissions boundary of",
    "PutRolePolicy": "changed an inline policy of",
    "PutSecretValue": "changed the value of",
    "PutUserPermissionsBoundary": "changed the permissions boundary of",
    "PutUserPolicy": "changed an inline policy of",
    "RebootDBCluster": "rebooted",
    "RebootDBInstance": "rebooted",
    "RebootInstances": "rebooted",
    "RemovePermission": "removed a permission from",
    "RemoveRoleFromInstanceProfile": "removed a role from",
    "RemoveUserFromGroup": "removed a user from",
    "ReplaceRoute": "changed a route of",
    "RestoreSecret": "cancelled the deletion of",
    "RotateSecret": "rotated",
    "ScheduleKeyDeletion": "scheduled the deletion of",
    "SetDefaultPolicyVersion": "changed the version of",
    "SetRepositoryPolicy": "changed the policy of",
    "StartConfigurationRecorder": "started",
    "StartDBCluster": "started",
    "StartDBInstance": "started",
    "StartInstances": "started",
    "StartLogging": "started the logging of",
    "StopConfigurationRecorder": "stopped",
    "StopDBCluster": "stopped",
    "StopDBInstance": "stopped",
    "StopInstances": "stopped",
    "StopLogging": "stopped the logging of",
    "UpdateAccessKey": "changed the state of an access key of",
    "UpdateAssumeRolePolicy": "changed the trust policy of",
    "UpdateFunctionCode": "changed the code of",
    "UpdateFunctionUrlConfig": "changed the URL of",
    "UpdateLoginProfile": "changed the console password of",
    "UploadSSHPublicKey": "added an SSH key to",
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
        widest = min(opened, key=lambda way: way.outbound or way.peer not in WORLD)
        return (Part("opened"), *_way(widest), *_more(more), Part("on"))
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

"""Identities, keys and secrets: by which names their calls call them, as data."""

from typing import Final

from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import TAG, Indirect, Shows, TypeFacts

_SUBJECTS: Final = "(Attach|Detach|Put|Delete)"

IDENTITY: Final[dict[str, TypeFacts]] = {
    "AWS::IAM::Role": TypeFacts(
        sources=("iam",),
        targets=("rolename",),
        acts="(Create|Delete|Tag|Untag)Role|UpdateAssumeRolePolicy"
        f"|{_SUBJECTS}RolePolicy|(Put|Delete)RolePermissionsBoundary|(Create|Delete)ServiceLinkedRole"
        "|(AddRoleTo|RemoveRoleFrom)InstanceProfile|AcquireRole",
        shows=(
            # The longest session and the description stand in no item.
            beyond("AWS::IAM::Role", "UpdateRole(Description)?"),
        ),
        creates="Create(ServiceLinked)?Role|AcquireRole",
        deletes="Delete(ServiceLinked)?Role",
        answers=("roleid", "rolename"),
        contradicts=("roleid",),
        lookups=("name",),
        missing=0.0,
        nameless=("UpdateRole", "CreateRole", "CreateServiceLinkedRole", "DeleteServiceLinkedRole"),
    ),
    "AWS::IAM::User": TypeFacts(
        sources=("iam",),
        targets=("username", "newusername"),
        acts=f"(Create|Delete|Update|Tag|Untag)User|{_SUBJECTS}UserPolicy|(Put|Delete)UserPermissionsBoundary"
        "|(AddUserTo|RemoveUserFrom)Group",
        creates="CreateUser",
        deletes="DeleteUser",
        answers=("userid",),
        contradicts=("userid",),
        lookups=("name", "old"),
        missing=0.0,
    ),
    "AWS::IAM::Group": TypeFacts(
        sources=("iam",),
        targets=("groupname", "newgroupname"),
        acts=f"(Create|Delete|Update)Group|{_SUBJECTS}GroupPolicy",
        shows=(Shows(events="(AddUserTo|RemoveUserFrom)Group", fields=("users", "userlist")),),
        creates="CreateGroup",
        deletes="DeleteGroup",
        answers=("groupid",),
        contradicts=("groupid",),
        lookups=("name", "old"),
        missing=0.0,
    ),
    "AWS::IAM::Policy": TypeFacts(
        sources=("iam",),
        targets=("policyarn", "policyname"),
        acts="(Create|Delete|Tag|Untag)Policy|(Create|Delete)PolicyVersion|SetDefaultPolicyVersion",
        creates="CreatePolicy",
        deletes="DeletePolicy",
        answers=("policyid", "arn"),
        contradicts=("policyid",),
        lookups=("arn", "name"),
        missing=0.0,
    ),
    "AWS::IAM::InstanceProfile": TypeFacts(
        sources=("iam",),
        targets=("instanceprofilename",),
        acts="\\w*InstanceProfile",
        creates="CreateInstanceProfile",
        deletes="DeleteInstanceProfile",
        answers=("instanceprofileid", "arn"),
        lookups=("name",),
        missing=0.0,
    ),
    "AWS::IAM::OIDCProvider": TypeFacts(
        sources=("iam",),
        targets=("openidconnectproviderarn",),
        acts="\\w*OpenIDConnectProvider(Thumbprint)?",
        creates="CreateOpenIDConnectProvider",
        deletes="DeleteOpenIDConnectProvider",
        answers=("openidconnectproviderarn",),
        lookups=("arn",),
    ),
    "AWS::IAM::SAMLProvider": TypeFacts(
        sources=("iam",),
        targets=("samlproviderarn", "name"),
        acts="\\w*SAMLProvider",
        creates="CreateSAMLProvider",
        deletes="DeleteSAMLProvider",
        answers=("samlproviderarn",),
        contradicts=("samlproviderarn",),
        lookups=("arn", "name"),
    ),
    "AWS::KMS::Key": TypeFacts(
        sources=("kms",),
        targets=("keyid", "resources:arn"),
        acts="(Enable|Disable)Key(Rotation)?|PutKeyPolicy|(Schedule|Cancel)KeyDeletion|UpdateKeyDescription"
        f"|(Import|Delete|DeleteImported)KeyMaterial|UpdatePrimaryRegion|SynchronizeMultiRegionKey|{TAG}"
        "|CreateKey|ReplicateKey|DeleteKey",
        shows=(
            Shows(events="(Create|Retire|Revoke)Grant", fields=("grants",)),
            beyond("AWS::KMS::Key", "RotateKey\\w*"),
        ),
        creates="(Create|Replicate)Key",
        deletes="DeleteKey|ScheduleKeyDeletion",
        answers=("keyid", "arn"),
        lookups=("id", "arn"),
        indirect=(
            Indirect(
                part="keyid",
                target="targetkeyid",
                events="(Create|Update)Alias",
                changes=("UPDATE",),
                fields=("aliases",),
            ),
        ),
    ),
    "AWS::KMS::Alias": TypeFacts(
        sources=("kms",),
        targets=("aliasname",),
        acts="(Create|Update|Delete)Alias",
        creates="CreateAlias",
        deletes="DeleteAlias",
        lookups=("id", "arn"),
    ),
    "AWS::SecretsManager::Secret": TypeFacts(
        sources=("secretsmanager",),
        targets=("secretid", "name", "arn"),
        acts=f"(Create|Update|Delete|Restore)Secret|{TAG}"
        "|(Start|End)SecretVersionDelete|Rotation(Started|Succeeded|Failed|Abandoned)",
        shows=(
            Shows(
                events="(Cancel)?RotateSecret",
                fields=(
                    "lastrotateddate",
                    "nextrotationdate",
                    "rotationenabled",
                    "rotationlambdaarn",
                    "rotationoccurringasscheduled",
                    "rotationrules",
                ),
            ),
            beyond(
                "AWS::SecretsManager::Secret", "PutSecretValue|UpdateSecretVersionStage", "resourcepolicy"
            ),
            beyond("AWS::SecretsManager::Secret", "(Put|Delete)ResourcePolicy", "lastchangeddate"),
            Shows(
                events="ReplicateSecretToRegions|RemoveRegionsFromReplication|StopReplicationToReplica"
                "|(Associate|Disassociate)CrossAccountReplica",
                fields=("replicaregions", "replicationstatus", "primaryregion"),
            ),
        ),
        creates="CreateSecret",
        deletes="DeleteSecret|(Start|End)SecretVersionDelete",
        answers=("arn",),
        contradicts=("arn",),
        lookups=("name", "arn", "bare"),
        missing=0.0,
    ),
}

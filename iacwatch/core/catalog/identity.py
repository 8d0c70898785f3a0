"""Rows of identities, keys, secrets and certificates."""

from typing import Final

from iacwatch.core.catalog.schema import TAG, Indirect, Shows, TypeFacts, beyond, fields

_SUBJECTS: Final = "(Attach|Detach|Put|Delete)"

ROWS: Final = (
    TypeFacts(
        "AWS::ACM::Certificate",
        noun="certificate",
        arn="acm:certificate",
        id_in_arn="whole",
        sources=("acm",),
        targets=("certificatearn",),
        acts="(Request|Import|Delete|Renew|Revoke)Certificate|UpdateCertificateOptions|(AddTagsTo|RemoveTagsFrom)Certificate",
        creates="(Request|Import)Certificate",
        deletes="DeleteCertificate",
        answers=("certificatearn",),
        lookups=("arn", "id"),
        missing=0.0,
        counted=("inuseby", "renewalsummary", "renewaleligibility"),
        following=fields("""
            status issuedat issuer notbefore notafter serial domainvalidationoptions failurereason
            renewaleligibility
        """),
    ),
    TypeFacts(
        "AWS::AccessAnalyzer::Analyzer",
        derived=True,
        creates="CreateServiceLinkedAnalyzer",
        deletes="DeleteServiceLinkedAnalyzer",
        shows=(Shows(events="(Create|Update|Delete)ArchiveRule", fields=("archiverules",)),),
    ),
    TypeFacts(
        "AWS::Cognito::UserPool",
        derived=True,
        acts="SetUserPoolMfaConfig|AddCustomAttributes",
        tags_at=("userpooltags",),
    ),
    TypeFacts("AWS::Cognito::UserPoolGroup", terraform="aws_cognito_user_group", derived=True),
    TypeFacts(
        "AWS::IAM::Group",
        id_forms=(r"AGPA[A-Z0-9]{12,28}",),
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
        padded=(("PutGroupPolicy", "grouppolicylist"),),
        opt_in=4,
    ),
    TypeFacts(
        "AWS::IAM::InstanceProfile",
        id_forms=(r"AIPA[A-Z0-9]{12,28}",),
        sources=("iam",),
        targets=("instanceprofilename",),
        acts="\\w*InstanceProfile",
        creates="CreateInstanceProfile",
        deletes="DeleteInstanceProfile",
        answers=("instanceprofileid", "arn"),
        lookups=("name",),
        missing=0.0,
    ),
    TypeFacts(
        "AWS::IAM::OIDCProvider",
        terraform="aws_iam_openid_connect_provider",
        sources=("iam",),
        targets=("openidconnectproviderarn",),
        acts="\\w*OpenIDConnectProvider(Thumbprint)?",
        creates="CreateOpenIDConnectProvider",
        deletes="DeleteOpenIDConnectProvider",
        answers=("openidconnectproviderarn",),
        lookups=("arn",),
    ),
    TypeFacts(
        "AWS::IAM::Policy",
        id_forms=(r"ANPA[A-Z0-9]{12,28}",),
        sources=("iam",),
        targets=("policyarn", "policyname"),
        acts="(Create|Delete|Tag|Untag)Policy|(Create|Delete)PolicyVersion|SetDefaultPolicyVersion",
        creates="CreatePolicy",
        deletes="DeletePolicy",
        answers=("policyid", "arn"),
        contradicts=("policyid",),
        lookups=("arn", "name"),
        missing=0.0,
        padded=(("CreatePolicyVersion", "policyversionlist"),),
        counted=("attachmentcount", "permissionsboundaryusagecount"),
        opt_in=2,
    ),
    TypeFacts(
        "AWS::IAM::Role",
        terraform="aws_iam_service_linked_role",
        id_forms=(r"AROA[A-Z0-9]{12,28}",),
        sources=("iam",),
        targets=("rolename",),
        acts="(Create|Delete|Tag|Untag)Role|UpdateAssumeRolePolicy"
        f"|{_SUBJECTS}RolePolicy|(Put|Delete)RolePermissionsBoundary|(Create|Delete)ServiceLinkedRole"
        "|(AddRoleTo|RemoveRoleFrom)InstanceProfile|AcquireRole",
        shows=(
            # The longest session and the description stand in no item.
            beyond("UpdateRole(Description)?"),
        ),
        creates="Create(ServiceLinked)?Role|AcquireRole",
        deletes="Delete(ServiceLinked)?Role",
        answers=("roleid", "rolename"),
        contradicts=("roleid",),
        lookups=("name",),
        missing=0.0,
        nameless=("UpdateRole", "CreateRole", "CreateServiceLinkedRole", "DeleteServiceLinkedRole"),
        padded=(("PutRolePolicy", "rolepolicylist"), ("UpdateAssumeRolePolicy", "assumerolepolicydocument")),
        item_fields=fields("""
            assumerolepolicydocument attachedmanagedpolicies createdate instanceprofilelist path
            permissionsboundary roleid rolelastused rolename rolepolicylist
        """),
        counted=("rolelastused",),
        opt_in=1,
        sample=3,
    ),
    TypeFacts(
        "AWS::IAM::SAMLProvider",
        sources=("iam",),
        targets=("samlproviderarn", "name"),
        acts="\\w*SAMLProvider",
        creates="CreateSAMLProvider",
        deletes="DeleteSAMLProvider",
        answers=("samlproviderarn",),
        contradicts=("samlproviderarn",),
        lookups=("arn", "name"),
    ),
    TypeFacts(
        "AWS::IAM::User",
        id_forms=(r"AIDA[A-Z0-9]{12,28}",),
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
        padded=(("PutUserPolicy", "userpolicylist"),),
        counted=("passwordlastused",),
        opt_in=3,
    ),
    TypeFacts(
        "AWS::KMS::Alias",
        sources=("kms",),
        targets=("aliasname",),
        acts="(Create|Update|Delete)Alias",
        creates="CreateAlias",
        deletes="DeleteAlias",
        lookups=("id", "arn"),
    ),
    TypeFacts(
        "AWS::KMS::Key",
        terraform="aws_kms_external_key aws_kms_replica_external_key aws_kms_replica_key",
        noun="KMS key",
        id_forms=(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"mrk-[0-9a-f]{32}"),
        arn="kms:key",
        sources=("kms",),
        targets=("keyid", "resources:arn"),
        acts="(Enable|Disable)Key(Rotation)?|PutKeyPolicy|(Schedule|Cancel)KeyDeletion|UpdateKeyDescription"
        f"|(Import|Delete|DeleteImported)KeyMaterial|UpdatePrimaryRegion|SynchronizeMultiRegionKey|{TAG}"
        "|CreateKey|ReplicateKey|DeleteKey",
        shows=(Shows(events="(Create|Retire|Revoke)Grant", fields=("grants",)), beyond("RotateKey\\w*")),
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
        item_fields=fields("""
            awsaccountid cloudhsmclusterid creationdate customerkeyspec customermasterkeyspec
            customkeystoreid deletiondate description enabled encryptionalgorithms expirationmodel
            keyid keymanager keyrotationstatus keyspec keystate keyusage macalgorithms multiregion
            multiregionconfiguration origin pendingdeletionwindowindays policy signingalgorithms
            validto
        """),
    ),
    TypeFacts("AWS::RolesAnywhere::Profile", derived=True, acts="(Put|Delete)AttributeMapping"),
    TypeFacts("AWS::RolesAnywhere::TrustAnchor", derived=True, acts="(Put|Reset)NotificationSettings"),
    TypeFacts(
        "AWS::SecretsManager::ResourcePolicy",
        terraform="aws_secretsmanager_secret_policy",
        derived=True,
        targets=("secretid",),
    ),
    TypeFacts(
        "AWS::SecretsManager::RotationSchedule",
        terraform="aws_secretsmanager_secret_rotation",
        derived=True,
        creates="RotateSecret",
        targets=("secretid",),
    ),
    TypeFacts(
        "AWS::SecretsManager::Secret",
        noun="secret",
        arn="secretsmanager:secret",
        id_in_arn="whole",
        arn_suffix="-[A-Za-z0-9]{6}",
        sources=("secretsmanager",),
        targets=("secretid", "name", "arn"),
        acts=f"(Create|Update|Delete|Restore)Secret|{TAG}"
        "|(Start|End)SecretVersionDelete|Rotation(Started|Succeeded|Failed|Abandoned)",
        shows=(
            Shows(
                events="(Cancel)?RotateSecret",
                fields=fields(
                    "lastrotateddate nextrotationdate rotationenabled rotationlambdaarn "
                    "rotationoccurringasscheduled rotationrules"
                ),
            ),
            beyond("PutSecretValue|UpdateSecretVersionStage", "resourcepolicy"),
            beyond("(Put|Delete)ResourcePolicy", "lastchangeddate"),
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
        item_fields=fields("""
            deleted deleteddate description kmskeyid lastaccesseddate lastrotateddate
            nextrotationdate owningservice primaryregion replicaregions replicationstatus
            rotationenabled rotationlambdaarn rotationoccurringasscheduled rotationrules type
        """),
        following=("lastaccesseddate", "lastrotateddate", "nextrotationdate", "rotationoccurringasscheduled"),
    ),
)

"""Storage, databases, keys and identities: by which names their calls call them, as data."""

from typing import Final

from iacwatch.core.type_facts import TAG, Indirect, Shows, TypeFacts

_RDS_TAGS: Final = "(AddTagsTo|RemoveTagsFrom)Resource"
_SUBJECTS: Final = "(Attach|Detach|Put|Delete)"
_RDS_STATUS: Final = (
    "status",
    "statusinfos",
    "dbinstancestatus",
    "dbclustermembers",
    "dbparametergroups",
    "optiongroupmemberships",
    "pendingmodifiedvalues",
    "automaticrestarttime",
    "endpoint",
    "availabilityzone",
    "secondaryavailabilityzone",
)
"""Where a reboot, a stop or a failover shows: whoever did it changed no setting."""
_REPORTS: Final = (
    "(Create|Put|Update|Delete)(Bucket)?(Inventory|Analytics|Metrics|IntelligentTiering|Metadata)\\w*"
)
"""What a bucket reports about itself: Config's items of buckets do not hold it."""

DATA: Final[dict[str, TypeFacts]] = {
    "AWS::S3::Bucket": TypeFacts(
        sources=("s3",),
        targets=("bucketname", "bucket", "resourcearn"),
        acts=f"(?!{_REPORTS})(Create|Put|Delete|Update)\\w+|{TAG}",
        shows=(
            Shows(
                events=_REPORTS,
                fields=(
                    "inventoryconfigurations",
                    "analyticsconfigurations",
                    "metricsconfigurations",
                    "intelligenttieringconfigurations",
                    "metadataconfiguration",
                    "metadatatableconfiguration",
                ),
            ),
        ),
        never="(?!\\w*ObjectLockConfiguration)"
        "\\w*(Object|Multipart|Part|Job|AccessPoint|AccessGrant|StorageLens|Session)\\w*",
        creates="CreateBucket",
        deletes="DeleteBucket",
        lookups=("id",),
        missing=0.0,
    ),
    "AWS::S3::AccountPublicAccessBlock": TypeFacts(
        sources=("s3",),
        targets=("accountid",),
        acts="(Put|Delete)(Account)?PublicAccessBlock",
        creates="Put(Account)?PublicAccessBlock",
        deletes="Delete(Account)?PublicAccessBlock",
        contradicts=("bucketname",),
        lookups=("id",),
    ),
    "AWS::IAM::Role": TypeFacts(
        sources=("iam",),
        targets=("rolename",),
        acts="(Create|Delete|Update|Tag|Untag)Role|UpdateRoleDescription|UpdateAssumeRolePolicy"
        f"|{_SUBJECTS}RolePolicy|(Put|Delete)RolePermissionsBoundary|(Create|Delete)ServiceLinkedRole"
        "|(AddRoleTo|RemoveRoleFrom)InstanceProfile",
        creates="Create(ServiceLinked)?Role",
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
    "AWS::RDS::DBInstance": TypeFacts(
        sources=("rds",),
        targets=(
            "dbinstanceidentifier",
            "newdbinstanceidentifier",
            "targetdbinstanceidentifier",
            "resourcename",
            "resourceidentifier",
        ),
        acts="(Create|Modify|Delete|Switchover|Restore)DBInstance\\w*|(Promote|Switchover)ReadReplica"
        f"|(AddRoleTo|RemoveRoleFrom)DBInstance|{_RDS_TAGS}|ApplyPendingMaintenanceAction"
        "|(Start|Stop)(ActivityStream|DBInstanceAutomatedBackupsReplication)",
        shows=(Shows(events="(Reboot|Start|Stop)DBInstance", fields=_RDS_STATUS),),
        never="\\w*AutomatedBackups?",
        creates="CreateDBInstance(ReadReplica)?|RestoreDBInstance\\w+",
        deletes="DeleteDBInstance",
        answers=("dbiresourceid", "dbinstanceidentifier"),
        own_ids=("dbinstanceidentifier",),
        contradicts=("dbiresourceid",),
        lookups=("name", "own", "arn", "old"),
        missing=0.0,
        indirect=(
            Indirect(
                part="dbinstanceidentifier",
                target="sourcedbinstanceidentifier",
                events="CreateDBInstanceReadReplica",
                changes=("UPDATE",),
                fields=("readreplicadbinstanceidentifiers",),
            ),
            Indirect(
                part="dbclusteridentifier",
                target="dbclusteridentifier",
                events="(Modify|Start|Stop|Reboot|Failover|Switchover)DBCluster",
                changes=("UPDATE",),
                fields=(
                    "dbinstancestatus",
                    "engineversion",
                    "dbparametergroups",
                    "vpcsecuritygroups",
                    "masterusername",
                    "backupretentionperiod",
                    "preferredbackupwindow",
                    "pendingmodifiedvalues",
                ),
            ),
        ),
    ),
    "AWS::RDS::DBCluster": TypeFacts(
        sources=("rds",),
        targets=("dbclusteridentifier", "newdbclusteridentifier", "resourcename", "resourceidentifier"),
        acts="(Create|Modify|Delete|Switchover|Promote\\w*|Backtrack|Restore)DBCluster"
        "(From\\w+|To\\w+)?|ModifyCurrentDBClusterCapacity"
        f"|(AddRoleTo|RemoveRoleFrom)DBCluster|{_RDS_TAGS}|(Enable|Disable)HttpEndpoint"
        "|ApplyPendingMaintenanceAction|(Start|Stop)ActivityStream",
        shows=(
            Shows(events="(Create|Modify)DBInstance", fields=("dbclustermembers",)),
            Shows(events="(Reboot|Start|Stop|Failover)DBCluster", fields=_RDS_STATUS),
            Shows(
                events="\\w*GlobalCluster",
                fields=("globalwriteforwardingstatus", "replicationsourceidentifier"),
            ),
            Shows(events="\\w*DBClusterEndpoint", fields=("customendpoints",)),
        ),
        creates="CreateDBCluster|RestoreDBCluster\\w+",
        deletes="DeleteDBCluster",
        answers=("dbclusterresourceid", "dbclusteridentifier"),
        own_ids=("dbclusteridentifier",),
        contradicts=("dbclusterresourceid",),
        lookups=("name", "own", "arn", "old"),
        missing=0.0,
        indirect=(
            Indirect(
                part="dbclustermembers.dbinstanceidentifier",
                target="dbinstanceidentifier",
                events="(Delete|Modify|Create)DBInstance",
                changes=("UPDATE",),
                fields=("dbclustermembers",),
            ),
        ),
    ),
    "AWS::RDS::DBSnapshot": TypeFacts(
        sources=("rds",),
        targets=("dbsnapshotidentifier", "targetdbsnapshotidentifier", "resourcename"),
        acts=f"(Create|Copy|Modify|Delete)DBSnapshot(Attribute)?|{_RDS_TAGS}|StopDBInstance",
        creates="(Create|Copy)DBSnapshot|StopDBInstance|DeleteDBInstance",
        deletes="DeleteDBSnapshot",
        answers=("dbsnapshotidentifier",),
        lookups=("name", "arn"),
        missing=0.0,
        indirect=(
            Indirect(
                part="dbsnapshotidentifier",
                target="finaldbsnapshotidentifier",
                events="DeleteDBInstance",
                changes=("CREATE",),
            ),
            Indirect(
                part="dbinstanceidentifier",
                target="dbinstanceidentifier",
                events="DeleteDBInstance",
                changes=("CREATE", "DELETE"),
            ),
        ),
    ),
    "AWS::RDS::DBClusterSnapshot": TypeFacts(
        sources=("rds",),
        targets=("dbclustersnapshotidentifier", "targetdbclustersnapshotidentifier", "resourcename"),
        acts=f"(Create|Copy|Modify|Delete)DBClusterSnapshot(Attribute)?|{_RDS_TAGS}",
        creates="(Create|Copy)DBClusterSnapshot|DeleteDBCluster",
        deletes="DeleteDBClusterSnapshot",
        answers=("dbclustersnapshotidentifier",),
        lookups=("name", "arn"),
        missing=0.0,
        indirect=(
            Indirect(
                part="dbclustersnapshotidentifier",
                target="finaldbsnapshotidentifier",
                events="DeleteDBCluster",
                changes=("CREATE",),
            ),
            Indirect(
                part="dbclusteridentifier",
                target="dbclusteridentifier",
                events="DeleteDBCluster",
                changes=("CREATE", "DELETE"),
            ),
        ),
    ),
    "AWS::RDS::DBSubnetGroup": TypeFacts(
        sources=("rds",),
        targets=("dbsubnetgroupname", "resourcename"),
        acts=f"(Create|Modify|Delete)DBSubnetGroup|{_RDS_TAGS}",
        creates="CreateDBSubnetGroup",
        deletes="DeleteDBSubnetGroup",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::RDS::EventSubscription": TypeFacts(
        sources=("rds",),
        targets=("subscriptionname", "resourcename"),
        acts=f"(Create|Modify|Delete)EventSubscription|(AddSource|RemoveSource)Identifier\\w+|{_RDS_TAGS}",
        creates="CreateEventSubscription",
        deletes="DeleteEventSubscription",
    ),
    "AWS::DynamoDB::Table": TypeFacts(
        sources=("dynamodb",),
        targets=(
            "tablename",
            "resourcearn",
            "tablearn",
            "targettablename",
            "tablecreationparameters.tablename",
        ),
        acts="(Create|Update|Delete)Table(ReplicaAutoScaling)?|RestoreTable\\w+|ImportTable"
        "|Update(TimeToLive|ContinuousBackups|ContributorInsights)"
        f"|(Enable|Disable|Update)KinesisStreamingDestination|(Put|Delete)ResourcePolicy|{TAG}",
        shows=(
            Shows(
                events="\\w*GlobalTable\\w*",
                fields=("replicas", "globaltableversion", "provisionedthroughput"),
            ),
        ),
        creates="CreateTable|RestoreTable\\w+|ImportTable",
        deletes="DeleteTable",
        answers=("tablename", "tablearn"),
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::KMS::Key": TypeFacts(
        sources=("kms",),
        targets=("keyid", "resources:arn"),
        acts="(Enable|Disable)Key(Rotation)?|PutKeyPolicy|(Schedule|Cancel)KeyDeletion|UpdateKeyDescription"
        f"|(Import|Delete|DeleteImported)KeyMaterial|RotateKey\\w*|UpdatePrimaryRegion|SynchronizeMultiRegionKey|{TAG}"
        "|CreateKey|ReplicateKey|DeleteKey",
        shows=(Shows(events="(Create|Retire|Revoke)Grant", fields=("grants",)),),
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
        acts="(Create|Update|Delete|Restore|Rotate)Secret|CancelRotateSecret|(Put|Delete)ResourcePolicy"
        f"|ReplicateSecretToRegions|(Remove|Stop)\\w*Replica\\w*|{TAG}"
        "|(Start|End)SecretVersionDelete|Rotation(Started|Succeeded|Failed|Abandoned)",
        shows=(
            Shows(
                events="PutSecretValue|UpdateSecretVersionStage",
                unless=(
                    "id",
                    "arn",
                    "name",
                    "description",
                    "kmskeyid",
                    "replicaregions",
                    "replicationstatus",
                    "rotationenabled",
                    "rotationlambdaarn",
                    "rotationrules",
                    "resourcepolicy",
                    "tags",
                ),
            ),
        ),
        creates="CreateSecret",
        deletes="DeleteSecret|(Start|End)SecretVersionDelete",
        answers=("arn",),
        contradicts=("arn",),
        lookups=("name", "arn", "bare"),
        missing=0.0,
    ),
    "AWS::EFS::FileSystem": TypeFacts(
        sources=("elasticfilesystem",),
        targets=("filesystemid", "resourceid", "sourcefilesystemid"),
        acts=f"(Create|Update|Delete)FileSystem\\w*|Put(LifecycleConfiguration|BackupPolicy|FileSystemPolicy)"
        f"|(Create|Delete)Tags|(Create|Delete)ReplicationConfiguration|{TAG}",
        shows=(Shows(events="(Create|Delete)MountTarget", fields=("numberofmounttargets",)),),
        creates="CreateFileSystem",
        deletes="DeleteFileSystem",
        answers=("filesystemid",),
    ),
    "AWS::OpenSearch::Domain": TypeFacts(
        sources=("es",),
        targets=("domainname", "arn"),
        acts="(Create|Delete|Update|Upgrade)(Elasticsearch)?Domain(Config)?|CancelDomainConfigChange"
        "|(Add|Remove)Tags|(Start|Cancel|Rollback)\\w*SoftwareUpdate",
        shows=(
            Shows(events="(Dis)?[Aa]ssociatePackages?|DissociatePackages?", fields=("packages",)),
            Shows(events="(Authorize|Revoke)VpcEndpointAccess", fields=("authorizedprincipals",)),
        ),
        creates="Create(Elasticsearch)?Domain",
        deletes="Delete(Elasticsearch)?Domain",
    ),
    "AWS::Redshift::Cluster": TypeFacts(
        sources=("redshift",),
        targets=("clusteridentifier", "newclusteridentifier", "resourcename"),
        acts="(Create|Delete|Modify|Resize)Cluster|ModifyCluster(DbRevision|IamRoles|Maintenance)"
        "|ModifyClusterSnapshotSchedule|RestoreFromClusterSnapshot|CancelResize|Modify(Aqua|Lakehouse)Configuration"
        "|(Enable|Disable)(Logging|SnapshotCopy)|ModifySnapshotCopyRetentionPeriod|RotateEncryptionKey|(Create|Delete)Tags"
        "|(Create|Modify|Delete)CustomDomainAssociation",
        shows=(
            Shows(
                events="(Reboot|Pause|Resume|Failover)Cluster|FailoverPrimaryCompute",
                fields=(
                    "clusterstatus",
                    "clusteravailabilitystatus",
                    "clusternodes",
                    "clusterparametergroups",
                    "availabilityzone",
                    "pendingactions",
                    "pendingmodifiedvalues",
                ),
            ),
        ),
        creates="CreateCluster|RestoreFromClusterSnapshot",
        deletes="DeleteCluster",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::Redshift::ClusterSnapshot": TypeFacts(
        sources=("redshift",),
        targets=(
            "snapshotidentifier",
            "identifiers.snapshotidentifier",
            "snapshotidentifierlist",
            "targetsnapshotidentifier",
            "resourcename",
        ),
        acts="(Create|Copy|Modify|Delete)ClusterSnapshot|Batch(Modify|Delete)ClusterSnapshots"
        "|(Authorize|Revoke)SnapshotAccess|(Create|Delete)Tags",
        creates="(Create|Copy)ClusterSnapshot",
        deletes="(Batch)?DeleteClusterSnapshots?",
        answers=("snapshotidentifier",),
        indirect=(
            Indirect(
                part="snapshotidentifier",
                target="finalclustersnapshotidentifier",
                events="DeleteCluster",
                changes=("CREATE",),
            ),
        ),
    ),
    "AWS::MSK::Cluster": TypeFacts(
        sources=("kafka",),
        targets=("clustername", "clusterarn", "resourcearn"),
        acts="(Create|Delete|Update)Cluster\\w*|Update(Broker\\w+|Monitoring|Security|Connectivity|Storage|Rebalancing)"
        f"|(Put|Delete)ClusterPolicy|Batch(Associate|Disassociate)ScramSecret|{TAG}",
        shows=(Shows(events="RebootBroker", fields=("state", "clusterstate")),),
        creates="CreateCluster\\w*",
        deletes="DeleteCluster",
        answers=("clusterarn",),
        contradicts=("clusterarn",),
    ),
    "AWS::Kinesis::Stream": TypeFacts(
        sources=("kinesis",),
        targets=("streamname", "streamarn", "resourcearn"),
        acts="(Create|Delete)Stream|(Increase|Decrease)StreamRetentionPeriod|MergeShards|SplitShard"
        "|Update(ShardCount|StreamMode|MaxRecordSize|StreamWarmThroughput|StreamRecordDistributionStrategy)|(AddTagsTo|RemoveTagsFrom)Stream"
        f"|(Start|Stop)StreamEncryption|(Enable|Disable)EnhancedMonitoring|(Put|Delete)ResourcePolicy|{TAG}",
        creates="CreateStream",
        deletes="DeleteStream",
    ),
    "AWS::KinesisFirehose::DeliveryStream": TypeFacts(
        sources=("firehose",),
        targets=("deliverystreamname",),
        acts="(Create|Delete|Tag|Untag)DeliveryStream|UpdateDestination|(Start|Stop)DeliveryStreamEncryption",
        creates="CreateDeliveryStream",
        deletes="DeleteDeliveryStream",
        answers=("deliverystreamarn",),
    ),
    "AWS::Athena::WorkGroup": TypeFacts(
        sources=("athena",),
        targets=("name", "workgroup", "resourcearn"),
        acts=f"(Create|Update|Delete)WorkGroup|{TAG}",
        creates="CreateWorkGroup",
        deletes="DeleteWorkGroup",
    ),
    "AWS::Glue::Job": TypeFacts(
        sources=("glue",),
        targets=("name", "jobname", "resourcearn"),
        acts=f"(Create|Update|Delete)Job|BatchDeleteJob|UpdateJobFromSourceControl|{TAG}",
        creates="CreateJob",
        deletes="DeleteJob",
        answers=("name", "jobname"),
    ),
}

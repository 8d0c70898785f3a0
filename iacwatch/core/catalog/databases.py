"""Databases and their snapshots: by which names their calls call them, as data."""

from typing import Final

from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import TAG, Indirect, Shows, TypeFacts

_RDS_TAGS: Final = "(AddTagsTo|RemoveTagsFrom)Resource"
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
_REPLICATION: Final = (
    "globalclusteridentifier",
    "globalwriteforwardingrequested",
    "globalwriteforwardingstatus",
    "readreplicaidentifiers",
    "replicationsourceidentifier",
)
_STREAM: Final = Shows(
    events="(Start|Stop|Modify)ActivityStream",
    fields=(
        "activitystreamenginenativeauditfieldsincluded",
        "activitystreamkinesisstreamname",
        "activitystreamkmskeyid",
        "activitystreammode",
        "activitystreampolicystatus",
        "activitystreamstatus",
        "status",
        "dbinstancestatus",
    ),
)
_MAINTENANCE: Final = Shows(
    events="ApplyPendingMaintenanceAction",
    fields=(*_RDS_STATUS, "engineversion", "cacertificateidentifier", "certificatedetails"),
)
_SWITCHOVER: Final = Shows(
    events="SwitchoverBlueGreenDeployment",
    fields=("dbinstanceidentifier", "dbinstancearn", "dbclusteridentifier", "dbclusterarn", "endpoint"),
)
"""Blue and green change their names; the call tells no more than which deployment, its answer their ARNs."""

DATABASES: Final[dict[str, TypeFacts]] = {
    "AWS::RDS::DBInstance": TypeFacts(
        sources=("rds",),
        targets=(
            "dbinstanceidentifier",
            "newdbinstanceidentifier",
            "targetdbinstanceidentifier",
            "resourcename",
            "resourceidentifier",
            "resourcearn",
        ),
        acts="(Create|Modify|Delete|Switchover|Restore)DBInstance\\w*|(Promote|Switchover)ReadReplica"
        f"|(AddRoleTo|RemoveRoleFrom)DBInstance|{_RDS_TAGS}",
        shows=(
            Shows(events="(Reboot|Start|Stop)DBInstance", fields=_RDS_STATUS),
            Shows(
                events="(Start|Stop)DBInstanceAutomatedBackupsReplication",
                fields=("dbinstanceautomatedbackupsreplications",),
            ),
            _STREAM,
            _MAINTENANCE,
            _SWITCHOVER,
        ),
        never="\\w*AutomatedBackups?",
        creates="CreateDBInstance(ReadReplica)?|RestoreDBInstance\\w+",
        deletes="DeleteDBInstance",
        answers=("dbiresourceid", "dbinstanceidentifier", "source", "target"),
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
            # A replica that comes or goes shows in what it is a replica of.
            Indirect(
                part="readreplicadbinstanceidentifiers",
                target="dbinstanceidentifier",
                events="(CreateDBInstance|Promote|Switchover)ReadReplica|DeleteDBInstance",
                changes=("UPDATE",),
                fields=("readreplicadbinstanceidentifiers",),
            ),
            Indirect(
                part="dbparametergroups.dbparametergroupname",
                target="dbparametergroupname",
                events="(Modify|Reset)DBParameterGroup",
                changes=("UPDATE",),
                fields=("dbparametergroups",),
            ),
            Indirect(
                part="optiongroupmemberships.optiongroupname",
                target="optiongroupname",
                events="ModifyOptionGroup",
                changes=("UPDATE",),
                fields=("optiongroupmemberships",),
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
        targets=(
            "dbclusteridentifier",
            "newdbclusteridentifier",
            "resourcename",
            "resourceidentifier",
            "resourcearn",
        ),
        acts="(Create|Modify|Delete|Switchover|Promote\\w*|Restore)DBCluster(From\\w+|To\\w+)?"
        f"|(AddRoleTo|RemoveRoleFrom)DBCluster|{_RDS_TAGS}",
        shows=(
            Shows(events="(Create|Modify)DBInstance", fields=("dbclustermembers",)),
            Shows(events="(Reboot|Start|Stop|Failover)DBCluster", fields=_RDS_STATUS),
            Shows(
                events="BacktrackDBCluster",
                fields=(*_RDS_STATUS, "backtrackconsumedchangerecords", "earliestbacktracktime"),
            ),
            Shows(events="ModifyCurrentDBClusterCapacity", fields=("capacity", "status")),
            Shows(events="(Enable|Disable)HttpEndpoint", fields=("httpendpointenabled",)),
            _STREAM,
            _MAINTENANCE,
            _SWITCHOVER,
            Shows(
                events="\\w*GlobalCluster",
                fields=("globalwriteforwardingstatus", "replicationsourceidentifier"),
            ),
            Shows(events="\\w*DBClusterEndpoint", fields=("customendpoints",)),
        ),
        creates="CreateDBCluster|RestoreDBCluster\\w+",
        deletes="DeleteDBCluster",
        answers=("dbclusterresourceid", "dbclusteridentifier", "source", "target"),
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
            Indirect(
                part="dbclusterparametergroup",
                target="dbclusterparametergroupname",
                events="(Modify|Reset)DBClusterParameterGroup",
                changes=("UPDATE",),
                fields=("dbclustermembers",),
            ),
            Indirect(
                part="dbclusteridentifier",
                target="response:dbclusteridentifier",
                events="DeleteDBClusterEndpoint",
                changes=("UPDATE",),
                fields=("customendpoints",),
            ),
            *(
                Indirect(
                    part="dbclusterarn",
                    target=target,
                    events=events,
                    changes=("UPDATE",),
                    fields=_REPLICATION,
                )
                for target, events in (
                    ("sourcedbclusteridentifier", "CreateGlobalCluster"),
                    ("targetdbclusteridentifier", "(Failover|Switchover)GlobalCluster"),
                    ("replicationsourceidentifier", "CreateDBCluster"),
                )
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
            "globaltablename",
        ),
        acts=f"(Create|Update|Delete)Table|RestoreTable\\w+|ImportTable|UpdateContinuousBackups|{TAG}",
        shows=(
            beyond(
                "AWS::DynamoDB::Table",
                "UpdateTimeToLive|UpdateContributorInsights|UpdateTableReplicaAutoScaling"
                "|(Enable|Disable|Update)KinesisStreamingDestination|(Put|Delete)ResourcePolicy",
            ),
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
    "AWS::OpenSearch::Domain": TypeFacts(
        sources=("es",),
        targets=("domainname", "arn"),
        acts="(Create|Delete|Update|Upgrade)(Elasticsearch)?Domain(Config)?|CancelDomainConfigChange"
        "|(Add|Remove)Tags",
        shows=(
            Shows(
                events="(Start|Cancel|Rollback)\\w*SoftwareUpdate",
                fields=(
                    "changeprogressdetails",
                    "domainprocessingstatus",
                    "elasticsearchversion",
                    "engineversion",
                    "processing",
                    "servicesoftwareoptions",
                    "upgradeprocessing",
                ),
            ),
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
        "|ModifyClusterSnapshotSchedule|RestoreFromClusterSnapshot|CancelResize"
        "|(Enable|Disable)(Logging|SnapshotCopy)|ModifySnapshotCopyRetentionPeriod|(Create|Delete)Tags",
        shows=(
            Shows(
                events="(Create|Modify|Delete)CustomDomainAssociation",
                fields=(
                    "customdomainname",
                    "customdomaincertificatearn",
                    "customdomaincertificateexpirydate",
                ),
            ),
            Shows(
                events="Modify(Aqua|Lakehouse)Configuration",
                fields=("aquaconfiguration", "lakehouseregistrationstatus", "catalogarn"),
            ),
            Shows(events="RotateEncryptionKey", fields=("clusterstatus", "clusteravailabilitystatus")),
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
        indirect=(
            Indirect(
                part="clusterparametergroups.parametergroupname",
                target="parametergroupname",
                events="(Modify|Reset)ClusterParameterGroup",
                changes=("UPDATE",),
                fields=("clusterparametergroups",),
            ),
        ),
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
}

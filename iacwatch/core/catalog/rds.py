"""Rows of RDS: databases, clusters, their snapshots and groups."""

from typing import Final

from iacwatch.core.catalog.schema import Indirect, Shows, TypeFacts, fields

_RDS_TAGS: Final = "(AddTagsTo|RemoveTagsFrom)Resource"
_RDS_STATUS: Final = fields(
    "status statusinfos dbinstancestatus pendingmodifiedvalues automaticrestarttime endpoint "
    "availabilityzone secondaryavailabilityzone dbparametergroups.parameterapplystatus "
    "optiongroupmemberships.status dbclustermembers.isclusterwriter dbclustermembers.promotiontier "
    "dbclustermembers.dbclusterparametergroupstatus"
)
"""Where a reboot, a stop or a failover shows: whoever did it changed no setting."""
_REPLICATION: Final = fields(
    "globalclusteridentifier globalwriteforwardingrequested globalwriteforwardingstatus "
    "readreplicaidentifiers replicationsourceidentifier"
)
_STREAM: Final = Shows(
    events="(Start|Stop|Modify)ActivityStream",
    fields=fields(
        "activitystreamenginenativeauditfieldsincluded activitystreamkinesisstreamname "
        "activitystreamkmskeyid activitystreammode activitystreampolicystatus activitystreamstatus status "
        "dbinstancestatus"
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
"""Blue and green change their names; the call names only the deployment, its answer their ARNs."""

ROWS: Final = (
    TypeFacts("AWS::DocDB::DBCluster", derived=True, terraform="aws_docdb_cluster"),
    TypeFacts("AWS::DocDB::DBInstance", derived=True, terraform="aws_docdb_cluster_instance"),
    TypeFacts("AWS::Neptune::DBCluster", derived=True, terraform="aws_neptune_cluster"),
    TypeFacts("AWS::Neptune::DBInstance", derived=True, terraform="aws_neptune_cluster_instance"),
    TypeFacts(
        "AWS::RDS::DBCluster",
        terraform="aws_docdb_cluster aws_neptune_cluster aws_rds_cluster",
        noun="RDS cluster",
        id_forms=(r"cluster-[A-Z0-9]{20,30}",),
        sources=("rds",),
        targets=fields(
            "dbclusteridentifier newdbclusteridentifier resourcename resourceidentifier resourcearn"
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
        counted=("latestrestorabletime", "earliestrestorabletime"),
        following=("status", "clustercreatetime", "percentprogress"),
    ),
    TypeFacts(
        "AWS::RDS::DBClusterParameterGroup",
        derived=True,
        terraform=(
            "aws_docdb_cluster_parameter_group aws_neptune_cluster_parameter_group"
            " aws_rds_cluster_parameter_group"
        ),
    ),
    TypeFacts(
        "AWS::RDS::DBClusterSnapshot",
        terraform="aws_docdb_cluster_snapshot aws_neptune_cluster_snapshot aws_rds_cluster_snapshot_copy",
        noun="RDS cluster snapshot",
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
        following=("status", "percentprogress", "snapshotcreatetime"),
    ),
    TypeFacts(
        "AWS::RDS::DBInstance",
        terraform="aws_docdb_cluster_instance aws_neptune_cluster_instance aws_rds_cluster_instance",
        noun="RDS instance",
        id_forms=(r"db-[A-Z0-9]{20,30}",),
        sources=("rds",),
        targets=fields(
            "dbinstanceidentifier newdbinstanceidentifier targetdbinstanceidentifier resourcename "
            "resourceidentifier resourcearn"
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
                fields=fields(
                    "dbinstancestatus engineversion dbparametergroups vpcsecuritygroups masterusername "
                    "backupretentionperiod preferredbackupwindow pendingmodifiedvalues"
                ),
            ),
        ),
        counted=("latestrestorabletime",),
        following=fields("dbinstancestatus pendingmodifiedvalues endpoint instancecreatetime statusinfos"),
    ),
    TypeFacts(
        "AWS::RDS::DBParameterGroup",
        terraform="aws_neptune_parameter_group",
        derived=True,
        noun="RDS parameter group",
    ),
    TypeFacts(
        "AWS::RDS::DBSecurityGroup",
        derived=True,
        noun="RDS security group",
        acts="(Authorize|Revoke)DBSecurityGroupIngress",
    ),
    TypeFacts(
        "AWS::RDS::DBSnapshot",
        terraform="aws_db_snapshot_copy",
        noun="RDS snapshot",
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
        following=("status", "percentprogress", "snapshotcreatetime"),
    ),
    TypeFacts(
        "AWS::RDS::DBSubnetGroup",
        terraform="aws_docdb_subnet_group aws_neptune_subnet_group",
        noun="RDS subnet group",
        sources=("rds",),
        targets=("dbsubnetgroupname", "resourcename"),
        acts=f"(Create|Modify|Delete)DBSubnetGroup|{_RDS_TAGS}",
        creates="CreateDBSubnetGroup",
        deletes="DeleteDBSubnetGroup",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    TypeFacts(
        "AWS::RDS::EventSubscription",
        terraform="aws_neptune_event_subscription",
        sources=("rds",),
        targets=("subscriptionname", "resourcename"),
        acts=f"(Create|Modify|Delete)EventSubscription|(AddSource|RemoveSource)Identifier\\w+|{_RDS_TAGS}",
        creates="CreateEventSubscription",
        deletes="DeleteEventSubscription",
    ),
    TypeFacts(
        "AWS::RDS::GlobalCluster",
        terraform="aws_docdb_global_cluster aws_neptune_global_cluster",
        derived=True,
        shows=(Shows(events="CreateDBCluster", fields=("globalclustermembers",)),),
    ),
)

"""Databases."""

from tests.worlds.blind.row import FLIP, TAGS, N, at, by, call, row, tagging

TAGGING = tagging("resourceName", calls=("AddTagsToResource", "RemoveTagsFromResource"))
EXTRA = ("extra.Tags key/value",)
DB = {"dBInstanceIdentifier": "$name", "dbiResourceId": "$id", "dBInstanceArn": "$arn"}

db_instance = row(
    at("AWS::RDS::DBInstance", "rds", "db-${UP:26}", "db:$name"),
    config={
        **DB,
        "dBInstanceClass": "db.t4g.medium",
        "dBInstanceStatus": "available",
        "backupRetentionPeriod": 7,
        "allocatedStorage": 50,
        "engine": "postgres",
    },
    by={"dBInstanceIdentifier": "$name"},
    tags=EXTRA,
    tag=TAGGING,
    create=by(
        "CreateDBInstance",
        {"engine": "postgres", "vpcSecurityGroupIds": ["$sg"], "dBSubnetGroupName": "data", "tags": TAGS},
        DB,
    ),
    delete=by("DeleteDBInstance", {"skipFinalSnapshot": True}, DB),
    updates=(
        by(
            "ModifyDBInstance",
            {"backupRetentionPeriod": N, "applyImmediately": True},
            DB,
            backupRetentionPeriod=N,
        ),
        by(
            "ModifyDBInstance",
            {"dBInstanceClass": "db.r5.${n}xlarge", "applyImmediately": True},
            DB,
            dBInstanceClass="db.r5.${n}xlarge",
            latestRestorableTime="t$n",
        ),
        by("StopDBInstance", {}, DB, dBInstanceStatus="stopped"),
        by("AddRoleToDBInstance", {"roleArn": "r$n"}, associatedRoles=[{"roleArn": "r$n"}]),
    ),
    mentions=(
        by("CreateDBSnapshot", {"dBSnapshotIdentifier": "s$n"}, {**DB, "dBSnapshotIdentifier": "s$n"}),
        by("RebootDBInstance"),
        call("PutMetricAlarm", {"alarmName": "a", "dimensions": [{"value": "$name"}]}, service="monitoring"),
        call("ModifyCluster", {"clusterIdentifier": "$name"}, service="redshift"),
    ),
    created=True,
)

CLUSTER = {"dBClusterIdentifier": "$name", "dbClusterResourceId": "$id", "dBClusterArn": "$arn"}
db_cluster = row(
    at("AWS::RDS::DBCluster", "rds", "cluster-${UP:26}", "cluster:$name"),
    config={
        "dbclusterIdentifier": "$name",
        "dbClusterResourceId": "$id",
        "dbclusterArn": "$arn",
        "status": "available",
        "backupRetentionPeriod": 1,
    },
    by={"dBClusterIdentifier": "$name"},
    tags=("configuration.tagList key/value", *EXTRA),
    tag=TAGGING,
    create=by("CreateDBCluster", {"engine": "aurora-mysql"}, CLUSTER),
    delete=by("DeleteDBCluster", {"skipFinalSnapshot": True}, CLUSTER),
    updates=(
        by("ModifyDBCluster", {"backupRetentionPeriod": N}, CLUSTER, backupRetentionPeriod=N),
        by(
            "CreateDBInstance",
            {"dBInstanceIdentifier": "$other", "engine": "aurora"},
            {"dBInstanceIdentifier": "$other", "dBClusterIdentifier": "$name"},
            dbclusterMembers=[{"dbinstanceIdentifier": "$other"}],
        ),
    ),
    mentions=(by("CreateDBClusterSnapshot", {"dBClusterSnapshotIdentifier": "s"}), by("FailoverDBCluster")),
    created=True,
)

db_snapshot = row(
    at("AWS::RDS::DBSnapshot", "rds", "$name", "snapshot:$name"),
    config={"dBSnapshotIdentifier": "$name"},
    by={"dBSnapshotIdentifier": "$name"},
    tags=EXTRA,
    tag=TAGGING,
    create=by(
        "CreateDBSnapshot",
        {"dBInstanceIdentifier": "$other"},
        {"dBSnapshotIdentifier": "$name", "dBSnapshotArn": "$arn", "dBInstanceIdentifier": "$other"},
    ),
    delete=by("DeleteDBSnapshot", {}, {"dBSnapshotIdentifier": "$name"}),
    updates=(
        by(
            "ModifyDBSnapshotAttribute",
            {"attributeName": "restore", "valuesToAdd": ["all"]},
            {"dBSnapshotIdentifier": "$name"},
            plus={"DBSnapshotAttributes": ["all$n"]},
        ),
    ),
    mentions=(
        by("RestoreDBInstanceFromDBSnapshot", {"dBInstanceIdentifier": "r"}),
        call(
            "CopyDBSnapshot",
            {"sourceDBSnapshotIdentifier": "$name", "targetDBSnapshotIdentifier": "copy"},
            {"dBSnapshotIdentifier": "copy", "sourceDBSnapshotIdentifier": "$arn"},
        ),
    ),
    created=True,
)

db_subnet_group = row(
    at("AWS::RDS::DBSubnetGroup", "rds", "$name", "subgrp:$name"),
    config={"dBSubnetGroupName": "$name", "dBSubnetGroupDescription": "$name", "subnets": []},
    by={"dBSubnetGroupName": "$name"},
    tags=EXTRA,
    tag=TAGGING,
    create=by("CreateDBSubnetGroup", {"subnetIds": ["$subnet", "$subnet2"], "tags": TAGS}),
    delete="DeleteDBSubnetGroup",
    updates=(
        by(
            "ModifyDBSubnetGroup",
            {"subnetIds": ["$subnet"]},
            {"dBSubnetGroupName": "$name"},
            subnets=[{"subnetIdentifier": "$subnet", "subnetStatus": "Active"}],
        ),
    ),
    mentions=(by("CreateDBInstance", {"dBInstanceIdentifier": "x", "engine": "mysql"}),),
)

TABLE = {"tableDescription": {"tableName": "$name", "tableArn": "$arn", "tableId": "$uuid"}}
table = row(
    at("AWS::DynamoDB::Table", "dynamodb", "$name", "table/$name"),
    config={
        "tableName": "$name",
        "tableArn": "$arn",
        "tableId": "$uuid",
        "tableStatus": "ACTIVE",
        "itemCount": 9,
        "deletionProtectionEnabled": True,
    },
    by={"tableName": "$name"},
    tags=EXTRA,
    create=by("CreateTable", {"billingMode": "PAY_PER_REQUEST"}, TABLE),
    delete=by("DeleteTable", {}, TABLE),
    updates=(
        by("UpdateTable", {"deletionProtectionEnabled": FLIP}, TABLE, deletionProtectionEnabled=FLIP),
        call(
            "UpdateContinuousBackups",
            {"tableName": "$arn", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": True}},
            plus={"ContinuousBackupsDescription": {"status": "ENABLED", "n": N}},
        ),
        by(
            "UpdateTimeToLive",
            {"timeToLiveSpecification": {"enabled": True}},
            timeToLive={"attributeName": "a$n"},
        ),
    ),
    mentions=(
        by("CreateBackup", {"backupName": "nightly"}),
        call(
            "CreateEventSourceMapping",
            {"functionName": "f", "eventSourceArn": "$arn/stream/x"},
            service="lambda",
        ),
        call("CreateTable", {"tableName": "$name"}, {"table": {"name": "$name"}}, service="glue"),
        call("UpdateTable", {"tableName": "$name", "keyspaceName": "k"}, service="cassandra"),
    ),
    created=True,
    resources=True,
)

redshift = row(
    at("AWS::Redshift::Cluster", "redshift", "$name", "cluster:$name"),
    config={"clusterIdentifier": "$name", "nodeType": "ra3.large", "automatedSnapshotRetentionPeriod": 1},
    by={"clusterIdentifier": "$name"},
    tags=("configuration.tags key/value",),
    tag=tagging("resourceName", calls=("CreateTags", "DeleteTags")),
    create=by("CreateCluster", {"nodeType": "ra3.large"}, {"clusterIdentifier": "$name"}),
    delete=by("DeleteCluster", {"skipFinalClusterSnapshot": True}),
    updates=(
        by("ModifyCluster", {"automatedSnapshotRetentionPeriod": N}, automatedSnapshotRetentionPeriod=N),
        by("EnableLogging", {"bucketName": "b"}, plus={"LoggingStatus": "l$n"}),
    ),
    mentions=(
        by("CreateClusterSnapshot", {"snapshotIdentifier": "s"}),
        by("RebootCluster"),
        call("CreateCluster", {"clusterName": "$name"}, service="ecs"),
        call("CreateCluster", {"name": "$name"}, service="eks"),
    ),
    created=True,
)

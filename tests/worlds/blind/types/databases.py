"""Databases."""

from tests.worlds.blind.row import EXTRA, FLIP, TAGS, N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

TAGGING = tagging("resourceName", calls=("AddTagsToResource", "RemoveTagsFromResource"))
DB = {"dBInstanceIdentifier": "$name", "dbiResourceId": "$id", "dBInstanceArn": "$arn"}

db_instance = row(
    at("AWS::RDS::DBInstance", "rds", "db-${UP:26}", "db:$name"),
    config={**DB, "dBInstanceStatus": "available"},
    by={"dBInstanceIdentifier": "$name"},
    answer=DB,
    tags=EXTRA,
    tag=TAGGING,
    create=by("CreateDBInstance", {"vpcSecurityGroupIds": ["$sg"], "dBSubnetGroupName": "d", "tags": TAGS}),
    delete=by("DeleteDBInstance", {"skipFinalSnapshot": True}),
    updates=(
        by("ModifyDBInstance", {"backupRetentionPeriod": N}, backupRetentionPeriod=N),
        by(
            "ModifyDBInstance",
            {"dBInstanceClass": "db.r5.${n}xlarge", "applyImmediately": True},
            dBInstanceClass="db.r5.${n}xlarge",
            latestRestorableTime="t$n",
        ),
        by("StopDBInstance", dBInstanceStatus="stopped"),
        by("AddRoleToDBInstance", {"roleArn": "r$n"}, associatedRoles=[{"roleArn": "r$n"}]),
    ),
    mentions=(
        call("PutMetricAlarm", {"alarmName": "a", "dimensions": [{"value": "$name"}]}, service="monitoring"),
        call("ModifyCluster", {"clusterIdentifier": "$name"}, service="redshift"),
    ),
)

db_subnet_group = kind_of("RDS::DBSubnetGroup")

TABLE = {"tableDescription": {"tableName": "$name", "tableArn": "$arn", "tableId": "$uuid"}}
table = row(
    at("AWS::DynamoDB::Table", "dynamodb", "$name", "table/$name"),
    config={**TABLE["tableDescription"], "itemCount": 9, "deletionProtectionEnabled": True},
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
        call("CreateEventSourceMapping20150331", {"eventSourceArn": "$arn/stream/x"}, service="lambda"),
        call("CreateTable", {"tableName": "$name"}, {"table": {"name": "$name"}}, service="glue"),
        call("UpdateTable", {"tableName": "$name", "keyspaceName": "k"}, service="cassandra"),
    ),
    resources=True,
)

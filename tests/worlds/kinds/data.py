"""Databases and streams."""

from tests.worlds.kind import Call, Kind

TAGS = [{"key": "$tagkey", "value": "$tagvalue"}]


def rds(type_: str, id_: str, tail: str, **more: object) -> Kind:
    arn = f"arn:aws:rds:$region:$account:{tail}:$name"
    return Kind(
        type=f"AWS::RDS::{type_}",
        source="rds",
        id=id_,
        arn=arn,
        tag=Call("AddTagsToResource", {"resourceName": arn, "tags": TAGS}),
        untag=Call("RemoveTagsFromResource", {"resourceName": arn, "tagKeys": ["$tagkey"]}),
        **{"tags_in": "supplementary.Tags.list", **more},
    )


def _db(**more: object) -> dict[str, object]:
    return {"dBInstanceIdentifier": "$name", "dbiResourceId": "$id", "dBInstanceArn": "$arn", **more}


INSTANCE = rds(
    "DBInstance",
    "db-$upper",
    "db",
    config={"dBInstanceIdentifier": "$name", "dbiResourceId": "$id", "dBInstanceArn": "$arn"},
    create=Call(
        "CreateDBInstance",
        {"dBInstanceIdentifier": "$name", "engine": "mysql", "dBSubnetGroupName": "g"},
        _db(engine="mysql"),
    ),
    delete=Call("DeleteDBInstance", {"dBInstanceIdentifier": "$name", "skipFinalSnapshot": True}, _db()),
    updates=(
        Call(
            "ModifyDBInstance",
            {"dBInstanceIdentifier": "$name", "dBInstanceClass": "db.r5.large", "applyImmediately": True},
            _db(),
            paths=(
                ("Configuration.DBInstanceClass", "db.t3.micro", "db.r5.large"),
                ("Configuration.DBInstanceStatus", "a", "b"),
            ),
        ),
        Call(
            "StopDBInstance",
            {"dBInstanceIdentifier": "$name"},
            _db(),
            paths=(("Configuration.DBInstanceStatus", "available", "stopped"),),
        ),
        Call(
            "AddRoleToDBInstance",
            {"dBInstanceIdentifier": "$name", "roleArn": "arn:aws:iam::$account:role/r"},
            paths=(("Configuration.AssociatedRoles.0", None, {"roleArn": "r"}),),
        ),
    ),
    renames=Call(
        "ModifyDBInstance",
        {"dBInstanceIdentifier": "$name", "newDBInstanceIdentifier": "$newname", "applyImmediately": True},
        _db(),
    ),
    mentions=(
        Call(
            "CreateDBSnapshot",
            {"dBInstanceIdentifier": "$name", "dBSnapshotIdentifier": "s"},
            _db(dBSnapshotIdentifier="s"),
        ),
        Call(
            "PutMetricAlarm",
            {"alarmName": "a", "dimensions": [{"name": "DB", "value": "$name"}]},
            source="monitoring",
        ),
        Call("ModifyCluster", {"clusterIdentifier": "$name"}, source="redshift"),
    ),
)

CLUSTER = rds(
    "DBCluster",
    "cluster-$upper",
    "cluster",
    config={"dBClusterIdentifier": "$name", "dbClusterResourceId": "$id"},
    create=Call(
        "CreateDBCluster",
        {"dBClusterIdentifier": "$name", "engine": "aurora"},
        {"dBClusterIdentifier": "$name", "dbClusterResourceId": "$id"},
    ),
    delete=Call("DeleteDBCluster", {"dBClusterIdentifier": "$name"}, {"dbClusterResourceId": "$id"}),
    updates=(
        Call(
            "ModifyDBCluster",
            {"dBClusterIdentifier": "$name", "deletionProtection": False},
            {"dBClusterIdentifier": "$name", "dbClusterResourceId": "$id"},
            paths=(("Configuration.DeletionProtection", True, False),),
        ),
        Call(
            "CreateDBInstance",
            {"dBInstanceIdentifier": "$other", "dBClusterIdentifier": "$name", "engine": "aurora"},
            {"dBInstanceIdentifier": "$other", "dBClusterIdentifier": "$name"},
            paths=(("Configuration.DBClusterMembers.0", None, {"dBInstanceIdentifier": "$other"}),),
        ),
    ),
    mentions=(
        Call("CreateDBClusterSnapshot", {"dBClusterIdentifier": "$name", "dBClusterSnapshotIdentifier": "s"}),
    ),
)

SNAPSHOT = rds(
    "DBSnapshot",
    "$name",
    "snapshot",
    config={"dBSnapshotIdentifier": "$name"},
    create=Call(
        "CreateDBSnapshot",
        {"dBInstanceIdentifier": "$other", "dBSnapshotIdentifier": "$name"},
        {"dBSnapshotIdentifier": "$name", "dBSnapshotArn": "$arn", "dBInstanceIdentifier": "$other"},
    ),
    delete=Call("DeleteDBSnapshot", {"dBSnapshotIdentifier": "$name"}, {"dBSnapshotIdentifier": "$name"}),
    updates=(
        Call(
            "ModifyDBSnapshotAttribute",
            {"dBSnapshotIdentifier": "$name", "attributeName": "restore", "valuesToAdd": ["all"]},
            {"dBSnapshotIdentifier": "$name"},
            paths=(("SupplementaryConfiguration.DBSnapshotAttributes.0", None, "all"),),
        ),
    ),
    mentions=(
        Call(
            "RestoreDBInstanceFromDBSnapshot", {"dBInstanceIdentifier": "r", "dBSnapshotIdentifier": "$name"}
        ),
        Call(
            "CopyDBSnapshot",
            {"sourceDBSnapshotIdentifier": "$name", "targetDBSnapshotIdentifier": "copy"},
            {"dBSnapshotIdentifier": "copy", "sourceDBSnapshotIdentifier": "$arn"},
        ),
    ),
)

SUBNETS = rds(
    "DBSubnetGroup",
    "$name",
    "subgrp",
    config={"dBSubnetGroupName": "$name"},
    creation_time=False,
    create=Call(
        "CreateDBSubnetGroup",
        {"dBSubnetGroupName": "$name", "subnetIds": ["$subnet"]},
        {"dBSubnetGroupName": "$name"},
    ),
    delete=Call("DeleteDBSubnetGroup", {"dBSubnetGroupName": "$name"}),
    updates=(
        Call(
            "ModifyDBSubnetGroup",
            {"dBSubnetGroupName": "$name", "subnetIds": ["$subnet"]},
            {"dBSubnetGroupName": "$name"},
            paths=(("Configuration.Subnets.1", None, {"subnetIdentifier": "x"}),),
        ),
    ),
    mentions=(Call("CreateDBInstance", {"dBInstanceIdentifier": "d", "dBSubnetGroupName": "$name"}, _db()),),
)

WAREHOUSE = Kind(
    type="AWS::Redshift::Cluster",
    source="redshift",
    id="$name",
    arn="arn:aws:redshift:$region:$account:cluster:$name",
    tags_in="configuration.tags",
    config={"clusterIdentifier": "$name"},
    create=Call(
        "CreateCluster", {"clusterIdentifier": "$name", "nodeType": "ra3"}, {"clusterIdentifier": "$name"}
    ),
    delete=Call("DeleteCluster", {"clusterIdentifier": "$name", "skipFinalClusterSnapshot": True}),
    updates=(
        Call(
            "ModifyCluster",
            {"clusterIdentifier": "$name", "numberOfNodes": 4},
            paths=(("Configuration.NumberOfNodes", 2, 4),),
        ),
        Call(
            "EnableLogging",
            {"clusterIdentifier": "$name", "bucketName": "b"},
            paths=(("SupplementaryConfiguration.L", "a", "b"),),
        ),
    ),
    tag=Call("CreateTags", {"resourceName": "$arn", "tags": TAGS}),
    mentions=(
        Call("CreateClusterSnapshot", {"clusterIdentifier": "$name", "snapshotIdentifier": "s"}),
        Call("CreateCluster", {"clusterName": "$name"}, source="ecs"),
        Call("CreateCluster", {"name": "$name"}, source="eks"),
    ),
)


def _search(type_: str, id_: str) -> Kind:
    return Kind(
        type=f"AWS::{type_}::Domain",
        source="es",
        id=id_,
        arn="arn:aws:es:$region:$account:domain/$name",
        config={"DomainName": "$name"},
        creation_time=False,
        create=Call(
            "CreateDomain", {"domainName": "$name"}, {"domainStatus": {"domainName": "$name", "aRN": "$arn"}}
        ),
        delete=Call("DeleteDomain", {"domainName": "$name"}),
        updates=(
            Call(
                "UpdateDomainConfig",
                {"domainName": "$name"},
                paths=(("Configuration.ClusterConfig", "a", "b"),),
            ),
        ),
        tag=Call("AddTags", {"aRN": "$arn", "tagList": TAGS}),
        mentions=(Call("CreateDomain", {"domain": "$name", "domainName": "$name"}, source="codeartifact"),),
    )


KAFKA = Kind(
    type="AWS::MSK::Cluster",
    source="kafka",
    id="$arn",
    arn="arn:aws:kafka:$region:$account:cluster/$name/$uuid-3",
    config={"ClusterName": "$name"},
    creation_time=False,
    create=Call("CreateCluster", {"clusterName": "$name"}, {"clusterArn": "$arn", "clusterName": "$name"}),
    delete=Call("DeleteCluster", {"clusterArn": "$urlarn"}, {"clusterArn": "$arn"}),
    updates=(
        Call(
            "UpdateBrokerCount",
            {"clusterArn": "$arn"},
            {"clusterArn": "$arn"},
            paths=(("Configuration.N", 3, 6),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$urlarn", "tags": {"$tagkey": "$tagvalue"}}),
    mentions=(Call("CreateCluster", {"clusterName": "$name"}, source="ecs"),),
)

STREAM = Kind(
    type="AWS::Kinesis::Stream",
    source="kinesis",
    id="$name",
    arn="arn:aws:kinesis:$region:$account:stream/$name",
    tags_in="configuration.Tags",
    config={"Name": "$name", "Arn": "$arn"},
    create=Call("CreateStream", {"streamName": "$name", "shardCount": 1}),
    delete=Call("DeleteStream", {"streamName": "$name"}),
    updates=(
        Call(
            "UpdateShardCount",
            {"streamName": "$name", "targetShardCount": 4},
            paths=(("Configuration.ShardCount", 2, 4),),
        ),
        Call(
            "IncreaseStreamRetentionPeriod",
            {"streamARN": "$arn"},
            paths=(("Configuration.RetentionPeriodHours", 24, 48),),
        ),
    ),
    tag=Call("AddTagsToStream", {"streamName": "$name", "tags": {"$tagkey": "$tagvalue"}}),
    mentions=(Call("CreateStream", {"streamName": "$name"}, source="kinesisvideo"),),
)

WORKGROUP = Kind(
    type="AWS::Athena::WorkGroup",
    source="athena",
    id="$name",
    arn="arn:aws:athena:$region:$account:workgroup/$name",
    tags_in="configuration.Tags",
    config={"Name": "$name"},
    create=Call("CreateWorkGroup", {"name": "$name"}),
    delete=Call("DeleteWorkGroup", {"workGroup": "$name", "recursiveDeleteOption": True}),
    updates=(
        Call(
            "UpdateWorkGroup",
            {"workGroup": "$name"},
            paths=(("Configuration.WorkGroupConfiguration.X", "a", "b"),),
        ),
    ),
    tag=Call("TagResource", {"resourceARN": "$arn", "tags": TAGS}),
    mentions=(
        Call("StartQueryExecution", {"queryString": "select", "workGroup": "$name"}),
        Call("CreateNamedQuery", {"name": "$name", "workGroup": "$name", "queryString": "q"}),
    ),
)

JOB = Kind(
    type="AWS::Glue::Job",
    source="glue",
    id="$name",
    arn="arn:aws:glue:$region:$account:job/$name",
    config={"Name": "$name"},
    creation_time=False,
    create=Call("CreateJob", {"name": "$name", "role": "r"}, {"name": "$name"}),
    delete=Call("DeleteJob", {"jobName": "$name"}, {"jobName": "$name"}),
    updates=(Call("UpdateJob", {"jobName": "$name", "jobUpdate": {"role": "r"}}, {"jobName": "$name"}),),
    tag=Call("TagResource", {"resourceArn": "$arn", "tagsToAdd": {"$tagkey": "$tagvalue"}}),
    mentions=(
        Call("StartJobRun", {"jobName": "$name"}, {"jobRunId": "jr"}),
        Call("CreateTrigger", {"name": "t", "actions": [{"jobName": "$name"}]}),
        Call("CreateCrawler", {"name": "$name"}),
    ),
)

KINDS = (
    INSTANCE,
    CLUSTER,
    SNAPSHOT,
    SUBNETS,
    WAREHOUSE,
    _search("OpenSearch", "$name"),
    _search("Elasticsearch", "$account/$name"),
    KAFKA,
    STREAM,
    WORKGROUP,
    JOB,
)

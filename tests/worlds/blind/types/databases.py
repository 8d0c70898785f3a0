"""Databases of the blind world."""

from tests.worlds.blind.config import LOWER
from tests.worlds.blind.kind import pairs, store
from tests.worlds.blind.service import CONFIG_LOWER, EXTRA_LOWER, kind, op, tagging, thing_of


def db_instance(m, name):
    id_ = "db-" + m.letters(length=26)
    config = {"dBInstanceIdentifier": name, "dBInstanceClass": "db.t4g.medium", "dbiResourceId": id_}
    config |= {
        "dBInstanceStatus": "available",
        "backupRetentionPeriod": 7,
        "allocatedStorage": 50,
        "engine": "postgres",
    }
    arn = m.arn("rds", f"db:{name}")
    thing = thing_of(m, "AWS::RDS::DBInstance", id_, name=name, arn=arn, config=config, tags=EXTRA_LOWER)
    listed = [("AWS::RDS::DBInstance", name)]

    def told(**more):
        got = {"DBInstanceIdentifier": thing.name, "DbiResourceId": id_, "DBInstanceArn": thing.arn, **more}
        return {"DBInstance": got}

    def flat(operation, **more):
        made = op("rds", operation, None, told(**more))
        return made.answer["dBInstance"]  # RDS's records have the answer without its outer name

    def modify():
        days = config["backupRetentionPeriod"] % 30 + 1
        made = op(
            "rds",
            "ModifyDBInstance",
            {"DBInstanceIdentifier": thing.name, "BackupRetentionPeriod": days, "ApplyImmediately": True},
            lists=listed,
            change=store(config, backupRetentionPeriod=days),
        )
        made.answer = flat("ModifyDBInstance")
        return made

    def create():
        sent = {"DBInstanceIdentifier": name, "DBInstanceClass": "db.t4g.medium", "Engine": "postgres"}
        sent |= {
            "VpcSecurityGroupIds": [m.hex("sg-0", 16)],
            "DBSubnetGroupName": "data",
            "Tags": pairs(thing.tags),
        }
        named = [
            *listed,
            ("AWS::RDS::DBSubnetGroup", "data"),
            ("AWS::EC2::SecurityGroup", sent["VpcSecurityGroupIds"][0]),
        ]
        made = op("rds", "CreateDBInstance", sent, lists=named)
        made.answer = flat("CreateDBInstance", DBInstanceStatus="creating")
        return made

    def delete():
        sent = {"DBInstanceIdentifier": name, "SkipFinalSnapshot": True}
        made = op("rds", "DeleteDBInstance", sent, lists=listed)
        made.answer = flat("DeleteDBInstance", DBInstanceStatus="deleting")
        return made

    calls = ("AddTagsToResource", "RemoveTagsFromResource")
    return kind(
        thing,
        create=create,
        updates=[modify],
        delete=delete,
        tags=tagging("rds", thing, by={"ResourceName": arn}, lists=[(None, arn)], calls=calls),
        read=("rds.amazonaws.com", "DescribeDBInstances", {"dBInstanceIdentifier": name}),
    )


def db_cluster(m, name):
    id_ = "cluster-" + m.letters(length=26)
    config = {
        "dbclusterIdentifier": name,
        "dbClusterResourceId": id_,
        "backupRetentionPeriod": 1,
        "status": "available",
    }
    arn = m.arn("rds", f"cluster:{name}")
    config["dbclusterArn"] = arn
    places = (("configuration", "tagList", LOWER), *EXTRA_LOWER)
    thing = thing_of(m, "AWS::RDS::DBCluster", id_, name=name, arn=arn, config=config, tags=places)
    listed = [("AWS::RDS::DBCluster", name)]

    def call(operation, sent, change=lambda: None):
        made = op("rds", operation, {"DBClusterIdentifier": name, **sent}, lists=listed, change=change)
        made.answer = {"dBClusterIdentifier": name, "dbClusterResourceId": id_, "dBClusterArn": arn}
        return made

    def modify():
        days = config["backupRetentionPeriod"] % 30 + 1
        return call(
            "ModifyDBCluster", {"BackupRetentionPeriod": days}, store(config, backupRetentionPeriod=days)
        )

    calls = ("AddTagsToResource", "RemoveTagsFromResource")
    return kind(
        thing,
        create=lambda: call("CreateDBCluster", {"Engine": "aurora-mysql"}),
        updates=[modify],
        delete=lambda: call("DeleteDBCluster", {"SkipFinalSnapshot": True}),
        tags=tagging("rds", thing, by={"ResourceName": arn}, lists=[(None, arn)], calls=calls),
        read=("rds.amazonaws.com", "DescribeDBClusters", {"dBClusterIdentifier": name}),
    )


def db_subnet_group(m, name):
    config = {"dBSubnetGroupName": name, "dBSubnetGroupDescription": name, "subnets": []}
    arn = m.arn("rds", f"subgrp:{name}")
    thing = thing_of(
        m, "AWS::RDS::DBSubnetGroup", name, name=name, arn=arn, config=config, tags=EXTRA_LOWER, created=None
    )

    def call(operation, sent, change=lambda: None):
        named = [
            ("AWS::RDS::DBSubnetGroup", name),
            *((("AWS::EC2::Subnet"), each) for each in sent.get("SubnetIds", ())),
        ]
        return op("rds", operation, {"DBSubnetGroupName": name, **sent}, lists=named, change=change)

    def modify():
        ids = [m.hex("subnet-0", 16), m.hex("subnet-0", 16)]
        change = store(config, subnets=[{"subnetIdentifier": each, "subnetStatus": "Active"} for each in ids])
        return call("ModifyDBSubnetGroup", {"SubnetIds": ids}, change)

    def create():
        ids = [m.hex("subnet-0", 16), m.hex("subnet-0", 16)]
        return call(
            "CreateDBSubnetGroup",
            {"DBSubnetGroupDescription": name, "SubnetIds": ids, "Tags": pairs(thing.tags)},
        )

    calls = ("AddTagsToResource", "RemoveTagsFromResource")
    return kind(
        thing,
        create=create,
        updates=[modify],
        delete=lambda: call("DeleteDBSubnetGroup", {}),
        tags=tagging("rds", thing, by={"ResourceName": arn}, lists=[(None, arn)], calls=calls),
        read=("rds.amazonaws.com", "DescribeDBSubnetGroups", {"dBSubnetGroupName": name}),
    )


def table(m, name):
    arn = m.arn("dynamodb", f"table/{name}")
    config = {
        "tableName": name,
        "tableArn": arn,
        "tableId": m.uuid(),
        "tableStatus": "ACTIVE",
        "itemCount": 9,
    }
    config["deletionProtectionEnabled"] = True
    thing = thing_of(m, "AWS::DynamoDB::Table", name, name=name, arn=arn, config=config, tags=EXTRA_LOWER)
    own = [{"accountId": m.account, "type": "AWS::DynamoDB::Table", "ARN": arn}]
    listed = [("AWS::DynamoDB::Table", each) for each in (name, arn, config["tableId"])]

    def call(operation, sent, change=lambda: None):
        got = (
            {"TableDescription": {"TableName": name, "TableArn": arn}}
            if operation != "UpdateTimeToLive"
            else None
        )
        named = listed if got else listed[:1]
        return op(
            "dynamodb", operation, {"TableName": name, **sent}, got, lists=named, resources=own, change=change
        )

    def protect():
        value = not config["deletionProtectionEnabled"]
        return call(
            "UpdateTable",
            {"DeletionProtectionEnabled": value},
            store(config, deletionProtectionEnabled=value),
        )

    def backups():
        sent = {"TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
        change = store(thing.extra, ContinuousBackupsDescription={"status": "ENABLED", "n": m.next()})
        return op("dynamodb", "UpdateContinuousBackups", sent, lists=listed[:1], resources=own, change=change)

    def create():
        sent = {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        return call("CreateTable", {**sent, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]})

    return kind(
        thing,
        create=create,
        updates=[protect, backups],
        delete=lambda: call("DeleteTable", {}),
        tags=tagging("dynamodb", thing, by={"ResourceArn": arn}, lists=[(None, arn)]),
        read=("dynamodb.amazonaws.com", "DescribeTable", {"tableName": name}),
    )


def redshift(m, name):
    arn = m.arn("redshift", f"cluster:{name}")
    config = {"clusterIdentifier": name, "nodeType": "ra3.large", "automatedSnapshotRetentionPeriod": 1}
    thing = thing_of(m, "AWS::Redshift::Cluster", name, name=name, arn=arn, config=config, tags=CONFIG_LOWER)
    listed = m.maybe(0.7, ("AWS::Redshift::Cluster", name))

    def call(operation, sent, change=lambda: None):
        return op("redshift", operation, {"ClusterIdentifier": name, **sent}, lists=listed, change=change)

    def modify():
        days = config["automatedSnapshotRetentionPeriod"] % 30 + 1
        change = store(config, automatedSnapshotRetentionPeriod=days)
        return call("ModifyCluster", {"AutomatedSnapshotRetentionPeriod": days}, change)

    return kind(
        thing,
        create=lambda: call("CreateCluster", {"NodeType": "ra3.large", "MasterUsername": "admin"}),
        updates=[modify],
        delete=lambda: call("DeleteCluster", {"SkipFinalClusterSnapshot": True}),
        tags=tagging("redshift", thing, by={"ResourceName": arn}, calls=("CreateTags", "DeleteTags")),
        read=("redshift.amazonaws.com", "DescribeClusters", {"clusterIdentifier": name}),
    )

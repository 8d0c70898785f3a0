"""Types that are not AWS's own, recorded through Config's own calls; and identifiers written in other case."""

from tests.worlds.blind.actors import OWN
from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, Op
from tests.worlds.recorded_types.changes import NAMES


def other_types(changes):
    """Add what is not AWS's own types: recorded through Config's own calls; and identifiers in other case."""
    world, random, m = changes.world, changes.random, changes.m
    third = ("GitHub::Repositories::Repository", "Datadog::Monitors::Monitor", "MongoDB::Atlas::Cluster")
    for number in range(9):
        at = world.ago(minutes=random.uniform(75, 400))
        type_, id_ = third[number % 3], f"acme/{random.choice(NAMES)}-{m.next()}"
        thing = Thing(type=type_, id=id_, name=None, arn=None, config={"Visibility": "private"})
        kind = Kind(thing=thing)
        world.born(kind, managed="terraform")
        sent = {
            "resourceType": type_,
            "schemaVersionId": "00000001",
            "resourceId": id_,
            "configuration": "{}",
        }
        gone = number % 3 == 2
        operation = "DeleteResourceConfig" if gone else "PutResourceConfig"
        if gone:
            sent = {"resourceType": type_, "resourceId": id_}
        by = changes.person() if number < 6 else changes.pipeline

        def change(thing=thing):
            thing.config["Visibility"] = "public"

        call = world.call(
            by, Op(service="config", operation=operation, request=sent, change=change), at, kind=kind
        )
        status = "ResourceDeleted" if gone else "OK"
        world.capture(
            kind, at + changes.lag(), (call,), label="third_party", status=status, envelope="eventbridge"
        )
    for number in range(6):
        at = world.ago(minutes=random.uniform(75, 400))
        name = f"{random.choice(NAMES)}-db{m.next()}"
        shown = name.title().replace("-", "-")
        if number % 2:
            unique, type_ = m.letters("cluster-", 26), "AWS::RDS::DBCluster"
            call_, field_ = "AddRoleToDBCluster", "dBClusterIdentifier"
            config = {"dBClusterIdentifier": name, "dbClusterResourceId": unique, "associatedRoles": []}
            part = "cluster"
        else:
            unique, type_ = m.letters("db-", 26), "AWS::RDS::DBInstance"
            call_, field_ = "AddRoleToDBInstance", "dBInstanceIdentifier"
            config = {"dBInstanceIdentifier": name, "dbiResourceId": unique, "associatedRoles": []}
            part = "db"
        arn = m.arn("rds", f"{part}:{name}")
        thing = Thing(type=type_, id=unique, name=name, arn=arn, config=config)
        kind = Kind(thing=thing)
        world.born(kind, managed="terraform")
        role = f"arn:aws:iam::{OWN}:role/export"

        def change(thing=thing, role=role):
            thing.config["associatedRoles"] = [{"roleArn": role, "status": "ACTIVE"}]

        op = Op(service="rds", operation=call_, request={field_: shown, "roleArn": role}, change=change)
        call = world.call(changes.person(), op, at, kind=kind)
        world.capture(kind, at + changes.lag(), (call,), label="other_case", envelope="eventbridge")

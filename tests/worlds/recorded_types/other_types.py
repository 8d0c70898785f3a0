"""What is no type of AWS's own, recorded through Config's own calls; and identifiers written in other case."""

from tests.worlds.blind.actors import OWN
from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, store
from tests.worlds.recorded_types.changes import NAMES
from tests.worlds.stage import seconds

THIRD_PARTY = ("GitHub::Repositories::Repository", "Datadog::Monitors::Monitor", "MongoDB::Atlas::Cluster")


def other_types(stage):
    """Add changes of such objects to a world."""
    for number in range(9):
        third_party(stage, THIRD_PARTY[number % 3], gone=number % 3 == 2, by_person=number < 6)
    for number in range(6):
        other_case(stage, ("Instance", "Cluster")[number % 2])


def changed(stage, kind, by, op, **seen):
    """Let somebody make a call on it, and Config record it in its own time."""
    call = stage.world.call(by, op, stage.at, kind=kind)
    at = stage.at + seconds(stage.random.uniform(20, 400))
    stage.world.capture(kind, at, (call,), label=stage.label, envelope="eventbridge", **seen)


def third_party(stage, type_, *, gone, by_person):
    stage.begin("third_party")
    id_ = f"acme/{stage.pick(*NAMES)}-{stage.m.next()}"
    kind = Kind(thing=Thing(type=type_, id=id_, name=None, arn=None, config={"Visibility": "private"}))
    stage.world.born(kind, managed="terraform")
    sent = {"resourceType": type_, "resourceId": id_}
    if not gone:
        sent = {**sent, "schemaVersionId": "00000001", "configuration": "{}"}
    by = stage.person() if by_person else stage.pipeline
    operation = "DeleteResourceConfig" if gone else "PutResourceConfig"
    op = stage.op("config", operation, sent, change=store(kind.thing.config, Visibility="public"))
    changed(stage, kind, by, op, status="ResourceDeleted" if gone else "OK")


def other_case(stage, what):
    """Let a person add a role to a database, and write its name in capitals."""
    stage.begin("other_case")
    name = f"{stage.pick(*NAMES)}-db{stage.m.next()}"
    short, member = {"Instance": ("db", "dbiResourceId"), "Cluster": ("cluster", "dbClusterResourceId")}[what]
    unique, named = stage.m.letters(f"{short}-", 26), f"dB{what}Identifier"
    config = {named: name, member: unique, "associatedRoles": []}
    arn = stage.m.arn("rds", f"{short}:{name}")
    kind = Kind(thing=Thing(type=f"AWS::RDS::DB{what}", id=unique, name=name, arn=arn, config=config))
    stage.world.born(kind, managed="terraform")
    role = f"arn:aws:iam::{OWN}:role/export"
    added = store(config, associatedRoles=[{"roleArn": role, "status": "ACTIVE"}])
    op = stage.op("rds", f"AddRoleToDB{what}", {named: name.title(), "roleArn": role}, change=added)
    changed(stage, kind, stage.person(), op)

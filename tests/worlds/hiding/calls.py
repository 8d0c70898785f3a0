"""Ways to hide in how a call is made, named and recorded, and in which others were made beside it."""

from datetime import timedelta

from tests.worlds.blind import builders, messages
from tests.worlds.blind.kind import store
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    edge,
    iam,
    interfaces,
    secrets,
    storage,
    streams,
    vpc,
)

RESPONSE_LEFT_OUT = {"reason": "responseElements too large", "omitted": True, "originalSize": 300_000}
BOTH = (
    # (the way, the object, her call, the pipeline's, how hers is made)
    ("just_before_the_pipeline", ec2.security_group, 0, 2, {"after": 0}),
    ("in_the_same_second", databases.table, 0, -1, {"after": 4}),
    ("no_resource_is_listed", compute.function, 0, 2, {"lists": ()}),
    ("by_group_name", ec2.security_group, 3, 2, {}),
    ("by_wrapped_parameters", ec2.security_group, 1, 2, {}),
    ("by_a_part_of_it", vpc.route_table, 1, 0, {"after": 0}),
    ("with_an_empty_error", iam.policy, 0, 0, {"errorCode": "", "errorMessage": ""}),
    ("with_a_response_left_out", storage.bucket, 0, 1, {"responseElements": RESPONSE_LEFT_OUT}),
)
ALONE = (
    # (the way, the object, her call, how long after Config records it, in seconds)
    ("by_an_attachment", interfaces.network_interface, 1, 100),
    ("in_a_stack_update_of_ones_own", builders.stack, 0, 100),
    ("stopping_an_instance", ec2.instance, 2, 600),
    ("new_code_of_the_same_size", compute.function, 1, 100),
)
PARTS = (
    # (the object, a call on what hangs on it and has a life of its own, the parameter that names the object)
    (compute.function, "lambda:PublishVersion20150331", "functionName=name"),
    (compute.eks, "eks:DeleteNodegroup", "clusterName=name"),
    (databases.table, "dynamodb:ExportTableToPointInTime", "tableArn=arn"),
    (databases.db_instance, "rds:CreateDBInstanceReadReplica", "sourceDBInstanceIdentifier=name"),
    (databases.db_subnet_group, "rds:CreateDBInstance", "dBSubnetGroupName=name"),
    (storage.bucket, "s3:CreateAccessPoint", "bucket=name"),
    (balancers.target_group, "elasticloadbalancing:CreateListener", "targetGroupArn=arn"),
    (iam.user, "iam:CreateAccessKey", "userName=name"),
    (iam.role, "iam:PassRole", "roleName=name"),
    (secrets.key, "kms:CreateGrant", "keyId=arn"),
    (messages.queue, "sqs:PurgeQueue", "queueUrl=id"),
    (edge.web_acl, "wafv2:AssociateWebACL", "webACLArn=arn"),
    (builders.stack, "cloudformation:DetectStackDrift", "stackName=arn"),
    (vpc.vpc, "ec2:CreateRouteTable", "vpcId=id"),
)


class Ways:
    """Plays every method whose name begins so; alice hides, the pipeline works beside her."""

    def __init__(self, stage):
        self.s, self.m, self.cast = stage, stage.m, stage.cast
        self.thing, self.seen, self.op, self.do = stage.thing, stage.seen, stage.op, stage.do

    def alice(self, kind, op=0, after=0, **record):
        return self.do(self.s.alice, op, kind, after, **record)

    def pipeline(self, kind, op=0, after=0, **record):
        return self.do(self.s.pipeline, op, kind, after, **record)

    def names(self, thing, named):
        """Return the parameter that names an object, from a text such as `keyId=arn`."""
        member, slot = named.split("=")
        text = (thing.name or thing.id) if slot == "name" else getattr(thing, slot)
        return {member: text.rpartition("/")[2] if slot == "id" and text == thing.arn else text}

    def sets(self, kind, service, operation, sent, more=None, **fields):
        """Return a call that sets these fields of the configuration; `more` is what a call has besides."""
        change = store(kind.thing.config, **fields)
        return self.op(service, operation, sent, change=change, **(more or {}))


class CallWays(Ways):
    """How the call is made."""

    def rows(self):
        for label, make, hers, its, how in BOTH:
            self.s.begin(label)
            record = {"after": 7, **how}
            kind = self.thing(make)
            calls = [(record.pop("after"), self.alice, hers, record), (4, self.pipeline, its, {})]
            calls.sort(key=lambda each: each[0])
            self.seen(kind, *(by(kind, op, when, **more) for when, by, op, more in calls))
        for label, make, op, after in ALONE:
            self.s.begin(label)
            kind = self.thing(make)
            self.seen(kind, self.alice(kind, op), after=after)

    def way_among_ten_of_the_pipeline(self):
        kind = self.thing(storage.bucket)
        calls = [self.pipeline(kind, number % 3, number) for number in range(10)]
        self.seen(kind, *calls, self.alice(kind, 0, 5))

    def way_fourteen_minutes_before_the_item(self):
        kind = self.thing(ec2.security_group)
        self.seen(kind, self.alice(kind), self.pipeline(kind, 2, 13 * 60), after=14 * 60)

    def way_long_before_a_daily_item(self):
        self.s.at = self.s.world.now - timedelta(hours=21)
        kind = self.thing(databases.table)
        mine = self.alice(kind)
        self.s.at = self.s.world.now - timedelta(hours=2)
        self.seen(kind, mine, daily=True)

    def way_by_the_old_queue_address(self):
        kind = self.thing(messages.queue)
        url = f"https://eu-west-1.queue.amazonaws.com/111122223333/{kind.thing.name}"
        sent = {"queueUrl": url, "attributes": {"VisibilityTimeout": "77"}}
        listed = {"lists": ((None, url),)}
        op = self.sets(kind, "sqs", "SetQueueAttributes", sent, listed, VisibilityTimeout="77")
        self.seen(kind, self.alice(kind, op))

    def way_by_a_qualified_function(self):
        kind = self.thing(compute.function)
        sent = {"functionName": f"{kind.thing.arn}:$LATEST", "timeout": 99}
        op = self.sets(kind, "lambda", "UpdateFunctionConfiguration20150331v2", sent, timeout=99)
        self.seen(kind, self.pipeline(kind, 1), self.alice(kind, op, 5))

    def way_by_part_of_the_arn(self):
        kind = self.thing(secrets.secret)
        sent = {"secretId": kind.thing.arn[:-7], "description": "mine"}
        told = {"answer": {"arn": kind.thing.arn}}
        op = self.sets(kind, "secretsmanager", "UpdateSecret", sent, told, Description="mine")
        self.seen(kind, self.alice(kind, op))

    def way_in_capital_letters(self):
        kind = self.thing(databases.db_instance)
        sent = {"dBInstanceIdentifier": kind.thing.name.upper(), "multiAZ": True}
        op = self.sets(kind, "rds", "ModifyDBInstance", sent, multiAZ=True)
        self.seen(kind, self.pipeline(kind), self.alice(kind, op, 6))

    def way_by_renaming_it(self):
        kind = self.thing(databases.db_instance)
        old, new = kind.thing.name, f"{kind.thing.name}-x"

        def rename():
            kind.thing.name = kind.thing.config["dBInstanceIdentifier"] = new

        sent = {"dBInstanceIdentifier": old, "newDBInstanceIdentifier": new, "applyImmediately": True}
        self.seen(kind, self.alice(kind, self.op("rds", "ModifyDBInstance", sent, change=rename)))

    def way_in_an_old_record(self):
        kind = self.thing(ec2.volume)
        call = self.alice(kind, eventVersion="1.02")
        for name in ("eventCategory", "managementEvent", "eventType"):
            self.s.world.events[-1][0].pop(name)
        self.seen(kind, call)

    def way_twice_in_the_trail(self):
        kind = self.thing(streams.stream)
        mine = self.alice(kind)
        self.s.world.events.append(self.s.world.events[-1])
        self.seen(kind, mine, self.pipeline(kind, 0, 6))


class BesideWays(Ways):
    """What was done beside it, that made nothing of the change."""

    def rows(self):
        """Play each call on a part twice: a person's beside the pipeline's change, and the pipeline's beside a person's."""
        for make, called, named in PARTS:
            for changer, caller in ((self.s.pipeline, self.s.alice), (self.s.bob, self.s.pipeline)):
                self.s.begin(f"{called} {'beside' if caller is self.s.alice else 'cannot cover'}")
                kind = self.thing(make)
                call = self.do(changer, 0, kind)
                self.do(caller, self.op(*called.split(":"), self.names(kind.thing, named)), kind, 6)
                self.seen(kind, call)

    def way_beside_refused_calls_of_the_pipeline(self):
        kind = self.thing(ec2.security_group)
        for when, error in ((-3, "UnauthorizedOperation"), (3, "DryRunOperation")):
            self.pipeline(kind, 0, when, errorCode=f"Client.{error}")
        self.seen(kind, self.alice(kind))

    def way_beside_a_read_of_the_pipeline(self):
        kind = self.thing(databases.table)
        op = self.op("dynamodb", "DescribeTable", {"tableName": kind.thing.name})
        self.pipeline(kind, op, 3, readOnly=True)
        self.seen(kind, self.alice(kind))

    def way_beside_a_launch_that_mentions_it(self):
        kind = self.thing(ec2.security_group)
        sent = {"instancesSet": items({"imageId": "ami-0abc"}), "groupSet": items({"groupId": kind.thing.id})}
        got = {"instancesSet": items({"instanceId": "i-0feedfeedfeedfeed"})}
        op = self.op("ec2", "RunInstances", sent, answer=got, lists=((None, kind.thing.id),))
        self.pipeline(kind, op, 6)
        self.seen(kind, self.alice(kind))

    def way_beside_the_pipeline_on_a_look_alike(self):
        kind = self.thing(compute.function)
        other = self.thing(compute.function, name=f"{kind.thing.name}-2")
        theirs = self.pipeline(other, 0, 4)
        self.seen(kind, self.alice(kind))
        self.seen(other, theirs)

    def way_beside_the_pipeline_after_the_item(self):
        kind = self.thing(iam.role)
        self.seen(kind, self.alice(kind), after=30)
        self.seen(kind, self.pipeline(kind, 1, 60), after=95)

    def way_beside_the_pipeline_on_another_parameter(self):
        kind = self.thing(databases.db_instance)
        sent = {"dBInstanceIdentifier": kind.thing.name, "masterUserPassword": "****"}
        idle = self.pipeline(kind, self.op("rds", "ModifyDBInstance", sent), 8)
        self.seen(kind, self.alice(kind)).spared = {idle.id}

    def way_beside_aws_itself(self):
        kind = self.thing(balancers.scaling_group)
        theirs = self.do(self.cast.linked(), 1, kind, 4)
        self.seen(kind, self.alice(kind), theirs)

    def way_beside_a_stack_of_the_pipeline(self):
        kind = self.thing(messages.queue, managed="cloudformation")
        theirs = self.do(self.cast.cloudformation_role(), 0, kind, 4)
        sent = {"queueUrl": kind.thing.id, "label": "x"}
        self.seen(kind, self.alice(kind, self.sets(kind, "sqs", "AddPermission", sent, Policy="x")), theirs)

    def way_by_a_tag_that_only_the_pipeline_sets(self):
        kind = self.thing(databases.table)
        mine = self.alice(kind, kind.tag({"Name": "other"}))
        self.seen(kind, mine, self.pipeline(kind, kind.tag({"team": "x"}), 5))

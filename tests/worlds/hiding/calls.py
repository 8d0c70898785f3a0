"""Ways to hide in how a call is made, named and recorded, and in which others were made beside it."""

from datetime import timedelta

from tests.worlds.blind import builders, messages
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
from tests.worlds.hiding.ways import Ways

RESPONSE_LEFT_OUT = {"reason": "responseElements too large", "omitted": True, "originalSize": 300_000}

BOTH = (
    # (the way, the object, her call, the pipeline's, how hers is made)
    ("just_before_the_pipeline", ec2.security_group, 0, 2, {"after": 0}),
    ("just_after_the_pipeline", iam.role, 0, 1, {}),
    ("in_the_same_second", databases.table, 0, -1, {"after": 4}),
    ("no_resource_is_listed", compute.function, 0, 2, {"lists": ()}),
    ("by_group_name", ec2.security_group, 3, 2, {}),
    ("by_wrapped_parameters", ec2.security_group, 1, 2, {}),
    ("by_a_part_of_it", vpc.route_table, 1, 0, {"after": 0}),
    ("with_an_empty_error", iam.policy, 0, 0, {"errorCode": "", "errorMessage": ""}),
    ("through_a_vpc_endpoint", storage.bucket, 0, 1, {"vpcEndpointId": "vpce-0a1b2c3d", "sourceIPAddress": "10.1.2.3"}),
    ("with_a_shared_event", storage.bucket, 1, 0, {"sharedEventID": "5d1f0b2c-6a3e-4d6e-9d3b-1f2e3d4c5b6a"}),
    ("with_a_response_left_out", storage.bucket, 0, 1, {"responseElements": RESPONSE_LEFT_OUT}),
)  # fmt: skip


class CallWays(Ways):
    """How the call is made."""

    def rows(self):
        for label, make, hers, its, how in BOTH:
            self.s.begin(label)
            self.both(make, hers, its, **how)

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

    def way_by_an_attachment(self):
        self.alone(interfaces.network_interface, 1)

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

    def way_undone_by_the_pipeline(self):
        kind = self.thing(edge.web_acl)
        self.seen(kind, self.alice(kind), self.pipeline(kind, 0, 20))

    def way_one_item_before_the_pipelines(self):
        kind = self.thing(balancers.target_group)
        self.seen(kind, self.alice(kind), after=30)
        self.seen(kind, self.pipeline(kind, 0, 40), after=70)

    def way_one_item_after_the_pipelines(self):
        kind = self.thing(balancers.target_group)
        self.seen(kind, self.pipeline(kind), after=30)
        self.seen(kind, self.alice(kind, 0, 40), after=70)


class BesideWays(Ways):
    """What the pipeline did beside it, that made nothing of the change."""

    def way_beside_a_refused_call_of_the_pipeline(self):
        kind = self.thing(ec2.security_group)
        for when in (-3, 3):
            self.pipeline(kind, 0, when, errorCode="Client.UnauthorizedOperation")
        self.seen(kind, self.alice(kind))

    def way_beside_a_dry_run_of_the_pipeline(self):
        kind = self.thing(ec2.security_group)
        self.pipeline(kind, 0, 3, errorCode="Client.DryRunOperation")
        self.seen(kind, self.alice(kind, 2))

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

    def way_beside_the_pipeline_on_a_part(self):
        kind = self.thing(compute.eks)
        name = kind.thing.name
        sent = {"clusterName": name, "name": name, "nodegroupName": "blue", "scalingConfig": {"minSize": 1}}
        self.pipeline(kind, self.op("eks", "CreateNodegroup", sent), 5)
        self.seen(kind, self.alice(kind))

    def way_beside_aws_itself(self):
        kind = self.thing(balancers.scaling_group)
        theirs = self.do(self.cast.linked(), 1, kind, 4)
        self.seen(kind, self.alice(kind), theirs)

    def way_beside_a_stack_of_the_pipeline(self):
        kind = self.thing(messages.queue, managed="cloudformation")
        theirs = self.do(self.cast.cloudformation_role(), 0, kind, 4)
        sent = {"queueUrl": kind.thing.id, "label": "x"}
        self.seen(kind, self.alice(kind, self.sets(kind, "sqs", "AddPermission", sent, Policy="x")), theirs)

    def way_in_a_stack_update_of_ones_own(self):
        self.alone(builders.stack)

    def way_by_a_tag_that_only_the_pipeline_sets(self):
        kind = self.thing(databases.table)
        mine = self.alice(kind, kind.tag({"Name": "other"}))
        self.seen(kind, mine, self.pipeline(kind, kind.tag({"team": "x"}), 5))

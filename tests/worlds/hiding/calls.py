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


class Ways:
    """Plays every method that is a way."""

    def __init__(self, stage):
        self.s = stage

    def play(self):
        for name in sorted(vars(type(self))):
            if name.startswith("way_"):
                self.s.begin(name.removeprefix("way_"))
                getattr(self, name)()

    def both(self, make, mine, theirs, *, mine_after=7, **record):
        """Let the pipeline and alice change one object; `mine` and `theirs` choose the updates."""
        s = self.s
        kind = s.thing(make)
        calls = [
            (mine_after, lambda: s.do(s.alice, kind.updates[mine](), kind, mine_after, **record)),
            (4, lambda: s.do(s.pipeline, kind.updates[theirs](), kind, 4)),
        ]
        s.seen(kind, *(made() for _, made in sorted(calls, key=lambda each: each[0])))
        return kind


class CallWays(Ways):
    """How the call is made."""

    def way_just_before_the_pipeline(self):
        self.both(ec2.security_group, 0, 2, mine_after=0)

    def way_just_after_the_pipeline(self):
        self.both(iam.role, 0, 1)

    def way_in_the_same_second(self):
        self.both(databases.table, 0, -1, mine_after=4)

    def way_among_ten_of_the_pipeline(self):
        s = self.s
        kind = s.thing(storage.bucket)
        calls = [s.do(s.pipeline, kind.updates[number % 3](), kind, number) for number in range(10)]
        calls.append(s.do(s.alice, kind.updates[0](), kind, 5))
        s.seen(kind, *calls)

    def way_fourteen_minutes_before_the_item(self):
        s = self.s
        kind = s.thing(ec2.security_group)
        mine = s.do(s.alice, kind.updates[0](), kind)
        theirs = s.do(s.pipeline, kind.updates[2](), kind, 13 * 60)
        s.seen(kind, mine, theirs, after=14 * 60)

    def way_long_before_a_daily_item(self):
        s = self.s
        s.at = s.world.now - timedelta(hours=21)
        kind = s.thing(databases.table)
        mine = s.do(s.alice, kind.updates[0](), kind)
        s.at = s.world.now - timedelta(hours=2)
        s.seen(kind, mine, daily=True)

    def way_no_resource_is_listed(self):
        self.both(compute.function, 0, 2, lists=())

    def way_by_group_name(self):
        self.both(ec2.security_group, 3, 2)

    def way_by_wrapped_parameters(self):
        self.both(ec2.security_group, 1, 2)

    def way_by_a_part_of_it(self):
        self.both(vpc.route_table, 1, 0, mine_after=0)

    def way_by_an_attachment(self):
        s = self.s
        kind = s.thing(interfaces.network_interface)
        s.seen(kind, s.do(s.alice, kind.updates[1](), kind))

    def way_by_the_old_queue_address(self):
        s = self.s
        kind = s.thing(messages.queue)
        name = kind.thing.name
        url = f"https://eu-west-1.queue.amazonaws.com/111122223333/{name}"
        sent = {"queueUrl": url, "attributes": {"VisibilityTimeout": "77"}}
        op = s.op(
            "sqs",
            "SetQueueAttributes",
            sent,
            lists=((None, url),),
            change=store(kind.thing.config, VisibilityTimeout="77"),
        )
        s.seen(kind, s.do(s.alice, op, kind))

    def way_by_a_qualified_function(self):
        s = self.s
        kind = s.thing(compute.function)
        sent = {"functionName": f"{kind.thing.arn}:$LATEST", "timeout": 99}
        op = s.op(
            "lambda",
            "UpdateFunctionConfiguration20150331v2",
            sent,
            change=store(kind.thing.config, timeout=99),
        )
        theirs = s.do(s.pipeline, kind.updates[1](), kind)
        s.seen(kind, theirs, s.do(s.alice, op, kind, 5))

    def way_by_part_of_the_arn(self):
        s = self.s
        kind = s.thing(secrets.secret)
        called = kind.thing.arn[:-7]
        op = s.op(
            "secretsmanager",
            "UpdateSecret",
            {"secretId": called, "description": "mine"},
            answer={"arn": kind.thing.arn},
            change=store(kind.thing.config, Description="mine"),
        )
        s.seen(kind, s.do(s.alice, op, kind))

    def way_in_capital_letters(self):
        s = self.s
        kind = s.thing(databases.db_instance)
        sent = {"dBInstanceIdentifier": kind.thing.name.upper(), "multiAZ": True}
        op = s.op("rds", "ModifyDBInstance", sent, change=store(kind.thing.config, multiAZ=True))
        theirs = s.do(s.pipeline, kind.updates[0](), kind)
        s.seen(kind, theirs, s.do(s.alice, op, kind, 6))

    def way_by_renaming_it(self):
        s = self.s
        kind = s.thing(databases.db_instance)
        old, new = kind.thing.name, f"{kind.thing.name}-x"

        def rename():
            kind.thing.name = kind.thing.config["dBInstanceIdentifier"] = new

        sent = {"dBInstanceIdentifier": old, "newDBInstanceIdentifier": new, "applyImmediately": True}
        op = s.op("rds", "ModifyDBInstance", sent, change=rename)
        s.seen(kind, s.do(s.alice, op, kind))

    def way_with_an_empty_error(self):
        self.both(iam.policy, 0, 0, errorCode="", errorMessage="")

    def way_in_an_old_record(self):
        s = self.s
        kind = s.thing(ec2.volume)
        call = s.do(s.alice, kind.updates[0](), kind, eventVersion="1.02")
        document = s.world.events[-1][0]
        for name in ("eventCategory", "managementEvent", "eventType"):
            document.pop(name)
        s.seen(kind, call)

    def way_twice_in_the_trail(self):
        s = self.s
        kind = s.thing(streams.stream)
        mine = s.do(s.alice, kind.updates[0](), kind)
        s.world.events.append(s.world.events[-1])
        s.seen(kind, mine, s.do(s.pipeline, kind.updates[0](), kind, 6))

    def way_through_a_vpc_endpoint(self):
        self.both(storage.bucket, 0, 1, vpcEndpointId="vpce-0a1b2c3d", sourceIPAddress="10.1.2.3")

    def way_with_a_shared_event(self):
        self.both(storage.bucket, 1, 0, sharedEventID="5d1f0b2c-6a3e-4d6e-9d3b-1f2e3d4c5b6a")

    def way_with_a_response_left_out(self):
        left = {"reason": "responseElements too large", "omitted": True, "originalSize": 300_000}
        self.both(storage.bucket, 0, 1, responseElements=left)

    def way_undone_by_the_pipeline(self):
        s = self.s
        kind = s.thing(edge.web_acl)
        mine = s.do(s.alice, kind.updates[0](), kind)
        s.seen(kind, mine, s.do(s.pipeline, kind.updates[0](), kind, 20))

    def way_one_item_before_the_pipelines(self):
        s = self.s
        kind = s.thing(balancers.target_group)
        s.seen(kind, s.do(s.alice, kind.updates[0](), kind), after=30)
        s.seen(kind, s.do(s.pipeline, kind.updates[0](), kind, 40), after=70)

    def way_one_item_after_the_pipelines(self):
        s = self.s
        kind = s.thing(balancers.target_group)
        s.seen(kind, s.do(s.pipeline, kind.updates[0](), kind), after=30)
        s.seen(kind, s.do(s.alice, kind.updates[0](), kind, 40), after=70)


class BesideWays(Ways):
    """What the pipeline did beside it, that made nothing of the change."""

    def alone(self, kind, which=0):
        s = self.s
        return s.do(s.alice, kind.updates[which](), kind)

    def way_beside_a_refused_call_of_the_pipeline(self):
        s = self.s
        kind = s.thing(ec2.security_group)
        s.do(s.pipeline, kind.updates[0](), kind, -3, errorCode="Client.UnauthorizedOperation")
        s.do(s.pipeline, kind.updates[0](), kind, 3, errorCode="Client.UnauthorizedOperation")
        s.seen(kind, self.alone(kind))

    def way_beside_a_dry_run_of_the_pipeline(self):
        s = self.s
        kind = s.thing(ec2.security_group)
        s.do(s.pipeline, kind.updates[0](), kind, 3, errorCode="Client.DryRunOperation")
        s.seen(kind, self.alone(kind, 2))

    def way_beside_a_read_of_the_pipeline(self):
        s = self.s
        kind = s.thing(databases.table)
        op = s.op("dynamodb", "DescribeTable", {"tableName": kind.thing.name})
        s.do(s.pipeline, op, kind, 3, readOnly=True)
        s.seen(kind, self.alone(kind))

    def way_beside_a_launch_that_mentions_it(self):
        s = self.s
        kind = s.thing(ec2.security_group)
        sent = {"instancesSet": items({"imageId": "ami-0abc"}), "groupSet": items({"groupId": kind.thing.id})}
        got = {"instancesSet": items({"instanceId": "i-0feedfeedfeedfeed"})}
        op = s.op("ec2", "RunInstances", sent, answer=got, lists=((None, kind.thing.id),))
        s.do(s.pipeline, op, kind, 6)
        s.seen(kind, self.alone(kind))

    def way_beside_the_pipeline_on_a_look_alike(self):
        s = self.s
        kind = s.thing(compute.function)
        other = s.thing(compute.function, name=f"{kind.thing.name}-2")
        theirs = s.do(s.pipeline, other.updates[0](), other, 4)
        s.seen(kind, self.alone(kind))
        s.seen(other, theirs)

    def way_beside_the_pipeline_after_the_item(self):
        s = self.s
        kind = s.thing(iam.role)
        mine = self.alone(kind)
        s.seen(kind, mine, after=30)
        theirs = s.do(s.pipeline, kind.updates[1](), kind, 60)
        s.seen(kind, theirs, after=95)

    def way_beside_the_pipeline_on_another_parameter(self):
        s = self.s
        kind = s.thing(databases.db_instance)
        sent = {"dBInstanceIdentifier": kind.thing.name, "masterUserPassword": "****"}
        idle = s.do(s.pipeline, s.op("rds", "ModifyDBInstance", sent), kind, 8)
        truth = s.seen(kind, self.alone(kind))
        truth.spared = {idle.id}

    def way_beside_the_pipeline_on_a_part(self):
        s = self.s
        kind = s.thing(compute.eks)
        sent = {"name": kind.thing.name, "nodegroupName": "blue", "scalingConfig": {"minSize": 1}}
        s.do(s.pipeline, s.op("eks", "CreateNodegroup", {"clusterName": kind.thing.name, **sent}), kind, 5)
        s.seen(kind, self.alone(kind))

    def way_beside_aws_itself(self):
        s = self.s
        kind = s.thing(balancers.scaling_group)
        theirs = s.do(s.cast.linked(), kind.updates[1](), kind, 4)
        s.seen(kind, self.alone(kind), theirs)

    def way_beside_a_stack_of_the_pipeline(self):
        s = self.s
        kind = s.thing(messages.queue, managed="cloudformation")
        stack = s.cast.cloudformation_role()
        theirs = s.do(stack, kind.updates[0](), kind, 4)
        mine = s.do(
            s.alice,
            s.op(
                "sqs",
                "AddPermission",
                {"queueUrl": kind.thing.id, "label": "x"},
                change=store(kind.thing.config, Policy="x"),
            ),
            kind,
        )
        s.seen(kind, mine, theirs)

    def way_in_a_stack_update_of_ones_own(self):
        s = self.s
        kind = s.thing(builders.stack, managed="terraform")
        s.seen(kind, s.do(s.alice, kind.updates[0](), kind))

    def way_by_a_tag_that_only_the_pipeline_sets(self):
        s = self.s
        kind = s.thing(databases.table)
        mine = s.do(s.alice, kind.tag({"Name": "other"}), kind)
        s.seen(kind, mine, s.do(s.pipeline, kind.tag({"team": "x"}), kind, 5))

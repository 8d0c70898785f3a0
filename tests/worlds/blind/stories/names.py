"""Stories about names: shared, handed on, hidden in other words; and of calls that reach what they name second."""

from dataclasses import replace

from tests.worlds.blind import builders, config, messages
from tests.worlds.blind.kind import Kind, store
from tests.worlds.blind.stories.telling import Telling
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    gateways,
    iam,
    interfaces,
    secrets,
    storage,
    streams,
    unlisted,
    vpc,
)
from tests.worlds.blind.world import KEY


class NameStories(Telling):
    """The stories of names."""

    # Names that change hands, or are others' too.

    def story_it_gets_another_name(self):
        """The call knows it by the old one; what comes after it, by the new one."""
        for make, service, call, name in (
            (databases.db_instance, "rds", "ModifyDBInstance", "dBInstanceIdentifier"),
            (iam.user, "iam", "UpdateUser", "userName"),
        ):
            kind = self.thing(make)
            thing, old, other = kind.thing, kind.thing.name, f"{kind.thing.name}-old"

            def rename(thing=thing, old=old, other=other, name=name):
                thing.name, thing.arn = other, thing.arn.replace(old, other)
                thing.config[name] = other

            answer = {"dBInstanceIdentifier": old, "dbiResourceId": thing.id} if service == "rds" else None
            made = self.raw(
                service, call, {name: old, f"new{name[0].upper()}{name[1:]}": other}, answer, rename
            )
            self.seen(kind, self.do(self.bob, made, kind), after=100)
            self.seen(kind, self.ours(kind, 400), after=450)

    def story_two_of_one_name(self):
        """In another cluster, application, gateway or network there is another one of the same name."""
        for make, name, mine, *parents in (
            (ec2.security_group, "web", 3, "", ""),
            (gateways.stage, "", 0, "", ""),
            (compute.service, "web", 1, "orders", "orders-blue"),
            (unlisted.addon, "main", 0, "orders", "orders-blue"),
        ):
            first, other = (
                self.thing(make, name and f"{name}-{self.label[:3]}", parent=parent) for parent in parents
            )
            bob = self.do(self.bob, mine, first)
            ours = self.ours(other, 25)
            self.seen(other, ours, after=120)
            self.seen(first, bob, after=120)

    def story_revisions_share_one_id(self):
        family = f"worker-{self.m.next()}"
        for number, actor in ((7, self.pipeline), (8, self.alice)):
            arn = f"arn:aws:ecs:$region:$account:task-definition/$name:{number}"
            kind = replace(compute.task_definition, arn=arn, name=f"$name:{number}")(self.m.at(), family)
            kind.thing.tags[KEY] = "terraform"
            self.made_at(kind, 40 * number)
            who = self.do(actor, kind.create(), kind, 40 * number)
            self.seen(kind, who, after=400 + number, status="ResourceDiscovered")

    def story_names_that_are_common_words(self):
        """Somebody writes a thing's name as the value of a tag of another one."""
        for make in (
            *(databases.table, messages.queue, messages.topic, compute.eks, compute.function),
            *(compute.repository, compute.cluster, messages.alarm, secrets.secret),
            *(balancers.scaling_group, databases.db_instance, streams.stream, iam.user),
        ):
            word = f"prod{self.m.next()}"
            ours, other = self.thing(make, word), self.thing(make)
            bob = self.do(self.bob, other.tag({"stage": word}), other)
            self.seen(ours, self.ours(ours, 20), after=180)
            self.seen(other, bob, after=181)

    def story_the_tail_of_a_longer_name(self):
        """A name with a slash or a colon ends like another one's whole name."""
        for make, mark in ((compute.repository, "/"), (secrets.secret, "/"), (messages.alarm, ":")):
            tail = f"tail{self.m.next()}"
            ours, other = self.thing(make, f"team{mark}{tail}"), self.thing(make, tail)
            bob = self.do(self.bob, 0, other)
            self.seen(ours, self.ours(ours, 20), after=180)
            self.seen(other, bob, after=240)

    def story_odd_names(self):
        for make, name in (
            (messages.alarm, "Orders: 5xx > 10 %, per minute (prod)"),
            (secrets.secret, "prod/orders/db"),
            (compute.repository, "shop/orders.web_v2"),
            (messages.rule, "a.b-c_d"),
            (databases.table, "Orders_2026.v1"),
            (iam.user, "robot+ci@example.com"),
        ):
            kind = self.thing(make, name)
            self.seen(kind, self.do(self.alice, 0, kind), after=180)

    def story_a_name_in_capitals(self):
        """RDS takes an identifier in any case."""
        kind = self.thing(databases.db_instance, "shouted")
        made, called = kind.updates[0](), kind.thing.name.upper()
        made.request["dBInstanceIdentifier"], made.lists = called, ((None, called), (None, kind.thing.name))
        self.seen(kind, self.do(self.alice, made, kind), after=180)

    def story_siblings_of_one_name(self):
        """Things of other kinds, in the same service, bear the same name; alice works on those."""
        for make, call, *named in (
            (iam.role, "iam:PutUserPolicy", "userName", "policyName"),
            (messages.alarm, "monitoring:PutDashboard", "dashboardName"),
            (builders.stack, "cloudformation:UpdateStackSet", "stackSetName"),
            (balancers.load_balancer, "elasticloadbalancing:DeleteLoadBalancer", "loadBalancerName"),
            (compute.cluster, "ecs:DeleteCapacityProvider", "capacityProvider"),
        ):
            name = f"sib{self.m.next()}"
            kind = self.thing(make, name)
            self.do(self.alice, self.raw(*call.split(":"), dict.fromkeys(named, name)), kind, 40)
            self.seen(kind, self.ours(kind), after=120)

    # Calls that change what they name second, or only in their answer.

    def story_a_bucket_that_others_write_to(self):
        ours, other = self.thing(storage.bucket, "target"), self.thing(storage.bucket, "source")
        sent = {"bucketName": other.thing.name, "BucketLoggingStatus": {"TargetBucket": ours.thing.name}}
        change = store(other.thing.extra, BucketLoggingStatus={"to": ours.thing.name})
        made = self.raw("s3", "PutBucketLogging", sent, None, change)
        alice = self.do(self.alice, made, other)
        self.seen(ours, self.ours(ours, 30), after=180)
        self.seen(other, alice, after=240)

    def story_a_database_gets_a_replica(self):
        kind = self.thing(databases.db_instance, "primary")
        name, replica = kind.thing.name, f"{kind.thing.name}-ro"
        sent = {"dBInstanceIdentifier": replica, "sourceDBInstanceIdentifier": name}
        answer = {"dBInstanceIdentifier": replica, "readReplicaSourceDBInstanceIdentifier": name}
        change = store(kind.thing.config, readReplicaDBInstanceIdentifiers=[replica])
        told = "rds", "CreateDBInstanceReadReplica", sent, answer, change
        self.changes([(kind, 240)], told, lists=(replica, name))

    def story_an_endpoint_writes_routes(self):
        kind = self.thing(vpc.route_table, "routed")
        endpoint, network = self.m.hex("vpce-0", 16), kind.thing.config["vpcId"]
        table = {"tag": 1, "content": kind.thing.id}
        got = {"vpcEndpoint": {"vpcEndpointId": endpoint, "routeTableIdSet": {"item": kind.thing.id}}}
        change = store(kind.thing.config, routes=[{"destinationPrefixListId": "pl-1", "gatewayId": endpoint}])
        sent = {"CreateVpcEndpointRequest": {"VpcId": network, "RouteTableId": table}}
        told = "ec2", "CreateVpcEndpoint", sent, {"CreateVpcEndpointResponse": got}, change
        self.changes([(kind, 240)], told, lists=(network,))

    def story_a_gateway_takes_an_address(self):
        kind = self.thing(interfaces.eip, "taken")
        kind.thing.config.pop("associationId")
        kind.thing.captured = kind.thing.shot()
        sent = {"SubnetId": self.m.hex("subnet-0", 16), "AllocationId": kind.thing.id}
        address = {"item": {"allocationId": kind.thing.id}}
        got = {"natGateway": {"natGatewayId": self.m.hex("nat-0", 16), "natGatewayAddressSet": address}}
        change = store(kind.thing.config, associationId=self.m.hex("eipassoc-0", 16))
        sent, got = {"CreateNatGatewayRequest": sent}, {"CreateNatGatewayResponse": got}
        self.changes([(kind, 240)], ("ec2", "CreateNatGateway", sent, got, change))

    def story_a_group_shrinks_by_one(self):
        for listed in (True, False):
            kind, id_ = self.thing(balancers.scaling_group), self.m.hex("i-0", 16)
            sent = {"instanceId": id_, "shouldDecrementDesiredCapacity": True}
            change = store(kind.thing.config, desiredCapacity=0, instances=[{"instanceId": "i-1"}])
            answer = {"activity": {"autoScalingGroupName": kind.thing.name}}
            told = "autoscaling", "TerminateInstanceInAutoScalingGroup", sent, answer, change
            self.changes([(kind, 120)], told, lists=(kind.thing.name if listed else id_,))

    def story_a_call_that_succeeds_in_part(self):
        """One of two endpoints is deleted, the other one is refused, and changed by the pipeline."""
        gone, kept = (self.thing(interfaces.vpc_endpoint) for _ in range(2))
        ids = [{"tag": number, "content": kind.thing.id} for number, kind in enumerate((gone, kept))]
        refused = {"item": {"resourceId": kept.thing.id, "error": {"code": "InvalidParameter"}}}
        sent = {"DeleteVpcEndpointsRequest": {"VpcEndpointId": ids}}
        answer = {"DeleteVpcEndpointsResponse": {"unsuccessful": refused}}
        alice = self.do(self.alice, self.raw("ec2", "DeleteVpcEndpoints", sent, answer, lists=()), gone)
        self.seen(gone, alice, after=180, status="ResourceDeleted")
        self.seen(kept, self.ours(kept, 30), after=240)

    # Who made it and who tagged it.

    def story_made_by_one_and_tagged_by_another(self):
        for number, make in enumerate((messages.queue, databases.table, ec2.volume, compute.eks)):
            kind = make(self.m.at(), f"shared-{self.m.next()}")
            kind.thing.tags["Name"] = "shared"
            self.made_at(kind, 0)
            first, second = (self.pipeline, self.alice)[:: 1 if number % 2 else -1]
            made = self.do(first, kind.create(), kind)
            marked = self.do(second, kind.tag({KEY: "terraform"}), kind, 20)
            self.seen(kind, made, marked, after=180, status="ResourceDiscovered")

    def story_a_tag_of_the_same_value(self):
        """A tag without key in the diff has the managed tag's value, and is another one."""
        for managed, tags, actor, change in (
            (None, {"tool": "terraform"}, self.alice, lambda kind: kind.untag(["tool"])),
            ("terraform", {"tool": "terraform"}, self.alice, lambda kind: kind.untag(["tool"])),
            ("pulumi", {}, self.cast.pulumi(), lambda kind: kind.tag({"tool": "pulumi"})),
        ):
            kind = self.thing(messages.alarm, managed=managed, tags=tags)
            self.seen(kind, self.do(actor, change(kind), kind), after=60, envelope="eventbridge")

    def story_what_is_no_type_of_aws(self):
        """Config records it through calls of its own."""
        for type_, event, actor in (
            ("GitHub::Repositories::Repository", "PutResourceConfig", self.alice),
            ("Datadog::Monitors::Monitor", "PutResourceConfig", self.pipeline),
            ("MongoDB::Atlas::Cluster", "DeleteResourceConfig", self.bob),
        ):
            thing = config.Thing(type=type_, id=f"acme/{self.m.next()}", config={"Visibility": "private"})
            kind = self.world.born(Kind(thing=thing), managed="terraform")
            sent = {"resourceType": type_, "resourceId": thing.id, "configuration": "{}"}
            told = "config", event, sent, None, store(thing.config, Visibility="public")
            self.changes(
                [(kind, 90)], told, actor=actor, status="ResourceDeleted" if event[0] == "D" else "OK"
            )

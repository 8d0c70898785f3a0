"""Stories of the blind world about names: shared, handed on, hidden in other words."""

from tests.worlds.blind import builders, config, messages, service
from tests.worlds.blind.config import stamp
from tests.worlds.blind.day import IAM_REGIONS, catalogue
from tests.worlds.blind.kind import store
from tests.worlds.blind.service import op
from tests.worlds.blind.shorthands import MINUTE, StoryGroup, seconds
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
from tests.worlds.blind.types.ec2 import E, call
from tests.worlds.blind.world import KEY

WORDS = (
    databases.table,
    messages.queue,
    messages.topic,
    compute.eks,
    compute.function,
    compute.repository,
    compute.cluster,
    messages.alarm,
    secrets.secret,
    builders.work_group,
    builders.glue_job,
    balancers.scaling_group,
    databases.db_instance,
    streams.stream,
    iam.user,
)


class NameStories(StoryGroup):
    """The stories of names."""

    # Names that change hands.

    def story_renamed_database(self, t):
        kind = self.thing(databases.db_instance, "ledger")
        thing, old, new = kind.thing, kind.thing.name, f"{kind.thing.name}-old"

        def rename():
            thing.name, thing.arn = new, thing.arn.replace(old, new)
            thing.config["dBInstanceIdentifier"] = new

        sent = {"DBInstanceIdentifier": old, "NewDBInstanceIdentifier": new, "ApplyImmediately": True}
        made = op("rds", "ModifyDBInstance", sent, lists=[("AWS::RDS::DBInstance", old)], change=rename)
        made.answer = {"dBInstanceIdentifier": old, "dbiResourceId": thing.id, "pendingModifiedValues": {}}
        who = self.do(self.cast.bob(), made, t, kind)
        self.seen(kind, t + 3 * MINUTE, who)

    def story_database_of_the_same_name_again(self, t):
        old = self.thing(databases.db_instance, "queue-db")
        new = databases.db_instance(self.m.at(), old.thing.name)
        new.thing.tags[KEY] = "terraform"
        gone = self.do(self.cast.alice(), old.delete(), t, old)
        made_at = t + seconds(90)
        new.thing.created = stamp(made_at.replace(microsecond=0))
        made = self.do(self.pipeline, new.create(), made_at, new)
        self.seen(old, t + seconds(200), gone, status="ResourceDeleted")
        self.seen(new, t + seconds(290), made, status="ResourceDiscovered")

    def story_user_of_the_same_name_again(self, t):
        old = self.thing(iam.user, "robot", regions=IAM_REGIONS)
        new = iam.user(self.m.at(), old.thing.name)
        new.thing.tags[KEY] = "terraform"
        gone = self.do(self.cast.bob(), old.delete(), t, old)
        made_at = t + seconds(75)
        new.thing.created = stamp(made_at.replace(microsecond=0))
        made = self.do(self.pipeline, new.create(), made_at, new)
        self.seen(old, t + seconds(110), gone, status="ResourceDeleted", regions=IAM_REGIONS)
        self.seen(new, t + seconds(300), made, status="ResourceDiscovered", regions=IAM_REGIONS)

    def story_bucket_deleted_and_made_again(self, t):
        kind = self.thing(storage.bucket, "exports")
        gone = self.do(self.cast.bob(), kind.delete(), t, kind)
        self.seen(kind, t + 3 * MINUTE, gone, status="ResourceDeleted")
        kind.thing.created = stamp((t + 5 * MINUTE).replace(microsecond=0))
        made = self.do(self.pipeline, kind.create(), t + 5 * MINUTE, kind)
        self.seen(kind, t + 8 * MINUTE, made, status="ResourceDiscovered")

    def story_two_groups_of_one_name(self, t):
        name = f"web-{self.m.next()}"
        first = self.world.born(ec2.security_group(self.m.at(), name), managed="terraform")
        other = self.world.born(ec2.security_group(self.m.at(), name), managed="terraform")
        alice = self.do(self.cast.alice(), first.updates[3](), t, first)
        ours = self.do(self.pipeline, other.updates[0](), t + seconds(30), other)
        self.seen(first, t + 4 * MINUTE, alice)
        self.seen(other, t + 4 * MINUTE + seconds(2), ours)

    def story_stages_of_one_name(self, t):
        first = self.thing(gateways.stage, "shop")
        other = self.thing(gateways.stage, "back")
        bob = self.do(self.cast.bob(), first.updates[0](), t, first)
        ours = self.do(self.pipeline, other.updates[0](), t + seconds(20), other)
        self.seen(other, t + 2 * MINUTE, ours)
        self.seen(first, t + 3 * MINUTE, bob)

    def story_services_of_one_name(self, t):
        name = f"web-{self.m.next()}"
        made = [compute.service(self.m.at(), name, cluster) for cluster in ("orders", "orders-blue")]
        first, other = (self.world.born(kind, managed="terraform") for kind in made)
        deploy = self.do(self.cast.app_deploy(), first.updates[1](), t, first)
        ours = self.do(self.pipeline, other.updates[0](), t + seconds(25), other)
        self.seen(other, t + 2 * MINUTE, ours)
        self.seen(first, t + 2 * MINUTE, deploy)

    def story_children_of_one_name(self, t):
        for make in (unlisted.deployment_group, unlisted.addon):
            name = f"main{self.m.next()}"
            made = [make(self.m.at(), name, parent) for parent in ("orders", "orders-blue")]
            first, other = (self.world.born(kind, managed="terraform") for kind in made)
            bob = self.do(self.cast.bob(), first.updates[0](), t, first)
            ours = self.do(self.pipeline, other.updates[0](), t + seconds(25), other)
            self.seen(other, t + 2 * MINUTE, ours)
            self.seen(first, t + 2 * MINUTE, bob)

    def story_revisions_share_one_id(self, t):
        family = f"worker-{self.m.next()}"

        def revision(number):
            arn = self.m.arn("ecs", f"task-definition/{family}:{number}")
            thing = config.Thing(
                type="AWS::ECS::TaskDefinition",
                id=family,
                name=f"{family}:{number}",
                arn=arn,
                config={"Family": family, "TaskDefinitionArn": arn, "Status": "ACTIVE", "Cpu": "256"},
                tag_places=(("configuration", "Tags", config.UPPER),),
                tags={KEY: "terraform"},
                created=None,
            )
            got = {"taskDefinition": {"taskDefinitionArn": arn, "family": family, "revision": number}}
            sent = {"family": family, "containerDefinitions": [{"name": "app"}]}
            return service.kind(thing, create=lambda: op("ecs", "RegisterTaskDefinition", sent, got))

        seventh, eighth = revision(7), revision(8)
        ours = self.do(self.pipeline, seventh.create(), t, seventh)
        hers = self.do(self.cast.alice(), eighth.create(), t + seconds(40), eighth)
        self.seen(seventh, t + 2 * MINUTE, ours, status="ResourceDiscovered")
        self.seen(eighth, t + 2 * MINUTE + seconds(3), hers, status="ResourceDiscovered")

    def story_a_name_that_comes_back(self, t):
        """A thing is deleted by hand, and the pipeline makes another of its name; their ids differ."""
        for label, make in catalogue().items():
            old = make(self.m.at(), f"again-{self.m.next()}")
            new = make(self.m.at(), old.thing.name or "again")
            if (
                not (old.create and old.delete)
                or old.thing.id == new.thing.id
                or old.thing.name != new.thing.name
            ):
                continue
            regions = IAM_REGIONS if old.thing.region == "global" and "IAM" in old.thing.type else ()
            self.world.born(old, managed="terraform", regions=regions)
            new.thing.tags.update({KEY: "terraform", "Name": "again"})
            gone = self.do(self.cast.alice(), old.delete(), t, old)
            made_at = t + seconds(self.random.uniform(40, 100))
            if new.thing.created:
                new.thing.created = stamp(made_at.replace(microsecond=0))
            made = self.do(self.pipeline, new.create(), made_at, new)
            more = {"regions": regions, "label": f"{self.label}/{label}"}
            self.seen(old, made_at + seconds(15), gone, status="ResourceDeleted", **more)
            self.seen(new, made_at + seconds(200), made, status="ResourceDiscovered", **more)

    def story_names_that_are_common_words(self, t):
        """Somebody writes a thing's name as the value of a tag of another one."""
        for make in WORDS:
            word = f"prod{self.m.next()}"
            regions = IAM_REGIONS if make is iam.user else ()
            ours = self.world.born(make(self.m.at(), word), managed="terraform", regions=regions)
            other = self.world.born(
                make(self.m.at(), f"other-{self.m.next()}"), managed="terraform", regions=regions
            )
            bob = self.do(self.cast.bob(), other.tag({"stage": word}), t, other)
            mine = self.do(self.pipeline, ours.updates[0](), t + seconds(20), ours)
            more = {"regions": regions, "label": f"{self.label}/{make.__name__}"}
            self.seen(ours, t + 3 * MINUTE, mine, **more)
            self.seen(other, t + 3 * MINUTE + seconds(1), bob, **more)

    def story_the_tail_of_a_longer_name(self, t):
        """A name with a slash or a colon ends like another one's whole name."""
        for make, mark in (
            (compute.repository, "/"),
            (secrets.secret, "/"),
            (messages.alarm, ":"),
        ):
            tail = f"tail{self.m.next()}"
            ours = self.world.born(make(self.m.at(), f"team{mark}{tail}"), managed="terraform")
            other = self.world.born(make(self.m.at(), tail), managed="terraform")
            bob = self.do(self.cast.bob(), other.updates[0](), t, other)
            mine = self.do(self.pipeline, ours.updates[0](), t + seconds(20), ours)
            self.seen(ours, t + 3 * MINUTE, mine)
            self.seen(other, t + 4 * MINUTE, bob)

    def story_odd_names(self, t):
        for make, name in (
            (messages.alarm, "Orders: 5xx > 10 %, per minute (prod)"),
            (secrets.secret, "prod/orders/db"),
            (compute.repository, "shop/orders.web_v2"),
            (messages.rule, "a.b-c_d"),
            (databases.table, "Orders_2026.v1"),
            (iam.user, "robot+ci@example.com"),
        ):
            regions = IAM_REGIONS if make is iam.user else ()
            kind = self.world.born(make(self.m.at(), name), managed="terraform", regions=regions)
            who = self.do(self.cast.alice(), kind.updates[0](), t, kind)
            self.seen(kind, t + 3 * MINUTE, who, regions=regions)

    def story_a_bucket_that_others_write_to(self, t):
        ours, other = self.thing(storage.bucket, "target"), self.thing(storage.bucket, "source")
        name, arn, from_ = ours.thing.name, ours.thing.arn, other.thing.name
        lists = [("AWS::S3::Bucket", from_)]
        host = {"bucketName": from_, "Host": f"{from_}.s3.eu-west-1.amazonaws.com"}
        logging = {"LoggingEnabled": {"TargetBucket": name, "TargetPrefix": "logs/"}}
        rule = {"Status": "Enabled", "Destination": {"Bucket": arn}}
        change = store(other.thing.extra, BucketLoggingConfiguration={"destinationBucketName": name})
        made = op(
            "s3",
            "PutBucketLogging",
            {**host, "BucketLoggingStatus": logging, "logging": ""},
            lists=lists,
            spell=False,
        )
        made.change = change
        copy = {**host, "ReplicationConfiguration": {"Rule": rule}, "replication": ""}
        again = op("s3", "PutBucketReplication", copy, lists=lists, spell=False)
        again.change = store(other.thing.extra, BucketReplicationConfiguration={"rule": 1})
        causes = [
            self.do(self.cast.alice(), each, t + seconds(n), other) for n, each in enumerate((made, again))
        ]
        mine = self.do(self.pipeline, ours.updates[0](), t + seconds(30), ours)
        self.seen(ours, t + 3 * MINUTE, mine)
        self.seen(other, t + 4 * MINUTE, *causes)

    def story_a_name_in_capitals(self, t):
        """RDS takes an identifier in any case; its answer has it as it is."""
        kind = self.thing(databases.db_instance, "shouted")
        made = kind.updates[0]()
        called = kind.thing.name.upper()
        made.request["dBInstanceIdentifier"] = called
        made.lists = (("AWS::RDS::DBInstance", called), ("AWS::RDS::DBInstance", kind.thing.name))
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 3 * MINUTE, who)

    def story_parameters_too_big_to_record(self, t):
        kind = self.thing(builders.stack, "big")
        made = kind.updates[0]()
        made.request = {"omitted": True, "originalSize": 131_072, "reason": "requestParameters too large"}
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 3 * MINUTE, who)

    # Calls that change what they name second.

    def story_a_role_joins_a_profile(self, t):
        role = self.thing(iam.role, "joined", regions=IAM_REGIONS)
        profile = self.thing(iam.instance_profile, "joined")
        sent = {"InstanceProfileName": profile.thing.name, "RoleName": role.thing.name}
        lists = [("AWS::IAM::InstanceProfile", profile.thing.name), ("AWS::IAM::Role", role.thing.name)]

        def change():
            profile.thing.config["Roles"] = [role.thing.name]
            role.thing.config["instanceProfileList"] = [{"instanceProfileName": profile.thing.name}]

        made = op("iam", "AddRoleToInstanceProfile", sent, lists=lists, change=change)
        who = self.do(self.cast.alice(), made, t, profile)
        self.seen(profile, t + 2 * MINUTE, who)
        self.seen(role, t + 2 * MINUTE, who, regions=IAM_REGIONS)

    def story_a_database_gets_a_replica(self, t):
        kind = self.thing(databases.db_instance, "primary")
        replica = f"{kind.thing.name}-ro"
        sent = {"DBInstanceIdentifier": replica, "SourceDBInstanceIdentifier": kind.thing.name}
        lists = [("AWS::RDS::DBInstance", replica), ("AWS::RDS::DBInstance", kind.thing.name)]
        made = op("rds", "CreateDBInstanceReadReplica", sent, lists=lists)
        made.answer = {
            "dBInstanceIdentifier": replica,
            "readReplicaSourceDBInstanceIdentifier": kind.thing.name,
        }
        made.change = store(kind.thing.config, readReplicaDBInstanceIdentifiers=[replica])
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 4 * MINUTE, who)

    def story_a_cluster_gets_an_instance(self, t):
        kind = self.thing(databases.db_cluster, "aurora")
        member = f"{kind.thing.name}-1"
        sent = {"DBInstanceIdentifier": member, "DBInstanceClass": "db.r7g.large", "Engine": "aurora-mysql"}
        sent["DBClusterIdentifier"] = kind.thing.name
        lists = [("AWS::RDS::DBInstance", member), ("AWS::RDS::DBCluster", kind.thing.name)]
        made = op("rds", "CreateDBInstance", sent, lists=lists)
        made.answer = {"dBInstanceIdentifier": member, "dBClusterIdentifier": kind.thing.name}
        made.change = store(kind.thing.config, dbclusterMembers=[{"dbinstanceIdentifier": member}])
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 4 * MINUTE, who)

    def story_an_endpoint_writes_routes(self, t):
        kind = self.thing(vpc.route_table, "routed")
        endpoint, network = self.m.hex("vpce-0", 16), kind.thing.config["vpcId"]
        inner = {"VpcEndpointType": "Gateway", "VpcId": network, "ServiceName": "com.amazonaws.eu-west-1.s3"}
        inner["RouteTableId"] = {"tag": 1, "content": kind.thing.id}
        got = {
            "vpcEndpoint": {
                "vpcEndpointId": endpoint,
                "vpcId": network,
                "routeTableIdSet": {"item": kind.thing.id},
            }
        }
        sent, answer = {"CreateVpcEndpointRequest": inner}, {"CreateVpcEndpointResponse": got}
        change = store(
            kind.thing.config, routes=[{"destinationPrefixListId": "pl-6da54004", "gatewayId": endpoint}]
        )
        made = call("CreateVpcEndpoint", sent, answer, [(E + "VPC", network)], change)
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 4 * MINUTE, who)

    def story_a_gateway_takes_an_address(self, t):
        kind = self.thing(interfaces.eip, "taken")
        kind.thing.config.pop("associationId")
        kind.thing.captured = kind.thing.shot()
        part, subnet = self.m.hex("eipassoc-0", 16), self.m.hex("subnet-0", 16)
        sent = {"CreateNatGatewayRequest": {"SubnetId": subnet, "AllocationId": kind.thing.id}}
        got = {
            "natGatewayId": self.m.hex("nat-0", 16),
            "natGatewayAddressSet": {"item": {"allocationId": kind.thing.id}},
        }
        answer = {"CreateNatGatewayResponse": {"natGateway": got}}
        lists = [(E + "NatGateway", got["natGatewayId"]), (E + "EIP", kind.thing.id), (E + "Subnet", subnet)]
        made = call("CreateNatGateway", sent, answer, lists, store(kind.thing.config, associationId=part))
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 4 * MINUTE, who)

    def story_parts_without_tags(self, t):
        for type_, id_, config_ in (
            ("AWS::EC2::EIPAssociation", self.m.hex("eipassoc-0", 16), {"AllocationId": "eipalloc-1"}),
            ("AWS::EC2::VPCGatewayAttachment", f"IGW|{self.m.hex('vpc-0', 16)}", {"AttachmentType": "IGW"}),
            ("AWS::KMS::Alias", f"alias/x{self.m.next()}", {"TargetKeyId": self.m.uuid()}),
            ("AWS::S3::AccountPublicAccessBlock", self.m.account, {"blockPublicAcls": True}),
        ):
            thing = config.Thing(type=type_, id=id_, config=config_, created=None)
            kind = self.world.born(service.kind(thing))
            kind.thing.tags.clear()
            kind.thing.config["n"] = 1
            self.seen(kind, t + MINUTE)
            self.seen(kind, t + 2 * MINUTE, status="ResourceDeleted")

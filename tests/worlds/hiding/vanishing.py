"""Ways to vanish: changes that look like none, and callers whose calls show too little."""

from tests.worlds.blind.actors import OWN
from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, store
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    edge,
    global_types,
    iam,
    secrets,
    storage,
    vpc,
)
from tests.worlds.hiding.calls import Ways
from tests.worlds.hiding.stage import OMITTED


class OmittedWays(Ways):
    """Parameters padded until CloudTrail leaves them out."""

    def padded(self, make, which, theirs, *, mine_after=60, **record):
        s = self.s
        kind = s.thing(make)
        if theirs is not None:
            s.do(s.pipeline, kind.updates[theirs](), kind)
        s.do(s.alice, kind.updates[which](), kind, mine_after, requestParameters=OMITTED, **record)
        return kind

    def way_a_padded_inline_policy_beside_the_pipeline(self):
        self.s.seen(self.padded(iam.role, 1, 1), verdict="unattributed")

    def way_a_padded_policy_before_the_pipeline(self):
        self.s.seen(self.padded(iam.role, 1, 1, mine_after=-20), verdict="unattributed")

    def way_a_padded_call_alone(self):
        self.s.seen(self.padded(iam.role, 1, None), verdict="unattributed")

    def way_a_padded_bucket_policy(self):
        kind = self.padded(storage.bucket, 0, 0, resources=[])
        self.s.seen(kind, verdict="unattributed")

    def way_a_padded_ingress(self):
        kind = self.padded(ec2.security_group, 0, 2, responseElements=None)
        self.s.seen(kind, verdict="unattributed")

    def way_a_padded_call_whose_answer_names_it(self):
        s = self.s
        kind = s.thing(compute.function)
        theirs = s.do(s.pipeline, kind.updates[0](), kind)
        op = kind.updates[1]()
        op.answer = {"functionName": kind.thing.name, "functionArn": kind.thing.arn}
        mine = s.do(s.alice, op, kind, 20, requestParameters=OMITTED)
        s.seen(kind, theirs, mine)

    def way_a_padded_deletion(self):
        s = self.s
        kind = s.thing(databases.table)
        op = kind.delete()
        op.answer = None
        s.do(s.alice, op, kind, requestParameters=OMITTED)
        s.seen(kind, status="ResourceDeleted", verdict="unattributed")

    def way_a_padded_creation(self):
        s = self.s
        kind = databases.table(s.m.at(), f"shop-{s.m.next()}")
        kind.thing.tags["managed-by"] = "terraform"
        kind.thing.created = f"{s.at:%Y-%m-%dT%H:%M:%S}.000Z"
        op = kind.create()
        op.answer = None
        s.do(s.alice, op, kind, requestParameters=OMITTED)
        s.seen(kind, status="ResourceDiscovered", verdict="unattributed")


class NoiseWays(Ways):
    """Known noise beside which somebody does something else."""

    def cleaner(self):
        return self.s.cast.plain("cleanup-nightly", "cleanup", "Boto3/1.35", "cleanup-nightly", "cleanup")

    def noisy(self, make, order, mine=0, theirs=0):
        s = self.s
        kind = s.thing(make)
        calls = []
        for number, who in enumerate(order):
            actor, which = (s.alice, mine) if who == "alice" else (self.cleaner(), theirs)
            calls.append(s.do(actor, kind.updates[which](), kind, number * 10))
        truth = s.seen(kind, *calls)
        truth.named = [call for call in calls if call.actor is s.alice]

    def way_before_the_cleanup(self):
        self.noisy(ec2.security_group, ("alice", "cleanup"), 0, 2)

    def way_after_the_cleanup(self):
        self.noisy(ec2.security_group, ("cleanup", "alice"), 0, 2)

    def way_between_two_cleanups(self):
        self.noisy(iam.role, ("cleanup", "alice", "cleanup"), 0, 1)

    def way_a_noisy_property_and_another(self):
        s = self.s
        kind = s.thing(balancers.scaling_group, name=f"noisy-{s.m.next()}")
        s.seen(
            kind, s.do(s.alice, kind.updates[0](), kind), s.do(s.cast.linked(), kind.updates[1](), kind, 5)
        )

    def way_a_scratch_table_beside_its_worker(self):
        s = self.s
        kind = s.thing(databases.table, name=f"scratch-{s.m.next()}")
        mine = s.do(s.alice, kind.updates[0](), kind)
        truth = s.seen(kind, mine, s.do(s.cast.instance(), kind.tag({"batch": "7"}), kind, 5))
        truth.named = [mine]


class UnshownWays(Ways):
    """Changes whose items show little."""

    def alone(self, kind, *call):
        s = self.s
        service, operation, sent, change = call
        return s.do(s.alice, s.op(service, operation, sent, change=change), kind)

    def way_the_tag_removed(self):
        s = self.s
        kind = s.thing(databases.table)
        s.seen(kind, s.do(s.alice, kind.untag(["managed-by"]), kind))

    def way_the_tag_given_to_the_other_tool(self):
        s = self.s
        kind = s.thing(databases.table)
        s.seen(kind, s.do(s.alice, kind.tag({"managed-by": "pulumi"}), kind))

    def way_the_tag_removed_and_deleted_in_one_item(self):
        s = self.s
        kind = s.thing(iam.role)
        first = s.do(s.alice, kind.untag(["managed-by"]), kind)
        truth = s.seen(kind, s.do(s.alice, kind.delete(), kind, 5), status="ResourceDeleted")
        truth.spared = {first.id}

    def way_deleted_without_a_diff(self):
        s = self.s
        kind = s.thing(storage.bucket)
        s.seen(kind, s.do(s.alice, kind.delete(), kind), status="ResourceDeleted", diff="none")

    def way_deleted_in_a_message_too_big(self):
        s = self.s
        kind = s.thing(compute.function)
        s.seen(kind, s.do(s.alice, kind.delete(), kind), status="ResourceDeleted", envelope="big")

    def way_tags_told_nowhere_but_within(self):
        s = self.s
        kind = s.thing(balancers.load_balancer)
        kind.thing.untold_tags = True
        s.seen(kind, s.do(s.alice, kind.updates[0](), kind))

    def acl(self, **more):
        s = self.s
        kind = s.thing(edge.web_acl)
        op = kind.updates[0]()
        op.change = store(kind.thing.config, DefaultAction={"Block": {}})
        s.seen(kind, s.do(s.alice, op, kind), **more)

    def way_an_empty_object_without_a_diff(self):
        self.acl(diff="none")

    def way_an_empty_object_too_big(self):
        self.acl(envelope="big")

    def way_an_empty_object_with_a_diff(self):
        self.acl()

    def made(self, kind, **more):
        s = self.s
        kind.thing.tags["managed-by"] = "terraform"
        kind.thing.created = None
        return s.do(s.alice, kind.create(), kind), kind

    def way_created_untimed(self):
        s = self.s
        call, kind = self.made(databases.table(s.m.at(), f"shop-{s.m.next()}"))
        s.seen(kind, call, status="ResourceDiscovered")

    def way_a_database_of_glue_created_untimed(self):
        s = self.s
        name = f"lake{s.m.next()}"
        thing = Thing(
            type="AWS::Glue::Database",
            id=name,
            name=name,
            arn=s.m.arn("glue", f"database/{name}"),
            config={"DatabaseName": name},
            created=None,
            tags={"managed-by": "terraform"},
        )
        kind = Kind(thing=thing)
        op = s.op("glue", "CreateDatabase", {"databaseInput": {"name": name}})
        s.seen(kind, s.do(s.alice, op, kind), status="ResourceDiscovered")

    def way_a_storage_lens_created_untimed(self):
        s = self.s
        name = f"lens{s.m.next()}"
        thing = Thing(
            type="AWS::S3::StorageLensGroup",
            id=name,
            name=name,
            arn=s.m.arn("s3", f"storage-lens-group/{name}"),
            config={"Name": name},
            created=None,
            tags={"managed-by": "terraform"},
        )
        kind = Kind(thing=thing)
        op = s.op("s3", "CreateStorageLensGroup", {"storageLensGroup": {"name": name}, "Host": "x"})
        s.seen(kind, s.do(s.alice, op, kind), status="ResourceDiscovered")

    def way_created_by_a_call_that_nobody_knows(self):
        s = self.s
        name = f"thing{s.m.next()}"
        thing = Thing(
            type="AWS::NewService::Gadget",
            id=name,
            name=name,
            arn=s.m.arn("newservice", f"gadget/{name}"),
            config={"Name": name},
            created=None,
            tags={"managed-by": "terraform"},
        )
        kind = Kind(thing=thing)
        op = s.op("newservice", "ConjureUp", {"what": {"gadgets": [{"label": "x"}]}})
        truth = s.seen(kind, s.do(s.alice, op, kind), status="ResourceDiscovered", verdict="unattributed")
        truth.causes, truth.named = (), ()

    def way_a_kept_field_beside_a_real_one(self):
        s = self.s
        kind = s.thing(vpc.subnet)
        kind.thing.config["availableIpAddressCount"] -= 1
        s.seen(kind, s.do(s.alice, kind.updates[0](), kind))

    def state(self, make, service, operation, sent, *, after=100, **fields):
        s = self.s
        kind = s.thing(make)
        sent = {key: each(kind.thing) if callable(each) else each for key, each in sent.items()}
        s.seen(
            kind, self.alone(kind, service, operation, sent, store(kind.thing.config, **fields)), after=after
        )

    def way_stopping_an_instance(self):
        s = self.s
        kind = s.thing(ec2.instance)
        s.seen(kind, s.do(s.alice, kind.updates[2](), kind), after=600)

    def way_starting_an_instance(self):
        s = self.s
        kind = s.thing(ec2.instance)
        kind.thing.config["state"] = {"code": 80, "name": "stopped"}
        kind.thing.captured = kind.thing.shot()
        sent = {"instancesSet": {"items": [{"instanceId": kind.thing.id}]}}
        change = store(
            kind.thing.config, state={"code": 16, "name": "running"}, launchTime="2026-11-30T01:02:03.000Z"
        )
        s.seen(kind, self.alone(kind, "ec2", "StartInstances", sent, change), after=600)

    def way_stopping_a_database(self):
        self.state(
            databases.db_instance,
            "rds",
            "StopDBInstance",
            {"dBInstanceIdentifier": lambda t: t.name},
            dBInstanceStatus="stopped",
        )

    def way_disabling_a_key(self):
        self.state(
            secrets.key, "kms", "DisableKey", {"keyId": lambda t: t.id}, enabled=False, keyState="Disabled"
        )

    def way_scheduling_a_keys_deletion(self):
        self.state(
            secrets.key,
            "kms",
            "ScheduleKeyDeletion",
            {"keyId": lambda t: t.arn, "pendingWindowInDays": 7},
            enabled=False,
            keyState="PendingDeletion",
        )

    def way_stopping_a_trail(self):
        self.state(global_types.trail, "cloudtrail", "StopLogging", {"name": lambda t: t.id}, isLogging=False)

    def way_new_code_of_the_same_size(self):
        s = self.s
        kind = s.thing(compute.function)
        s.seen(kind, s.do(s.alice, kind.updates[1](), kind))

    def way_a_stop_that_no_trail_has(self):
        s = self.s
        kind = s.thing(ec2.instance)
        change = store(
            kind.thing.config,
            state={"code": 80, "name": "stopped"},
            stateTransitionReason="User initiated (2026-11-30 03:02:09 GMT)",
            stateReason={
                "code": "Client.UserInitiatedShutdown",
                "message": "Client.UserInitiatedShutdown: User initiated shutdown",
            },
        )
        change()
        s.seen(kind, verdict="unattributed", after=300)

    def way_a_change_that_no_trail_has(self):
        s = self.s
        kind = s.thing(iam.role)
        kind.updates[0]().change()
        s.seen(kind, verdict="unattributed")

    def way_a_rule_without_its_region(self):
        s = self.s
        id_ = s.m.hex("cgw-0", 16)
        arn = s.m.arn("ec2", f"customer-gateway/{id_}")
        config = {
            "customerGatewayId": id_,
            "state": "available",
            "type": "ipsec.1",
            "ipAddress": "198.51.100.7",
        }
        thing = Thing(
            type="AWS::EC2::CustomerGateway",
            id=id_,
            arn=arn,
            config=config,
            created=None,
            tags={"managed-by": "terraform"},
        )
        thing.region = "eu-west-1"
        kind = Kind(thing=thing)
        op = s.op(
            "ec2",
            "CreateCustomerGateway",
            {"type": "ipsec.1"},
            answer={"customerGateway": {"customerGatewayId": id_}},
        )
        call = s.do(s.alice, op, kind)
        truth = s.seen(kind, call, status="ResourceDiscovered")
        at, body = s.world.messages.pop()
        body = body.replace('"awsRegion": "eu-west-1"', '"awsRegion": "Not Applicable"')
        s.world.messages.append((at, body))
        truth.bodies[:] = [body]

    def way_a_foreign_type(self):
        s = self.s
        id_ = f"acme/web-{s.m.next()}"
        kind = Kind(
            thing=Thing(type="GitHub::Repositories::Repository", id=id_, config={"Visibility": "private"})
        )
        s.world.born(kind, managed="terraform")
        sent = {"resourceType": "GitHub::Repositories::Repository", "resourceId": id_, "configuration": "{}"}
        s.seen(
            kind,
            self.alone(
                kind, "config", "PutResourceConfig", sent, store(kind.thing.config, Visibility="public")
            ),
        )

    def way_a_reboot_beside_an_unexplained_change(self):
        s = self.s
        kind = s.thing(databases.db_instance)
        sent = {"dBInstanceIdentifier": kind.thing.name}
        self.alone(kind, "rds", "RebootDBInstance", sent, lambda: None)
        kind.thing.config["dBParameterGroups"] = [
            {"dBParameterGroupName": "mine", "parameterApplyStatus": "in-sync"}
        ]
        s.seen(kind, verdict="unattributed")

    def way_first_item_of_a_stopped_database(self):
        s = self.s
        kind = databases.db_instance(s.m.at(), f"shop-{s.m.next()}")
        kind.thing.tags["managed-by"] = "terraform"
        sent = {"dBInstanceIdentifier": kind.thing.name}
        call = self.alone(
            kind, "rds", "StopDBInstance", sent, store(kind.thing.config, dBInstanceStatus="stopped")
        )
        s.seen(kind, call, diff="none")

    def way_first_item_of_a_function_opened_to_all(self):
        s = self.s
        kind = compute.function(s.m.at(), f"shop-{s.m.next()}")
        kind.thing.tags["managed-by"] = "terraform"
        s.seen(kind, s.do(s.alice, kind.updates[2](), kind), diff="none")

    def way_a_failover_of_a_global_cluster(self):
        s = self.s
        name = f"world-{s.m.next()}"
        arn = f"arn:aws:rds::{OWN}:global-cluster:{name}"
        config = {
            "GlobalClusterIdentifier": name,
            "GlobalClusterMembers": [{"DBClusterArn": "a", "IsWriter": True}],
        }
        thing = Thing(type="AWS::RDS::GlobalCluster", id=name, name=name, arn=arn, config=config)
        kind = Kind(thing=thing)
        s.world.born(kind, managed="terraform")
        sent = {"globalClusterIdentifier": name, "targetDbClusterIdentifier": "b"}
        change = store(config, GlobalClusterMembers=[{"DBClusterArn": "b", "IsWriter": True}])
        s.seen(kind, self.alone(kind, "rds", "FailoverGlobalCluster", sent, change))

"""Ways to vanish: changes that look like none, and callers whose calls show too little."""

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
from tests.worlds.stage import OMITTED

NEW, GONE = "ResourceDiscovered", "ResourceDeleted"
PADDED = (
    # (the way, the object, her call, the pipeline's beside it, how hers is recorded)
    ("a_padded_policy_before_the_pipeline", iam.role, 1, 1, {"after": -20}),
    ("a_padded_call_alone", iam.role, 1, None, {}),
    ("a_padded_bucket_policy", storage.bucket, 0, 0, {"resources": []}),
    ("a_padded_ingress", ec2.security_group, 0, 2, {"responseElements": None}),
)
NOISY = (
    # (the way, the object, her call, the cleanup's, in which order)
    ("after_the_cleanup", ec2.security_group, 0, 2, ("cleanup", "alice")),
    ("between_two_cleanups", iam.role, 0, 1, ("cleanup", "alice", "cleanup")),
)
SET = (
    # (the way, the object, the call, by which parameter and slot it names the object, further parameters, what it sets)
    ("stopping_a_database", databases.db_instance, "rds:StopDBInstance", "dBInstanceIdentifier=name", {}, {"dBInstanceStatus": "stopped"}),
    ("scheduling_a_keys_deletion", secrets.key, "kms:ScheduleKeyDeletion", "keyId=arn", {"pendingWindowInDays": 7}, {"enabled": False, "keyState": "PendingDeletion"}),
    ("stopping_a_trail", global_types.trail, "cloudtrail:StopLogging", "name=id", {}, {"isLogging": False}),
)  # fmt: skip


class OmittedWays(Ways):
    """Parameters padded until CloudTrail leaves them out."""

    def rows(self):
        """Let alice pad a call, beside one of the pipeline's or alone: it explains nothing."""
        for label, make, hers, its, record in PADDED:
            self.s.begin(label)
            kind = self.thing(make)
            if its is not None:
                self.pipeline(kind, its)
            self.alice(kind, hers, **{"after": 60, **record}, requestParameters=OMITTED)
            self.seen(kind, verdict="unattributed")

    def unanswered(self, kind, op, status):
        op.answer = None
        self.alice(kind, op, requestParameters=OMITTED)
        self.seen(kind, status=status, verdict="unattributed")

    def way_a_padded_call_whose_answer_names_it(self):
        kind = self.thing(compute.function)
        theirs, op = self.pipeline(kind), kind.updates[1]()
        op.answer = {"functionName": kind.thing.name, "functionArn": kind.thing.arn}
        self.seen(kind, theirs, self.alice(kind, op, 20, requestParameters=OMITTED))

    def way_a_padded_deletion(self):
        kind = self.thing(databases.table)
        self.unanswered(kind, kind.delete(), GONE)

    def way_a_padded_creation(self):
        kind = databases.table(self.m.at(), f"shop-{self.m.next()}")
        kind.thing.tags["managed-by"] = "terraform"
        kind.thing.created = f"{self.s.at:%Y-%m-%dT%H:%M:%S}.000Z"
        self.unanswered(kind, kind.create(), NEW)


class NoiseWays(Ways):
    """Known noise beside which somebody does something else."""

    def rows(self):
        """Let alice and the cleanup, whose calls are ignored, change one object in an order."""
        cleanup = self.cast.plain("cleanup-nightly", "cleanup", "Boto3/1.35", "cleanup-nightly", "cleanup")
        for label, make, hers, its, order in NOISY:
            self.s.begin(label)
            who = {"alice": (self.s.alice, hers), "cleanup": (cleanup, its)}
            kind = self.thing(make)
            calls = [self.do(*who[name], kind, number * 10) for number, name in enumerate(order)]
            self.seen(kind, *calls).named = [call for call in calls if call.actor is self.s.alice]

    def way_a_noisy_property_and_another(self):
        kind = self.thing(balancers.scaling_group, name=f"noisy-{self.m.next()}")
        self.seen(kind, self.alice(kind), self.do(self.cast.linked(), 1, kind, 5))

    def way_a_scratch_table_beside_its_worker(self):
        kind = self.thing(databases.table, name=f"scratch-{self.m.next()}")
        mine = self.alice(kind)
        truth = self.seen(kind, mine, self.do(self.cast.instance(), kind.tag({"batch": "7"}), kind, 5))
        truth.named = [mine]


class UnshownWays(Ways):
    """Changes whose items show little."""

    def rows(self):
        for label, deed, given in (
            ("the_tag_removed", "untag", ["managed-by"]),
            ("the_tag_given_to_the_other_tool", "tag", {"managed-by": "pulumi"}),
        ):
            self.s.begin(label)
            kind = self.thing(databases.table)
            self.seen(kind, self.alice(kind, getattr(kind, deed)(given)))
        for label, seen in (
            ("an_empty_object_without_a_diff", {"diff": "none"}),
            ("an_empty_object_too_big", {"envelope": "big"}),
            ("an_empty_object_with_a_diff", {}),
        ):
            self.s.begin(label)
            kind = self.thing(edge.web_acl)
            op = kind.updates[0]()
            op.change = store(kind.thing.config, DefaultAction={"Block": {}})
            self.seen(kind, self.alice(kind, op), **seen)
        for label, make, call, named, further, fields in SET:
            self.s.begin(label)
            kind = self.thing(make)
            sent = {**self.names(kind.thing, named), **further}
            self.seen(kind, self.alice(kind, self.sets(kind, *call.split(":"), sent, **fields)))

    def new(self, type_, id_, arn, config, *, name=None):
        """Return an object of a type that no other world has, and that was not there before."""
        thing = Thing(type=type_, id=id_, arn=arn, config=config, created=None, name=name)
        thing.tags["managed-by"] = "terraform"
        return Kind(thing=thing)

    def way_the_tag_removed_and_deleted_in_one_item(self):
        kind = self.thing(iam.role)
        first = self.alice(kind, kind.untag(["managed-by"]))
        self.seen(kind, self.alice(kind, kind.delete(), 5), status=GONE).spared = {first.id}

    def way_deleted_in_a_message_too_big(self):
        kind = self.thing(compute.function)
        self.seen(kind, self.alice(kind, kind.delete()), status=GONE, envelope="big")

    def way_tags_told_nowhere_but_within(self):
        kind = self.thing(balancers.load_balancer)
        kind.thing.untold_tags = True
        self.seen(kind, self.alice(kind))

    def way_a_database_of_glue_created_untimed(self):
        name = f"lake{self.m.next()}"
        arn = self.m.arn("glue", f"database/{name}")
        kind = self.new("AWS::Glue::Database", name, arn, {"DatabaseName": name}, name=name)
        op = self.op("glue", "CreateDatabase", {"databaseInput": {"name": name}})
        self.seen(kind, self.alice(kind, op), status=NEW)

    def way_created_by_a_call_that_nobody_knows(self):
        name = f"thing{self.m.next()}"
        arn = self.m.arn("newservice", f"gadget/{name}")
        kind = self.new("AWS::NewService::Gadget", name, arn, {"Name": name}, name=name)
        self.alice(kind, self.op("newservice", "ConjureUp", {"what": {"gadgets": [{"label": "x"}]}}))
        self.seen(kind, status=NEW, verdict="unattributed")

    def way_a_kept_field_beside_a_real_one(self):
        kind = self.thing(vpc.subnet)
        kind.thing.config["availableIpAddressCount"] -= 1
        self.seen(kind, self.alice(kind))

    def way_starting_an_instance(self):
        kind = self.thing(ec2.instance)
        kind.thing.config["state"] = {"code": 80, "name": "stopped"}
        kind.thing.captured = kind.thing.shot()
        sent = {"instancesSet": {"items": [{"instanceId": kind.thing.id}]}}
        running = {"state": {"code": 16, "name": "running"}, "launchTime": "2026-11-30T01:02:03.000Z"}
        op = self.sets(kind, "ec2", "StartInstances", sent, **running)
        self.seen(kind, self.alice(kind, op), after=600)

    def way_a_stop_that_no_trail_has(self):
        kind = self.thing(ec2.instance)
        stopped = "Client.UserInitiatedShutdown"
        kind.thing.config |= {
            "state": {"code": 80, "name": "stopped"},
            "stateTransitionReason": "User initiated (2026-11-30 03:02:09 GMT)",
            "stateReason": {"code": stopped, "message": f"{stopped}: User initiated shutdown"},
        }
        self.seen(kind, verdict="unattributed", after=300)

    def way_a_reboot_beside_an_unexplained_change(self):
        kind = self.thing(databases.db_instance)
        self.alice(kind, self.op("rds", "RebootDBInstance", {"dBInstanceIdentifier": kind.thing.name}))
        group = {"dBParameterGroupName": "mine", "parameterApplyStatus": "in-sync"}
        kind.thing.config["dBParameterGroups"] = [group]
        self.seen(kind, verdict="unattributed")

    def way_first_item_of_a_stopped_database(self):
        kind = databases.db_instance(self.m.at(), f"shop-{self.m.next()}")
        kind.thing.tags["managed-by"] = "terraform"
        sent = {"dBInstanceIdentifier": kind.thing.name}
        op = self.sets(kind, "rds", "StopDBInstance", sent, dBInstanceStatus="stopped")
        self.seen(kind, self.alice(kind, op), diff="none")

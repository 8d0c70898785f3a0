"""What an ordinary day has seldom, and the easy version gets wrong: one story each, in the blind world."""

from datetime import timedelta

from tests.worlds.blind import builders, config, messages
from tests.worlds.blind.actors import FOREIGN
from tests.worlds.blind.config import stamp
from tests.worlds.blind.day import IAM_REGIONS, catalogue
from tests.worlds.blind.kind import Maker, store
from tests.worlds.blind.service import op
from tests.worlds.blind.shorthands import MINUTE, SECOND_, StoryGroup, seconds
from tests.worlds.blind.spelling import items
from tests.worlds.blind.traps import mention, refused
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
    vpc,
)
from tests.worlds.blind.types.ec2 import E, call
from tests.worlds.blind.world import KEY


class Stories(StoryGroup):
    """The stories of time, of folded changes, of AWS's own doings and of what is no finding."""

    # When it was.

    def story_call_and_capture_in_one_breath(self, t):
        t = t.replace(microsecond=300_000)
        kind = self.thing(edge.firewall, "edge")
        alice = self.do(self.cast.alice(), kind.updates[0](), t, kind)
        self.seen(kind, t + seconds(0.4), alice)
        ours = self.do(self.pipeline, kind.updates[0](), t + seconds(70), kind)
        self.seen(kind, t + seconds(120), ours)

    def story_one_after_the_other_in_seconds(self, t):
        kind = self.thing(storage.bucket, "uploads")
        actors = (self.cast.alice(), self.pipeline, self.cast.bob(), self.pipeline)
        for number, actor in enumerate(actors):
            at = (t + seconds(9 * number)).replace(microsecond=0)
            who = self.do(actor, kind.updates[number](), at, kind)
            self.seen(kind, at + seconds(2.2), who)

    def story_a_clock_two_seconds_ahead(self, t):
        kind = self.thing(messages.queue, "skewed")
        who = self.do(self.cast.iam_user(), kind.updates[0](), t, kind)
        self.seen(kind, t - seconds(1.5), who)

    def story_the_previous_capture_is_history_only(self, t):
        for make in (
            ec2.security_group,
            storage.bucket,
            compute.function,
            databases.table,
            messages.topic,
        ):
            kind = self.thing(make, "hist")
            before = len(self.world.truths), len(self.world.messages)
            alice = self.do(self.cast.alice(), kind.updates[0](), t, kind)
            self.seen(kind, t + seconds(100), alice)
            del self.world.truths[before[0] :], self.world.messages[before[1] :]
            ours = self.do(self.pipeline, kind.updates[0](), t + seconds(400), kind)
            self.seen(kind, t + seconds(640), ours)

    def story_the_pipeline_came_before(self, t):
        for make in (ec2.instance, databases.db_instance, messages.alarm):
            kind = self.thing(make, "later")
            ours = self.do(self.pipeline, kind.updates[0](), t, kind)
            self.seen(kind, t + seconds(150), ours)
            alice = self.do(self.cast.alice(), kind.updates[0](), t + seconds(200), kind)
            self.seen(kind, t + seconds(500), alice)

    def story_one_person_among_nine_calls_of_the_pipeline(self, t):
        for make in (ec2.security_group, storage.bucket, vpc.route_table):
            kind = self.thing(make, "busy")
            causes = [self.do(self.pipeline, kind.updates[0](), t + seconds(10 * n), kind) for n in range(9)]
            causes.insert(4, self.do(self.cast.alice(), kind.updates[0](), t + seconds(45), kind))
            self.seen(kind, t + 6 * MINUTE, *causes)

    def story_recorded_once_a_day(self, t):
        makers = (
            storage.bucket,
            ec2.security_group,
            compute.function,
            messages.alarm,
        )
        for make, actor in zip(makers, (self.cast.alice(), self.pipeline) * 2, strict=True):
            kind = self.thing(make, "daily", days=1.0)
            self.do(self.cast.bob(), kind.updates[0](), self.world.now - timedelta(hours=34), kind)
            kind.thing.captured = kind.thing.shot()  # that was the CI of yesterday
            who = self.do(actor, kind.updates[0](), self.world.now - timedelta(hours=9), kind)
            self.seen(kind, t, who, daily=True)

    # One call, several CIs; several things in one call.

    def story_a_volume_is_attached(self, t):
        disk, host = self.thing(ec2.volume, "data"), self.thing(ec2.instance, "db")
        id_, to = disk.thing.id, host.thing.id

        def attach():
            disk.thing.config |= {"state": "in-use", "attachments": [{"instanceId": to, "state": "attached"}]}
            host.thing.config["blockDeviceMappings"] = [{"deviceName": "/dev/sdf", "ebs": {"volumeId": id_}}]

        sent = {"volumeId": id_, "instanceId": to, "device": "/dev/sdf", "deleteOnTermination": False}
        made = call(
            "AttachVolume",
            sent,
            {**sent, "status": "attaching"},
            [(E + "Volume", id_), (E + "Instance", to)],
            attach,
        )
        who = self.do(self.cast.iam_user(), made, t)
        self.seen(disk, t + 2 * MINUTE, who)
        self.seen(host, t + 5 * MINUTE, who)

    def story_an_instance_starts_with_its_interface(self, t):
        kind = ec2.instance(self.m.at(), "fresh")
        kind.thing.tags[KEY] = "terraform"
        kind.thing.created = stamp(t.replace(microsecond=0))
        eni = interfaces.network_interface(self.m.at(), "fresh")
        eni.thing.tags[KEY] = "terraform"
        eni.thing.id = eni.thing.config["networkInterfaceId"] = kind.thing.config["networkInterfaces"][0][
            "networkInterfaceId"
        ]
        eni.thing.arn = self.m.arn("ec2", f"network-interface/{eni.thing.id}")
        who = self.do(self.cast.alice(), kind.create(), t, kind)
        self.seen(eni, t + 3 * MINUTE, who, status="ResourceDiscovered")
        self.seen(kind, t + 12 * MINUTE, who, status="ResourceDiscovered")

    def story_three_instances_in_one_call(self, t):
        kinds = [self.thing(ec2.instance, "batch") for _ in range(3)]
        sent = {"instancesSet": items(*({"instanceId": kind.thing.id} for kind in kinds))}
        made = call("TerminateInstances", sent, sent, [(E + "Instance", kind.thing.id) for kind in kinds])
        who = self.do(self.cast.by_hand(), made, t)
        for number, kind in enumerate(kinds):
            self.seen(kind, t + (2 + 3 * number) * MINUTE, who, status="ResourceDeleted")

    def story_tags_for_several_at_once(self, t):
        kinds = [self.thing(make, "many") for make in (ec2.instance, ec2.volume, vpc.subnet)]

        def change():
            for kind in kinds:
                kind.thing.tags.pop(KEY)

        sent = {
            "resourcesSet": items(*({"resourceId": kind.thing.id} for kind in kinds)),
            "tagSet": items({"key": KEY}),
        }
        made = call("DeleteTags", sent, {"_return": True}, [(None, kind.thing.id) for kind in kinds], change)
        who = self.do(self.cast.bob(), made, t)
        for number, kind in enumerate(kinds):
            self.seen(kind, t + (1 + number) * MINUTE, who)

    def story_two_alarms_in_one_call(self, t):
        kinds = [self.thing(messages.alarm, "pair") for _ in range(2)]
        names = [kind.thing.name for kind in kinds]
        lists = [("AWS::CloudWatch::Alarm", name) for name in names]
        who = self.do(
            self.cast.app_deploy(), op("cloudwatch", "DeleteAlarms", {"AlarmNames": names}, lists=lists), t
        )
        for kind in kinds:
            self.seen(kind, t + 2 * MINUTE, who, status="ResourceDeleted")

    def story_an_acl_loses_its_subnet(self, t):
        old, new = self.thing(vpc.network_acl, "old"), self.thing(vpc.network_acl, "new")
        part, fresh = (
            old.thing.config["associations"][0]["networkAclAssociationId"],
            self.m.hex("aclassoc-0", 16),
        )

        def move():
            old.thing.config["associations"] = []
            new.thing.config["associations"] = [
                *new.thing.config["associations"],
                {"networkAclAssociationId": fresh},
            ]

        sent = {"associationId": part, "networkAclId": new.thing.id}
        lists = [(E + "NetworkAcl", new.thing.id), (E + "SubnetNetworkAclAssociation", part)]
        made = call("ReplaceNetworkAclAssociation", sent, {"newAssociationId": fresh}, lists, move)
        who = self.do(self.cast.alice(), made, t)
        self.seen(old, t + 3 * MINUTE, who)
        self.seen(new, t + 3 * MINUTE + SECOND_, who)

    def story_a_group_moves_with_an_instance(self, t):
        host, group = self.thing(ec2.instance, "mover"), self.thing(ec2.security_group, "moved")
        id_ = group.thing.id
        sent = {"instanceId": host.thing.id, "groupSet": items({"groupId": id_})}
        lists = [(E + "Instance", host.thing.id), (E + "SecurityGroup", id_)]
        change = store(host.thing.config, securityGroups=[{"groupId": id_, "groupName": "moved"}])
        who = self.do(
            self.cast.alice(), call("ModifyInstanceAttribute", sent, {"_return": True}, lists, change), t
        )
        group.thing.links.append(
            {
                "resourceId": host.thing.id,
                "resourceType": E + "Instance",
                "name": "Is associated with Instance",
            }
        )
        self.seen(host, t + 4 * MINUTE, who)
        self.seen(group, t + 4 * MINUTE + SECOND_, verdict="side-effect")

    def story_a_policy_is_attached(self, t):
        role = self.thing(iam.role, "app", regions=IAM_REGIONS)
        policy = self.thing(iam.policy, "app", regions=IAM_REGIONS)
        arn = policy.thing.arn

        def attach():
            role.thing.config["attachedManagedPolicies"] = [{"policyArn": arn}]
            policy.thing.config["attachmentCount"] += 1

        lists = [("AWS::IAM::Role", role.thing.name), ("AWS::IAM::Policy", arn)]
        sent = {"RoleName": role.thing.name, "PolicyArn": arn}
        who = self.do(
            self.cast.alice(), op("iam", "AttachRolePolicy", sent, lists=lists, change=attach), t, role
        )
        self.seen(role, t + 2 * MINUTE, who, regions=IAM_REGIONS)
        # A side effect has no call to tell its copies by: each region's is a finding.
        for region in IAM_REGIONS[:1]:
            self.seen(policy, t + 2 * MINUTE, verdict="side-effect", regions=(region,))

    # What AWS does.

    def story_fields_that_aws_keeps(self, t):
        self.kept(t, vpc.subnet, availableIpAddressCount=4067)
        self.kept(t, interfaces.network_interface, status="available", attachment=None)
        self.kept(t, databases.table, itemCount=99, tableSizeBytes=4000)
        self.kept(t, balancers.scaling_group, instances=[{"instanceId": "i-0aa11bb22cc33dd44"}])
        self.kept(
            t,
            databases.db_instance,
            dBInstanceStatus="backing-up",
            latestRestorableTime="2026-01-01T00:00:00Z",
        )
        self.kept(t, edge.certificate, inUseBy=["arn:aws:elasticloadbalancing:x"], renewalSummary={"a": 1})
        self.kept(t, ec2.instance, stateTransitionReason="Server.SpotInstanceTermination", state={"code": 80})
        self.kept(t, builders.stack, driftInformation={"stackDriftStatus": "DRIFTED"})

    def kept(self, t, make, **fields):
        kind = self.thing(make, "kept")
        store(kind.thing.config, **fields)()
        # A reboot, or a protected instance, would show in just these fields.
        quiet = make in {balancers.scaling_group, databases.db_instance}
        if not quiet and (made := mention(self.m.at(), kind)):
            self.do(self.cast.bob(), made, t + MINUTE)
        self.seen(kind, t + 2 * MINUTE, verdict="side-effect")

    def story_neighbours_come_and_go(self, t):
        for make in (ec2.security_group, vpc.subnet, vpc.vpc, ec2.instance):
            kind = self.thing(make, "neighbour")
            kind.thing.links.append(
                {
                    "resourceId": self.m.hex("eni-0", 16),
                    "resourceType": E + "NetworkInterface",
                    "name": "Contains",
                }
            )
            if made := mention(self.m.at(), kind):
                self.do(self.cast.alice(), made, t + MINUTE)
            self.seen(kind, t + 2 * MINUTE, verdict="side-effect")

    def story_a_key_dies_when_its_time_has_come(self, t):
        kind = self.thing(secrets.key, "doomed")
        kind.thing.config["keyState"] = "PendingDeletion"
        own = [{"accountId": kind.thing.account, "type": "AWS::KMS::Key", "ARN": kind.thing.arn}]
        made = op("kms", "DeleteKey", spell=False, resources=own)
        more = {"additionalEventData": {"keyId": kind.thing.id}, "requestParameters": None}
        who = self.do(self.cast.service_event(), made, t, kind, **more)
        self.seen(kind, t + 3 * MINUTE, who, status="ResourceDeleted")

    def story_a_secret_dies_when_its_time_has_come(self, t):
        kind = self.thing(secrets.secret, "doomed")
        made = op("secretsmanager", "EndSecretVersionDelete", spell=False)
        more = {"additionalEventData": {"ARN": kind.thing.arn, "Name": kind.thing.name}}
        who = self.do(self.cast.service_event("secretsmanager.amazonaws.com"), made, t, kind, **more)
        self.seen(kind, t + 3 * MINUTE, who, status="ResourceDeleted")

    def story_a_stack_and_what_it_makes(self, t):
        alice = self.cast.alice()
        stack = builders.stack(self.m.at(), f"shop-{self.m.next()}")
        stack.thing.tags[KEY] = "cloudformation"
        stack.thing.created = stamp(t.replace(microsecond=0))
        made = self.do(alice, stack.create(), t, stack)
        queue = messages.queue(self.m.at(), f"shop-{self.m.next()}")
        queue.thing.tags[KEY] = "cloudformation"
        queue.thing.created = stamp((t + seconds(20)).replace(microsecond=0))
        inner = self.do(self.cast.cloudformation(alice), queue.create(), t + seconds(20), queue)
        drift = self.thing(messages.topic, "adopted", managed="terraform")
        foreign = self.do(self.cast.cloudformation(alice), drift.updates[0](), t + seconds(30), drift)
        self.seen(queue, t + 2 * MINUTE, inner, status="ResourceDiscovered")
        self.seen(drift, t + 2 * MINUTE, foreign)
        self.seen(stack, t + 4 * MINUTE, made, status="ResourceDiscovered")

    # What nobody did, or nobody can be found for.

    def story_nobody_did_it(self, t):
        """Refused calls, reads, mentions and look-alikes surround the change; its own call is nowhere."""
        makers = catalogue()
        for number, name in enumerate(self.random.sample(sorted(makers), 14)):
            kind = makers[name](self.m.at(), f"ghost{number}")
            twin = makers[name](self.m.at(), f"ghost{number}-api")
            regions = IAM_REGIONS if kind.thing.region == "global" and "IAM" in kind.thing.type else None
            for each in (kind, twin):
                self.world.born(each, managed="terraform", regions=regions)
            if kind.updates:
                made, other = kind.updates[0](), twin.updates[0]()
                self.do(self.cast.alice(), made, t + seconds(20), kind, errorCode=refused(made)[0])
                bob = self.do(self.cast.bob(), other, t + seconds(40), twin)
                self.seen(twin, t + 2 * MINUTE, bob, label=f"{self.label}/{name}-twin", regions=regions or ())
            if made := mention(self.m.at(), kind):
                self.do(self.cast.iam_user(), made, t + seconds(50))
            store(kind.thing.config, somethingElse=number)()
            # Without an explaining event, the copies of other regions have no cause in common: one is enough.
            self.seen(kind, t + 2 * MINUTE, label=f"{self.label}/{name}", verdict="unattributed")

    def story_the_call_came_after(self, t):
        kind = self.thing(messages.queue, "early")
        store(kind.thing.config, KmsMasterKeyId="alias/x")()
        self.seen(kind, t, verdict="unattributed")
        bob = self.do(self.cast.bob(), kind.updates[0](), t + seconds(20), kind)
        self.seen(kind, t + seconds(80), bob)

    def story_not_worth_a_word(self, t):
        old = self.thing(ec2.volume, "found")
        self.seen(
            old, t, status="ResourceDiscovered", ignored="no-change", envelope="eventbridge", diff="empty"
        )
        group = self.thing(ec2.security_group, "found")
        group.thing.captured = None
        self.seen(group, t, status="ResourceDiscovered", ignored="no-change", envelope="eventbridge")
        same = self.thing(databases.table, "same")
        self.seen(same, t, ignored="no-change", envelope="eventbridge", diff="empty")
        again = self.thing(compute.function, "again")
        self.seen(again, t, ignored="no-change", envelope="raw", diff="none")

    def story_gone_without_a_trace(self, t):
        for make in (messages.alarm, ec2.instance):
            kind = make(self.m.at(), f"lost-{self.m.next()}")
            self.do(self.cast.bob(), kind.delete(), t, kind)
            self.seen(
                kind,
                t + 2 * MINUTE,
                status="ResourceDeleted",
                diff="none",
                history=False,
                ignored="no-history",
                envelope="eventbridge",
            )

    def story_too_big_to_send(self, t):
        for make in (storage.bucket, ec2.security_group, compute.function, iam.role):
            kind = self.thing(make, "huge")
            alice = self.do(self.cast.alice(), kind.updates[0](), t, kind)
            self.seen(kind, t + 3 * MINUTE, alice, envelope="big")
            gone = self.do(self.cast.root(), kind.delete(), t + 4 * MINUTE, kind)
            self.seen(kind, t + 7 * MINUTE, gone, envelope="big", status="ResourceDeleted")

    def story_known_noise(self, t):
        kind = self.thing(balancers.scaling_group, "noisy")
        who = self.do(self.cast.app_deploy(), kind.updates[1](), t, kind)
        self.seen(kind, t + 2 * MINUTE, who, ignored="known-noise")
        both = self.thing(balancers.scaling_group, "noisy")
        calls = [self.do(self.cast.alice(), both.updates[n](), t + seconds(n), both) for n in (0, 1)]
        self.seen(both, t + 2 * MINUTE, *calls)
        scratch = self.thing(databases.table, "scratch")
        batch = self.do(self.cast.instance(), scratch.updates[0](), t, scratch)
        self.seen(scratch, t + 2 * MINUTE, batch, ignored="known-noise")

    def story_the_same_message_twice(self, t):
        kind = self.thing(messages.topic, "echo")
        who = self.do(self.cast.alice(), kind.updates[0](), t, kind)
        truth = self.seen(kind, t + 2 * MINUTE, who, envelope="eventbridge")
        detail = config.notification(self.world.items[-1][0], None, "UPDATE")
        body = config.sns(detail, account=kind.thing.account, region=kind.thing.region)
        self.world.messages += [(truth.captures[0], truth.bodies[0]), (truth.captures[0], body)]

    def story_what_is_no_change(self, t):
        for kind in ("ConfigurationSnapshotDeliveryCompleted", "ComplianceChangeNotification"):
            body = config.sns(
                {"messageType": kind, "recordVersion": "1.1"}, account=self.m.account, region=self.m.region
            )
            self.world.messages.append((t, body))

    def story_an_account_of_others(self, t):
        kind = self.world.born(
            messages.queue(Maker("theirs", account=FOREIGN), "theirs"), managed="terraform"
        )
        store(kind.thing.config, DelaySeconds="9")()
        self.seen(kind, t, outcome="failed")

    def story_a_whole_apply(self, t):
        """The pipeline changes thirty queues in half a minute; somebody changes one of them too."""
        name = f"jobs-{self.m.next()}"
        kinds = [
            self.world.born(messages.queue(self.m.at(), f"{name}-{n}"), managed="terraform")
            for n in range(30)
        ]
        for number, kind in enumerate(kinds):
            causes = [self.do(self.pipeline, kind.updates[0](), t + seconds(number), kind)]
            if number == 3:
                causes.append(self.do(self.cast.bob(), kind.updates[0](), t + seconds(40), kind))
            self.seen(kind, t + seconds(70 + number), *causes)

    # What is not ripe yet.

    def story_young(self, _t):
        now = self.world.now
        self.young("told at once", storage.bucket, self.cast.alice(), now - 3 * MINUTE)
        self.young("told at once", ec2.security_group, self.cast.root(), now - 9 * MINUTE)
        self.young("waits for others", messages.queue, self.pipeline, now - 5 * MINUTE, outcome="deferred")
        self.young("waits for others", compute.function, self.pipeline, now - 10 * MINUTE, outcome="deferred")
        self.young("settled", messages.topic, self.pipeline, now - 17 * MINUTE)
        self.young("settled", messages.alarm, self.cast.linked(), now - 18 * MINUTE)
        for ago in (4, 20, 35):
            late = {"outcome": "deferred", "verdict": "unattributed"}
            self.young("nobody yet", databases.table, None, now - ago * MINUTE, **late)

    def young(self, label, make, actor, at, **more):
        kind = self.thing(make, "young")
        if actor is None:
            store(kind.thing.config, billingModeSummary={"billingMode": "PROVISIONED"})()
            self.seen(kind, at, label=f"young/{label}", **more)
            return
        who = self.do(actor, kind.updates[0](), at - seconds(70), kind)
        self.seen(kind, at, who, label=f"young/{label}", **more)

    # What comes late: told by `test_blind_world` alone, since the trail must be asked twice.

    def late(self):
        """Let trail events arrive after the first look: a person's alone, and one beside the pipeline's."""
        self.label, now = "late", self.world.now
        for make in (
            storage.bucket,
            ec2.security_group,
            compute.function,
            vpc.route_table,
        ):
            kind = self.thing(make, "late")
            at, later = now - 9 * MINUTE, now + 4 * MINUTE
            alice = self.do(self.cast.alice(), kind.updates[0](), at - seconds(90), kind, delivered_at=later)
            self.seen(kind, at, alice)
            both = self.thing(make, "late")
            ours = self.do(self.pipeline, both.updates[0](), at - seconds(60), both)
            bob = self.do(self.cast.bob(), both.updates[0](), at - seconds(30), both, delivered_at=later)
            self.seen(both, at, ours, bob)

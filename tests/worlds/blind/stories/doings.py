"""What an ordinary day has seldom, and the easy version gets wrong: of time, of several things, of AWS's own doings."""

from datetime import timedelta

from tests.worlds.blind import builders, config, messages
from tests.worlds.blind.actors import FOREIGN, SECOND
from tests.worlds.blind.kind import Kind, Maker, store
from tests.worlds.blind.spelling import items
from tests.worlds.blind.stories.telling import Telling, each, untag
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    global_types,
    iam,
    interfaces,
    secrets,
    storage,
    vpc,
)
from tests.worlds.blind.world import IAM_REGIONS, KEY

DONE = {"_return": True}
GONE, NEW = {"status": "ResourceDeleted"}, {"status": "ResourceDiscovered"}


class Stories(Telling):
    """The stories of time, of folded changes, of AWS's own doings and of what is no finding."""

    # When it was.

    def story_a_clock_two_seconds_ahead(self):
        kind = self.thing(messages.queue, "skewed")
        self.seen(kind, self.do(self.dora, 0, kind), after=-1.5)

    # One call, several CIs; several things in one call.

    def story_a_volume_is_attached(self):
        disk, host = self.thing(ec2.volume, "data"), self.thing(ec2.instance, "db")
        sent = {"volumeId": disk.thing.id, "instanceId": host.thing.id, "device": "/dev/sdf"}
        change = each(
            store(disk.thing.config, state="in-use", attachments=[{"instanceId": host.thing.id}]),
            store(host.thing.config, blockDeviceMappings=[{"ebs": {"volumeId": disk.thing.id}}]),
        )
        told = "ec2", "AttachVolume", sent, {**sent, "status": "attaching"}, change
        self.changes([(disk, 120), (host, 300)], told, actor=self.dora)

    def story_an_instance_starts_with_its_interface(self):
        kind, eni = ec2.instance(self.m.at(), "fresh"), interfaces.network_interface(self.m.at(), "fresh")
        for one in (kind, eni):
            one.thing.tags[KEY] = "terraform"
        self.made_at(kind, 0)
        self.same_interface(kind, eni)
        who = self.do(self.alice, kind.create(), kind)
        self.seen(eni, who, after=180, **NEW)
        self.seen(kind, who, after=720, **NEW)

    def same_interface(self, host, card):
        thing = card.thing
        thing.id = host.thing.config["networkInterfaces"][0]["networkInterfaceId"]
        thing.arn = self.m.arn("ec2", f"network-interface/{thing.id}")
        thing.config |= {"networkInterfaceId": thing.id, "attachment": {"instanceId": host.thing.id}}

    def story_tags_for_several_at_once(self):
        kinds = [self.thing(make, "many") for make in (ec2.instance, ec2.volume, vpc.subnet)]
        ids = items(*({"resourceId": kind.thing.id} for kind in kinds))
        sent, change = (
            {"resourcesSet": ids, "tagSet": items({"key": KEY})},
            [untag(kind, KEY) for kind in kinds],
        )
        told = "ec2", "DeleteTags", sent, DONE, each(*change)
        self.changes(zip(kinds, (60, 120, 180), strict=True), told, actor=self.bob)

    def story_a_policy_is_attached(self):
        role, policy = self.thing(iam.role, "app"), self.thing(iam.policy, "app")
        arn, count = policy.thing.arn, policy.thing.config["attachmentCount"]
        attached = store(role.thing.config, attachedManagedPolicies=[{"policyArn": arn}])
        change = each(attached, store(policy.thing.config, attachmentCount=count + 1))
        sent = {"roleName": role.thing.name, "policyArn": arn}
        self.changes([(role, 120)], ("iam", "AttachRolePolicy", sent, None, change))
        # A side effect has no call to tell its copies by: each region's is a finding.
        self.seen(policy, after=120, verdict="side-effect")

    def story_an_apply_of_thirty_and_a_person_in_one(self):
        """The pipeline changes thirty queues in half a minute; somebody changes one of them too."""
        for number in range(30):
            kind = self.thing(messages.queue)
            causes = [self.ours(kind, number)]
            if number == 3:
                causes.append(self.do(self.bob, 0, kind, 40))
            self.seen(kind, *causes, after=70 + number)

    def story_one_call_yields_several_items(self):
        """Those after the first show only what AWS keeps, and accuse nobody."""
        for make, fields in (
            (databases.db_instance, {"dBInstanceStatus": "modifying"}),
            (databases.table, {"tableStatus": "UPDATING"}),
            (ec2.instance, {"state": {"code": 64, "name": "stopping"}}),
            (balancers.scaling_group, {"instances": [{"instanceId": "i-1"}]}),
        ):
            kind = self.thing(make)
            self.seen(kind, self.do(self.alice, 0, kind), after=9)
            store(kind.thing.config, **fields)()
            self.seen(kind, after=90, verdict="side-effect")

    def story_regions_fold_differently(self):
        """One region's recorder sees two calls apart, another one's sees them together."""
        kind = self.thing(iam.role, "folded")
        before, (home, other, _) = kind.thing.captured, IAM_REGIONS
        alice = self.do(self.alice, 0, kind)
        self.seen(kind, alice, after=12, regions=(home,))
        ours = self.ours(kind, 30, op=1)
        self.seen(kind, ours, after=80, regions=(home,))
        kind.thing.captured = before
        self.seen(kind, alice, ours, after=62, regions=(other,))

    # What AWS does.

    def story_fields_that_aws_keeps(self):
        interface = {"status": "available", "attachment": None}
        stopped = {"stateTransitionReason": "Server.SpotInstanceTermination", "state": {"code": 80}}
        for make, fields in (
            (vpc.subnet, {"availableIpAddressCount": 4067}),
            (interfaces.network_interface, interface),
            (databases.table, {"itemCount": 99, "tableSizeBytes": 4000}),
            (balancers.scaling_group, {"instances": [{"instanceId": "i-0aa11bb22cc33dd44"}]}),
            (databases.db_instance, {"dBInstanceStatus": "backing-up", "latestRestorableTime": "2026-01-01"}),
            (ec2.instance, stopped),
            (builders.stack, {"driftInformation": {"stackDriftStatus": "DRIFTED"}}),
        ):
            kind = self.thing(make, "kept")
            store(kind.thing.config, **fields)()
            # A reboot, or a protected instance, would show in just these fields.
            if make not in {balancers.scaling_group, databases.db_instance}:
                self.do(self.bob, self.pick(*kind.mentions)(), kind, 60)
            self.seen(kind, after=120, verdict="side-effect")

    def story_a_key_and_a_secret_die_when_their_time_has_come(self):
        for make, service, event, host, names in (
            (secrets.key, "kms", "DeleteKey", "AWS Internal", {"keyId": "id"}),
            (
                *(secrets.secret, "secretsmanager", "EndSecretVersionDelete", "secretsmanager.amazonaws.com"),
                {"ARN": "arn", "Name": "name"},
            ),
        ):
            kind = self.thing(make, "doomed")
            kind.thing.config["keyState"] = "PendingDeletion"
            own = [{"accountId": kind.thing.account, "ARN": kind.thing.arn}] if service == "kms" else []
            told = {key: getattr(kind.thing, name) for key, name in names.items()}
            made = self.raw(service, event, None, resources=own)
            who = self.do(self.cast.service_event(host), made, kind, additionalEventData=told)
            self.seen(kind, who, after=180, **GONE)

    # What nobody did, or what is no finding.

    def story_the_call_came_after(self):
        kind = self.thing(messages.queue, "early")
        store(kind.thing.config, KmsMasterKeyId="alias/x")()
        self.seen(kind, after=0, verdict="unattributed")
        self.seen(kind, self.do(self.bob, 0, kind, 20), after=80)

    def story_not_worth_a_word(self):
        more = {"ignored": "no-change", "envelope": "eventbridge"}
        self.seen(self.thing(ec2.volume, "found"), diff="empty", **NEW, **more)
        self.seen(self.thing(databases.table, "same"), diff="empty", **more)
        self.seen(self.thing(compute.function, "again"), ignored="no-change", envelope="raw", diff="none")

    def story_known_noise(self):
        kind, both = (self.thing(balancers.scaling_group, f"noisy-{number}") for number in (1, 2))
        self.seen(kind, self.do(self.cast.app_deploy(), 1, kind), ignored="known-noise")
        self.seen(both, *(self.do(self.alice, number, both, number) for number in (0, 1)))
        scratch = self.thing(databases.table, "scratch-1")
        self.seen(scratch, self.do(self.cast.instance(), 0, scratch), ignored="known-noise")

    def story_the_same_message_twice(self):
        kind = self.thing(messages.topic, "echo")
        truth = self.seen(kind, self.do(self.alice, 0, kind), after=120, envelope="eventbridge")
        detail = config.notification(self.world.items[-1][0], None, "UPDATE")
        body = config.sns(detail, account=kind.thing.account, region=kind.thing.region)
        self.world.messages += [(truth.captures[0], truth.bodies[0]), (truth.captures[0], body)]

    def story_what_is_no_change(self):
        for kind in ("ConfigurationSnapshotDeliveryCompleted", "ComplianceChangeNotification"):
            detail = {"messageType": kind, "recordVersion": "1.1"}
            body = config.sns(detail, account=self.m.account, region=self.m.region)
            self.world.messages.append((self.at, body))

    def story_records_come_and_the_zone_stays(self):
        """The cluster's controller writes records all day; the pipeline changes the zone's comment."""
        kind = self.thing(global_types.hosted_zone, "shop")
        sent = {"hostedZoneId": kind.thing.id, "changeBatch": {"changes": [{"action": "UPSERT"}]}}
        self.do(self.cast.pod(), self.raw("route53", "ChangeResourceRecordSets", sent), kind, 20)
        self.seen(kind, self.ours(kind, op=1), after=120)

    def story_another_accounts_copy(self):
        """The same call stands in another account's trail too."""
        kind = self.thing(storage.bucket, "copied")
        ours = self.ours(kind)
        document, *more = self.world.events[-1]
        other = {"recipientAccountId": SECOND, "eventID": "11111111-2222-3333-4444-555555555555"}
        self.world.events.append(({**document, **other}, *more))
        self.seen(kind, ours)

    def story_parts_without_tags(self):
        for type_, id_, config_ in (
            ("AWS::EC2::EIPAssociation", self.m.hex("eipassoc-0", 16), {"AllocationId": "eipalloc-1"}),
            ("AWS::EC2::VPCGatewayAttachment", f"IGW|{self.m.hex('vpc-0', 16)}", {"AttachmentType": "IGW"}),
            ("AWS::KMS::Alias", f"alias/x{self.m.next()}", {"TargetKeyId": self.m.uuid()}),
            ("AWS::S3::AccountPublicAccessBlock", self.m.account, {"blockPublicAcls": True}),
        ):
            kind = self.world.born(Kind(thing=config.Thing(type=type_, id=id_, config=config_, created=None)))
            kind.thing.tags.clear()
            kind.thing.config["n"] = 1
            self.seen(kind, after=60)
            self.seen(kind, after=120, **GONE)


class FreshStories(Telling):
    """What is not ripe yet, or comes late, where the command runs once: stories for the real command alone."""

    def story_an_account_of_others(self):
        kind = self.world.born(
            messages.queue(Maker("theirs", account=FOREIGN), "theirs"), managed="terraform"
        )
        store(kind.thing.config, DelaySeconds="9")()
        self.seen(kind, after=0, outcome="failed")

    def story_young(self):
        now, deferred = self.world.now, {"outcome": "deferred"}
        for make, actor, minutes, more in (
            (storage.bucket, self.alice, 3, {}),
            (ec2.security_group, self.cast.root(), 9, {}),
            (messages.queue, self.pipeline, 5, deferred),
            (compute.function, self.pipeline, 10, deferred),
            (messages.topic, self.pipeline, 17, {}),
            (messages.alarm, self.cast.linked(), 18, {}),
        ):
            kind, self.at = self.thing(make), now - timedelta(minutes=minutes)
            self.seen(kind, self.do(actor, 0, kind, -70), after=0, **more)
        for minutes in (4, 20, 35):
            kind, self.at = self.thing(databases.table), now - timedelta(minutes=minutes)
            store(kind.thing.config, billingModeSummary={"billingMode": "PROVISIONED"})()
            self.seen(kind, after=0, **deferred)

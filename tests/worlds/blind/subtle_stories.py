"""Stories of the blind world in which a call reaches what it does not name first, or tags say little."""

from tests.worlds.blind import builders, messages
from tests.worlds.blind.config import stamp
from tests.worlds.blind.day import IAM_REGIONS
from tests.worlds.blind.kind import retag, store
from tests.worlds.blind.service import op
from tests.worlds.blind.shorthands import MINUTE, SECOND_, StoryGroup, seconds
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    edge,
    gateways,
    global_types,
    iam,
    interfaces,
)
from tests.worlds.blind.types.ec2 import E, call, done
from tests.worlds.blind.world import KEY


class SubtleStories(StoryGroup):
    """The stories of round-about calls, of regions that fold differently, and of tags that look alike."""

    def story_regions_fold_differently(self, t):
        """One region's recorder sees two calls apart, another one's sees them together."""
        kind = self.thing(iam.role, "folded", regions=IAM_REGIONS[:2])
        before = kind.thing.captured
        alice = self.do(self.cast.alice(), kind.updates[0](), t, kind)
        self.seen(kind, t + seconds(12), alice, regions=IAM_REGIONS[:1])
        ours = self.do(self.pipeline, kind.updates[1](), t + seconds(30), kind)
        self.seen(kind, t + seconds(80), ours, regions=IAM_REGIONS[:1])
        kind.thing.captured = before
        self.seen(kind, t + seconds(62), alice, ours, regions=IAM_REGIONS[1:2])

    def story_made_by_one_and_tagged_by_another(self, t):
        for number, make in enumerate((messages.queue, databases.table, ec2.volume, compute.eks)):
            kind = make(self.m.at(), f"shared-{self.m.next()}")
            kind.thing.tags["Name"] = "shared"
            kind.thing.created = stamp(t.replace(microsecond=0))
            first, second = (self.pipeline, self.cast.alice())[:: 1 if number % 2 else -1]
            made = self.do(first, kind.create(), t, kind)
            marked = self.do(second, kind.tag({KEY: "terraform"}), t + seconds(20), kind)
            self.seen(kind, t + 3 * MINUTE, made, marked, status="ResourceDiscovered")

    def story_the_tag_editor(self, t):
        kinds = [self.thing(make, "edited") for make in (messages.queue, databases.table, ec2.volume)]
        arns = [kind.thing.arn for kind in kinds]

        def change():
            for kind in kinds:
                retag(kind.thing, {KEY: "pulumi"})()

        sent = {"ResourceARNList": arns, "Tags": {KEY: "pulumi"}}
        made = op("resourcegroupstaggingapi", "TagResources", sent, {"FailedResourcesMap": {}})
        made.service, made.change = "tagging", change
        who = self.do(self.cast.alice(), made, t)
        for number, kind in enumerate(kinds):
            self.seen(kind, t + (1 + number) * MINUTE, who)

    def story_an_api_is_deployed(self, t):
        kind = self.thing(gateways.stage, "deployed")
        id_, deployment = kind.thing.arn.split("/")[2], self.m.letters(length=6).lower()
        made = op("apigateway", "CreateDeployment", change=store(kind.thing.config, deploymentId=deployment))
        inner = {"stageName": kind.thing.name, "description": "hotfix"}
        made.request = {"restApiId": id_, "createDeploymentInput": inner, "template": False}
        made.answer = {"id": deployment, "deploymentUpdate": {"restApiId": id_, "deploymentId": deployment}}
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 2 * MINUTE, who)

    def story_groups_are_changed_by_the_interface(self, t):
        host, card = (
            self.thing(ec2.instance, "carded"),
            self.thing(interfaces.network_interface, "card"),
        )
        card.thing.id = host.thing.config["networkInterfaces"][0]["networkInterfaceId"]
        card.thing.arn = self.m.arn("ec2", f"network-interface/{card.thing.id}")
        card.thing.config |= {
            "networkInterfaceId": card.thing.id,
            "attachment": {"instanceId": host.thing.id},
        }
        self.world.born(card, managed="terraform")
        group = {"groupId": self.m.hex("sg-0", 16), "groupName": "open"}

        def change():
            card.thing.config["groups"] = [group]
            host.thing.config["securityGroups"] = [group]

        sent = {"networkInterfaceId": card.thing.id, "groupSet": items({"groupId": group["groupId"]})}
        lists = [(E + "NetworkInterface", card.thing.id), (E + "SecurityGroup", group["groupId"])]
        who = self.do(
            self.cast.alice(), call("ModifyNetworkInterfaceAttribute", sent, done(self.m), lists, change), t
        )
        self.seen(card, t + 2 * MINUTE, who)
        self.seen(host, t + 4 * MINUTE, who)

    def story_a_group_shrinks_by_one(self, t):
        for listed in (True, False):
            kind = self.thing(balancers.scaling_group, "shrunk")
            id_ = self.m.hex("i-0", 16)
            sent = {"InstanceId": id_, "ShouldDecrementDesiredCapacity": True}
            name = kind.thing.name
            lists = [("AWS::AutoScaling::AutoScalingGroup", name)] if listed else [(E + "Instance", id_)]
            made = op("autoscaling", "TerminateInstanceInAutoScalingGroup", sent, lists=lists)
            made.answer = {"activity": {"autoScalingGroupName": name, "activityId": self.m.uuid()}}
            made.change = store(kind.thing.config, desiredCapacity=0, instances=[{"instanceId": "i-1"}])
            who = self.do(self.cast.alice(), made, t, kind)
            self.seen(kind, t + 2 * MINUTE, who)

    def story_a_change_set_is_executed(self, t):
        kind = self.thing(builders.stack, "sets", managed="cloudformation")
        name = kind.thing.name
        sent = {
            "ChangeSetName": self.m.arn("cloudformation", f"changeSet/hotfix/{self.m.uuid()}"),
            "StackName": name,
        }
        lists = [("AWS::CloudFormation::Stack", name)]
        change = store(kind.thing.config, parameters=[{"parameterKey": "Size", "parameterValue": "9"}])
        who = self.do(
            self.cast.alice(),
            op("cloudformation", "ExecuteChangeSet", sent, lists=lists, change=change),
            t,
            kind,
        )
        self.seen(kind, t + 4 * MINUTE, who)

    def story_a_user_is_renamed(self, t):
        kind = self.thing(iam.user, "old-name", regions=IAM_REGIONS)
        thing, old, new = kind.thing, kind.thing.name, f"new-name-{self.m.next()}"

        def rename():
            thing.name, thing.arn = new, thing.arn.replace(old, new)
            thing.config |= {"userName": new, "arn": thing.arn}

        lists = [("AWS::IAM::User", old), ("AWS::IAM::User", new)]
        made = op("iam", "UpdateUser", {"UserName": old, "NewUserName": new}, lists=lists, change=rename)
        who = self.do(self.cast.alice(), made, t, kind)
        self.seen(kind, t + 2 * MINUTE, who, regions=IAM_REGIONS)

    def story_a_tag_of_the_same_value(self, t):
        """A tag without key in the diff has the managed tag's value, and is another one."""
        bare = self.thing(messages.alarm, "bare", managed=None, tags={"tool": "terraform"})
        who = self.do(self.cast.alice(), bare.untag(["tool"]), t, bare)
        self.seen(bare, t + MINUTE, who, envelope="eventbridge")
        both = self.thing(messages.alarm, "both", tags={"tool": "terraform"})
        who = self.do(self.cast.alice(), both.untag(["tool"]), t, both)
        self.seen(both, t + MINUTE, who, envelope="eventbridge")
        more = self.thing(messages.alarm, "more", managed="pulumi")
        who = self.do(self.cast.pulumi(), more.tag({"tool": "pulumi"}), t, more)
        self.seen(more, t + MINUTE, who, envelope="eventbridge")

    def story_siblings_of_one_name(self, t):
        """Things of other kinds, in the same service, bear the same name; alice works on those."""
        for make, service, operation, asked in (
            (
                iam.policy,
                "iam",
                "PutRolePolicy",
                {"RoleName": "other", "PolicyName": "@", "PolicyDocument": "{}"},
            ),
            (
                iam.role,
                "iam",
                "PutUserPolicy",
                {"UserName": "@", "PolicyName": "@", "PolicyDocument": "{}"},
            ),
            (
                edge.web_acl,
                "wafv2",
                "UpdateIPSet",
                {"Name": "@", "Scope": "REGIONAL", "Id": "0f", "Addresses": [], "LockToken": "x"},
            ),
            (builders.glue_job, "glue", "UpdateWorkflow", {"Name": "@", "Description": "d"}),
            (builders.glue_job, "glue", "DeleteTrigger", {"Name": "@"}),
            (messages.rule, "events", "UpdateConnection", {"Name": "@", "Description": "d"}),
            (
                messages.alarm,
                "cloudwatch",
                "PutDashboard",
                {"DashboardName": "@", "DashboardBody": "{}"},
            ),
            (global_types.trail, "cloudtrail", "CreateEventDataStore", {"Name": "@"}),
            (builders.stack, "cloudformation", "UpdateStackSet", {"StackSetName": "@"}),
            (builders.work_group, "athena", "UpdateDataCatalog", {"Name": "@", "Type": "GLUE"}),
            (balancers.load_balancer, "elb", "DeleteLoadBalancer", {"LoadBalancerName": "@"}),
            (balancers.target_group, "elbv2", "CreateLoadBalancer", {"Name": "@"}),
            (balancers.classic, "elbv2", "CreateTargetGroup", {"Name": "@"}),
            (databases.db_cluster, "rds", "DeleteDBInstance", {"DBInstanceIdentifier": "@"}),
            (databases.db_subnet_group, "rds", "ModifyOptionGroup", {"OptionGroupName": "@"}),
            (compute.cluster, "ecs", "DeleteCapacityProvider", {"capacityProvider": "@"}),
        ):
            name = f"sib{self.m.next()}"
            sent = {key: name if value == "@" else value for key, value in asked.items()}
            regions = IAM_REGIONS if make in {iam.policy, iam.role} else ()
            kind = self.world.born(make(self.m.at(), name), managed="terraform", regions=regions)
            self.do(self.cast.alice(), op(service, operation, sent), t + seconds(40), kind)
            ours = self.do(self.pipeline, kind.updates[0](), t, kind)
            label = f"{self.label}/{operation}"
            self.seen(kind, t + 2 * MINUTE, ours, regions=regions, label=label)
            t += 12 * MINUTE / 16

    def story_records_come_and_the_zone_stays(self, t):
        """The cluster's controller writes records all day; the pipeline changes the zone's comment."""
        kind = self.thing(global_types.hosted_zone, "shop")
        batch = {"changes": [{"action": "UPSERT", "resourceRecordSet": {"name": "a.example.com"}}]}
        sent = {"hostedZoneId": kind.thing.id, "changeBatch": batch}
        self.do(
            self.cast.pod(),
            op("route53", "ChangeResourceRecordSets", sent, spell=False),
            t + seconds(20),
            kind,
        )
        ours = self.do(self.pipeline, kind.updates[1](), t, kind)
        self.seen(kind, t + 2 * MINUTE, ours)

    def story_a_cluster_and_its_members(self, t):
        """A cluster and its instance bear names of which one is the other's beginning."""
        cluster = self.world.born(
            databases.db_cluster(self.m.at(), f"twin{self.m.next()}"), managed="terraform"
        )
        name = cluster.thing.name
        member = self.world.born(databases.db_instance(self.m.at(), name), managed="terraform")
        alice = self.do(self.cast.alice(), member.updates[0](), t, member)
        ours = self.do(self.pipeline, cluster.updates[0](), t + seconds(15), cluster)
        self.seen(member, t + 3 * MINUTE, alice)
        self.seen(cluster, t + 3 * MINUTE + SECOND_, ours)

    def story_a_call_that_succeeds_in_part(self, t):
        """One of two endpoints is deleted, the other one is refused, and changed by the pipeline."""
        gone, kept = (self.thing(interfaces.vpc_endpoint, "part") for _ in range(2))
        ids = [{"tag": n, "content": kind.thing.id} for n, kind in enumerate((gone, kept))]
        sent = {"DeleteVpcEndpointsRequest": {"VpcEndpointId": ids}}
        refused = {"item": {"resourceId": kept.thing.id, "error": {"code": "InvalidParameter"}}}
        made = call("DeleteVpcEndpoints", sent, {"DeleteVpcEndpointsResponse": {"unsuccessful": refused}}, [])
        alice = self.do(self.cast.alice(), made, t)
        ours = self.do(self.pipeline, kept.updates[0](), t + seconds(30), kept)
        self.seen(gone, t + 3 * MINUTE, alice, status="ResourceDeleted")
        self.seen(kept, t + 4 * MINUTE, ours)

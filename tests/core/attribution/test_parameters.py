"""Of several updates, the one that sent what differs made the change; where parameters are left out, nobody can tell."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.matching import leads
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.model import Evidence, Managed, Verdict, Workflow
from tests.core.attribution.called import CREATE, DELETE, UPDATE, api, call, matched, of, ranked
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, GROUP_ID, change, entry

MULTI_AZ, PASSWORD = {"multiAZ": True}, {"masterUserPassword": "****", "applyImmediately": True}


def orders(differs="MultiAZ", before=False, after=True, **more):
    path = f"Configuration.{differs}"
    return of("RDS::DBInstance", "db-A", "orders", differs=path, before=before, after=after, **more)


def found(changed, *sent):
    """Return the numbers of the calls that made a change: each later, thus named before, the one before it."""
    calls = [
        call("rds", "ModifyDBInstance", {**ORDERS, **each}, eventID=str(number), before=40 - number)
        for number, each in enumerate(sent, 1)
    ]
    return "".join(match.event.event_id for match in ranked(changed, *calls).matches)


def also(changed, path, before="a", after="b"):
    return replace(changed, diff=(*changed.diff, entry(f"Configuration.{path}", before, after)))


ORDERS = {"dBInstanceIdentifier": "orders"}
HOLDS = {"backupRetentionPeriod": 7, "multiAZ": True, "licenseModel": "x"}


@pytest.mark.parametrize(
    ("changed", "sent", "numbers"),
    [
        # Who sent what differs is named, and not who was nearer.
        (orders(), [MULTI_AZ, PASSWORD], "1"),
        (orders("PendingModifiedValues.MultiAZ"), [MULTI_AZ, PASSWORD], "21"),
        (orders("VpcSecurityGroups.0", None, "sg-1"), [{"vpcSecurityGroupIds": ["sg-1"]}, PASSWORD], "1"),
        # A call that stands alone counts whatever it sent.
        (orders(), [PASSWORD], "1"),
        (orders("PendingModifiedValues.MasterUserPassword"), [PASSWORD], "1"),
        (orders("LoggingEnabled", False, True), [{"enableLogging": True}, PASSWORD], "1"),
        (orders("ScalingConfiguration", 1, 2), [{"newScalingConfig": "x"}, PASSWORD], "1"),
        # What nobody sent, or no more than was sent, tells nobody apart.
        (orders("Something.Else"), [MULTI_AZ, PASSWORD], "21"),
        (orders("LicenseModel", "a", "b"), [MULTI_AZ, {"processorFeatures": [{"name": "a"}]}], "21"),
        (also(orders(), "LicenseModel"), [MULTI_AZ, PASSWORD], "21"),
        # What AWS notes of every change needs no parameter.
        (also(orders(), "LastModifiedTime"), [MULTI_AZ, PASSWORD], "1"),
        # Who sent only what the item shows unchanged did not change the rest.
        (also(orders(state=HOLDS), "LicenseModel"), [MULTI_AZ, {"backupRetentionPeriod": 7}, PASSWORD], "31"),
        # What a later call overwrote may have been done all the same.
        (orders(), [{"multiAZ": False, "storageType": "gp2"}, MULTI_AZ], "21"),
        (orders(), [{"storageType": "io1"}, {**MULTI_AZ, "storageType": "gp3"}], "21"),
        (orders(), [{**MULTI_AZ, "storageType": "gp3"}, {"storageType": "io1"}], "1"),
        # A text that was sent is compared with the one that is there.
        (orders("StorageType", "gp2", "gp3"), [{"storageType": "gp3"}, {"storageType": "gp2"}], "1"),
        (orders("StorageType", "gp2", "gp3"), [{"storageType": "gp2"}, {"storageType": "gp3"}], "21"),
    ],
)
def test_who_sent_what_differs_made_the_change(changed, sent, numbers):
    assert found(changed, *sent) == numbers


LEFT_OUT = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
PATH = {"differs": "Configuration.Path", "before": "/", "after": "/b/"}
MOVED = of("IAM::Group", "AGPA0123456789ABCDEF0", "ops", **PATH)
TAG = {"key": "a", "value": "b"}
MODIFIES = call("rds", "ModifyDBInstance", {**ORDERS, **MULTI_AZ})
TAGS = call("rds", "AddTagsToResource", {"resourceName": "orders", "tags": [TAG]})
UNTAGS = call("rds", "RemoveTagsFromResource", {"resourceName": "orders", "tagKeys": ["a"]})
RULES = {"ipPermissions": [], "ipPermissionsEgress": []}
GROUP = of("EC2::SecurityGroup", "sg-0a1b2c3d", differs="Configuration.IpPermissionsEgress.0", state=RULES)
OPENS = {"groupId": "sg-0a1b2c3d", "ipPermissions": {"items": []}}
EIP = of(
    "EC2::EIP", "eipalloc-0a", differs="Configuration.NetworkInterfaceId", state={"networkInterfaceId": "b"}
)
ATTACHES = call("ec2", "AssociateAddress", {"allocationId": "eipalloc-0a", "networkInterfaceId": "b"})
RULE = {"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0a1b2c3d", "SecurityGroupRule": {"x": "y"}}}
CHANGES = call("ec2", "ModifySecurityGroupRules", RULE)
INGRESS, EGRESS = (call("ec2", f"AuthorizeSecurityGroup{way}", OPENS) for way in ("Ingress", "Egress"))
OPENED = of("EC2::SecurityGroup", "sg-0a1b2c3d", differs="Configuration.IpPermissions.0")


def moves(**sent):
    return call("iam", "UpdateGroup", {"groupName": "ops", **sent}, eventID=f"{sent}")


def tagging(id_):
    tags = {"resourcesSet": {"items": [{"resourceId": id_}]}, "tagSet": {"items": [TAG]}}
    return call("ec2", "CreateTags", tags, before=30)


@pytest.mark.parametrize(
    ("changed", "calls", "names"),
    [
        # By no parameters nobody can tell.
        (MOVED, [moves(newPath="/b/"), moves()], "UpdateGroup UpdateGroup"),
        (MOVED, [moves(newPath="/b/"), moves(**LEFT_OUT)], "UpdateGroup UpdateGroup"),
        # Who only tags changed no setting, and the other way round.
        (orders(), [TAGS, MODIFIES], "ModifyDBInstance"),
        (orders("TagList.0", None, TAG, state=MULTI_AZ), [TAGS, MODIFIES], "AddTagsToResource"),
        (orders("TagList.0", TAG, None, state=MULTI_AZ), [UNTAGS, MODIFIES], "RemoveTagsFromResource"),
        # MultiAZ may have changed, for all we see.
        (orders("TagList.0", None, TAG), [TAGS, MODIFIES], "AddTagsToResource ModifyDBInstance"),
        # Egress rules are sent by the name of the others; what AWS changes by itself, people change as well.
        (also(GROUP, "Tags.0", None), [EGRESS, tagging("sg-0a1b2c3d")], f"{EGRESS.name} CreateTags"),
        (also(EIP, "Tags.0", None), [ATTACHES, tagging("eipalloc-0a")], "AssociateAddress CreateTags"),
        # A call of another name may call things otherwise.
        (OPENED, [INGRESS, CHANGES], "AuthorizeSecurityGroupIngress ModifySecurityGroupRules"),
    ],
)
def test_a_call_is_dropped_only_where_another_explains_all_that_differs(changed, calls, names):
    assert sorted(matched(changed, *calls)) == names.split()


NO_ANSWER = {"responseElements": {"reason": "responseElements too large", "omitted": True}}
TEXT = '{"reason": "requestParameters too large", "omitted": true, "originalSize": 131072}'
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
CI = Workflow(name="ci", principals=("*:user/pipeline",))
OWN = {"userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}}
PREVIOUS = CAPTURED_AT - timedelta(seconds=35, milliseconds=123)


def role(kind=UPDATE):
    return of("IAM::Role", "AROA0123456789ABCDEF", "app", kind=kind, differs="Configuration.RolePolicyList.0")


ROLE, WEB = role(), change(diff=(entry("Configuration.IpPermissions.0", None, {"fromPort": 22}),))
POLICY = "SupplementaryConfiguration.BucketPolicy.policyText"
BUCKET = of("S3::Bucket", "data", "data", "arn:aws:s3:::data", differs=POLICY)
MADE = of("EC2::Instance", "i-0a1b", differs="", kind=CREATE)


def pipeline(line="iam PutRolePolicy roleName=app", **more):
    return api(line, who="pipeline", **more)


def bob(line="iam PutRolePolicy", *, before=30.0, **more):
    return api(line, who="bob", before=before, **{"requestParameters": LEFT_OUT, **more})


def classified(changed, found, changed_by=ChangedBy.CALLED):
    more = {"changed_by": changed_by, "unseen": found.unseen, "tried": "none"}
    return classify(changed, MANAGED, found.matches, (CI,), **more)


HELD, CLEARED = (Verdict.UNATTRIBUTED, [], ["bob"]), (Verdict.IN_WORKFLOW, ["pipeline"], [])
NAMED = (Verdict.OUT_OF_BAND, ["alice", "pipeline"], ["bob"])
MADE_APP = pipeline("iam CreateRole roleName=app", before=60)
ON_GROUP = pipeline(f"ec2 AuthorizeSecurityGroupEgress groupId={GROUP_ID}")
OPEN = "ec2 AuthorizeSecurityGroupIngress"
ON_BUCKET = pipeline("s3 PutBucketPolicy bucketName=data")
RUN = "ec2 RunInstances instanceType=m5.large"
LAUNCHED = bob(RUN, requestParameters={"instanceType": "m5.large"}, **NO_ANSWER)


def listing(bucket):
    listed = {"ARN": f"arn:aws:s3:::{bucket}", "type": "AWS::S3::Bucket", "accountId": ACCOUNT}
    return bob("s3 PutBucketPolicy", resources=[listed])


@pytest.mark.parametrize(
    ("changed", "events", "expected"),
    [
        # It clears nobody, names nobody, and is a lead.
        (ROLE, [pipeline(), bob(before=60)], HELD),
        (ROLE, [pipeline(), bob()], HELD),
        (ROLE, [pipeline(), bob(requestParameters=TEXT)], HELD),
        (ROLE, [bob()], HELD),
        (ROLE, [pipeline(**OWN), bob()], HELD),
        (role(DELETE), [bob("iam DeleteRole")], HELD),
        (role(CREATE), [bob("iam CreateRole")], HELD),
        # Another call out of band is named, and it stays a lead.
        (ROLE, [pipeline(), api("iam PutRolePolicy roleName=app", before=50), bob()], NAMED),
        # What is created is created once, and what is deleted deleted once.
        (role(CREATE), [MADE_APP, bob("iam CreateRole")], CLEARED),
        (role(CREATE), [MADE_APP, bob(before=70)], CLEARED),
        (role(CREATE), [MADE_APP, bob(before=50)], HELD),
        (role(DELETE), [pipeline("iam DeleteRole roleName=app"), bob("iam DeleteRole"), bob()], CLEARED),
        # Where the answer, or what is listed beside the parameters, still names the object, it counts.
        (WEB, [ON_GROUP, bob(f"{OPEN} -> x.groupId={GROUP_ID}")], (NAMED[0], ["bob", "pipeline"], [])),
        (WEB, [ON_GROUP, bob(f"{OPEN} -> x.groupId=sg-another")], CLEARED),
        (BUCKET, [ON_BUCKET, listing("data")], HELD),
        (BUCKET, [ON_BUCKET, listing("another")], CLEARED),
        # An answer alone that is left out matters where only it would tell what was made.
        (MADE, [LAUNCHED], HELD),
        (MADE, [pipeline(f"{RUN} -> instancesSet.items.instanceId=i-0a1b"), LAUNCHED], CLEARED),
        (WEB, [ON_GROUP, bob(OPEN, requestParameters={"groupId": "sg-another"}, **NO_ANSWER)], CLEARED),
        # One that cannot have made such a change holds nobody up.
        (ROLE, [pipeline(before=20), pipeline("iam UpdateRole", requestParameters=LEFT_OUT)], CLEARED),
        (ROLE, [pipeline(before=20), api("iam PutRolePolicy", requestParameters=LEFT_OUT, **OWN)], CLEARED),
        *(
            (ROLE, [pipeline(before=20), harmless], CLEARED)
            for harmless in (
                bob(errorCode="AccessDenied"),
                bob("iam PutUserPolicy"),  # not of a role
                bob("lambda UpdateFunctionConfiguration20150331v2"),
                bob("iam DeleteRole"),  # it would be gone
                bob("iam CreateRole"),  # it was there before
                bob("tagging TagResources"),  # no tag differs
                bob("iam UpdateRole"),  # shows in what did not change
                bob(before=-3),
                bob(before=35),  # before the previous capture
                bob(requestParameters={"omitted": False}),
            )
        ),
    ],
)
def test_a_call_whose_parameters_are_left_out_clears_nobody_blames_nobody_and_is_a_lead(
    changed, events, expected
):
    found = ranked(changed, *events, previous_at=PREVIOUS)
    for changed_by in (ChangedBy.CALLED, ChangedBy.FOLLOWS):
        verdict = classified(changed, found, changed_by)
        named = [match.event.actor.name for match in verdict.matches]
        near = [lead.event.actor.name for lead in leads(found, verdict.verdict, verdict.held)]
        assert (verdict.verdict, named, near) == expected


def test_the_reason_says_why_nobody_is_cleared():
    left_out = "CloudTrail left out the parameters of a call that may have changed it"
    for events, reason in (
        ([pipeline(), bob()], f"{left_out} beside workflow ci"),
        ([bob(), bob(before=31)], f"none; {left_out.replace('a call', '2 calls')}"),
    ):
        assert classified(ROLE, ranked(ROLE, *events)).reason == reason

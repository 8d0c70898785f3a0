"""Calls whose parameters CloudTrail left out: they clear nobody, blame nobody, and are leads."""

from datetime import timedelta

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.matching import leads
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.model import Evidence, Managed, Verdict, Workflow
from tests.core.attribution.called import CREATE, DELETE, UPDATE, api, of, ranked
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, GROUP_ID, change, entry

LEFT_OUT = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
NO_ANSWER = {"responseElements": {"reason": "responseElements too large", "omitted": True}}
TEXT = '{"reason": "requestParameters too large", "omitted": true, "originalSize": 131072}'
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
CI = Workflow(name="ci", principals=("*:user/pipeline",))
OWN = {"userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}}
PREVIOUS = CAPTURED_AT - timedelta(seconds=35, milliseconds=123)


def role(kind=UPDATE):
    return of("IAM::Role", "AROA0123456789ABCDEF", "app", kind=kind, differs="Configuration.RolePolicyList.0")


ROLE, GROUP = role(), change(diff=(entry("Configuration.IpPermissions.0", None, {"fromPort": 22}),))
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
CREATED = pipeline("iam CreateRole roleName=app", before=60)
ON_GROUP = pipeline(f"ec2 AuthorizeSecurityGroupEgress groupId={GROUP_ID}")
INGRESS = "ec2 AuthorizeSecurityGroupIngress"
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
        (role(CREATE), [CREATED, bob("iam CreateRole")], CLEARED),
        (role(CREATE), [CREATED, bob(before=70)], CLEARED),
        (role(CREATE), [CREATED, bob(before=50)], HELD),
        (role(DELETE), [pipeline("iam DeleteRole roleName=app"), bob("iam DeleteRole"), bob()], CLEARED),
        # Where the answer, or what is listed beside the parameters, still names the object, it counts.
        (GROUP, [ON_GROUP, bob(f"{INGRESS} -> x.groupId={GROUP_ID}")], (NAMED[0], ["bob", "pipeline"], [])),
        (GROUP, [ON_GROUP, bob(f"{INGRESS} -> x.groupId=sg-another")], CLEARED),
        (BUCKET, [ON_BUCKET, listing("data")], HELD),
        (BUCKET, [ON_BUCKET, listing("another")], CLEARED),
        # An answer alone that is left out matters where only it would tell what was made.
        (MADE, [LAUNCHED], HELD),
        (MADE, [pipeline(f"{RUN} -> instancesSet.items.instanceId=i-0a1b"), LAUNCHED], CLEARED),
        (GROUP, [ON_GROUP, bob(INGRESS, requestParameters={"groupId": "sg-another"}, **NO_ANSWER)], CLEARED),
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

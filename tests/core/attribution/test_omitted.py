"""Calls whose parameters CloudTrail left out: they clear nobody, blame nobody, and are leads."""

from datetime import timedelta

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.matching import leads
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.model import Evidence, Managed, Verdict, Workflow
from tests.core.attribution.called import CREATE, DELETE, UPDATE, call, of, ranked
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, GROUP_ID, change, entry

LEFT_OUT = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
NO_ANSWER = {"reason": "responseElements too large", "omitted": True, "originalSize": 281_640}
TEXT = '{"reason": "requestParameters too large", "omitted": true, "originalSize": 131072}'
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
CI = Workflow(name="ci", principals=("*:user/pipeline",))
OWN = {"userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}}
PREVIOUS = CAPTURED_AT - timedelta(seconds=35, milliseconds=123)
INGRESS, EGRESS = "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"


def role(kind=UPDATE):
    return of("IAM::Role", "AROA0123456789ABCDEF", "app", kind=kind, differs="Configuration.RolePolicyList.0")


ROLE, GROUP = role(), change(diff=(entry("Configuration.IpPermissions.0", None, {"fromPort": 22}),))
MADE = of("EC2::Instance", "i-0a1b", differs="", kind=CREATE)
POLICY = "SupplementaryConfiguration.BucketPolicy.policyText"
BUCKET = of("S3::Bucket", "data", "data", "arn:aws:s3:::data", differs=POLICY)


def pipeline(name="PutRolePolicy", request=None, response=None, *, source="iam", **more):
    return call(source, name, request or {"roleName": "app"}, response, who="pipeline", **more)


def bob(name="PutRolePolicy", request=LEFT_OUT, response=None, *, source="iam", before=30.0, **more):
    return call(source, name, request, response, who="bob", before=before, **more)


def on_group(make, name, id_=GROUP_ID, answer=None):
    return make(name, {"groupId": id_}, answer, source="ec2")


def answering(id_):
    answer = {"securityGroupRuleSet": {"items": [{"groupId": id_, "isEgress": False}]}}
    return [on_group(pipeline, EGRESS), bob(INGRESS, LEFT_OUT, answer, source="ec2")]


def on_bucket(bucket):
    listed = {"ARN": f"arn:aws:s3:::{bucket}", "type": "AWS::S3::Bucket", "accountId": ACCOUNT}
    mine = pipeline("PutBucketPolicy", {"bucketName": "data"}, source="s3")
    return [mine, bob("PutBucketPolicy", source="s3", resources=[listed] if bucket else None)]


def classified(changed, found, changed_by=ChangedBy.CALLED):
    more = {"changed_by": changed_by, "unseen": found.unseen, "tried": "none"}
    return classify(changed, MANAGED, found.matches, (CI,), **more)


HELD = (Verdict.UNATTRIBUTED, [], ["bob"])
CLEARED = (Verdict.IN_WORKFLOW, ["pipeline"], [])
CREATED = pipeline("CreateRole", before=60)
LAUNCHED = bob("RunInstances", {"instanceType": "m5.large"}, NO_ANSWER, source="ec2")
INSTANCES = {"instancesSet": {"items": [{"instanceId": "i-0a1b"}]}}


@pytest.mark.parametrize(
    ("changed", "events", "expected"),
    [
        # It clears nobody, names nobody, and is a lead.
        (ROLE, [pipeline(), bob(before=60)], HELD),
        (ROLE, [pipeline(), bob()], HELD),
        (ROLE, [pipeline(), bob(request=TEXT)], HELD),
        (ROLE, [bob()], HELD),
        (ROLE, [pipeline(**OWN), bob()], HELD),
        (role(DELETE), [bob("DeleteRole")], HELD),
        (role(CREATE), [bob("CreateRole")], HELD),
        # Another call out of band is named, and it stays a lead.
        (
            ROLE,
            [pipeline(), call("iam", "PutRolePolicy", {"roleName": "app"}, before=50), bob()],
            (Verdict.OUT_OF_BAND, ["alice", "pipeline"], ["bob"]),
        ),
        # What is created is created once, and what is deleted deleted once.
        (role(CREATE), [CREATED, bob("CreateRole")], CLEARED),
        (role(CREATE), [CREATED, bob(before=70)], CLEARED),
        (role(CREATE), [CREATED, bob(before=50)], HELD),
        (role(DELETE), [pipeline("DeleteRole"), bob("DeleteRole"), bob(before=50)], CLEARED),
        # Where the answer, or what is listed beside the parameters, still names the object, it counts.
        (GROUP, answering(GROUP_ID), (Verdict.OUT_OF_BAND, ["bob", "pipeline"], [])),
        (GROUP, answering("sg-another"), CLEARED),
        (BUCKET, on_bucket("data"), HELD),
        (BUCKET, on_bucket("another"), CLEARED),
        (BUCKET, on_bucket(None), HELD),
        # An answer alone that is left out matters where only it would tell what was made.
        (MADE, [LAUNCHED], HELD),
        (MADE, [pipeline("RunInstances", {"x": "y"}, INSTANCES, source="ec2"), LAUNCHED], CLEARED),
        (GROUP, [on_group(pipeline, EGRESS), on_group(bob, INGRESS, "sg-another", NO_ANSWER)], CLEARED),
    ],
)
def test_a_call_whose_parameters_are_left_out_clears_nobody_blames_nobody_and_is_a_lead(
    changed, events, expected
):
    found = ranked(changed, *events, previous_at=CAPTURED_AT - timedelta(hours=1))
    for changed_by in (ChangedBy.CALLED, ChangedBy.FOLLOWS):
        verdict = classified(changed, found, changed_by)
        named = [match.event.actor.name for match in verdict.matches]
        near = [lead.event.actor.name for lead in leads(found, verdict.verdict, verdict.held)]
        assert (verdict.verdict, named, near) == expected


@pytest.mark.parametrize(
    "harmless",
    [
        pipeline("UpdateAssumeRolePolicy", LEFT_OUT, before=30),  # a workflow covers it
        call("iam", "PutRolePolicy", LEFT_OUT, before=30, **OWN),
        bob(errorCode="AccessDenied"),
        bob(readOnly=True),
        bob("PutUserPolicy"),  # not of a role
        bob("UpdateFunctionConfiguration20150331v2", source="lambda"),  # not of this service
        bob("DeleteRole"),  # it would be gone
        bob("CreateRole"),  # it was there before
        bob("TagResources", source="tagging"),  # no tag differs
        bob("UpdateRole"),  # shows in what did not change
        bob(before=3600),
        bob(before=-3),
        bob(before=35),  # before the previous capture
        bob(request={"omitted": False}),
    ],
    ids=lambda event: f"{event.event_id} {event.event_source} {event.error_code}",
)
def test_one_that_cannot_have_made_such_a_change_holds_nobody_up(harmless):
    found = ranked(ROLE, pipeline(before=20), harmless, previous_at=PREVIOUS)
    assert classified(ROLE, found).verdict is Verdict.IN_WORKFLOW


def test_the_reason_says_why_nobody_is_cleared():
    left_out = "CloudTrail left out the parameters of a call that may have changed it"
    for events, reason in (
        ([pipeline(), bob()], f"{left_out} beside workflow ci"),
        ([bob()], f"none; {left_out}"),
        ([bob(), bob(before=31)], f"none; {left_out.replace('a call', '2 calls')}"),
    ):
        assert classified(ROLE, ranked(ROLE, *events)).reason == reason

"""Calls whose parameters CloudTrail left out: they clear nobody, blame nobody, and are leads."""

from datetime import timedelta

import pytest

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.matching import leads
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict, Workflow
from tests.core.attribution.test_matching import call, change, of, ranked
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, REGION, entry

LEFT_OUT = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
NO_ANSWER = {"reason": "responseElements too large", "omitted": True, "originalSize": 281_640}
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
CI = Workflow(name="ci", principals=("*:user/pipeline",))
GROUP = "sg-0a1b2c3d4e5f60718"
GROUP_ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group"


def role(kind=ChangeType.UPDATE):
    diff = (entry("Configuration.RolePolicyList.0", {"policyName": "a"}, {"policyName": "a"}),)
    return of(
        "AWS::IAM::Role", "AROA0123456789ABCDEF", "app", f"arn:aws:iam::{ACCOUNT}:role/app", diff, kind=kind
    )


def by(name, called, request=LEFT_OUT, response=None, source="iam", **more):
    who = {"type": "IAMUser", "userName": name, "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}"}
    return call(called, request, response, source=source, userIdentity=who, **more)


def pipeline(called="PutRolePolicy", request=None, **more):
    return by("pipeline", called, request or {"roleName": "app", "policyDocument": "{}"}, **more)


def bob(called="PutRolePolicy", request=LEFT_OUT, response=None, *, before=30.0, **more):
    return by("bob", called, request, response, before=before, **more)


def judged(changed, *events, changed_by=ChangedBy.CALLED, **more):
    """Return the verdict, who is named, and whose calls are leads."""
    found = ranked(changed, *events, **more)
    verdict = classify(
        changed,
        MANAGED,
        found.matches,
        (CI,),
        changed_by=changed_by,
        unseen=found.unseen,
        tried="nobody found",
    )
    near = leads(found, verdict.verdict, verdict.held)
    named = [match.event.actor.name for match in verdict.matches]
    return verdict.verdict, named, [lead.event.actor.name for lead in near]


HELD = (Verdict.UNATTRIBUTED, [], ["bob"])
CLEARED = (Verdict.IN_WORKFLOW, ["pipeline"], [])


@pytest.mark.parametrize("before", [60.0, 30.0], ids=["before the pipeline", "after it"])
def test_it_clears_nobody_and_is_a_lead(before):
    assert judged(role(), pipeline(), bob(before=before)) == HELD


def test_the_reason_names_nobody_but_says_why_nobody_is_cleared():
    found = ranked(role(), pipeline(), bob())
    verdict = classify(
        role(), MANAGED, found.matches, (CI,), changed_by=ChangedBy.CALLED, unseen=found.unseen
    )
    left_out = "CloudTrail left out the parameters of a call that may have changed it"
    assert verdict.reason == f"{left_out} beside workflow ci"
    alone = ranked(role(), bob())
    verdict = classify(
        role(), MANAGED, (), (CI,), changed_by=ChangedBy.CALLED, unseen=alone.unseen, tried="none"
    )
    assert verdict.reason == f"none; {left_out}"


def test_alone_it_is_a_lead_and_names_nobody():
    assert judged(role(), bob()) == HELD
    assert judged(role(ChangeType.DELETE), bob("DeleteRole")) == HELD
    assert judged(role(ChangeType.CREATE), bob("CreateRole")) == HELD


def test_what_follows_by_itself_is_no_side_effect_beside_it():
    assert judged(role(), bob(), changed_by=ChangedBy.FOLLOWS) == HELD


def test_aws_on_its_own_account_is_not_cleared_beside_it():
    own = {"source": "iam", "userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}}
    assert judged(role(), call("PutRolePolicy", {"roleName": "app"}, **own), bob()) == HELD
    assert judged(role(), pipeline(), call("PutRolePolicy", LEFT_OUT, before=30, **own)) == CLEARED


def test_another_call_out_of_band_is_named_and_it_stays_a_lead():
    alice = by("alice", "PutRolePolicy", {"roleName": "app"}, before=50)
    assert judged(role(), pipeline(), alice, bob()) == (Verdict.OUT_OF_BAND, ["alice", "pipeline"], ["bob"])


def test_one_that_a_workflow_covers_holds_nobody_up():
    assert judged(role(), pipeline(), pipeline("UpdateAssumeRolePolicy", LEFT_OUT, before=30)) == CLEARED


@pytest.mark.parametrize(
    "harmless",
    [
        bob(errorCode="AccessDenied"),
        bob(readOnly=True),
        bob("PutUserPolicy"),  # not of a role
        bob("UpdateFunctionConfiguration20150331v2", source="lambda"),  # not of this service
        bob("DeleteRole"),  # it would be gone
        bob("CreateRole"),  # it was there before
        bob("UpdateRole"),  # shows in what did not change
        bob(before=3600),
        bob(before=-3),
    ],
    ids=lambda event: f"{event.event_id} {event.event_source} {event.error_code}",
)
def test_one_that_cannot_have_made_such_a_change_holds_nobody_up(harmless):
    assert judged(role(), pipeline(), harmless) == CLEARED


def test_one_of_before_the_previous_capture_holds_nobody_up():
    previous = CAPTURED_AT - timedelta(seconds=30, milliseconds=123)
    assert judged(role(), pipeline(before=20), bob(before=30), previous_at=previous) == CLEARED


def test_what_a_creation_was_told_of_is_created_once():
    made = pipeline("CreateRole", {"roleName": "app"}, before=60)
    assert judged(role(ChangeType.CREATE), made, bob("CreateRole")) == CLEARED
    assert judged(role(ChangeType.CREATE), made, bob("PutRolePolicy", before=70)) == CLEARED
    assert judged(role(ChangeType.CREATE), made, bob("PutRolePolicy", before=50)) == HELD


def test_what_is_deleted_is_deleted_once():
    gone = pipeline("DeleteRole", {"roleName": "app"})
    assert (
        judged(role(ChangeType.DELETE), gone, bob("DeleteRole"), bob("PutRolePolicy", before=50)) == CLEARED
    )


def test_where_the_answer_still_names_the_object_it_counts_like_any_other():
    opened = change()
    answer = {"securityGroupRuleSet": {"items": [{"groupId": GROUP, "isEgress": False}]}}
    theirs = bob("AuthorizeSecurityGroupIngress", LEFT_OUT, answer, source="ec2")
    mine = pipeline("AuthorizeSecurityGroupEgress", {"groupId": GROUP}, source="ec2")
    assert judged(opened, mine, theirs) == (Verdict.OUT_OF_BAND, ["bob", "pipeline"], [])
    answer["securityGroupRuleSet"]["items"][0]["groupId"] = "sg-another"
    theirs = bob("AuthorizeSecurityGroupIngress", LEFT_OUT, answer, source="ec2")
    assert judged(opened, mine, theirs) == CLEARED


def test_what_is_listed_beside_the_parameters_clears_those_who_acted_on_another():
    diff = (entry("SupplementaryConfiguration.BucketPolicy.policyText", "a", "b"),)
    changed = of("AWS::S3::Bucket", "data", "data", "arn:aws:s3:::data", diff)
    mine = pipeline("PutBucketPolicy", {"bucketName": "data"}, source="s3")
    for bucket, expected in (("data", HELD), ("another", CLEARED)):
        listed = [{"ARN": f"arn:aws:s3:::{bucket}", "type": "AWS::S3::Bucket", "accountId": ACCOUNT}]
        assert judged(changed, mine, bob("PutBucketPolicy", source="s3", resources=listed)) == expected
    assert judged(changed, mine, bob("PutBucketPolicy", source="s3")) == HELD


def test_an_answer_alone_that_is_left_out_matters_where_only_it_would_tell_what_was_made():
    made = of("AWS::EC2::Instance", "i-0a1b", diff=(), kind=ChangeType.CREATE)
    run = bob("RunInstances", {"instanceType": "m5.large"}, NO_ANSWER, source="ec2")
    assert judged(made, run) == HELD
    mine = pipeline(
        "RunInstances",
        {"x": "y"},
        source="ec2",
        response={"instancesSet": {"items": [{"instanceId": "i-0a1b"}]}},
    )
    assert judged(made, mine, run) == CLEARED
    opened = bob("AuthorizeSecurityGroupIngress", {"groupId": "sg-another"}, NO_ANSWER, source="ec2")
    assert (
        judged(change(), pipeline("AuthorizeSecurityGroupEgress", {"groupId": GROUP}, source="ec2"), opened)
        == CLEARED
    )


def test_it_is_told_by_objects_and_by_their_text_alike():
    text = '{"reason": "requestParameters too large", "omitted": true, "originalSize": 131072}'
    assert judged(role(), pipeline(), bob(request=text)) == HELD
    assert bob(request={"omitted": False}).omitted == ()

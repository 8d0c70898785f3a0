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
ON_APP = {"roleName": "app", "policyDocument": "{}"}


def role(kind=UPDATE):
    return of("IAM::Role", "AROA0123456789ABCDEF", "app", kind=kind, differs="Configuration.RolePolicyList.0")


def group():
    return change(diff=(entry("Configuration.IpPermissions.0", None, {"fromPort": 22}),))


def pipeline(name="PutRolePolicy", request=ON_APP, response=None, *, source="iam", **more):
    return call(source, name, request, response, who="pipeline", **more)


def bob(name="PutRolePolicy", request=LEFT_OUT, response=None, *, source="iam", before=30.0, **more):
    return call(source, name, request, response, who="bob", before=before, **more)


def classified(changed, found, changed_by=ChangedBy.CALLED):
    more = {"changed_by": changed_by, "unseen": found.unseen, "tried": "none"}
    return classify(changed, MANAGED, found.matches, (CI,), **more)


def judged(changed, *events, changed_by=ChangedBy.CALLED, **more):
    """Return the verdict, who is named, and whose calls are leads."""
    found = ranked(changed, *events, **more)
    verdict = classified(changed, found, changed_by)
    named = [match.event.actor.name for match in verdict.matches]
    near = leads(found, verdict.verdict, verdict.held)
    return verdict.verdict, named, [lead.event.actor.name for lead in near]


HELD = (Verdict.UNATTRIBUTED, [], ["bob"])
CLEARED = (Verdict.IN_WORKFLOW, ["pipeline"], [])


@pytest.mark.parametrize(
    "events",
    [
        [pipeline(), bob(before=60)],
        [pipeline(), bob()],
        [pipeline(), bob(request=TEXT)],
        [bob()],
        [pipeline("PutRolePolicy", **OWN), bob()],
    ],
    ids=["before the pipeline", "after it", "told by a text", "alone", "beside AWS itself"],
)
def test_it_clears_nobody_names_nobody_and_is_a_lead(events):
    for changed_by in (ChangedBy.CALLED, ChangedBy.FOLLOWS):
        assert judged(role(), *events, changed_by=changed_by) == HELD


def test_the_reason_says_why_nobody_is_cleared():
    left_out = "CloudTrail left out the parameters of a call that may have changed it"
    for events, reason in (
        ([pipeline(), bob()], f"{left_out} beside workflow ci"),
        ([bob()], f"none; {left_out}"),
        ([bob(), bob(before=31)], f"none; {left_out.replace('a call', '2 calls')}"),
    ):
        assert classified(role(), ranked(role(), *events)).reason == reason


@pytest.mark.parametrize(("kind", "name"), [(DELETE, "DeleteRole"), (CREATE, "CreateRole")])
def test_one_that_makes_or_ends_is_a_lead_to_a_creation_or_an_end(kind, name):
    assert judged(role(kind), bob(name)) == HELD


def test_another_call_out_of_band_is_named_and_it_stays_a_lead():
    alice = call("iam", "PutRolePolicy", {"roleName": "app"}, before=50)
    assert judged(role(), pipeline(), alice, bob()) == (Verdict.OUT_OF_BAND, ["alice", "pipeline"], ["bob"])


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
        bob(request={"omitted": False}),
    ],
    ids=lambda event: f"{event.event_id} {event.event_source} {event.error_code}",
)
def test_one_that_cannot_have_made_such_a_change_holds_nobody_up(harmless):
    assert judged(role(), pipeline(), harmless) == CLEARED


def test_one_of_before_the_previous_capture_holds_nobody_up():
    previous = CAPTURED_AT - timedelta(seconds=30, milliseconds=123)
    assert judged(role(), pipeline(before=20), bob(before=30), previous_at=previous) == CLEARED


def test_what_a_creation_was_told_of_is_created_once_and_what_is_deleted_deleted_once():
    made = pipeline("CreateRole", {"roleName": "app"}, before=60)
    assert judged(role(CREATE), made, bob("CreateRole")) == CLEARED
    assert judged(role(CREATE), made, bob(before=70)) == CLEARED
    assert judged(role(CREATE), made, bob(before=50)) == HELD
    gone = pipeline("DeleteRole", {"roleName": "app"})
    assert judged(role(DELETE), gone, bob("DeleteRole"), bob(before=50)) == CLEARED


@pytest.mark.parametrize(
    ("named", "expected"),
    [(GROUP_ID, (Verdict.OUT_OF_BAND, ["bob", "pipeline"], [])), ("sg-another", CLEARED)],
)
def test_where_the_answer_still_names_the_object_it_counts_like_any_other(named, expected):
    answer = {"securityGroupRuleSet": {"items": [{"groupId": named, "isEgress": False}]}}
    theirs = bob("AuthorizeSecurityGroupIngress", LEFT_OUT, answer, source="ec2")
    mine = pipeline("AuthorizeSecurityGroupEgress", {"groupId": GROUP_ID}, source="ec2")
    assert judged(group(), mine, theirs) == expected


@pytest.mark.parametrize(("listed", "expected"), [("data", HELD), ("another", CLEARED), (None, HELD)])
def test_what_is_listed_beside_the_parameters_clears_those_who_acted_on_another(listed, expected):
    path = "SupplementaryConfiguration.BucketPolicy.policyText"
    changed = of("S3::Bucket", "data", "data", "arn:aws:s3:::data", differs=path)
    bucket = {"ARN": f"arn:aws:s3:::{listed}", "type": "AWS::S3::Bucket", "accountId": ACCOUNT}
    theirs = bob("PutBucketPolicy", source="s3", resources=[bucket] if listed else None)
    mine = pipeline("PutBucketPolicy", {"bucketName": "data"}, source="s3")
    assert judged(changed, mine, theirs) == expected


def test_an_answer_alone_that_is_left_out_matters_where_only_it_would_tell_what_was_made():
    made = of("EC2::Instance", "i-0a1b", differs="", kind=CREATE)
    run = bob("RunInstances", {"instanceType": "m5.large"}, NO_ANSWER, source="ec2")
    assert judged(made, run) == HELD
    answer = {"instancesSet": {"items": [{"instanceId": "i-0a1b"}]}}
    assert judged(made, pipeline("RunInstances", {"x": "y"}, answer, source="ec2"), run) == CLEARED
    opened = bob("AuthorizeSecurityGroupIngress", {"groupId": "sg-another"}, NO_ANSWER, source="ec2")
    mine = pipeline("AuthorizeSecurityGroupEgress", {"groupId": GROUP_ID}, source="ec2")
    assert judged(group(), mine, opened) == CLEARED

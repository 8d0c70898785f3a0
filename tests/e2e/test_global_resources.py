"""One change of a global resource, recorded by several regions, is one finding."""

import json
from datetime import timedelta

from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT, ago, call, item, message

ROLE_ID = "AROAEXAMPLEEXAMPLE777"


def role_changed(region, seconds):
    """Return the message about a role whose policy changed an hour ago, as one region's recorder wrote it."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    configuration = {"roleName": "deploy", "roleId": ROLE_ID, "arn": arn}
    about = {"resourceType": "AWS::IAM::Role", "resourceId": ROLE_ID, "resourceName": "deploy", "ARN": arn}
    captured_at = ago(60) + timedelta(seconds=seconds)
    document = item(1, captured_at, awsRegion=region, configuration=configuration, **about)
    entry = {"previousValue": None, "updatedValue": {"policyName": "inline"}, "changeType": "CREATE"}
    diff = {"changedProperties": {"Configuration.RolePolicyList.0": entry}, "changeType": "UPDATE"}
    return json.dumps({**json.loads(message(document, diff)), "region": region})


def put_policy(aws, *, account=ACCOUNT, who="alice@example.com"):
    """Let somebody change the role: IAM's calls are in us-east-1."""
    request = {"roleName": "deploy", "policyName": "inline", "policyDocument": "{}"}
    about = {"eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "responseElements": None}
    record = call(1, who=who, name="PutRolePolicy", requestParameters=request, lag=90, **about)
    theirs = json.loads(json.dumps(record).replace(ACCOUNT, account))
    aws.add_event(theirs, resource_names=[("AWS::IAM::Role", "deploy")])


def test_a_role_that_several_regions_recorded_is_told_once_in_one_run_and_in_the_next(aws, queue, drain):
    """What waits for another message's finding, that Slack did not take, is not deleted before that is told."""
    put_policy(aws)
    for seconds, region in enumerate(("us-east-1", "eu-west-1", "ap-southeast-2")):
        aws.send(queue, role_changed(region, seconds * 25))
    aws.fail("slack", "chat.postMessage", "channel_not_found", times=1)
    assert drain(**slack(aws)).returncode == 1
    assert len(aws.messages(queue)) == 3
    aws.jump(timedelta(minutes=3))
    (found,) = records(drain(**slack(aws)))
    assert (found["verdict"], found["change"]["region"]) == ("out-of-band", "global")
    assert found["event"]["event_name"] == "PutRolePolicy"
    assert len(aws.slack_messages) == 1
    aws.send(queue, role_changed("eu-central-1", 90))
    again = drain(**slack(aws))
    assert len(records(again)) == 1, "what is printed shows everything; what is posted is posted once"
    assert len(aws.slack_messages) == 1
    assert aws.messages(queue) == []

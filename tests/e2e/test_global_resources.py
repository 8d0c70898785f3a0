"""One change of a global resource, recorded by several regions, is one finding; two resources are two."""

import json
from datetime import timedelta

from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT, ago, call, group_id, item, listed, message

ROLE_ID = "AROAEXAMPLEEXAMPLE777"


def role_changed(region, seconds):
    """Return the message about a role whose policy changed an hour ago, as one region's recorder wrote it."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    document = item(
        1,
        ago(60) + timedelta(seconds=seconds),
        awsRegion=region,
        resourceType="AWS::IAM::Role",
        resourceId=ROLE_ID,
        resourceName="deploy",
        ARN=arn,
        configuration={"roleName": "deploy", "roleId": ROLE_ID, "arn": arn},
    )
    entry = {"previousValue": None, "updatedValue": {"policyName": "inline"}, "changeType": "CREATE"}
    diff = {"changedProperties": {"Configuration.RolePolicyList.0": entry}, "changeType": "UPDATE"}
    return json.dumps({**json.loads(message(document, diff)), "region": region})


def put_policy(aws, seconds=0, *, account=ACCOUNT, who="alice@example.com"):
    """Let somebody change the role: IAM's calls are in us-east-1."""
    record = call(
        1,
        who=who,
        name="PutRolePolicy",
        eventSource="iam.amazonaws.com",
        awsRegion="us-east-1",
        requestParameters={"roleName": "deploy", "policyName": "inline", "policyDocument": "{}"},
        responseElements=None,
        lag=90 - seconds,
    )
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


def test_two_changes_of_a_role_are_two_findings_whoever_recorded_them(aws, queue, drain):
    found = []
    for seconds in (0, 300):
        put_policy(aws, seconds=seconds)
        aws.send(queue, role_changed("eu-west-1", seconds))
        aws.send(queue, role_changed("us-east-1", seconds + 10))
        found += records(drain(**slack(aws)))
    assert len(found) == len({each["event"]["event_id"] for each in found}) == 2
    assert len(aws.slack_messages) == 2


def test_two_resources_that_one_call_changed_are_two_findings_of_one_event(aws, queue, drain):
    record = call(1, 60, name="CreateTags")
    record["requestParameters"] = {
        "resourcesSet": {"items": [{"resourceId": group_id(number)} for number in (1, 2)]},
        "tagSet": {"items": [{"key": "owner", "value": "alice"}]},
    }
    aws.add_event(record, resource_names=[*listed(1), *listed(2)])
    entry = {"updatedValue": "alice", "changeType": "CREATE"}
    diff = {"changedProperties": {"Tags.1": entry}, "changeType": "UPDATE"}
    for number in (1, 2):
        aws.send(queue, message(item(number, ago(60)), diff))
    found = records(drain(**slack(aws)))
    assert {each["change"]["resource_id"] for each in found} == {group_id(1), group_id(2)}
    assert len({each["finding_id"] for each in found}) == 2
    assert {each["event"]["event_id"] for each in found} == {record["eventID"]}
    assert {each["verdict"] for each in found} == {"out-of-band"}
    (posted,) = aws.slack_messages
    assert all(f"web-{number}" in json.dumps(posted) for number in (1, 2))

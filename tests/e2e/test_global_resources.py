"""One change of a global resource, recorded by several regions, is one finding; two resources are two."""

import json
import uuid
from datetime import timedelta

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, ago, call, group_id, item, listed, message, stamp

ROLE_ID = "AROAEXAMPLEEXAMPLE777"


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def queue(aws):
    return aws.create_queue("changes", visibility=30, max_receives=10, dlq_url=aws.create_queue("dead"))


def role(region, seconds, name="deploy"):
    """Return the message about a role whose policy changed an hour ago, as one region's recorder wrote it."""
    captured_at = ago(60) + timedelta(seconds=seconds)
    document = item(1, captured_at)
    document |= {
        "awsRegion": region,
        "resourceType": "AWS::IAM::Role",
        "resourceId": ROLE_ID,
        "resourceName": name,
        "ARN": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "configurationItemCaptureTime": stamp(captured_at),
        "configuration": {"roleName": name, "roleId": ROLE_ID, "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"},
    }
    changed = {
        "changedProperties": {
            "Configuration.RolePolicyList.0": {
                "previousValue": None,
                "updatedValue": {"policyName": "inline"},
                "changeType": "CREATE",
            }
        },
        "changeType": "UPDATE",
    }
    body = json.loads(message(document, changed))
    body["region"] = region
    return json.dumps(body)


def put_policy(aws, seconds=0, name="deploy", policy="inline"):
    """Let somebody change the role: IAM's calls are in us-east-1."""
    record = call(
        1,
        60,
        name="PutRolePolicy",
        eventSource="iam.amazonaws.com",
        awsRegion="us-east-1",
        requestParameters={"roleName": name, "policyName": policy, "policyDocument": "{}"},
        responseElements=None,
        eventID=str(uuid.uuid4()),
        lag=90 - seconds,
    )
    aws.add_event(record, resource_names=[("AWS::IAM::Role", name)])


def drain(aws, home, queue, *arguments, slack=True):
    settings = {
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }
    done = command.run(
        aws, home, "drain", "--queue-url", queue, "--format", "jsonl", *arguments, **settings if slack else {}
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_role_that_three_regions_recorded_is_one_finding_of_one_run(aws, queue, tmp_path):
    put_policy(aws)
    for seconds, region in enumerate(("us-east-1", "eu-west-1", "ap-southeast-2")):
        aws.send(queue, role(region, seconds * 25))
    (found,) = drain(aws, tmp_path, queue)
    assert (found["verdict"], found["change"]["region"]) == ("out-of-band", "global")
    assert found["event"]["event_name"] == "PutRolePolicy"
    assert len(aws.slack_messages) == 1
    assert aws.messages(queue) == []


def test_a_role_that_another_region_recorded_later_is_not_told_by_the_next_run(aws, queue, tmp_path):
    put_policy(aws)
    aws.send(queue, role("eu-west-1", 0))
    assert len(drain(aws, tmp_path, queue)) == 1
    aws.send(queue, role("us-east-1", 90))
    drain(aws, tmp_path, queue)
    assert len(aws.slack_messages) == 1
    assert aws.messages(queue) == []


def test_two_changes_of_a_role_are_two_findings_whoever_recorded_them(aws, queue, tmp_path):
    put_policy(aws, seconds=0, policy="first")
    aws.send(queue, role("eu-west-1", 0))
    aws.send(queue, role("us-east-1", 3))
    first = drain(aws, tmp_path, queue)
    put_policy(aws, seconds=300, policy="second")
    aws.send(queue, role("us-east-1", 310))
    aws.send(queue, role("eu-west-1", 330))
    second = drain(aws, tmp_path, queue)
    assert (len(first), len(second)) == (1, 1)
    assert first[0]["event"]["event_id"] != second[0]["event"]["event_id"]
    assert len(aws.slack_messages) == 2


def test_what_slack_did_not_take_is_told_later_though_another_region_recorded_it_too(aws, queue, tmp_path):
    """What waits for the other message's finding is not deleted before that is told."""
    put_policy(aws)
    for seconds, region in enumerate(("us-east-1", "eu-west-1")):
        aws.send(queue, role(region, seconds * 25))
    aws.fail("slack", "chat.postMessage", "channel_not_found", times=1)
    done = command.run(
        aws,
        tmp_path,
        *("drain", "--queue-url", queue),
        IACWATCH_SLACK__TOKEN="xoxb-demo",
        IACWATCH_SLACK__CHANNEL="#infra",
        IACWATCH_SLACK__API_URL=aws.slack_url,
    )
    assert done.returncode == 1
    assert len(aws.messages(queue)) == 2
    aws.jump(timedelta(minutes=3))
    drain(aws, tmp_path, queue)
    assert len(aws.slack_messages) == 1
    assert aws.messages(queue) == []


def test_two_resources_that_one_call_changed_are_two_findings_of_one_event(aws, queue, tmp_path):
    record = call(1, 60, name="CreateTags")
    record["requestParameters"] = {
        "resourcesSet": {"items": [{"resourceId": group_id(number)} for number in (1, 2)]},
        "tagSet": {"items": [{"key": "owner", "value": "alice"}]},
    }
    aws.add_event(record, resource_names=[*listed(1), *listed(2)])
    diff = {
        "changedProperties": {"Tags.1": {"updatedValue": "alice", "changeType": "CREATE"}},
        "changeType": "UPDATE",
    }
    for number in (1, 2):
        aws.send(queue, message(item(number, ago(60)), diff))
    found = drain(aws, tmp_path, queue)
    assert {each["change"]["resource_id"] for each in found} == {group_id(1), group_id(2)}
    assert len({each["finding_id"] for each in found}) == 2
    assert {each["event"]["event_id"] for each in found} == {record["eventID"]}
    assert {each["verdict"] for each in found} == {"out-of-band"}
    (posted,) = aws.slack_messages
    assert all(f"web-{number}" in json.dumps(posted) for number in (1, 2))

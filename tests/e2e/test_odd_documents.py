"""Documents that are easily read wrong, through the real command: empty objects, AWS under root, regions, settling."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, message, stamp

CASES = Path(__file__).parents[1] / "data" / "cases"
MANAGED = {"managed-by": "terraform"}
INSTANCE = "i-5bd6914d2d5d96f05"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
GATEWAY = "cgw-35e72a98"


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def case(name):
    """Return a recorded document."""
    return json.loads((CASES / name).read_text(encoding="utf-8"))


def diff(*entries):
    """Return a notification's diff of (path, previous, updated)."""
    return {
        "changeType": "UPDATE",
        "changedProperties": {
            path: {"previousValue": old, "updatedValue": new, "changeType": "UPDATE"}
            for path, old, new in entries
        },
    }


def item(type_, id_, minutes, *, region=REGION, **more):
    """Return the CI of some resource."""
    service = type_.split("::")[1].lower()
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": stamp(ago(minutes)),
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": region,
        "resourceType": type_,
        "resourceId": id_,
        "ARN": f"arn:aws:{service}:{region}:{ACCOUNT}:thing/{id_}",
        "configuration": {},
        "supplementaryConfiguration": {},
        "relationships": [],
        "tags": MANAGED,
        **more,
    }


def record(name, minutes, region):
    """Return a recorded call, made a minute before a change so many minutes ago."""
    at = ago(minutes) - timedelta(seconds=60)
    here = {"eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "recipientAccountId": ACCOUNT, "readOnly": False}
    return {**case(name), **here, "awsRegion": region}


def firewall(aws, minutes, *, oversized=False):
    """Let alice turn a firewall's default from allow to block; return the message, which bears no diff."""
    body = case("waf-default-action.message.json")
    document = body["detail"]["configurationItem"]
    id_ = f"{minutes:08d}-bf7c-3706-d85c-524e44006655"
    document = json.loads(json.dumps(document).replace("8b0e7153-bf7c-3706-d85c-524e44006655", id_))
    document["configurationItemCaptureTime"] = stamp(ago(minutes))
    before = {**document["configuration"], "DefaultAction": {"Allow": {}}}
    aws.add_item({**document, "configuration": before, "configurationItemCaptureTime": stamp(ago(4000))})
    aws.add_item(document)
    asked = {"id": id_, "name": "waf-acl", "scope": "REGIONAL", "defaultAction": {"block": {}}}
    update = call(1, minutes, name="UpdateWebACL", eventSource="wafv2.amazonaws.com", requestParameters=asked)
    aws.add_event(update, resource_names=[(None, id_)])
    detail = {**body["detail"], "configurationItem": document}
    if oversized:
        summary = {key: value for key, value in document.items() if not isinstance(value, dict | list)}
        detail = {
            "messageType": "OversizedConfigurationItemChangeNotification",
            "configurationItemSummary": {**summary, "changeType": "UPDATE"},
            "s3DeliverySummary": {"s3BucketLocation": "bucket/key"},
        }
    return json.dumps({**body, "detail": detail})


def gateway(aws, minutes):
    """Let alice make a gateway, whose item says that a region is not applicable; return the message."""
    body = json.loads(json.dumps(case("region-not-applicable.json")))
    document = body["detail"]["configurationItem"]
    document |= {"configurationItemCaptureTime": stamp(ago(minutes)), "tags": MANAGED}
    answer = {"customerGateway": {"customerGatewayId": GATEWAY}}
    made = call(1, minutes, name="CreateCustomerGateway", awsRegion="us-east-1", responseElements=answer)
    aws.add_event({**made, "requestParameters": {"type": "ipsec.1"}}, resource_names=[(None, GATEWAY)])
    return json.dumps(body)


def test_each_is_read_for_what_it_says(aws, tmp_path):
    queue = aws.create_queue("changes", visibility=30)
    aws.add_event(record("root-for-autoscaling.record.json", 70, REGION), resource_names=[(None, INSTANCE)])
    aws.add_event(record("aws-internal.record.json", 70, "us-west-2"), resource_names=[(None, KEY)])
    state = ("Configuration.State.Name", "running", "terminated")
    stack = ("Configuration.StackStatus", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    stopped = ("Configuration.Status", "RUNNING", "STOPPED")
    host_key = ("Configuration.HostKey", "-----old", "-----new")
    for body in (
        firewall(aws, 60),
        firewall(aws, 61, oversized=True),
        gateway(aws, 70),
        message(item("AWS::EC2::Instance", INSTANCE, 70), diff(state)),
        message(
            item(
                "AWS::KMS::Key", KEY, 70, region="us-west-2", ARN=f"arn:aws:kms:us-west-2:{ACCOUNT}:key/{KEY}"
            ),
            diff(("Configuration.KeyPolicy", "a", "b")),
        ),
        message(item("AWS::CloudFormation::Stack", "arn:aws:cloudformation:x", 70), diff(stack)),
        message(item("AWS::AppRunner::Service", "shop", 70), diff(stopped)),
        message(item("AWS::Transfer::Server", "s-0123456789", 70), diff(host_key)),
    ):
        aws.send(queue, body)
    done = command.run(aws, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", "--verdict", "all")
    assert done.returncode == 0, done.stderr
    found = {}
    for line in map(json.loads, done.stdout.splitlines()):
        kind = line["change"]["resource_type"].rpartition("::")[2]
        found.setdefault(kind, []).append(line)
    judged = {kind: {line["verdict"] for line in lines} for kind, lines in found.items()}
    assert judged == {
        "WebACL": {"out-of-band"},
        "CustomerGateway": {"out-of-band"},
        "Instance": {"aws-service"},
        "Key": {"aws-service"},
        "Stack": {"side-effect"},
        "Service": {"unattributed"},
        "Server": {"unattributed"},
    }
    assert len(found["WebACL"]) == 2
    for line in found["WebACL"]:
        assert line["actor"]["name"] == "alice@example.com"
        assert {
            (each["path"], each["change_type"], str(each["previous"]), str(each["updated"]))
            for each in line["change"]["changed_properties"]
        } == {
            ("Configuration.DefaultAction.Allow", "DELETE", "{}", "None"),
            ("Configuration.DefaultAction.Block", "CREATE", "None", "{}"),
        }
    assert found["CustomerGateway"][0]["change"]["region"] == "us-east-1"
    assert found["Instance"][0]["actor"]["name"] == "autoscaling.amazonaws.com"
    assert found["Key"][0]["actor"]["name"] == "kms.amazonaws.com"
    (changed,) = found["Server"][0]["change"]["changed_properties"]
    assert (changed["previous"], changed["updated"]) == ("(redacted)", "(redacted)")


def test_an_empty_object_that_history_shows_is_reported_as_well(aws, tmp_path):
    firewall(aws, 60)
    done = command.run(
        aws,
        tmp_path,
        *("backfill", "--since", "3h", "--format", "jsonl", "--resource-type", "AWS::WAFv2::WebACL"),
    )
    assert done.returncode == 0, done.stderr
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["verdict"], line["actor"]["name"]) == ("out-of-band", "alice@example.com")
    assert len(line["change"]["changed_properties"]) == 2

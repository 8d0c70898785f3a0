"""Documents that are easily read wrong, through the real command: empty objects, AWS under root, regions, settling."""

import json
from pathlib import Path

from tests.fixtures.command import records
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, item, message, oversized, stamp

CASES = Path(__file__).parents[1] / "data" / "cases"
MANAGED = {"managed-by": "terraform"}
INSTANCE = "i-5bd6914d2d5d96f05"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
GATEWAY = "cgw-35e72a98"
FIREWALL = "8b0e7153-bf7c-3706-d85c-524e44006655"


def case(name):
    """Return a recorded document."""
    return json.loads((CASES / name).read_text(encoding="utf-8"))


def changed(type_, id_, path, old, new, *, region=REGION, **more):
    """Return the message about some resource."""
    service = type_.split("::")[1].lower()
    arn = f"arn:aws:{service}:{region}:{ACCOUNT}:thing/{id_}"
    more = {"awsRegion": region, "ARN": arn, "configuration": {}, "resourceName": None, **more}
    entry = {"previousValue": old, "updatedValue": new, "changeType": "UPDATE"}
    diff = {"changeType": "UPDATE", "changedProperties": {path: entry}}
    return message(item(0, ago(70), resourceType=type_, resourceId=id_, **more), diff)


def recorded_call(aws, name, region, about):
    """Let a recorded call be made, a minute before a change."""
    here = {"eventTime": call(0, 70, lag=60)["eventTime"], "recipientAccountId": ACCOUNT, "readOnly": False}
    aws.add_event({**case(name), **here, "awsRegion": region}, resource_names=[(None, about)])


def firewall(aws, minutes):
    """Let alice turn a firewall's default from allow to block; return the message, which bears no diff."""
    id_ = FIREWALL.replace("8b0e7153", f"{minutes:08d}")
    body = json.loads(json.dumps(case("waf-default-action.message.json")).replace(FIREWALL, id_))
    document = body["detail"]["configurationItem"]
    document["configurationItemCaptureTime"] = stamp(ago(minutes))
    before = {**document["configuration"], "DefaultAction": {"Allow": {}}}
    aws.add_item({**document, "configuration": before, "configurationItemCaptureTime": stamp(ago(4000))})
    aws.add_item(document)
    asked = {"id": id_, "name": "waf-acl", "scope": "REGIONAL", "defaultAction": {"block": {}}}
    update = call(1, minutes, name="UpdateWebACL", eventSource="wafv2.amazonaws.com", requestParameters=asked)
    aws.add_event(update, resource_names=[(None, id_)])
    return json.dumps(body)


def gateway(aws):
    """Let alice make a gateway, whose item says that a region is not applicable; return the message."""
    body = case("region-not-applicable.json")
    body["detail"]["configurationItem"] |= {"configurationItemCaptureTime": stamp(ago(70)), "tags": MANAGED}
    answer = {"customerGateway": {"customerGatewayId": GATEWAY}}
    made = call(1, 70, name="CreateCustomerGateway", awsRegion="us-east-1", responseElements=answer)
    aws.add_event({**made, "requestParameters": {"type": "ipsec.1"}}, resource_names=[(None, GATEWAY)])
    return json.dumps(body)


def test_each_is_read_for_what_it_says(aws, queue, drain):
    recorded_call(aws, "root-for-autoscaling.record.json", REGION, INSTANCE)
    recorded_call(aws, "aws-internal.record.json", "us-west-2", KEY)
    of_key = {"region": "us-west-2", "ARN": f"arn:aws:kms:us-west-2:{ACCOUNT}:key/{KEY}"}
    for body in (
        firewall(aws, 60),
        oversized(firewall(aws, 61)),
        gateway(aws),
        changed("AWS::EC2::Instance", INSTANCE, "Configuration.State.Name", "running", "terminated"),
        changed("AWS::KMS::Key", KEY, "Configuration.KeyPolicy", "a", "b", **of_key),
    ):
        aws.send(queue, body)
    done = drain("--verdict", "all")
    assert done.returncode == 0, done.stderr
    found = {}
    for line in records(done):
        found.setdefault(line["change"]["resource_type"].rpartition("::")[2], []).append(line)
    judged = {
        kind: {(line["verdict"], line["actor"]["name"]) for line in lines} for kind, lines in found.items()
    }
    assert judged == {
        "WebACL": {("out-of-band", "alice@example.com")},
        "CustomerGateway": {("out-of-band", "alice@example.com")},
        "Instance": {("aws-service", "autoscaling.amazonaws.com")},
        "Key": {("aws-service", "kms.amazonaws.com")},
    }
    assert len(found["WebACL"]) == 2
    for line in found["WebACL"]:
        assert {
            (each["path"], each["change_type"], str(each["previous"]), str(each["updated"]))
            for each in line["change"]["changed_properties"]
        } == {
            ("Configuration.DefaultAction.Allow", "DELETE", "{}", "None"),
            ("Configuration.DefaultAction.Block", "CREATE", "None", "{}"),
        }
    assert found["CustomerGateway"][0]["change"]["region"] == "us-east-1"

"""Whoever forges evidence clears nobody, blames nobody, and leads iacwatch nowhere."""

import json

from tests.fixtures.command import records
from tests.fixtures.small_world import (
    ACCOUNT,
    REGION,
    ago,
    call,
    change,
    group_id,
    happen,
    item,
    listed,
    message,
)

OTHER = "999988887777"
CI = f"arn:aws:iam::{ACCOUNT}:role/ci-deploy"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*"
WORKFLOWS = {
    "IACWATCH_WORKFLOW": json.dumps(
        [
            {"name": "ci", "managed_by": ["terraform"], "principals": [CI]},
            {"name": "by hand", "managed_by": ["manual"], "principals": [SSO]},
        ]
    )
}
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.70.0"


def role(arn):
    """Return a session of a role."""
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    who = call(0, who="run-1")["userIdentity"]
    issuer = {**who["sessionContext"]["sessionIssuer"], "arn": arn, "accountId": account, "userName": name}
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/run-1"
    return {**who, "arn": arn, "accountId": account, "sessionContext": {"sessionIssuer": issuer}}


def retagged(before, after):
    entry = {"previousValue": before, "updatedValue": after, "changeType": "UPDATE" if before else "CREATE"}
    diff = {"changeType": "UPDATE", "changedProperties": {"Tags.managed-by": entry}}
    return {"tags": {"managed-by": after}, "diff": diff}


ALIKE = {
    "managed-by": "terraform",
    "Managed-By": "manual",
    "managed-by ": "manual",
    "managed\u2010by": "manual",
}
TAGGED = {"name": "CreateTags"}
IN, OUT = "in-workflow", "out-of-band"
CASES = {
    "the pipeline itself": (IN, {"userIdentity": role(CI)}, {}),
    "an agent that says terraform": (OUT, {"userAgent": TERRAFORM}, {}),
    "another partition": (OUT, {"userIdentity": role(CI.replace("arn:aws:", "arn:aws-cn:"))}, {}),
    "tags that look like the managed one": (OUT, TAGGED, {"tags": ALIKE}),
    "a tag that the intruder sets": (OUT, TAGGED, retagged(None, "terraform")),
    "a tag's value that the intruder may change": (OUT, TAGGED, retagged("terraform", "manual")),
    # Else all of these could be passed by a rule that never clears anybody.
    "what was the intruder's to change": (IN, {}, {"tags": {"managed-by": "manual"}}),
}
"""What is right, fields of the call, and of the change."""


def test_nobody_is_cleared_by_what_anybody_can_write(aws, queue, drain):
    for number, (_, called, changed) in enumerate(CASES.values()):
        document = item(number, ago(60 + number), changed.get("tags"))
        aws.send(queue, message(document, changed.get("diff")))
        aws.add_event(call(number, 60 + number, **called), resource_names=listed(number))
    done = drain("--verdict", "all", **WORKFLOWS)
    assert done.returncode == 0, done.stderr
    assert "can be forged" not in done.stderr
    found = {each["change"]["resource_id"]: each for each in records(done)}
    by_case = {name: found[group_id(number)] for number, name in enumerate(CASES)}
    verdicts = {name: each["verdict"] for name, each in by_case.items()}
    assert verdicts == {name: right for name, (right, *_) in CASES.items()}
    assert by_case["an agent that says terraform"]["actor"]["tool"] == "terraform"
    for name in ("tags that look like the managed one", "a tag that the intruder sets"):
        assert by_case[name]["change"]["managed_by"] == "terraform"
    taken = by_case["a tag's value that the intruder may change"]
    assert taken["change"]["managed_by"] == "terraform"
    assert "manual" in taken["reason"]


def test_without_a_workflow_an_agent_is_believed_and_every_run_warns_of_it(aws, queue, drain):
    happen(aws, queue, 1, userAgent=TERRAFORM)
    done = drain("--verdict", "all")
    assert [found["verdict"] for found in records(done)] == [IN]
    assert "which can be forged" in done.stderr


REGIONS = (
    "evil.example.com/", "eu-west-1.evil.example.com", "eu-west-1@evil.example.com", "evil.example.com#", "eu-west-1/", "../eu-west-1",
    "EU-WEST-1", "eu-west-1\n", "eu-west-1 ", "localhost:8080", "127.0.0.1", "eu-west-\uff11", "eu-west-1:443", "x" * 300, "-", "169.254.169.254",
)  # fmt: skip
ACCOUNTS = (
    "evil", "111122223333:role/x", f"{ACCOUNT}/", f"{ACCOUNT}\n", f" {ACCOUNT}", "\u0661" * 12, "\uff12" * 12, "*", "1" * 13, "1" * 11, "../" * 4,
    f"{ACCOUNT}@evil.com", "", [OTHER], {"account": OTHER}, True,
)  # fmt: skip


def test_what_is_no_region_and_no_account_leads_nowhere(aws, queue, drain):
    aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch-read")
    sent = [aws.send(queue, change(1, awsRegion=region)) for region in REGIONS]
    for account in ACCOUNTS:
        body = json.loads(change(1, awsAccountId=account, ARN=f"arn:aws:ec2:eu-west-1:{account}:x"))
        sent.append(aws.send(queue, json.dumps({**body, "account": account})))
    accounts = {"IACWATCH_ACCOUNTS__ALLOWED": '["*"]', "IACWATCH_ACCOUNTS__ROLE_NAME": "iacwatch-read"}
    done = drain(**accounts)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert all(sum(each in line for line in done.stderr.splitlines()) == 1 for each in sent)
    assert {each.id for each in aws.messages(queue)} == set(sent)
    # Nor does an ARN that disagrees with them.
    aws.send(queue, change(1, ARN=f"arn:aws-cn:ec2:cn-north-1:{OTHER}:security-group/x"))
    aws.send(queue, change(2, ARN=f"arn:evil:iam::{OTHER}:role/x", resourceType="AWS::IAM::Role"))
    found = records(drain(**accounts))
    assert {(each["verdict"], each["change"]["account_id"]) for each in found} == {("unattributed", ACCOUNT)}
    assert "evil" not in json.dumps([each["links"] for each in found])
    assert {(each.account_id, each.region) for each in aws.calls} == {
        (ACCOUNT, REGION),
        (ACCOUNT, "us-east-1"),
    }
    assert not [each for each in aws.calls if each.operation == "AssumeRole"]

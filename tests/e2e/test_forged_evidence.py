"""Whoever forges evidence leads iacwatch nowhere."""

import json

from tests.fixtures.command import records
from tests.fixtures.small_world import ACCOUNT, REGION, change, happen

OTHER = "999988887777"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.70.0"


def test_without_a_workflow_an_agent_is_believed_and_every_run_warns_of_it(aws, queue, drain):
    happen(aws, queue, 1, userAgent=TERRAFORM)
    done = drain("--verdict", "all")
    assert [found["verdict"] for found in records(done)] == ["in-workflow"]
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

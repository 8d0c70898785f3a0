"""Whoever forges evidence clears nobody, blames nobody, and leads iacwatch nowhere."""

import json

import pytest

from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import AwsError
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, change, group_id, item, listed, message

OTHER = "999988887777"
CI = f"arn:aws:iam::{ACCOUNT}:role/ci-deploy"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*"
WORKFLOWS = [
    {"name": "ci", "managed_by": ["terraform"], "principals": [CI]},
    {"name": "by hand", "managed_by": ["manual"], "principals": [SSO]},
]
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.70.0"


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def queue(aws):
    return aws.create_queue("changes", visibility=60, max_receives=50, dlq_url=aws.create_queue("dead"))


@pytest.fixture
def drain(aws, queue, tmp_path):
    def run(*bodies, workflows=WORKFLOWS, **more):
        for body in bodies:
            aws.send(queue, body)
        given = dict(more)
        if workflows:
            given["IACWATCH_WORKFLOW"] = json.dumps(workflows)
        line = ("drain", "--queue-url", queue, "--verdict", "all", "--format", "jsonl")
        done = command.run(aws, tmp_path, *line, **given)
        assert "Traceback" not in done.stderr
        return done, [json.loads(each) for each in done.stdout.splitlines()]

    return run


def role(number, arn, session="run-1", **more):
    """Return a call by a session of a role."""
    made = call(number, who=session, **more)
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    who = made["userIdentity"]
    who |= {"arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}", "accountId": account}
    who["sessionContext"]["sessionIssuer"] |= {"arn": arn, "accountId": account, "userName": name}
    return made


def judged(drain, aws, made, body=None, **more):
    """Return the one finding of a group that was changed by such a call."""
    aws.add_event(made, resource_names=listed(1))
    done, findings = drain(body or change(1), **more)
    assert done.returncode == 0, done.stderr
    (found,) = findings
    return found


def test_the_pipeline_itself_is_in_its_workflow(drain, aws):
    assert judged(drain, aws, role(1, CI))["verdict"] == "in-workflow"


@pytest.mark.parametrize("session", ["ci-deploy", "AWSServiceRoleForX"])
def test_a_session_named_like_the_pipeline_is_no_pipeline(drain, aws, session):
    found = judged(drain, aws, call(1, who=session))
    assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", session)


def test_an_agent_that_says_terraform_is_no_pipeline_where_principals_are_configured(drain, aws):
    found = judged(drain, aws, call(1, userAgent=TERRAFORM))
    assert (found["verdict"], found["actor"]["tool"]) == ("out-of-band", "terraform")


def test_without_a_workflow_an_agent_is_believed_and_every_run_warns_of_it(drain, aws):
    aws.add_event(call(1, userAgent=TERRAFORM), resource_names=listed(1))
    done, (found,) = drain(change(1), workflows=[])
    assert found["verdict"] == "in-workflow"
    assert "which can be forged" in done.stderr


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{OTHER}:role/ci-deploy",
        f"arn:aws:iam::{ACCOUNT}:role/mallory/ci-deploy",
        f"arn:aws:iam::{ACCOUNT}:role/ci-deploy-2",
        f"arn:aws-cn:iam::{ACCOUNT}:role/ci-deploy",
    ],
)
def test_a_role_of_the_same_name_elsewhere_is_no_pipeline(drain, aws, arn):
    found = judged(drain, aws, role(1, arn))
    assert (found["verdict"], found["actor"]["principal"]) == ("out-of-band", arn)


def test_a_user_called_like_the_role_is_no_pipeline(drain, aws):
    made = call(1)
    made["userIdentity"] = {
        "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": f"arn:aws:iam::{ACCOUNT}:user/role/ci-deploy",
        "accountId": ACCOUNT, "accessKeyId": "AKIAEXAMPLE", "userName": "role/ci-deploy",
    }  # fmt: skip
    assert judged(drain, aws, made)["verdict"] == "out-of-band"


def test_another_tag_that_looks_like_the_managed_one_says_nothing(drain, aws):
    tags = {
        "managed-by": "terraform",
        "Managed-By": "manual",
        "managed-by ": "manual",
        "managed\u2010by": "manual",
    }
    found = judged(drain, aws, call(1, name="CreateTags"), change(1, tags=tags))
    assert (found["verdict"], found["change"]["managed_by"]) == ("out-of-band", "terraform")


def retagged(before, after):
    entry = {"previousValue": before, "updatedValue": after, "changeType": "UPDATE" if before else "CREATE"}
    document = item(1, ago(60), tags={"managed-by": after})
    return message(document, {"changeType": "UPDATE", "changedProperties": {"Tags.managed-by": entry}})


def test_a_tag_that_the_intruder_sets_does_not_clear_the_change_that_sets_it(drain, aws):
    found = judged(drain, aws, call(1, name="CreateTags"), retagged(None, "terraform"))
    assert (found["verdict"], found["change"]["managed_by"]) == ("out-of-band", "terraform")


def test_a_tags_value_that_the_intruder_may_change_does_not_clear_changing_it(drain, aws):
    found = judged(drain, aws, call(1, name="CreateTags"), retagged("terraform", "manual"))
    assert (found["verdict"], found["change"]["managed_by"]) == ("out-of-band", "terraform")
    assert "manual" in found["reason"]


def test_what_was_already_the_intruders_to_change_is_in_the_workflow(drain, aws):
    # Else the tests above could be passed by a rule that never clears anybody.
    assert judged(drain, aws, call(1), change(1, tags={"managed-by": "manual"}))["verdict"] == "in-workflow"


def asked(aws):
    """Return which calls were made, and where."""
    return {(each.service, each.operation, each.account_id, each.region) for each in aws.calls}


@pytest.mark.parametrize("allowed", [[], ["123456789012"]])
def test_an_account_that_is_not_allowed_is_a_failure_and_no_role_is_assumed_there(drain, aws, queue, allowed):
    aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch-read")
    body = change(1, awsAccountId=OTHER, ARN=f"arn:aws:ec2:{REGION}:{OTHER}:security-group/{group_id(1)}")
    accounts = {"IACWATCH_ACCOUNTS__ALLOWED": json.dumps(allowed)}
    if allowed:
        accounts["IACWATCH_ACCOUNTS__ROLE_NAME"] = "iacwatch-read"
    done, findings = drain(body, **accounts)
    assert (done.returncode, findings) == (1, [])
    assert f"account {OTHER} is not ours and not in [accounts] allowed" in done.stderr
    assert {service for service, *_ in asked(aws)} == {"sqs", "sts"}
    assert not [each for each in aws.calls if each.operation == "AssumeRole"]
    assert len(aws.messages(queue)) == 1


def test_an_account_that_is_allowed_is_asked_by_its_role(drain, aws):
    aws.add_role(f"arn:aws:iam::{OTHER}:role/iacwatch-read")
    body = change(1, awsAccountId=OTHER)
    accounts = {
        "IACWATCH_ACCOUNTS__ALLOWED": json.dumps([OTHER]),
        "IACWATCH_ACCOUNTS__ROLE_NAME": "iacwatch-read",
    }
    drain(body, **accounts)
    assert ("cloudtrail", "LookupEvents", OTHER, REGION) in asked(aws)


REGIONS = (
    "evil.example.com/", "eu-west-1.evil.example.com", "eu-west-1@evil.example.com", "evil.example.com#", "eu-west-1/", "../eu-west-1",
    "EU-WEST-1", "eu-west-1\n", "eu-west-1 ", "localhost:8080", "127.0.0.1", "eu-west-\uff11", "eu-west-1:443", "x" * 300, "-", "169.254.169.254",
)  # fmt: skip
ACCOUNTS = (
    "evil", "111122223333:role/x", f"{ACCOUNT}/", f"{ACCOUNT}\n", f" {ACCOUNT}", "\u0661" * 12, "*", "1" * 13, "../" * 4, f"{ACCOUNT}@evil.com",
)  # fmt: skip


def test_what_is_no_region_and_no_account_leads_nowhere(drain, aws, queue):
    bodies = [change(1, awsRegion=region) for region in REGIONS]
    bodies += [change(1, awsAccountId=account) for account in ACCOUNTS]
    accounts = {"IACWATCH_ACCOUNTS__ALLOWED": '["*"]', "IACWATCH_ACCOUNTS__ROLE_NAME": "iacwatch-read"}
    done, findings = drain(*bodies, **accounts)
    assert (done.returncode, findings) == (1, [])
    assert len(aws.messages(queue)) == len(bodies)
    assert asked(aws) <= {
        ("sqs", operation, ACCOUNT, REGION)
        for operation in (
            "GetQueueAttributes",
            "ReceiveMessage",
            "DeleteMessageBatch",
            "ChangeMessageVisibilityBatch",
        )
    } | {("sts", "GetCallerIdentity", ACCOUNT, REGION)}


@pytest.mark.parametrize("region", REGIONS)
def test_no_client_is_made_for_what_is_no_region(monkeypatch, region):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(AwsError, match="is not an AWS region"):
        Sessions(region=REGION, account_id=ACCOUNT).client("cloudtrail", region=region)


@pytest.mark.parametrize("region", ["zz-nowhere-9", "eu-evil-1", "cn-evil-1", "us-gov-evil-2"])
def test_a_region_that_could_be_one_leads_to_no_host_but_aws(monkeypatch, region):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    sessions = Sessions(region=REGION, account_id=ACCOUNT)
    for service in ("cloudtrail", "config"):
        host = sessions.client(service, region=region).meta.endpoint_url
        assert host.removesuffix(".cn").endswith(f"{region}.amazonaws.com"), host


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        ("AWS::EC2::SecurityGroup", f"arn:aws:ec2:us-west-2:{OTHER}:security-group/{group_id(1)}"),
        pytest.param(
            "AWS::EC2::SecurityGroup",
            f"arn:aws-cn:ec2:cn-north-1:{OTHER}:security-group/{group_id(1)}",
            marks=pytest.mark.slow,
        ),
        pytest.param("AWS::IAM::Role", f"arn:aws-cn:iam::{OTHER}:role/x", marks=pytest.mark.slow),
        ("AWS::IAM::Role", f"arn:evil:iam::{OTHER}:role/x"),
    ],
)
def test_an_arn_that_disagrees_with_account_and_region_leads_nowhere(drain, aws, kind, arn):
    done, (found,) = drain(change(1, resourceType=kind, ARN=arn))
    assert done.returncode == 0, done.stderr
    assert (found["verdict"], found["change"]["account_id"]) == ("unattributed", ACCOUNT)
    lookups = {
        (account, region) for _, operation, account, region in asked(aws) if operation == "LookupEvents"
    }
    assert lookups == {(ACCOUNT, "us-east-1" if kind == "AWS::IAM::Role" else REGION)}
    assert not [each for each in aws.calls if each.operation == "AssumeRole"]
    assert "evil" not in json.dumps(found["links"])
    assert not found["links"]["config"] or found["links"]["config"].startswith(
        "https://eu-west-1.console.aws.amazon.com/"
    )

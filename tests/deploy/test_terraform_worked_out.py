"""The Terraform module, worked out by terraform itself, says what the CloudFormation template says."""

import json
from typing import Any

import pytest

from tests.deploy.given import EVERYTHING, SLACK
from tests.deploy.modules import TERRAFORM, Module, snake
from tests.deploy.stacks import Stack, allowed, loaded

pytestmark = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")

CASES = {
    "nothing but a channel": SLACK,
    "everything": EVERYTHING,
    "an organization": {"OrganizationId": "o-abcdefghij", "SlackWebhookSecret": "hook"},
    "log files": {"TrailSource": "s3://trail/org/AWSLogs", **SLACK},
    "athena with results of its own": {
        **SLACK,
        "TrailSource": "athena",
        "AthenaDatabase": "audit",
        "AthenaTable": "logs",
        "AthenaRecords": "s3://trail",
    },
}


@pytest.fixture(scope="module")
def module() -> Module:
    return Module()


def variables(parameters: dict[str, str]) -> dict[str, Any]:
    """Return Terraform's variables for CloudFormation's parameters."""
    known, found = loaded()["Parameters"], {}
    for name, value in parameters.items():
        kind = known[name]["Type"]
        if kind == "CommaDelimitedList":
            found[snake(name)] = value.split(",")
        elif value.startswith(("[", "{")):
            found[snake(name)] = json.loads(value)
        else:
            found[snake(name)] = value == "true" if name == "Reconcile" else value
    return {"package_file": "iacwatch-lambda.zip", **found}


def readable(environment: dict[str, str]) -> dict[str, Any]:
    """Return an environment with its JSON read: how that is spaced is no difference."""
    return {
        name: json.loads(value) if value.startswith(("[", "{")) else value
        for name, value in environment.items()
    }


POLICIES = {
    "function": "aws_iam_role_policy.function",
    "reconcile": "aws_iam_role_policy.reconcile",
    "Queue": "aws_sqs_queue_policy.changes",
    "DeadLetterQueue": "aws_sqs_queue_policy.dead_letters",
    "RuleDeadLetterQueue": "aws_sqs_queue_policy.rule_dead_letters",
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_both_give_the_function_the_same_environment_and_allow_the_same(tmp_path, module, given):
    given = given | {"Reconcile": "true"}
    policies = {
        name: f"jsondecode({module.expression(resource, 'policy')}).Statement"
        for name, resource in POLICIES.items()
    }
    wanted = {"environment": "local.environment", "read": "local.read_statements", **policies}
    made = module.worked_out(tmp_path, wanted, **variables(given))
    stack = Stack(**given)
    rest = {"IACWATCH_TRAIL__CALLS_PER_SECOND": "1.0"}
    theirs = stack.properties("Function")["Environment"]["Variables"]
    assert readable(made["environment"] | rest) == readable(theirs)
    assert allowed(made["read"]) == allowed(stack.properties("ReadPolicy")["PolicyDocument"]["Statement"])
    for role, name in (("FunctionRole", "function"), ("ReconcileRole", "reconcile")):
        (own,) = stack.properties(role)["Policies"]
        # GetAtt's ARN of a log group ends in :*, Terraform's does not.
        ours = {(act, where.removesuffix(":*"), how) for act, where, how in allowed(made[name])}
        assert ours == allowed(own["PolicyDocument"]["Statement"])
    for queue in ("Queue", "DeadLetterQueue", "RuleDeadLetterQueue"):
        assert made[queue] == stack.properties(f"{queue}Policy")["PolicyDocument"]["Statement"]


def test_both_rules_take_the_same_changes_and_only_the_queue_has_the_dead_letter_queue(tmp_path, module):
    policy = module.expression("aws_sqs_queue_redrive_allow_policy.dead_letters", "redrive_allow_policy")
    member = Module(member=True).expression("aws_cloudwatch_event_rule.forward", "event_pattern")
    wanted = {"mine": "local.event_pattern", "member": member, "policy": policy}
    made = module.worked_out(
        tmp_path, {name: f"jsondecode({each})" for name, each in wanted.items()}, package_file="a.zip"
    )
    assert made["mine"] == made["member"] == Stack().properties("Rule")["EventPattern"]
    theirs = Stack().properties("DeadLetterQueue")["RedriveAllowPolicy"]
    # CloudFormation cannot refer to the queue itself here.
    assert made["policy"] | {"sourceQueueArns": theirs["sourceQueueArns"]} == theirs
    assert made["policy"]["sourceQueueArns"] == ["Queue.Arn"]


@pytest.mark.parametrize(
    "given", [EVERYTHING, {"OrganizationId": "o-abcdefghij"}], ids=["accounts", "organization"]
)
def test_both_let_the_same_accounts_send(tmp_path, module, given):
    policy = module.expression("aws_cloudwatch_event_bus_policy.members", "policy")
    made = module.worked_out(tmp_path, {"policy": f"jsondecode({policy})"}, **variables(given))
    (mine,) = made["policy"]["Statement"]
    (theirs,) = Stack(**given).of_type("AWS::Events::EventBusPolicy")
    theirs = {"Sid": theirs["StatementId"], **theirs["Statement"]}
    if isinstance(mine["Principal"], dict):
        # An account's number and its root say the same.
        mine["Principal"]["AWS"] = [arn.split(":")[4] for arn in mine["Principal"]["AWS"]]
    assert mine == theirs


@pytest.mark.parametrize("given", [{}, {"ExternalId": "between-us", "CentralRegion": "us-east-1"}])
def test_both_members_trust_and_send_alike(tmp_path, given):
    module = Module(member=True)
    wanted = {
        "trust": f"jsondecode({module.expression('aws_iam_role.read', 'assume_role_policy')})",
        "read": f"jsondecode({module.expression('aws_iam_role_policy.read', 'policy')}).Statement",
        "forward": f"jsondecode({module.expression('aws_iam_role_policy.forward', 'policy')}).Statement",
        "bus": module.expression("aws_cloudwatch_event_target.forward", "arn"),
    }
    chosen = {"CentralAccountId": "111122223333", **given}
    made = module.worked_out(tmp_path, wanted, **{snake(name): value for name, value in chosen.items()})
    stack = Stack(member=True, **chosen)
    role, forward = stack.properties("ReadRole"), stack.properties("ForwardRole")
    (target,) = stack.properties("Rule")["Targets"]
    assert made["trust"] == role["AssumeRolePolicyDocument"]
    assert made["read"] == role["Policies"][0]["PolicyDocument"]["Statement"]
    assert made["forward"] == forward["Policies"][0]["PolicyDocument"]["Statement"]
    assert made["bus"] == target["Arn"]

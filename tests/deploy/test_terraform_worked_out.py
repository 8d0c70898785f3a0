"""The Terraform module, worked out by terraform itself, says what the CloudFormation template says."""

import json
from typing import Any

import pytest

from tests.deploy.modules import RESOURCES, TERRAFORM, Module, snake
from tests.deploy.stacks import ACCOUNT, EVERYTHING, Stack, allowed, loaded

pytestmark = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")

ORGANIZATION = {
    "OrganizationId": "o-abcdefghij",
    "SlackWebhookSecret": "hook",
    "TrailSource": "s3://trail/org",
}
FUNCTIONS = {"Function": "function", "ReconcileFunction": "reconcile"}
QUEUES = ("Queue", "DeadLetterQueue", "RuleDeadLetterQueue")


def variables(parameters: dict[str, str]) -> dict[str, Any]:
    """Return Terraform's variables for CloudFormation's parameters."""
    known, found = loaded()["Parameters"], {}
    for name, value in parameters.items():
        if known[name]["Type"] == "CommaDelimitedList":
            found[snake(name)] = value.split(",")
        else:
            found[snake(name)] = json.loads(value) if value.startswith(("[", "{")) else value
    return {"package_file": "iacwatch-lambda.zip", **found}


def readable(environment: dict[str, str]) -> dict[str, Any]:
    """Return an environment with its JSON read: how that is spaced is no difference."""
    return {
        name: json.loads(value) if value.startswith(("[", "{")) else value
        for name, value in environment.items()
    }


def policies(module: Module, **wanted: str) -> dict[str, str]:
    """Return expressions for policies, read, of a resource's argument each."""
    return {name: f"jsondecode({module.expression(*where.rsplit('.', 1))})" for name, where in wanted.items()}


@pytest.mark.parametrize(
    "given", [{}, EVERYTHING, ORGANIZATION], ids=["nothing", "everything", "organization"]
)
def test_both_give_the_functions_the_same_environment_and_allow_the_same(tmp_path, given):
    module, given = Module(), given | {"Reconcile": "true"}
    wanted = policies(
        module,
        **{queue: f"{RESOURCES[f'{queue}Policy']}.policy" for queue in QUEUES},
        **{f"{name}Role": f"aws_iam_role_policy.{role}.policy" for name, role in FUNCTIONS.items()},
        bus="aws_cloudwatch_event_bus_policy.members.policy",
        redrive="aws_sqs_queue_redrive_allow_policy.dead_letters.redrive_allow_policy",
    )
    for name in FUNCTIONS:
        wanted[name] = module.expression(RESOURCES[name], "environment.variables")
    wanted |= {"read": "local.read_statements", "pattern": "local.event_pattern"}
    made = module.worked_out(tmp_path, wanted, **variables(given))
    stack = Stack(**given)
    for name in FUNCTIONS:
        function = stack.properties(name)
        assert readable(made[name]) == readable(function["Environment"]["Variables"])
        (own,) = stack.properties(function["Role"].removesuffix(".Arn"))["Policies"]
        # GetAtt's ARN of a log group ends in :*, Terraform's does not.
        mine = allowed(made[f"{name}Role"]["Statement"])
        ours = {(act, where.removesuffix(":*"), how) for act, where, how in mine}
        assert ours == allowed(own["PolicyDocument"]["Statement"])
    assert allowed(made["read"]) == allowed(stack.properties("ReadPolicy")["PolicyDocument"]["Statement"])
    for queue in QUEUES:
        assert made[queue] == stack.properties(f"{queue}Policy")["PolicyDocument"]
    assert json.loads(made["pattern"]) == stack.properties("Rule")["EventPattern"]
    # CloudFormation cannot refer to the queue itself here.
    theirs = stack.properties("DeadLetterQueue")["RedriveAllowPolicy"]
    assert made["redrive"] == theirs | {"sourceQueueArns": ["Queue.Arn"]}
    for bus in stack.of_type("AWS::Events::EventBusPolicy"):
        (mine,) = made["bus"]["Statement"]
        if isinstance(mine["Principal"], dict):
            # An account's number and its root say the same.
            mine["Principal"]["AWS"] = [arn.split(":")[4] for arn in mine["Principal"]["AWS"]]
        assert mine == {"Sid": bus["StatementId"], **bus["Statement"]}


@pytest.mark.parametrize("given", [{}, {"ExternalId": "between-us", "CentralRegion": "us-east-1"}])
def test_both_members_trust_and_send_alike(tmp_path, given):
    module = Module(member=True)
    wanted = policies(
        module,
        trust="aws_iam_role.read.assume_role_policy",
        read="aws_iam_role_policy.read.policy",
        forward="aws_iam_role_policy.forward.policy",
        pattern="aws_cloudwatch_event_rule.forward.event_pattern",
    )
    wanted["bus"] = module.expression("aws_cloudwatch_event_target.forward", "arn")
    chosen = {"CentralAccountId": ACCOUNT, **given}
    made = module.worked_out(tmp_path, wanted, **{snake(name): value for name, value in chosen.items()})
    stack = Stack(member=True, **chosen)
    role, forward, rule = map(stack.properties, ("ReadRole", "ForwardRole", "Rule"))
    assert made["trust"] == role["AssumeRolePolicyDocument"]
    assert made["read"] == role["Policies"][0]["PolicyDocument"]
    assert made["forward"] == forward["Policies"][0]["PolicyDocument"]
    assert made["pattern"] == rule["EventPattern"]
    assert made["bus"] == rule["Targets"][0]["Arn"]

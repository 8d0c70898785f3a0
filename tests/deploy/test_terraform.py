"""The Terraform module says what the CloudFormation template says: as parsed, and as terraform works it out."""

import json
import re

import pytest

from iacwatch.deploy.template import text
from tests.deploy.modules import RESOURCES, TERRAFORM, Module, snake
from tests.deploy.stacks import EVERYTHING, Stack, allowed, loaded

ARGUMENTS = {
    **dict.fromkeys(("QueueName", "TableName", "LogGroupName"), "name"),
    "MessageRetentionPeriod": "message_retention_seconds",
    "VisibilityTimeout": "visibility_timeout_seconds",
    "KeySchema.AttributeName": "hash_key",
    "AttributeDefinitions.AttributeType": "attribute.type",
    "TimeToLiveSpecification.AttributeName": "ttl.attribute_name",
    "TimeToLiveSpecification.Enabled": "ttl.enabled",
    "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": "point_in_time_recovery.enabled",
}
"""What Terraform does not call as CloudFormation does."""


def flat(node, path=""):
    """Yield the values of properties with their paths, by the first of what there are several of."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from flat(value, f"{path}{name}.")
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        yield from flat(node[0], path)
    else:
        yield path[:-1], node


def test_both_make_the_same_resources_and_say_the_same_of_each():
    module = Module()
    stack = Stack(Reconcile="true", MemberAccounts="222233334444", AddressIndex="true")
    said = {}
    for name, resource in RESOURCES.items():
        for path, value in flat(stack.properties(name) if name in stack.resources else {}):
            given = module.fact(resource, ARGUMENTS.get(path, snake(path)))
            if given is not None and "${" not in str(given):
                said[name, path] = (value, given)
    assert {where: values for where, values in said.items() if values[0] != values[1]} == {}
    assert len(said) >= 113, "fewer: one of them lacks what the other says"
    assert RESOURCES.keys() == loaded()["Resources"].keys()
    assert {*RESOURCES.values()} <= module.resources.keys()
    assert "maxReceiveCount = 15" in module.fact("aws_sqs_queue.changes", "redrive_policy")
    assert stack.properties("Queue")["RedrivePolicy"]["maxReceiveCount"] == 15


@pytest.mark.parametrize("member", [False, True])
def test_each_parameter_is_a_variable_with_the_same_default(member):
    module, parameters = Module(member=member), loaded(member=member)["Parameters"]
    names = {name: snake(name) for name in parameters if not name.startswith("Code")}
    assert {*names.values()} | (set() if member else {"package_file"}) == module.variables.keys()
    for name, variable in names.items():
        both = (parameters[name].get("Default"), module.default(variable))
        mine, theirs = ("" if each in ([], {}, None) else str(each).lower() for each in both)
        assert mine == theirs, name


@pytest.mark.parametrize("member", [False, True])
def test_both_name_the_same_permissions_and_variables_of_the_environment(member):
    services = "athena|cloudformation|cloudtrail|config|dynamodb|events|glue|kms|lambda|logs|s3|secretsmanager|sqs|ssm"
    named = re.compile(rf"\b(?:{services}):[A-Z]\w+|IACWATCH_\w+|sts:Assume\w+")
    first, second = ({*named.findall(text(form, member=member))} for form in ("terraform", "cloudformation"))
    assert first == second != set()


# As terraform itself works it out.
with_terraform = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")
FUNCTIONS = {"Function": "function", "ReconcileFunction": "reconcile"}
QUEUES = ("Queue", "DeadLetterQueue", "RuleDeadLetterQueue")
ORGANIZATION = {"OrganizationId": "o-abcdefghij", "TrailSource": "s3://trail/org"}


def read(values):
    """Return values with their JSON read: how that is spaced is no difference."""
    return {name: json.loads(each) if each[:1] in {"[", "{"} else each for name, each in values.items()}


def variables(parameters):
    """Return Terraform's variables for CloudFormation's parameters."""
    lists = {name for name, each in loaded()["Parameters"].items() if each["Type"] == "CommaDelimitedList"}
    given = {name: value.split(",") if name in lists else value for name, value in read(parameters).items()}
    return {"package_file": "iacwatch-lambda.zip", **{snake(name): value for name, value in given.items()}}


@with_terraform
@pytest.mark.parametrize("given", [{}, EVERYTHING, ORGANIZATION])
def test_both_give_the_functions_the_same_environment_and_allow_the_same(tmp_path, given):
    module, given = Module(), given | {"Reconcile": "true"}
    policies = {queue: f"{RESOURCES[f'{queue}Policy']}.policy" for queue in QUEUES}
    policies |= {f"{name}Role": f"aws_iam_role_policy.{role}.policy" for name, role in FUNCTIONS.items()}
    policies["bus"] = "aws_cloudwatch_event_bus_policy.members.policy"
    policies["redrive"] = "aws_sqs_queue_redrive_allow_policy.dead_letters.redrive_allow_policy"
    wanted = {name: f"jsondecode({module.expression(where)})" for name, where in policies.items()}
    wanted |= {name: module.expression(f"{RESOURCES[name]}.environment.variables") for name in FUNCTIONS}
    wanted |= {"read": "local.read_statements", "pattern": "local.event_pattern"}
    made = module.worked_out(tmp_path, wanted, **variables(given))
    stack = Stack(**given)
    for name in FUNCTIONS:
        assert read(made[name]) == read(stack.environment(name))
        (own,) = stack.properties(stack.properties(name)["Role"].removesuffix(".Arn"))["Policies"]
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

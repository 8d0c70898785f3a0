"""The Terraform module says what the CloudFormation template says: the same facts, compared as parsed."""

import re
import subprocess

import pytest

from iacwatch.deploy.template import text
from tests.deploy.modules import RESOURCES, TERRAFORM, Module, at, snake
from tests.deploy.stacks import Stack, loaded

CODE = {"CodeBucket", "CodeKey", "CodeObjectVersion"}
NOTHING = ("", [], {}, None)

FACTS = {
    "aws_cloudwatch_event_rule": ("Name", "State", "ScheduleExpression"),
    "aws_sqs_queue": (
        *("QueueName", "DelaySeconds", "MessageRetentionPeriod"),
        *("VisibilityTimeout", "SqsManagedSseEnabled"),
    ),
    "aws_lambda_function": (
        *("FunctionName", "Runtime", "Architectures", "Handler", "MemorySize", "Timeout"),
        *("LoggingConfig.LogFormat", "LoggingConfig.ApplicationLogLevel"),
    ),
    "aws_lambda_event_source_mapping": (
        *("BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes"),
        "ScalingConfig.MaximumConcurrency",
    ),
    "aws_dynamodb_table": (
        *("TableName", "BillingMode", "KeySchema.AttributeName", "AttributeDefinitions.AttributeType"),
        *("TimeToLiveSpecification.AttributeName", "TimeToLiveSpecification.Enabled"),
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
    ),
    "aws_cloudwatch_log_group": ("LogGroupName", "RetentionInDays"),
    "aws_cloudwatch_event_bus": ("Name",),
    "aws_cloudwatch_metric_alarm": (
        *("AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period", "Threshold"),
        *("EvaluationPeriods", "ComparisonOperator", "TreatMissingData"),
    ),
}
"""By Terraform's kind of resource: the properties that both must give the same."""
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
PARTS = {
    *(f"aws_cloudwatch_event_target.{name}" for name in ("changes", "members", "reconcile")),
    *(
        f"aws_iam_role_policy{kind}.{name}"
        for kind in ("", "_attachment")
        for name in ("function", "reconcile")
    ),
    "aws_sqs_queue_redrive_allow_policy.dead_letters",
    "aws_dynamodb_resource_policy.addresses",
}
"""What CloudFormation writes into the rule, the role, the queue or the table itself."""


def test_both_say_the_same_of_each_resource_and_neither_makes_what_the_other_does_not():
    module = Module()
    stack = Stack(Reconcile="true", MemberAccounts="222233334444", AddressIndex="true")
    said = set()
    for name, resource in RESOURCES.items():
        kind = resource.partition(".")[0]
        for fact in FACTS.get(kind, ()):
            value = at(stack.properties(name), fact)
            assert value == module.fact(resource, ARGUMENTS.get(fact, snake(fact))), (name, fact)
            said |= {(kind, fact)} if value is not None else set()
    assert said == {(kind, fact) for kind, facts in FACTS.items() for fact in facts}
    assert RESOURCES.keys() == loaded()["Resources"].keys()
    assert {*RESOURCES.values(), *PARTS} == module.resources.keys()
    assert "maxReceiveCount = 15" in module.fact("aws_sqs_queue.changes", "redrive_policy")
    assert stack.properties("Queue")["RedrivePolicy"]["maxReceiveCount"] == 15


@pytest.mark.parametrize("member", [False, True])
def test_each_parameter_is_a_variable_with_the_same_default_and_meaning(member):
    module, parameters = Module(member=member), loaded(member=member)["Parameters"]
    names = {name: snake(name) for name in parameters.keys() - CODE}
    assert {*names.values()} | (set() if member else {"package_file"}) == module.variables.keys()
    for name, variable in names.items():
        mine, theirs = parameters[name].get("Default"), module.default(variable)
        same = str(mine).lower() == str(theirs).lower()
        assert same or (mine in NOTHING and theirs in NOTHING), name


@pytest.mark.parametrize("member", [False, True])
def test_both_name_the_same_permissions_and_variables_of_the_environment(member):
    services = "athena|cloudformation|cloudtrail|config|dynamodb|events|glue|kms|lambda|logs|s3|secretsmanager|sqs|ssm|sts"
    named = re.compile(rf"\b(?:{services}):[A-Z]\w+|IACWATCH_\w+")
    first, second = (
        set(named.findall(text(form, member=member))) for form in ("terraform", "cloudformation")
    )
    assert first - {"sts:ExternalId"} == second - {"sts:ExternalId"}
    assert first


@pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")
def test_the_texts_are_formatted_as_terraform_would(tmp_path):
    for member in (False, True):
        written = text("terraform", member=member)
        (tmp_path / f"{member}.tf").write_text(written, encoding="utf-8")
    command = [TERRAFORM, "fmt", "-check", "-diff"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")

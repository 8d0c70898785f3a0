"""The Terraform module says what the CloudFormation template says: the same facts, compared as parsed."""

import re
import subprocess
from typing import Any

import pytest

from iacwatch.deploy.template import text
from tests.deploy.given import BUS, INVENTORY, LAMBDA_ACTIONS, TRAILS, WHERE_NAMED
from tests.deploy.modules import TERRAFORM, Module, snake
from tests.deploy.stacks import Stack, loaded

CODE = {"CodeBucket", "CodeKey", "CodeObjectVersion"}
NOTHING = ("", [], {}, None)
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")

FACTS = {
    ("Rule", "State", "Name"): ("aws_cloudwatch_event_rule.changes", "state", "name"),
    ("MemberRule", "State", "Name"): ("aws_cloudwatch_event_rule.members", "state", "name"),
    (
        "Queue",
        "QueueName",
        "DelaySeconds",
        "VisibilityTimeout",
        "MessageRetentionPeriod",
        "SqsManagedSseEnabled",
    ): (
        "aws_sqs_queue.changes",
        "name",
        "delay_seconds",
        "visibility_timeout_seconds",
        "message_retention_seconds",
        "sqs_managed_sse_enabled",
    ),
    ("DeadLetterQueue", "QueueName", "MessageRetentionPeriod", "SqsManagedSseEnabled"): (
        "aws_sqs_queue.dead_letters",
        "name",
        "message_retention_seconds",
        "sqs_managed_sse_enabled",
    ),
    ("RuleDeadLetterQueue", "QueueName", "MessageRetentionPeriod", "SqsManagedSseEnabled"): (
        "aws_sqs_queue.rule_dead_letters",
        "name",
        "message_retention_seconds",
        "sqs_managed_sse_enabled",
    ),
    (
        *("Function", "FunctionName", "Runtime", "Architectures", "Handler", "MemorySize", "Timeout"),
        *("LoggingConfig.LogFormat", "LoggingConfig.ApplicationLogLevel"),
    ): (
        *("aws_lambda_function.function", "function_name", "runtime", "architectures", "handler"),
        *("memory_size", "timeout", "logging_config.log_format", "logging_config.application_log_level"),
    ),
    (
        *(
            "ReconcileFunction",
            "FunctionName",
            "Runtime",
            "Architectures",
            "Handler",
            "MemorySize",
            "Timeout",
        ),
        *("LoggingConfig.LogFormat", "LoggingConfig.ApplicationLogLevel"),
    ): (
        *("aws_lambda_function.reconcile", "function_name", "runtime", "architectures", "handler"),
        *("memory_size", "timeout", "logging_config.log_format", "logging_config.application_log_level"),
    ),
    (
        *("Mapping", "BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes"),
        "ScalingConfig.MaximumConcurrency",
    ): (
        *("aws_lambda_event_source_mapping.changes", "batch_size", "maximum_batching_window_in_seconds"),
        *("function_response_types", "scaling_config.maximum_concurrency"),
    ),
    (
        *("Ledger", "TableName", "BillingMode", "TimeToLiveSpecification.AttributeName"),
        *("TimeToLiveSpecification.Enabled", "KeySchema.AttributeName", "AttributeDefinitions.AttributeType"),
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
    ): (
        *("aws_dynamodb_table.ledger", "name", "billing_mode", "ttl.attribute_name"),
        *("ttl.enabled", "hash_key", "attribute.type", "point_in_time_recovery.enabled"),
    ),
    ("Logs", "LogGroupName", "RetentionInDays"): (
        *("aws_cloudwatch_log_group.function", "name", "retention_in_days"),
    ),
    ("ReconcileLogs", "LogGroupName", "RetentionInDays"): (
        *("aws_cloudwatch_log_group.reconcile", "name", "retention_in_days"),
    ),
    ("ReconcileRule", "Name", "ScheduleExpression", "State"): (
        *("aws_cloudwatch_event_rule.reconcile", "name", "schedule_expression", "state"),
    ),
    (
        "Addresses",
        "TableName",
        "BillingMode",
        "KeySchema.AttributeName",
        "AttributeDefinitions.AttributeType",
    ): (*("aws_dynamodb_table.addresses", "name", "billing_mode", "hash_key", "attribute.type"),),
    ("MemberBus", "Name"): ("aws_cloudwatch_event_bus.members", "name"),
    **{
        (
            *(alarm, "AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period"),
            *("EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData"),
        ): (
            *(f"aws_cloudwatch_metric_alarm.{name}", "alarm_name", "alarm_description", "namespace"),
            *("metric_name", "statistic", "period", "evaluation_periods", "threshold"),
            *("comparison_operator", "treat_missing_data"),
        )
        for alarm, name in {
            "DeadLetterAlarm": "dead_letters",
            "RuleDeadLetterAlarm": "rule_dead_letters",
            "OldestMessageAlarm": "oldest_message",
            "ErrorAlarm": "errors",
            "ReconcileErrorAlarm": "reconcile_errors",
        }.items()
    },
}
"""By CloudFormation's resource and properties: Terraform's resource and arguments, in the same order."""

ELSEWHERE = {
    "QueuePolicy": "aws_sqs_queue_policy.changes",
    "DeadLetterQueuePolicy": "aws_sqs_queue_policy.dead_letters",
    "RuleDeadLetterQueuePolicy": "aws_sqs_queue_policy.rule_dead_letters",
    "ReadPolicy": "aws_iam_policy.read",
    "AddressWriterPolicy": "aws_iam_policy.address_writer",
    "FunctionRole": "aws_iam_role.function",
    "ReconcileRole": "aws_iam_role.reconcile",
    "ReconcilePermission": "aws_lambda_permission.reconcile",
    "MemberBusAccounts": "aws_cloudwatch_event_bus_policy.members",
    "MemberBusOrganization": "aws_cloudwatch_event_bus_policy.members",
}
"""What is compared by its policies, or has nothing to compare."""
PARTS = {
    "aws_cloudwatch_event_target.changes",
    "aws_cloudwatch_event_target.members",
    "aws_cloudwatch_event_target.reconcile",
    "aws_iam_role_policy.function",
    "aws_iam_role_policy.reconcile",
    "aws_iam_role_policy_attachment.function",
    "aws_iam_role_policy_attachment.reconcile",
    "aws_sqs_queue_redrive_allow_policy.dead_letters",
    "aws_dynamodb_resource_policy.addresses",
}
"""What CloudFormation writes into the rule, the role or the queue itself."""


@pytest.fixture(scope="module")
def module() -> Module:
    return Module()


def at(properties: Any, path: str) -> Any:
    for part in path.split("."):
        properties = properties[0] if isinstance(properties, list) else properties
        properties = properties[part]
    return properties


@pytest.mark.parametrize(("made", "declared"), FACTS.items(), ids=[made[0] for made in FACTS])
def test_both_say_the_same_of(module, made, declared):
    name, *paths = made
    resource, *arguments = declared
    properties = Stack(Reconcile="true", MemberAccounts="222233334444", AddressIndex="true").properties(name)
    assert [at(properties, path) for path in paths] == [module.fact(resource, each) for each in arguments]


def test_neither_makes_what_the_other_does_not(module):
    pairs = {made[0]: declared[0] for made, declared in FACTS.items()} | ELSEWHERE
    assert pairs.keys() == loaded()["Resources"].keys()
    assert {*pairs.values(), *PARTS} == module.resources.keys()


@pytest.mark.parametrize("member", [False, True])
def test_each_parameter_is_a_variable_with_the_same_default_and_meaning(member):
    module, parameters = Module(member=member), loaded(member=member)["Parameters"]
    names = {name: snake(name) for name in parameters.keys() - CODE}
    assert {*names.values()} | (set() if member else {"package_file"}) == module.variables.keys()
    for name, variable in names.items():
        mine, theirs = parameters[name].get("Default"), module.default(variable)
        same = str(mine).lower() == str(theirs).lower()
        assert same or (mine in NOTHING and theirs in NOTHING), name


def test_each_member_resource_is_in_both():
    assert Module(member=True).resources.keys() == {
        "aws_iam_role.read",
        "aws_iam_role_policy.read",
        "aws_iam_role.forward",
        "aws_iam_role_policy.forward",
        "aws_cloudwatch_event_rule.forward",
        "aws_cloudwatch_event_target.forward",
    }
    assert loaded(member=True)["Resources"].keys() == {"ReadRole", "ForwardRole", "Rule"}


@pytest.mark.parametrize("member", [False, True])
def test_both_name_the_same_permissions(member):
    def named(form: str) -> set[str]:
        services = "athena|cloudformation|cloudtrail|config|dynamodb|events|glue|kms|lambda|logs|s3|secretsmanager|sqs|ssm|sts"
        acts = rf"\b(?:{services}):[A-Z]\w+"
        return set(re.findall(acts, text(form, member=member))) - {"sts:ExternalId"}

    assert named("terraform") == named("cloudformation")
    ours = LAMBDA_ACTIONS | BUS | WHERE_NAMED.keys() | INVENTORY | TRAILS["athena"]
    others = {"sqs:SendMessage", "events:PutEvents", "lambda:InvokeFunction"}
    assert named("terraform") <= ours | others
    assert member or named("terraform") == ours | others


def test_both_set_the_same_variables_of_the_environment():
    def named(form: str) -> set[str]:
        return set(re.findall(r"IACWATCH_\w+", text(form)))

    assert named("terraform") == named("cloudformation")


def test_the_receive_count_and_the_rates_are_the_same(module):
    assert "maxReceiveCount = 15" in module.fact("aws_sqs_queue.changes", "redrive_policy")
    assert Stack().properties("Queue")["RedrivePolicy"]["maxReceiveCount"] == 15
    stack = Stack(Reconcile="true")
    for function, resource in (("Function", "function"), ("ReconcileFunction", "reconcile")):
        rate = stack.properties(function)["Environment"]["Variables"]["IACWATCH_TRAIL__CALLS_PER_SECOND"]
        variables = module.fact(f"aws_lambda_function.{resource}", "environment.variables")
        assert f'IACWATCH_TRAIL__CALLS_PER_SECOND = "{rate}"' in variables


@needs_terraform
@pytest.mark.parametrize("member", [False, True])
def test_the_text_is_formatted_as_terraform_would(tmp_path, member):
    (tmp_path / "main.tf").write_text(text("terraform", member=member), encoding="utf-8")
    done = subprocess.run(
        [TERRAFORM, "fmt", "-check", "-diff", "main.tf"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")

"""The Terraform module says what the CloudFormation template says: the same facts, compared as parsed."""

import re
import subprocess
from typing import Any

import pytest

from iacwatch.deploy.template import FORMATS, text
from tests.deploy.given import GRANTS, INVENTORY
from tests.deploy.modules import TERRAFORM, Module, snake
from tests.deploy.stacks import Stack, loaded

CODE = {"CodeBucket", "CodeKey", "CodeObjectVersion"}
NOTHING = ("", [], {}, None)
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")

FUNCTION = (
    ("FunctionName", "function_name"),
    ("Runtime", "runtime"),
    ("Architectures", "architectures"),
    ("Handler", "handler"),
    ("MemorySize", "memory_size"),
    ("Timeout", "timeout"),
    ("LoggingConfig.LogFormat", "logging_config.log_format"),
    ("LoggingConfig.ApplicationLogLevel", "logging_config.application_log_level"),
)
QUEUE = (
    ("QueueName", "name"),
    ("MessageRetentionPeriod", "message_retention_seconds"),
    ("SqsManagedSseEnabled", "sqs_managed_sse_enabled"),
)
WAITING = (("DelaySeconds", "delay_seconds"), ("VisibilityTimeout", "visibility_timeout_seconds"))
TABLE = (
    ("TableName", "name"),
    ("BillingMode", "billing_mode"),
    ("KeySchema.AttributeName", "hash_key"),
    ("AttributeDefinitions.AttributeType", "attribute.type"),
)
LEDGER = (
    ("TimeToLiveSpecification.AttributeName", "ttl.attribute_name"),
    ("TimeToLiveSpecification.Enabled", "ttl.enabled"),
    ("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", "point_in_time_recovery.enabled"),
)
MAPPING = (
    ("BatchSize", "batch_size"),
    ("MaximumBatchingWindowInSeconds", "maximum_batching_window_in_seconds"),
    ("FunctionResponseTypes", "function_response_types"),
    ("ScalingConfig.MaximumConcurrency", "scaling_config.maximum_concurrency"),
)
RULE = (("Name", "name"), ("State", "state"))
LOGS = (("LogGroupName", "name"), ("RetentionInDays", "retention_in_days"))
ALARM = tuple(
    (name, snake(name))
    for name in (
        *("AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period", "Threshold"),
        *("EvaluationPeriods", "ComparisonOperator", "TreatMissingData"),
    )
)
FACTS = {
    "Rule": ("aws_cloudwatch_event_rule.changes", RULE),
    "MemberRule": ("aws_cloudwatch_event_rule.members", RULE),
    "ReconcileRule": (
        "aws_cloudwatch_event_rule.reconcile",
        (*RULE, ("ScheduleExpression", "schedule_expression")),
    ),
    "Queue": ("aws_sqs_queue.changes", QUEUE + WAITING),
    "DeadLetterQueue": ("aws_sqs_queue.dead_letters", QUEUE),
    "RuleDeadLetterQueue": ("aws_sqs_queue.rule_dead_letters", QUEUE),
    "Function": ("aws_lambda_function.function", FUNCTION),
    "ReconcileFunction": ("aws_lambda_function.reconcile", FUNCTION),
    "Mapping": ("aws_lambda_event_source_mapping.changes", MAPPING),
    "Ledger": ("aws_dynamodb_table.ledger", TABLE + LEDGER),
    "Addresses": ("aws_dynamodb_table.addresses", TABLE),
    "Logs": ("aws_cloudwatch_log_group.function", LOGS),
    "ReconcileLogs": ("aws_cloudwatch_log_group.reconcile", LOGS),
    "MemberBus": ("aws_cloudwatch_event_bus.members", (("Name", "name"),)),
    "DeadLetterAlarm": ("aws_cloudwatch_metric_alarm.dead_letters", ALARM),
    "RuleDeadLetterAlarm": ("aws_cloudwatch_metric_alarm.rule_dead_letters", ALARM),
    "OldestMessageAlarm": ("aws_cloudwatch_metric_alarm.oldest_message", ALARM),
    "ErrorAlarm": ("aws_cloudwatch_metric_alarm.errors", ALARM),
    "ReconcileErrorAlarm": ("aws_cloudwatch_metric_alarm.reconcile_errors", ALARM),
}
"""By CloudFormation's resource: Terraform's, and the properties and arguments that say the same."""

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


def test_both_say_the_same_of_each_resource_and_neither_makes_what_the_other_does_not(module):
    stack = Stack(Reconcile="true", MemberAccounts="222233334444", AddressIndex="true")
    for name, (resource, facts) in FACTS.items():
        properties = stack.properties(name)
        for path, argument in facts:
            assert at(properties, path) == module.fact(resource, argument), (name, path)
    pairs = {name: resource for name, (resource, _) in FACTS.items()} | ELSEWHERE
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


@pytest.mark.parametrize("member", [False, True])
def test_both_name_the_same_permissions_and_variables_of_the_environment(member):
    def named(form: str) -> set[str]:
        services = "athena|cloudformation|cloudtrail|config|dynamodb|events|glue|kms|lambda|logs|s3|secretsmanager|sqs|ssm|sts"
        acts = rf"\b(?:{services}):[A-Z]\w+"
        return set(re.findall(acts, text(form, member=member))) - {"sts:ExternalId"}

    assert named("terraform") == named("cloudformation")
    ours = {"cloudtrail:LookupEvents"}.union(INVENTORY, *(acts for acts, _ in GRANTS.values()))
    others = {"sqs:SendMessage", "events:PutEvents", "lambda:InvokeFunction"}
    assert named("terraform") <= ours | others
    assert member or named("terraform") == ours | others
    variables = [set(re.findall(r"IACWATCH_\w+", text(form, member=member))) for form in FORMATS[:2]]
    assert variables[0] == variables[1]


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

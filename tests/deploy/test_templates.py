"""The CloudFormation templates: right by AWS's own schemas, and what iacwatch needs to work."""

import re

import pytest

from iacwatch.deploy.template import text
from iacwatch.settings.load import OPTIONS, environment_names, load
from tests.deploy.given import EVERYTHING, SLACK, environment
from tests.deploy.stacks import Stack, loaded

MINUTE, DAY = 60, 24 * 3600
DEFERRALS = 10
"""Receives that waiting for late trail events may cost one change: 10 minutes and 45 more, 5 at a time."""


def complaints(template: str, *regions: str) -> list[str]:
    """Return what cfn-lint says, remarks too, by the schemas of these regions."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    found = lint(template, config=ManualArgs(include_checks=["I"], regions=list(regions)))
    return [f"{match.rule.id} {match.message}" for match in found]


@pytest.mark.parametrize("member", [False, True])
def test_cfn_lint_finds_nothing(member):
    # Two regions whose schemas differ.
    assert complaints(text("cloudformation", member=member), "us-east-1", "eu-central-2") == []


def test_cfn_lint_would_find_a_mistake():
    wrong = text("cloudformation").replace("DelaySeconds: 600", "DelaySeconds: 901")
    (complaint,) = complaints(wrong, "us-east-1")
    assert "901" in complaint


@pytest.mark.parametrize("member", [False, True])
def test_a_template_is_small_enough_to_be_sent_without_a_bucket(member):
    assert len(text("cloudformation", member=member).encode()) < 51_200


@pytest.mark.parametrize("rule", ["Rule", "MemberRule"])
def test_the_rule_takes_every_change_and_filters_on_no_tag(rule):
    properties = Stack(**EVERYTHING).properties(rule)
    assert properties["EventPattern"] == {
        "source": ["aws.config"],
        "detail-type": ["Config Configuration Item Change"],
        "detail": {
            "messageType": [
                "ConfigurationItemChangeNotification",
                "OversizedConfigurationItemChangeNotification",
            ]
        },
    }
    (target,) = properties["Targets"]
    assert target["Arn"] == "Queue.Arn"
    assert target["DeadLetterConfig"] == {"Arn": "RuleDeadLetterQueue.Arn"}


def test_the_rule_is_switched_by_a_parameter():
    assert Stack().properties("Rule")["State"] == "ENABLED"
    assert Stack(RuleState="DISABLED").properties("Rule")["State"] == "DISABLED"


def test_the_queue_waits_for_cloudtrail_and_outlasts_the_deferrals():
    queue = Stack().properties("Queue")
    assert queue["DelaySeconds"] == 10 * MINUTE
    assert queue["RedrivePolicy"]["maxReceiveCount"] >= DEFERRALS + 3
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == "DeadLetterQueue.Arn"


def test_visibility_is_six_time_outs_and_the_batching_window():
    stack = Stack()
    timeout = stack.properties("Function")["Timeout"]
    window = stack.properties("Mapping")["MaximumBatchingWindowInSeconds"]
    assert stack.properties("Queue")["VisibilityTimeout"] >= 6 * timeout + window


def test_dead_letters_are_kept_longer_than_messages_can_wait_before_they_are():
    stack = Stack()
    assert stack.properties("DeadLetterQueue")["MessageRetentionPeriod"] == 14 * DAY
    assert stack.properties("RuleDeadLetterQueue")["MessageRetentionPeriod"] == 14 * DAY
    assert stack.properties("Queue")["MessageRetentionPeriod"] <= 4 * DAY


def test_the_mapping_takes_partial_answers_and_stays_within_cloudtrails_limit():
    stack = Stack()
    mapping = stack.properties("Mapping")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 1000
    at_once = mapping["ScalingConfig"]["MaximumConcurrency"]
    assert at_once * float(environment(stack)["IACWATCH_TRAIL__CALLS_PER_SECOND"]) <= 2.0


def test_the_function_runs_the_handler_of_the_zip():
    stack = Stack(CodeBucket="builds", CodeKey="a.zip", **EVERYTHING)
    function = stack.properties("Function")
    assert function["Handler"] == "iacwatch.lambda_handler.handler"
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert function["Code"] == {"S3Bucket": "builds", "S3Key": "a.zip"}
    reconcile = stack.properties("ReconcileFunction")
    assert reconcile["Handler"] == "iacwatch.lambda_handler.reconcile"
    assert reconcile["Code"] == function["Code"]


def test_the_ledger_is_as_the_ledgers_code_expects_it():
    table = Stack().properties("Ledger")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": "pk", "AttributeType": "S"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert environment(Stack())["IACWATCH_LEDGER__URL"] == "dynamodb://iacwatch"


def test_the_daily_run_is_there_only_where_it_is_wanted():
    parts = {name for name in loaded()["Resources"] if name.startswith("Reconcile")}
    assert len(parts) == 6
    assert parts.isdisjoint(Stack().resources)
    stack = Stack(Reconcile="true")
    assert parts <= stack.resources.keys()
    assert stack.properties("ReconcileRule")["Targets"] == [
        {"Id": "function", "Arn": "ReconcileFunction.Arn"}
    ]
    assert stack.properties("ReconcilePermission")["SourceArn"] == "ReconcileRule.Arn"


def test_both_functions_are_set_up_alike():
    stack = Stack(**EVERYTHING)
    first, second = environment(stack), environment(stack, "ReconcileFunction")
    assert {name for name in first | second if first.get(name) != second.get(name)} == {
        "IACWATCH_TRAIL__CALLS_PER_SECOND"
    }


def test_every_variable_is_one_that_the_settings_know():
    written = set(re.findall(r"IACWATCH_\w+", text("cloudformation")))
    assert written == set(environment(Stack(**EVERYTHING)))
    assert written <= {*environment_names(), *OPTIONS}


def test_what_is_left_empty_is_not_set():
    assert set(environment(Stack())) == {
        "IACWATCH_QUEUE__URL",
        "IACWATCH_QUEUE__DLQ_URL",
        "IACWATCH_TRAIL__CALLS_PER_SECOND",
        "IACWATCH_LEDGER__URL",
    }


def test_the_settings_read_what_the_parameters_say():
    # The ledger is opened elsewhere: which kinds there are is no matter of the template.
    settings = load(environ=environment(Stack(**EVERYTHING)))
    assert settings.managed.tag_key == "owner"
    assert settings.managed.tag_values == ("terraform", "cdk")
    assert [flow.name for flow in settings.workflow] == ["ci"]
    assert settings.accounts.allowed == ("222233334444", "333344445555")
    assert (settings.accounts.role_name, settings.accounts.external_id) == ("iacwatch-read", "between-us")
    assert settings.accounts.names == {"222233334444": "prod"}
    assert settings.queue.url.endswith("/iacwatch")
    assert settings.queue.dlq_url.endswith("/iacwatch-dlq")
    trail = settings.trail
    assert (trail.source, trail.calls_per_second) == ("athena", 1.0)
    assert (trail.athena_database, trail.athena_table) == ("audit", "cloudtrail_logs")
    assert (trail.athena_workgroup, trail.athena_output) == ("audit-group", "s3://results/iacwatch")
    assert (settings.slack.channel, settings.slack.token) == ("#changes", "secretsmanager:iacwatch/slack")
    assert settings.slack.webhook_url == "ssm:/iacwatch/webhook"
    assert settings.slack.api_url == "https://slack-gov.com/api/"
    assert [route.channel for route in settings.slack.route] == ["#payments"]
    assert settings.report.verdicts == ("out-of-band", "side-effect")
    assert settings.report.redact == ("Configuration.a*", "Configuration.b")
    assert len(settings.report.ignore) == 1


@pytest.mark.parametrize(
    "given",
    [
        SLACK,
        {"OrganizationId": "o-abcdefghij", **SLACK},
        {"AccountNames": "{}", **SLACK},
        {"TrailSource": "s3://trail/org", **SLACK},
        {"TrailSource": "athena", "AthenaDatabase": "audit", "AthenaTable": "logs", **SLACK},
    ],
)
def test_the_settings_hold_with_only_some_parameters(given):
    load(environ=environment(Stack(**given)))


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        ({}, False),
        ({"SlackChannel": "#changes"}, False),
        ({"SlackTokenSecret": "slack"}, False),
        ({"SlackTokenParameter": "/slack", "SlackChannel": "#changes"}, True),
        ({"SlackTokenSecret": "slack", "SlackRoutes": "[]"}, True),
        ({"SlackWebhookSecret": "slack"}, True),
        ({"ConfigParameter": "/iacwatch"}, True),
    ],
)
def test_a_stack_that_could_report_to_nobody_is_refused(given, accepted):
    assert Stack(**given).rule("SomewhereToReport") is accepted


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        ({}, True),
        ({"TrailSource": "s3://trail"}, True),
        ({"TrailSource": "athena"}, False),
        ({"TrailSource": "athena", "AthenaDatabase": "audit", "AthenaTable": "logs"}, False),
        (EVERYTHING, True),
    ],
)
def test_a_stack_that_names_no_table_for_athena_is_refused(given, accepted):
    assert Stack(**given).rule("AthenaIsNamed") is accepted


def test_alarms_watch_the_dead_letters_the_oldest_message_and_errors():
    stack = Stack(**EVERYTHING)
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    watched = {(a["MetricName"], *(d["Value"] for d in a["Dimensions"])): a["Threshold"] for a in alarms}
    assert watched == {
        ("ApproximateNumberOfMessagesVisible", "DeadLetterQueue.QueueName"): 0,
        ("ApproximateNumberOfMessagesVisible", "RuleDeadLetterQueue.QueueName"): 0,
        ("ApproximateAgeOfOldestMessage", "Queue.QueueName"): 7200,
        ("Errors", "Function"): 0,
        ("Errors", "ReconcileFunction"): 0,
    }
    assert all(alarm["AlarmActions"] == [EVERYTHING["AlarmTopicArn"]] for alarm in alarms)
    assert all(alarm["AlarmActions"] == [] for alarm in Stack().of_type("AWS::CloudWatch::Alarm"))


def test_logs_are_kept_for_as_long_as_was_said():
    stack = Stack(LogRetentionDays="90", LogLevel="DEBUG")
    assert stack.properties("Logs")["RetentionInDays"] == "90"
    assert stack.properties("Function")["LoggingConfig"] == {
        "LogGroup": "Logs",
        "LogFormat": "JSON",
        "ApplicationLogLevel": "DEBUG",
    }

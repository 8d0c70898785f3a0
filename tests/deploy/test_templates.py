"""The CloudFormation templates: right by AWS's own schemas, and what iacwatch needs to work."""

import re

import pytest

from iacwatch.deploy.template import text
from iacwatch.settings.load import OPTIONS, environment_names, load
from tests.deploy.stacks import EVERYTHING, Stack

DAY = 24 * 3600
DEFERRALS = 10
"""Receives that waiting for late trail events may cost one change: 10 minutes and 45 more, 5 at a time."""


@pytest.mark.parametrize("member", [False, True])
def test_cfn_lint_finds_nothing_but_the_mistake_that_is_put_in(member):
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    template = text("cloudformation", member=member)
    assert len(template.encode()) < 51_200, "it could not be sent without a bucket"
    wrong = template.replace("DelaySeconds: 600", "DelaySeconds: 901")
    found = lint(wrong, config=ManualArgs(include_checks=["I"], regions=["us-east-1", "eu-central-2"]))
    assert ["901" in match.message for match in found] == ([] if member else [True])


PROPERTIES = {
    "Rule": {"State": "ENABLED"},
    "Queue": {"DelaySeconds": 600},
    "DeadLetterQueue": {"MessageRetentionPeriod": 14 * DAY},
    "RuleDeadLetterQueue": {"MessageRetentionPeriod": 14 * DAY},
    "Mapping": {"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 1000},
    "Function": {
        "Handler": "iacwatch.lambda_handler.handler",
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Code": {"S3Bucket": "builds", "S3Key": "a.zip"},
        "LoggingConfig": {"LogGroup": "Logs", "LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"},
    },
    "ReconcileFunction": {"Handler": "iacwatch.lambda_handler.reconcile"},
    "ReconcileRule": {"Targets": [{"Id": "function", "Arn": "ReconcileFunction.Arn"}]},
    "ReconcilePermission": {"SourceArn": "ReconcileRule.Arn"},
    "Ledger": {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
    },
}


def test_resources_have_the_properties_that_iacwatch_needs():
    code = {"CodeBucket": "builds", "CodeKey": "a.zip"}
    stack = Stack(**code, LogLevel="DEBUG", **EVERYTHING)
    for name, wanted in PROPERTIES.items():
        properties = stack.properties(name)
        assert {each: properties[each] for each in wanted} == wanted, name
    redrive = stack.properties("Queue")["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= DEFERRALS + 3
    assert redrive["deadLetterTargetArn"] == "DeadLetterQueue.Arn"


def test_the_rules_take_every_change_and_filter_on_no_tag():
    kinds = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
    for rule in ("Rule", "MemberRule"):
        properties = Stack(**EVERYTHING).properties(rule)
        assert properties["EventPattern"] == {
            "source": ["aws.config"],
            "detail-type": ["Config Configuration Item Change"],
            "detail": {"messageType": kinds},
        }
        (target,) = properties["Targets"]
        assert (target["Arn"], target["DeadLetterConfig"]) == (
            "Queue.Arn",
            {"Arn": "RuleDeadLetterQueue.Arn"},
        )


def test_times_and_rates_fit_each_other():
    stack = Stack()
    queue, mapping = stack.properties("Queue"), stack.properties("Mapping")
    worked_on = 6 * stack.properties("Function")["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]
    assert queue["VisibilityTimeout"] >= worked_on
    assert queue["MessageRetentionPeriod"] <= 4 * DAY, "dead letters are kept longer than messages can wait"
    at_once = mapping["ScalingConfig"]["MaximumConcurrency"]
    assert at_once * float(stack.environment()["IACWATCH_TRAIL__CALLS_PER_SECOND"]) <= 2.0


def test_every_variable_is_one_that_the_settings_know_and_what_is_left_empty_is_not_set():
    stack = Stack(**EVERYTHING)
    first, second = stack.environment(), stack.environment("ReconcileFunction")
    rate = "IACWATCH_TRAIL__CALLS_PER_SECOND"
    assert {name for name in first | second if first.get(name) != second.get(name)} == {rate}
    assert set(re.findall(r"IACWATCH_\w+", text("cloudformation"))) == set(first)
    assert set(first) <= {*environment_names(), *OPTIONS}
    urls = {f"IACWATCH_{name}" for name in ("QUEUE__URL", "QUEUE__DLQ_URL", "LEDGER__URL")}
    assert Stack().environment().keys() == {rate, *urls}


def test_the_settings_read_what_the_parameters_say():
    settings = load(environ=Stack(**EVERYTHING).environment())
    trail, slack, report, accounts = settings.trail, settings.slack, settings.report, settings.accounts
    assert (settings.managed.tag_key, settings.managed.tag_values) == ("owner", ("terraform", "cdk"))
    assert [flow.name for flow in settings.workflow] == ["ci"]
    assert accounts.allowed == ("222233334444", "333344445555")
    assert (accounts.role_name, accounts.external_id) == ("iacwatch-read", "between-us")
    assert accounts.names == {"222233334444": "prod"}
    assert settings.queue.url.endswith("/iacwatch")
    assert settings.queue.dlq_url.endswith("/iacwatch-dlq")
    assert (trail.source, trail.calls_per_second) == ("athena", 1.0)
    assert (trail.athena_database, trail.athena_table) == ("audit", "cloudtrail_logs")
    assert (trail.athena_workgroup, trail.athena_output) == ("audit-group", "s3://results/iacwatch")
    assert (slack.channel, slack.token) == ("#changes", "secretsmanager:iacwatch/slack")
    assert (slack.webhook_url, slack.api_url) == ("ssm:/iacwatch/webhook", "https://slack-gov.com/api/")
    assert [route.channel for route in slack.route] == ["#payments"]
    assert report.verdicts == ("out-of-band", "side-effect")
    assert (report.redact, len(report.ignore)) == (("Configuration.a*", "Configuration.b"), 1)
    assert settings.iac.index == "dynamodb://iacwatch-addresses"
    assert settings.ledger.url == "dynamodb://iacwatch"
    assert load(environ=Stack(OrganizationId="o-abcdefghij").environment()).accounts.allowed == ("*",)


@pytest.mark.parametrize(
    ("rule", "given", "accepted"),
    [
        ("SomewhereToReport", {}, False),
        ("SomewhereToReport", {"SlackChannel": "#changes"}, False),
        ("SomewhereToReport", {"SlackTokenParameter": "/slack", "SlackChannel": "#changes"}, True),
        ("SomewhereToReport", {"SlackWebhookSecret": "slack"}, True),
        ("AthenaIsNamed", {}, True),
        ("AthenaIsNamed", {"TrailSource": "athena", "AthenaDatabase": "audit", "AthenaTable": "logs"}, False),
        ("AthenaIsNamed", EVERYTHING, True),
    ],
)
def test_a_stack_that_reports_to_nobody_or_names_no_table_is_refused(rule, given, accepted):
    assert Stack(**given).rule(rule) is accepted


def test_alarms_watch_the_dead_letters_the_oldest_message_and_errors():
    alarms = Stack(**EVERYTHING).of_type("AWS::CloudWatch::Alarm")
    assert {(alarm["MetricName"], *(each["Value"] for each in alarm["Dimensions"])) for alarm in alarms} == {
        ("ApproximateNumberOfMessagesVisible", "DeadLetterQueue.QueueName"),
        ("ApproximateNumberOfMessagesVisible", "RuleDeadLetterQueue.QueueName"),
        ("ApproximateAgeOfOldestMessage", "Queue.QueueName"),
        ("Errors", "Function"),
        ("Errors", "ReconcileFunction"),
    }
    assert all(alarm["AlarmActions"] == [EVERYTHING["AlarmTopicArn"]] for alarm in alarms)

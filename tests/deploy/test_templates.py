"""The CloudFormation templates: right by AWS's own schemas, and what iacwatch needs to work."""

import re
from importlib import import_module

import pytest

from iacwatch.deploy.template import text
from iacwatch.settings.load import load
from tests.deploy.stacks import EVERYTHING, Stack

DAY = 24 * 3600


@pytest.mark.parametrize("member", [False, True])
def test_cfn_lint_finds_nothing_but_the_mistake_that_is_put_in(member):
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    template = text("cloudformation", member=member)
    assert len(template.encode()) < 51_200, "it could not be sent without a bucket"
    wrong = template.replace("DelaySeconds: 600", "DelaySeconds: 901")
    found = lint(wrong, config=ManualArgs(include_checks=["I"], regions=["us-east-1", "eu-central-2"]))
    assert ["901" in match.message for match in found] == ([] if member else [True])


def test_resources_have_the_properties_that_iacwatch_needs():
    stack = Stack(**EVERYTHING)
    for function in ("Function", "ReconcileFunction"):
        module, _, name = stack.properties(function)["Handler"].rpartition(".")
        assert callable(getattr(import_module(module), name))
    assert stack.properties("Mapping")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stack.properties("ReconcileRule")["Targets"][0]["Arn"] == "ReconcileFunction.Arn"
    for table in map(stack.properties, ("Ledger", "Addresses")):
        assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert stack.properties("Ledger")["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    redrive = stack.properties("Queue")["RedrivePolicy"]
    # Waiting for late trail events may cost ten receives: 10 minutes and 45 more, 5 at a time.
    assert redrive["maxReceiveCount"] >= 10 + 3
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
        assert target["Arn"] == "Queue.Arn"
        assert target["DeadLetterConfig"] == {"Arn": "RuleDeadLetterQueue.Arn"}


def test_times_and_rates_fit_each_other():
    stack = Stack()
    queue, mapping = stack.properties("Queue"), stack.properties("Mapping")
    worked_on = 6 * stack.properties("Function")["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]
    assert queue["DelaySeconds"] == 600
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
    urls = {f"IACWATCH_{name}" for name in ("QUEUE__URL", "QUEUE__DLQ_URL", "LEDGER__URL")}
    assert Stack().environment().keys() == {rate, *urls}


def test_the_settings_read_what_the_parameters_say():
    settings = load(environ=Stack(**EVERYTHING).environment())
    trail, slack, report, accounts = settings.trail, settings.slack, settings.report, settings.accounts
    assert (settings.managed.tag_key, settings.managed.tag_values) == ("owner", ("terraform", "cdk"))
    assert [flow.name for flow in settings.workflow] == ["ci"]
    assert accounts.allowed == ("222233334444", "333344445555")
    assert (accounts.role_name, accounts.external_id) == ("iacwatch-read", "between-us")
    assert settings.queue.url.endswith("/iacwatch")
    assert settings.queue.dlq_url.endswith("/iacwatch-dlq")
    assert (trail.source, trail.calls_per_second) == ("athena", 1.0)
    assert (trail.athena_database, trail.athena_table) == ("audit", "cloudtrail_logs")
    assert (trail.athena_workgroup, trail.athena_output) == ("audit-group", "s3://results/iacwatch")
    assert (slack.channel, slack.token) == ("#changes", "secretsmanager:iacwatch/slack")
    assert (slack.webhook_url, slack.api_url) == ("ssm:/iacwatch/webhook", "https://slack-gov.com/api/")
    assert [route.channel for route in slack.route] == ["#payments"]
    assert report.verdicts == ("out-of-band", "side-effect")
    assert report.redact == ("Configuration.a*", "Configuration.b")
    assert settings.iac.index == "dynamodb://iacwatch-addresses"
    assert settings.ledger.url == "dynamodb://iacwatch"
    assert load(environ=Stack(OrganizationId="o-abcdefghij").environment()).accounts.allowed == ("*",)

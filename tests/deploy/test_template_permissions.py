"""Who may do what, by the CloudFormation templates: functions, rules, other accounts."""

import json
import re
from dataclasses import replace

import pytest

from iacwatch.doctor.resource_policy import PolicyAnswer, PolicyRequest, lets, open_to_anybody
from tests.deploy.given import (
    BUS,
    EVERYTHING,
    INVENTORY,
    LAMBDA_ACTIONS,
    LOOKUPS,
    TRAILS,
    WHERE_NAMED,
    WRITERS,
    environment,
    role_statements,
)
from tests.deploy.stacks import ACCOUNT, URLS, Stack, actions, loaded


@pytest.mark.parametrize("queue", ["Queue", "RuleDeadLetterQueue"])
def test_only_the_rules_may_send_to_the_queues(queue):
    for given, senders in (({}, ["Rule.Arn"]), (EVERYTHING, ["Rule.Arn", "MemberRule.Arn"])):
        policy = Stack(**given).properties(f"{queue}Policy")
        (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Action"] == "sqs:SendMessage"
        assert statement["Resource"] == f"{queue}.Arn"
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": senders}}


@pytest.mark.parametrize("queue", ["Queue", "DeadLetterQueue", "RuleDeadLetterQueue"])
def test_no_queue_answers_a_request_that_is_not_encrypted(queue):
    policy = Stack().properties(f"{queue}Policy")
    assert policy["Queues"] == [f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/{URLS[queue]}"]
    (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
    del statement["Sid"]
    assert statement == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": f"{queue}.Arn",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@pytest.mark.parametrize("queue", ["Queue", "RuleDeadLetterQueue"])
def test_doctor_finds_that_the_rule_may_send_and_nobody_else(queue):
    document = Stack().properties(f"{queue}Policy")["PolicyDocument"]
    asked = PolicyRequest(
        service="events.amazonaws.com",
        action="sqs:SendMessage",
        resource=f"{queue}.Arn",
        source="Rule.Arn",
        account_id=ACCOUNT,
    )
    assert lets(json.dumps(document), asked) is PolicyAnswer.YES
    assert lets(json.dumps(document), replace(asked, source="Another.Arn")) is PolicyAnswer.NO
    assert not open_to_anybody(json.dumps(document))


def test_only_the_queue_may_have_the_dead_letter_queue():
    stack = Stack(Name="watch")
    assert stack.properties("DeadLetterQueue")["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{stack.properties('Queue')['QueueName']}"],
    }


def test_the_function_may_do_what_the_manual_says_and_no_more():
    assert actions(role_statements(Stack(), "FunctionRole")) == LAMBDA_ACTIONS


def test_pipelines_write_the_index_of_addresses_and_the_functions_only_read_it():
    writers = "arn:aws:iam::222233334444:role/ci,arn:aws:iam::333344445555:role/ci"
    stack = Stack(AddressIndex="true", AddressWriters=writers, Reconcile="true")
    (policy,) = stack.properties("AddressWriterPolicy")["PolicyDocument"]["Statement"]
    assert (set(policy["Action"]), policy["Resource"]) == (WRITERS, "Addresses.Arn")
    (theirs,) = stack.properties("Addresses")["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (set(theirs["Action"]), theirs["Principal"]) == (WRITERS, {"AWS": writers.split(",")})
    for role in ("FunctionRole", "ReconcileRole"):
        (ours,) = [each for each in role_statements(stack, role) if each["Sid"] == "Addresses"]
        assert (ours["Action"], ours["Resource"]) == ("dynamodb:BatchGetItem", "Addresses.Arn")
    assert environment(stack)["IACWATCH_IAC__INDEX"] == "dynamodb://iacwatch-addresses"
    assert "ResourcePolicy" not in Stack(AddressIndex="true").properties("Addresses")
    assert not [name for name in Stack().resources if name.startswith("Address")]


@pytest.mark.parametrize("action", sorted(WHERE_NAMED))
def test_a_permission_beyond_that_is_given_only_where_a_parameter_names_what_for(action):
    assert actions(role_statements(Stack(**WHERE_NAMED[action]), "FunctionRole")) == LAMBDA_ACTIONS | {action}


@pytest.mark.parametrize(
    ("bus", "arn"),
    [
        ("findings", f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/findings"),
        ("arn:aws:events:eu-west-1:444455556666:event-bus/all",) * 2,
    ],
)
def test_findings_may_be_put_on_the_bus_that_is_named_and_on_no_other(bus, arn):
    for role in ("FunctionRole", "ReconcileRole"):
        statements = role_statements(Stack(EventBus=bus, Reconcile="true"), role)
        (statement,) = [each for each in statements if each["Sid"] == "EventBus"]
        assert (set(statement["Action"]), statement["Resource"]) == (BUS, arn)
    assert actions(role_statements(Stack(EventBus=bus), "FunctionRole")) == LAMBDA_ACTIONS | BUS


def test_a_secret_is_named_exactly():
    statements = role_statements(Stack(**EVERYTHING), "FunctionRole")
    resources = {s["Sid"]: s["Resource"] for s in statements}
    assert resources["TokenSecret"] == (
        f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:iacwatch/slack-??????"
    )
    assert resources["WebhookParameter"] == f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/iacwatch/webhook"
    assert resources["ConfigParameter"] == f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/iacwatch/config"
    assert {"TokenParameter", "WebhookSecret"}.isdisjoint(resources)


@pytest.mark.parametrize("source", TRAILS)
def test_another_trail_is_read_instead_of_event_history_and_nothing_else_is(source):
    given = {name: value for name, value in EVERYTHING.items() if name.startswith("Athena")}
    stack = Stack(TrailSource=source, **given)
    assert actions(role_statements(stack, "FunctionRole")) == LAMBDA_ACTIONS - LOOKUPS | TRAILS[source]
    resources = {s["Sid"]: s["Resource"] for s in role_statements(stack, "FunctionRole")}
    if source != "athena":
        assert resources["TrailBucket"] == "arn:aws:s3:::trail"
        assert resources["TrailFiles"] == f"arn:aws:s3:::{source.removeprefix('s3://')}/*"
        return
    here = f"eu-west-1:{ACCOUNT}"
    assert resources["Athena"] == f"arn:aws:athena:{here}:workgroup/audit-group"
    assert resources["AthenaTable"] == [
        f"arn:aws:glue:{here}:{thing}"
        for thing in ("catalog", "database/audit", "table/audit/cloudtrail_logs")
    ]
    assert resources["AthenaRecordsBucket"] == "arn:aws:s3:::trail"
    assert resources["AthenaRecords"] == "arn:aws:s3:::trail/org/AWSLogs/*"
    assert resources["AthenaOutputBucket"] == "arn:aws:s3:::results"
    assert resources["AthenaOutput"] == "arn:aws:s3:::results/iacwatch/*"


def test_results_that_athena_keeps_itself_need_no_bucket():
    stack = Stack(TrailSource="athena", AthenaRecords="s3://trail")
    assert {"s3:PutObject", "s3:GetBucketLocation"}.isdisjoint(
        actions(role_statements(stack, "FunctionRole"))
    )
    resources = {s["Sid"]: s["Resource"] for s in role_statements(stack, "FunctionRole")}
    assert resources["Athena"].endswith(":workgroup/primary")


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("", True),
        ("athena", True),
        ("s3://my-trail/a/b", True),
        ("s3://my-trail/", False),
        ("s3://my-trail/*", False),
        ("s3://My_Trail", False),
        ("api", False),
        ("/folder", False),
    ],
)
def test_a_trail_that_no_permission_could_be_given_for_is_refused(source, taken):
    assert bool(re.fullmatch(loaded()["Parameters"]["TrailSource"]["AllowedPattern"], source)) is taken


def test_everything_else_is_granted_on_one_thing_only():
    unbound = {"config:GetResourceConfigHistory"}
    stack = Stack(**EVERYTHING)
    for role, wide in (("FunctionRole", unbound), ("ReconcileRole", unbound | INVENTORY)):
        everywhere = [s for s in role_statements(stack, role) if s["Resource"] == "*"]
        assert actions(everywhere) == wide


def test_the_daily_run_may_list_and_not_touch_the_queue():
    granted = actions(role_statements(Stack(Reconcile="true"), "ReconcileRole"))
    of_queues = {action for action in LAMBDA_ACTIONS if action.startswith("sqs:")}
    assert granted == (LAMBDA_ACTIONS - of_queues) | INVENTORY


@pytest.mark.parametrize("parameter", ["SlackTokenSecret", "SlackWebhookSecret"])
def test_the_secret_itself_cannot_be_given_by_mistake(parameter):
    pattern = loaded()["Parameters"][parameter]["AllowedPattern"]
    assert re.fullmatch(pattern, "iacwatch/slack")
    assert not re.fullmatch(pattern, "xoxb-123-abc")
    assert not re.fullmatch(pattern, "https://hooks.slack.com/services/T/B/x")


def test_without_other_accounts_nobody_else_may_send_here():
    kinds = {body["Type"] for body in Stack().resources.values()}
    assert {"AWS::Events::EventBus", "AWS::Events::EventBusPolicy"}.isdisjoint(kinds)


def test_named_accounts_may_send_to_the_bus_and_are_the_only_ones_whose_role_is_assumed():
    stack = Stack(**EVERYTHING)
    (policy,) = stack.of_type("AWS::Events::EventBusPolicy")
    accounts = ["222233334444", "333344445555"]
    assert policy["Statement"]["Principal"] == {"AWS": accounts}
    assert policy["Statement"]["Action"] == "events:PutEvents"
    (assume,) = [s for s in role_statements(stack, "FunctionRole") if s["Sid"] == "Members"]
    assert assume["Resource"] == "arn:aws:iam::*:role/iacwatch-read"
    assert assume["Condition"] == {"StringEquals": {"aws:ResourceAccount": accounts}}
    assert json.loads(environment(stack)["IACWATCH_ACCOUNTS__ALLOWED"]) == accounts


def test_an_organization_may_send_to_the_bus_and_nobody_outside_it():
    stack = Stack(OrganizationId="o-abcdefghij")
    (policy,) = stack.of_type("AWS::Events::EventBusPolicy")
    assert policy["Statement"]["Principal"] == "*"
    assert policy["Statement"]["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    (assume,) = [s for s in role_statements(stack, "FunctionRole") if s["Sid"] == "Members"]
    assert assume["Condition"] == {"StringEquals": {"aws:ResourceOrgID": ["o-abcdefghij"]}}


def test_a_member_lets_only_the_central_functions_read_and_nothing_else():
    stack = Stack(member=True, CentralAccountId=ACCOUNT, ExternalId="between-us")
    role = stack.properties("ReadRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert role["RoleName"] == "iacwatch-read"
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert trust["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/iacwatch-*"},
        "StringEquals": {"sts:ExternalId": "between-us"},
    }
    (policy,) = role["Policies"]
    assert actions(policy["PolicyDocument"]["Statement"]) == {
        "cloudtrail:LookupEvents",
        "config:GetResourceConfigHistory",
        "config:SelectResourceConfig",
        "config:ListDiscoveredResources",
    }


def test_the_names_of_the_central_roles_fit_what_a_member_trusts():
    stack = Stack(Reconcile="true")
    named = {stack.properties(role)["RoleName"] for role in ("FunctionRole", "ReconcileRole")}
    assert named == {"iacwatch-eu-west-1", "iacwatch-reconcile-eu-west-1"}


@pytest.mark.parametrize(("region", "bus"), [("", "eu-west-1"), ("us-east-1", "us-east-1")])
def test_a_member_sends_its_changes_to_the_central_bus(region, bus):
    stack = Stack(member=True, CentralAccountId=ACCOUNT, CentralRegion=region)
    (target,) = stack.properties("Rule")["Targets"]
    assert target["Arn"] == f"arn:aws:events:{bus}:{ACCOUNT}:event-bus/iacwatch"
    assert target["RoleArn"] == "ForwardRole.Arn"
    (policy,) = stack.properties("ForwardRole")["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", target["Arn"])
    assert stack.properties("Rule")["EventPattern"] == Stack().properties("Rule")["EventPattern"]


def test_of_several_regions_one_makes_the_members_role():
    def roles(where: str) -> bool:
        return "ReadRole" in Stack(member=True, CentralAccountId=ACCOUNT, RoleRegion=where).resources

    assert [roles(where) for where in ("", "eu-west-1", "us-east-1")] == [True, True, False]

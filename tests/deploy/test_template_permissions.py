"""Who may do what, by the CloudFormation templates: functions, rules, other accounts."""

import json
import re

import pytest

from tests.deploy.given import ALWAYS, EVERYTHING, GRANTS, INVENTORY, TABLE, environment, role_statements
from tests.deploy.stacks import ACCOUNT, URLS, Stack, actions, loaded

MEMBERS = ["222233334444", "333344445555"]


@pytest.mark.parametrize("queue", ["Queue", "DeadLetterQueue", "RuleDeadLetterQueue"])
def test_only_the_rules_may_send_to_the_queues_and_nobody_without_encryption(queue):
    for given, senders in (({}, ["Rule.Arn"]), (EVERYTHING, ["Rule.Arn", "MemberRule.Arn"])):
        policy = Stack(**given).properties(f"{queue}Policy")
        assert policy["Queues"] == [f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/{URLS[queue]}"]
        send = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": f"{queue}.Arn",
            "Condition": {"ArnEquals": {"aws:SourceArn": senders}},
        }
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        encrypted = {**send, "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Condition": plain}
        wanted = [encrypted] if queue == "DeadLetterQueue" else [send, encrypted]
        statements = sorted(policy["PolicyDocument"]["Statement"], key=lambda each: each["Effect"])
        assert [{**each, "Sid": None} for each in statements] == [{**each, "Sid": None} for each in wanted]


def test_only_the_queue_may_have_the_dead_letter_queue():
    stack = Stack(Name="watch")
    assert stack.properties("DeadLetterQueue")["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{stack.properties('Queue')['QueueName']}"],
    }


def granted(role="FunctionRole", **given):
    statements = role_statements(Stack(**given), role)
    made = {each["Sid"]: (actions([each]), each["Resource"]) for each in statements}
    return made, {each["Sid"]: each["Condition"] for each in statements if "Condition" in each}


def test_the_functions_may_do_this_on_these_things_and_no_more():
    members = {"Members": {"StringEquals": {"aws:ResourceAccount": MEMBERS}}}
    assert granted(**EVERYTHING) == (GRANTS, members)
    daily = {**GRANTS, "Logs": (GRANTS["Logs"][0], "ReconcileLogs.Arn"), "Inventory": (INVENTORY, "*")}
    del daily["Queue"]
    assert granted("ReconcileRole", **EVERYTHING) == (daily, members)


OF_ATHENA = {"Athena", "AthenaCatalog", "AthenaTable", "AthenaRecordsBucket", "AthenaRecords"}


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({}, set()),
        ({"AddressIndex": "true"}, {"Addresses"}),
        ({"ReadStacks": "true"}, {"Stacks"}),
        ({"EventBus": "arn:aws:events:eu-west-1:444455556666:event-bus/all"}, {"EventBus"}),
        ({"MemberAccounts": "222233334444"}, {"Members"}),
        ({"SlackTokenSecret": "iacwatch/slack"}, {"TokenSecret"}),
        ({"SlackTokenParameter": "/slack"}, {"TokenParameter"}),
        ({"SlackWebhookSecret": "slack"}, {"WebhookSecret"}),
        ({"ConfigParameter": "/iacwatch/config"}, {"ConfigParameter"}),
        ({"SecretKmsKeyArn": EVERYTHING["SecretKmsKeyArn"]}, {"SecretKey"}),
        ({"TrailSource": "s3://trail"}, {"TrailBucket", "TrailFiles"}),
        ({"TrailSource": "s3://trail/org/AWSLogs"}, {"TrailBucket", "TrailFiles"}),
        ({"TrailSource": "athena", "AthenaRecords": "s3://trail"}, OF_ATHENA),
    ],
)
def test_a_permission_beyond_that_is_given_only_where_a_parameter_names_what_for(given, more):
    made, _ = granted(**given)
    assert made.keys() == ALWAYS | more
    lookups = {"cloudtrail:LookupEvents"} if "TrailSource" not in given else set()
    assert made["History"] == (GRANTS["History"][0] | lookups, "*")
    if "AthenaRecords" in given:
        assert made["Athena"][1].endswith(":workgroup/primary")
    if given.get("EventBus", "").startswith("arn:"):
        assert made["EventBus"] == (GRANTS["EventBus"][0], given["EventBus"])
    if "TrailBucket" in more:
        assert made["TrailBucket"] == ({"s3:ListBucket"}, "arn:aws:s3:::trail")
        assert made["TrailFiles"] == ({"s3:GetObject"}, f"arn:aws:s3:::{given['TrailSource'][5:]}/*")


def test_pipelines_write_the_index_of_addresses():
    stack = Stack(**EVERYTHING)
    (policy,) = stack.properties("AddressWriterPolicy")["PolicyDocument"]["Statement"]
    assert (set(policy["Action"]), policy["Resource"]) == (TABLE, "Addresses.Arn")
    (theirs,) = stack.properties("Addresses")["ResourcePolicy"]["PolicyDocument"]["Statement"]
    writers = EVERYTHING["AddressWriters"].split(",")
    assert (set(theirs["Action"]), theirs["Principal"]) == (TABLE, {"AWS": writers})
    assert environment(stack)["IACWATCH_IAC__INDEX"] == "dynamodb://iacwatch-addresses"
    assert "ResourcePolicy" not in Stack(AddressIndex="true").properties("Addresses")
    assert not [name for name in Stack().resources if name.startswith("Address")]


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        ("TrailSource", "", True),
        ("TrailSource", "athena", True),
        ("TrailSource", "s3://my-trail/a/b", True),
        ("TrailSource", "s3://my-trail/", False),
        ("TrailSource", "api", False),
        *((f"Slack{kind}Secret", "iacwatch/slack", True) for kind in ("Token", "Webhook")),
        *((f"Slack{kind}Secret", "xoxb-123-abc", False) for kind in ("Token", "Webhook")),
        *((f"Slack{kind}Secret", "https://hooks.slack.com/x", False) for kind in ("Token", "Webhook")),
    ],
)
def test_a_trail_that_nothing_permits_and_the_secret_itself_are_refused(parameter, value, taken):
    assert bool(re.fullmatch(loaded()["Parameters"][parameter]["AllowedPattern"], value)) is taken


@pytest.mark.parametrize(
    ("given", "sender", "owner"),
    [
        (EVERYTHING, {"Principal": {"AWS": MEMBERS}}, {"aws:ResourceAccount": MEMBERS}),
        (
            {"OrganizationId": "o-abcdefghij"},
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}},
            {"aws:ResourceOrgID": ["o-abcdefghij"]},
        ),
    ],
)
def test_named_accounts_or_an_organization_may_send_and_are_the_only_ones_whose_role_is_assumed(
    given, sender, owner
):
    stack = Stack(**given)
    (policy,) = stack.of_type("AWS::Events::EventBusPolicy")
    statement = policy["Statement"]
    assert statement["Action"] == "events:PutEvents"
    assert {name: statement.get(name) for name in ("Principal", "Condition")} == {"Condition": None} | sender
    assert granted(**given)[1] == {"Members": {"StringEquals": owner}}
    if "MemberAccounts" in given:
        assert json.loads(environment(stack)["IACWATCH_ACCOUNTS__ALLOWED"]) == MEMBERS


def test_without_other_accounts_nobody_else_may_send_here():
    kinds = {body["Type"] for body in Stack().resources.values()}
    assert {"AWS::Events::EventBus", "AWS::Events::EventBusPolicy"}.isdisjoint(kinds)


def test_a_member_lets_only_the_central_functions_read_and_nothing_else():
    role = Stack(member=True, CentralAccountId=ACCOUNT, ExternalId="between-us").properties("ReadRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert role["RoleName"] == "iacwatch-read"
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert trust["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/iacwatch-*"},
        "StringEquals": {"sts:ExternalId": "between-us"},
    }
    (policy,) = role["Policies"]
    reads = {"cloudtrail:LookupEvents", "config:GetResourceConfigHistory"} | INVENTORY
    assert actions(policy["PolicyDocument"]["Statement"]) == reads
    central = Stack(Reconcile="true")
    named = {central.properties(role)["RoleName"] for role in ("FunctionRole", "ReconcileRole")}
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


@pytest.mark.parametrize(("where", "made"), [("", True), ("eu-west-1", True), ("us-east-1", False)])
def test_of_several_regions_one_makes_the_members_role(where, made):
    resources = Stack(member=True, CentralAccountId=ACCOUNT, RoleRegion=where).resources
    assert ("ReadRole" in resources) is made

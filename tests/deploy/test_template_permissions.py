"""Who may do what, by the CloudFormation templates: functions, rules, other accounts."""

import re

import pytest

from tests.deploy.stacks import ACCOUNT, EVERYTHING, URLS, Stack, allowed, loaded

HERE = f"eu-west-1:{ACCOUNT}"
ATHENA, GLUE, SSM = (f"arn:aws:{service}:{HERE}" for service in ("athena", "glue", "ssm"))
TABLE = "dynamodb:BatchGetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem"
QUEUE = "sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility sqs:GetQueueAttributes"
QUERY = "athena:StartQueryExecution athena:GetQueryExecution athena:StopQueryExecution athena:GetQueryResults"
CATALOG = "glue:GetDatabase glue:GetTable glue:GetPartitions"
TABLES = [f"{GLUE}:{each}" for each in ("catalog", "database/audit", "table/audit/cloudtrail_logs")]
TOKEN = f"arn:aws:secretsmanager:{HERE}:secret:iacwatch/slack-??????"
GRANTS = {
    "Queue": (QUEUE, "Queue.Arn"),
    "Logs": ("logs:CreateLogStream logs:PutLogEvents", "Logs.Arn"),
    "History": ("config:GetResourceConfigHistory", "*"),
    "Ledger": (TABLE, "Ledger.Arn"),
    "Athena": (QUERY, f"{ATHENA}:workgroup/audit-group"),
    "AthenaCatalog": ("athena:GetTableMetadata", f"{ATHENA}:datacatalog/AwsDataCatalog"),
    "AthenaTable": (CATALOG, TABLES),
    "AthenaRecordsBucket": ("s3:ListBucket", "arn:aws:s3:::trail"),
    "AthenaRecords": ("s3:GetObject", "arn:aws:s3:::trail/org/AWSLogs/*"),
    "AthenaOutputBucket": ("s3:GetBucketLocation", "arn:aws:s3:::results"),
    "AthenaOutput": ("s3:GetObject s3:PutObject", "arn:aws:s3:::results/iacwatch/*"),
    "Addresses": ("dynamodb:BatchGetItem", "Addresses.Arn"),
    "Stacks": ("cloudformation:DescribeStackResource", f"arn:aws:cloudformation:*:{ACCOUNT}:stack/*"),
    "EventBus": ("events:PutEvents events:DescribeEventBus", f"arn:aws:events:{HERE}:event-bus/findings"),
    "Members": ("sts:AssumeRole", "arn:aws:iam::*:role/iacwatch-read"),
    "TokenSecret": ("secretsmanager:GetSecretValue", TOKEN),
    "WebhookParameter": ("ssm:GetParameter", f"{SSM}:parameter/iacwatch/webhook"),
    "ConfigParameter": ("ssm:GetParameter", f"{SSM}:parameter/iacwatch/config"),
    "SecretKey": ("kms:Decrypt", EVERYTHING["SecretKmsKeyArn"]),
}
"""By statement: what the function may do, and on what, where everything is given."""
INVENTORY = "config:SelectResourceConfig config:ListDiscoveredResources"
"""What the daily run may do instead of touching the queue."""
MEMBERS = ["222233334444", "333344445555"]


def granted(role="FunctionRole", **given):
    """Return what a role may do: by its own policy, and by the one that both functions share."""
    stack = Stack(**given)
    properties = stack.properties(role)
    assert properties["ManagedPolicyArns"] == ["ReadPolicy"]
    policies = (*properties["Policies"], stack.properties("ReadPolicy"))
    statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    made = {each["Sid"]: ({act for act, *_ in allowed([each])}, each["Resource"]) for each in statements}
    return made, {each["Sid"]: each["Condition"] for each in statements if "Condition" in each}


def wanted(grants):
    return {name: (set(actions.split()), resource) for name, (actions, resource) in grants.items()}


def test_the_functions_may_do_this_on_these_things_and_no_more():
    members = {"Members": {"StringEquals": {"aws:ResourceAccount": MEMBERS}}}
    assert granted(**EVERYTHING) == (wanted(GRANTS), members)
    daily = {**GRANTS, "Logs": (GRANTS["Logs"][0], "ReconcileLogs.Arn"), "Inventory": (INVENTORY, "*")}
    del daily["Queue"]
    assert granted("ReconcileRole", **EVERYTHING) == (wanted(daily), members)


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


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({}, set()),
        ({"SlackTokenParameter": "/slack"}, {"TokenParameter"}),
        ({"SlackWebhookSecret": "slack"}, {"WebhookSecret"}),
        ({"TrailSource": "s3://trail/org"}, {"TrailBucket", "TrailFiles"}),
    ],
)
def test_a_permission_beyond_that_is_given_only_where_a_parameter_names_what_for(given, more):
    made, _ = granted(**given)
    assert made.keys() == {"Queue", "Logs", "History", "Ledger"} | more
    assert ("cloudtrail:LookupEvents" in made["History"][0]) is ("TrailSource" not in given)
    if "TrailBucket" in more:
        assert made["TrailBucket"] == ({"s3:ListBucket"}, "arn:aws:s3:::trail")
        assert made["TrailFiles"] == ({"s3:GetObject"}, "arn:aws:s3:::trail/org/*")


def test_pipelines_write_the_index_of_addresses():
    stack = Stack(**EVERYTHING)
    (policy,) = stack.properties("AddressWriterPolicy")["PolicyDocument"]["Statement"]
    assert (set(policy["Action"]), policy["Resource"]) == (set(TABLE.split()), "Addresses.Arn")
    (theirs,) = stack.properties("Addresses")["ResourcePolicy"]["PolicyDocument"]["Statement"]
    writers = EVERYTHING["AddressWriters"].split(",")
    assert (set(theirs["Action"]), theirs["Principal"]) == (set(TABLE.split()), {"AWS": writers})


def test_a_trail_that_nothing_permits_and_the_secret_itself_are_refused():
    for parameter, taken, refused in (
        ("TrailSource", "s3://my-trail/a/b", "s3://my-trail/"),
        ("SlackTokenSecret", "iacwatch/slack", "xoxb-123-abc"),
        ("SlackWebhookSecret", "iacwatch/slack", "https://hooks.slack.com/x"),
    ):
        allows = re.compile(loaded()["Parameters"][parameter]["AllowedPattern"]).fullmatch
        assert (bool(allows(taken)), allows(refused)) == (True, None)


def test_named_accounts_or_an_organization_may_send_and_are_the_only_ones_whose_role_is_assumed():
    ours = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    for given, principal, condition, owner in (
        (EVERYTHING, {"AWS": MEMBERS}, None, {"aws:ResourceAccount": MEMBERS}),
        ({"OrganizationId": "o-abcdefghij"}, "*", ours, {"aws:ResourceOrgID": ["o-abcdefghij"]}),
    ):
        (policy,) = Stack(**given).of_type("AWS::Events::EventBusPolicy")
        made = [policy["Statement"].get(name) for name in ("Action", "Principal", "Condition")]
        assert made == ["events:PutEvents", principal, condition]
        assert granted(**given)[1] == {"Members": {"StringEquals": owner}}
    assert Stack().of_type("AWS::Events::EventBusPolicy") == []


def test_a_member_lets_only_the_central_functions_read_and_sends_its_changes_to_the_central_bus():
    stack = Stack(member=True, CentralAccountId=ACCOUNT, ExternalId="between-us", CentralRegion="us-east-1")
    role = stack.properties("ReadRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert role["RoleName"] == "iacwatch-read"
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert trust["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/iacwatch-*"},
        "StringEquals": {"sts:ExternalId": "between-us"},
    }
    (policy,) = role["Policies"]
    reads = f"cloudtrail:LookupEvents config:GetResourceConfigHistory {INVENTORY}"
    assert {action for action, *_ in allowed(policy["PolicyDocument"]["Statement"])} == set(reads.split())
    central = Stack(Reconcile="true")
    named = {central.properties(role)["RoleName"] for role in ("FunctionRole", "ReconcileRole")}
    assert named == {"iacwatch-eu-west-1", "iacwatch-reconcile-eu-west-1"}
    (target,) = stack.properties("Rule")["Targets"]
    assert target["Arn"] == f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/iacwatch"
    (policy,) = stack.properties("ForwardRole")["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", target["Arn"])
    assert stack.properties("Rule")["EventPattern"] == Stack().properties("Rule")["EventPattern"]
    assert "ReadRole" not in Stack(member=True, RoleRegion="us-east-1").resources, "one of several regions"

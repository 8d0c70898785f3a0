"""What the templates are given in tests, and what may be allowed."""

from typing import Any

from tests.deploy.stacks import ACCOUNT, REGION, Stack

SLACK = {"SlackChannel": "#changes", "SlackTokenSecret": "iacwatch/slack"}
EVERYTHING = {
    "SlackChannel": "#changes",
    "SlackTokenSecret": "iacwatch/slack",
    "SlackWebhookParameter": "/iacwatch/webhook",
    "SlackRoutes": '[{"channel": "#payments", "tags": {"team": "payments"}}]',
    "SlackGroupWindow": "5m",
    "SlackApiUrl": "https://slack-gov.com/api/",
    "SecretKmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/k",
    "EventBus": "findings",
    "AddressIndex": "true",
    "AddressWriters": "arn:aws:iam::222233334444:role/ci,arn:aws:iam::333344445555:role/ci",
    "ReadStacks": "true",
    "TagKey": "owner",
    "TagValues": "terraform,cdk",
    "Workflows": '[{"name": "ci", "principals": ["arn:aws:iam::*:role/ci-*"],'
    ' "started_by": ["gitlab.com:project_path:acme/infra:ref_type:branch:ref:main"]}]',
    "ReportVerdicts": "out-of-band,side-effect",
    "ReportIgnore": '[{"resource_types": ["AWS::AutoScaling::AutoScalingGroup"]}]',
    "ReportRedact": "Configuration.a*,Configuration.b",
    "ConfigParameter": "/iacwatch/config",
    "TrailSource": "athena",
    "AthenaDatabase": "audit",
    "AthenaTable": "cloudtrail_logs",
    "AthenaRecords": "s3://trail/org/AWSLogs",
    "AthenaWorkgroup": "audit-group",
    "AthenaOutput": "s3://results/iacwatch",
    "MemberAccounts": "222233334444,333344445555",
    "ExternalId": "between-us",
    "AccountNames": '{"222233334444": "prod"}',
    "Reconcile": "true",
    "AlarmTopicArn": "arn:aws:sns:eu-west-1:111122223333:alarms",
}
HERE = f"{REGION}:{ACCOUNT}"
TABLE = {"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
GRANTS: dict[str, tuple[set[str], str | list[str]]] = {
    "Queue": (
        {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"},
        "Queue.Arn",
    ),
    "Logs": ({"logs:CreateLogStream", "logs:PutLogEvents"}, "Logs.Arn"),
    "History": ({"config:GetResourceConfigHistory"}, "*"),
    "Ledger": (TABLE, "Ledger.Arn"),
    "Athena": (
        {f"athena:{verb}QueryExecution" for verb in ("Start", "Get", "Stop")} | {"athena:GetQueryResults"},
        f"arn:aws:athena:{HERE}:workgroup/audit-group",
    ),
    "AthenaCatalog": ({"athena:GetTableMetadata"}, f"arn:aws:athena:{HERE}:datacatalog/AwsDataCatalog"),
    "AthenaTable": (
        {"glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"},
        [
            f"arn:aws:glue:{HERE}:{each}"
            for each in ("catalog", "database/audit", "table/audit/cloudtrail_logs")
        ],
    ),
    "AthenaRecordsBucket": ({"s3:ListBucket"}, "arn:aws:s3:::trail"),
    "AthenaRecords": ({"s3:GetObject"}, "arn:aws:s3:::trail/org/AWSLogs/*"),
    "AthenaOutputBucket": ({"s3:GetBucketLocation"}, "arn:aws:s3:::results"),
    "AthenaOutput": ({"s3:GetObject", "s3:PutObject"}, "arn:aws:s3:::results/iacwatch/*"),
    "Addresses": ({"dynamodb:BatchGetItem"}, "Addresses.Arn"),
    "Stacks": ({"cloudformation:DescribeStackResource"}, f"arn:aws:cloudformation:*:{ACCOUNT}:stack/*"),
    "EventBus": (
        {"events:PutEvents", "events:DescribeEventBus"},
        f"arn:aws:events:{HERE}:event-bus/findings",
    ),
    "Members": ({"sts:AssumeRole"}, "arn:aws:iam::*:role/iacwatch-read"),
    "TokenSecret": (
        {"secretsmanager:GetSecretValue"},
        f"arn:aws:secretsmanager:{HERE}:secret:iacwatch/slack-??????",
    ),
    "WebhookParameter": ({"ssm:GetParameter"}, f"arn:aws:ssm:{HERE}:parameter/iacwatch/webhook"),
    "ConfigParameter": ({"ssm:GetParameter"}, f"arn:aws:ssm:{HERE}:parameter/iacwatch/config"),
    "SecretKey": ({"kms:Decrypt"}, "arn:aws:kms:eu-west-1:111122223333:key/k"),
}
"""By statement: what the function may do, and on what, where everything is given."""

ALWAYS = {"Queue", "Logs", "History", "Ledger"}
INVENTORY = {"config:SelectResourceConfig", "config:ListDiscoveredResources"}
"""What the daily run may do instead of touching the queue."""


def role_statements(stack: Stack, role: str) -> list[dict[str, Any]]:
    """Return what a function's role may do: its own policy, and the one that both share."""
    properties = stack.properties(role)
    assert properties["ManagedPolicyArns"] == ["ReadPolicy"]
    (own,) = properties["Policies"]
    return own["PolicyDocument"]["Statement"] + stack.properties("ReadPolicy")["PolicyDocument"]["Statement"]


def environment(stack: Stack, function: str = "Function") -> dict[str, str]:
    return stack.properties(function)["Environment"]["Variables"]

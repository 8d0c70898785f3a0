"""What the templates are given in tests, and what may be allowed."""

from typing import Any

from tests.deploy.stacks import Stack

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
LAMBDA_ACTIONS = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "cloudtrail:LookupEvents",
    "config:GetResourceConfigHistory",
    "dynamodb:BatchGetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
}
LOOKUPS = {"cloudtrail:LookupEvents"}
FILES = {"s3:ListBucket", "s3:GetObject"}
TRAILS = {
    "s3://trail": FILES,
    "s3://trail/org/AWSLogs": FILES,
    "athena": {
        *FILES,
        *("athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"),
        *("athena:StopQueryExecution", "athena:GetTableMetadata"),
        *("glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"),
        *("s3:GetBucketLocation", "s3:PutObject"),
    },
}
"""By where trail events come from: what it takes, instead of lookups."""

INVENTORY = {"config:SelectResourceConfig", "config:ListDiscoveredResources"}
BUS = {"events:PutEvents", "events:DescribeEventBus"}
WRITERS = {"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
"""What a pipeline may do that fills the index of addresses."""
WHERE_NAMED = {
    "sts:AssumeRole": {"MemberAccounts": "222233334444"},
    "secretsmanager:GetSecretValue": {"SlackTokenSecret": "iacwatch/slack"},
    "ssm:GetParameter": {"ConfigParameter": "/iacwatch/config"},
    "cloudformation:DescribeStackResource": {"ReadStacks": "true"},
    "kms:Decrypt": {"SecretKmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/k"},
}


def role_statements(stack: Stack, role: str) -> list[dict[str, Any]]:
    """Return what a function's role may do: its own policy, and the one that both share."""
    properties = stack.properties(role)
    assert properties["ManagedPolicyArns"] == ["ReadPolicy"]
    (own,) = properties["Policies"]
    return own["PolicyDocument"]["Statement"] + stack.properties("ReadPolicy")["PolicyDocument"]["Statement"]


def environment(stack: Stack, function: str = "Function") -> dict[str, str]:
    return stack.properties(function)["Environment"]["Variables"]

# Permissions: what both functions need, and what each needs besides.

locals {
  secrets       = compact([var.slack_token_secret, var.slack_webhook_secret])
  parameters    = compact([var.slack_token_parameter, var.slack_webhook_parameter, var.config_parameter])
  secret_arn    = "arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:"
  parameter_arn = "arn:${local.partition}:ssm:${local.region}:${local.account}:parameter"
  bucket_arn    = "arn:${local.partition}:s3:::"
  athena_arn    = "arn:${local.partition}:athena:${local.region}:${local.account}"
  glue_arn      = "arn:${local.partition}:glue:${local.region}:${local.account}"
  trail_places  = [for place in compact([local.reads_files ? var.trail_source : local.asks_athena ? var.athena_records : ""]) : trimprefix(place, "s3://")]
  output_places = [for place in compact([local.asks_athena ? var.athena_output : ""]) : trimprefix(place, "s3://")]
  lambda_role = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

locals {
  read_statements = concat(
    [
      {
        Sid    = "History"
        Effect = "Allow"
        # Neither knows a narrower resource.
        Action   = concat(var.trail_source == "" ? ["cloudtrail:LookupEvents"] : [], ["config:GetResourceConfigHistory"])
        Resource = "*"
      },
      {
        Sid      = "Ledger"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
        Resource = aws_dynamodb_table.ledger.arn
      },
    ],
    var.address_index ? [{
      Sid      = "Addresses"
      Effect   = "Allow"
      Action   = "dynamodb:BatchGetItem"
      Resource = aws_dynamodb_table.addresses[0].arn
    }] : [],
    var.read_stacks ? [{
      Sid      = "Stacks"
      Effect   = "Allow"
      Action   = "cloudformation:DescribeStackResource"
      Resource = "arn:${local.partition}:cloudformation:*:${local.account}:stack/*"
    }] : [],
    length(local.trail_places) == 0 ? [] : [
      {
        Sid      = "TrailBucket"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = [for place in local.trail_places : "${local.bucket_arn}${split("/", place)[0]}"]
      },
      {
        Sid      = "TrailFiles"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = [for place in local.trail_places : "${local.bucket_arn}${place}/*"]
      },
    ],
    local.asks_athena ? [
      {
        Sid      = "Athena"
        Effect   = "Allow"
        Action   = ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:StopQueryExecution"]
        Resource = ["${local.athena_arn}:workgroup/${var.athena_workgroup == "" ? "primary" : var.athena_workgroup}"]
      },
      {
        Sid      = "AthenaCatalog"
        Effect   = "Allow"
        Action   = ["athena:GetTableMetadata"]
        Resource = ["${local.athena_arn}:datacatalog/AwsDataCatalog"]
      },
      {
        Sid      = "AthenaTable"
        Effect   = "Allow"
        Action   = ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"]
        Resource = [for thing in ["catalog", "database/${var.athena_database}", "table/${var.athena_database}/${var.athena_table}"] : "${local.glue_arn}:${thing}"]
      },
    ] : [],
    length(local.output_places) == 0 ? [] : [
      {
        Sid      = "AthenaOutputBucket"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation"]
        Resource = [for place in local.output_places : "${local.bucket_arn}${split("/", place)[0]}"]
      },
      {
        Sid      = "AthenaOutput"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = [for place in local.output_places : "${local.bucket_arn}${place}/*"]
      },
    ],
    var.event_bus == "" ? [] : [{
      Sid      = "EventBus"
      Effect   = "Allow"
      Action   = ["events:PutEvents", "events:DescribeEventBus"]
      Resource = startswith(var.event_bus, "arn:") ? var.event_bus : "arn:${local.partition}:events:${local.region}:${local.account}:event-bus/${var.event_bus}"
    }],
    local.has_members ? [{
      Sid      = "Members"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "arn:${local.partition}:iam::*:role/${var.member_role_name}"
      Condition = {
        StringEquals = local.has_organization ? { "aws:ResourceOrgID" = [var.organization_id] } : { "aws:ResourceAccount" = var.member_accounts }
      }
    }] : [],
    length(local.secrets) == 0 ? [] : [{
      Sid    = "Secrets"
      Effect = "Allow"
      Action = "secretsmanager:GetSecretValue"
      # Secrets Manager appends a hyphen and six characters to a secret's name.
      Resource = [for name in local.secrets : "${local.secret_arn}${name}-??????"]
    }],
    length(local.parameters) == 0 ? [] : [{
      Sid      = "Parameters"
      Effect   = "Allow"
      Action   = "ssm:GetParameter"
      Resource = [for name in local.parameters : "${local.parameter_arn}${name}"]
    }],
    var.secret_kms_key_arn == "" ? [] : [{
      Sid      = "SecretKey"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = var.secret_kms_key_arn
    }],
  )
}

resource "aws_iam_policy" "read" {
  name        = "${var.name}-read-${local.region}"
  description = "What iacwatch reads, and what it remembers"
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.read_statements })
}

resource "aws_iam_role" "function" {
  name               = "${var.name}-${local.region}"
  assume_role_policy = local.lambda_role
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy" "function" {
  name = "work"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Queue"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
        Resource = aws_sqs_queue.changes.arn
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.function.arn}:*"
      },
    ]
  })
}

resource "aws_iam_role" "reconcile" {
  count              = var.reconcile ? 1 : 0
  name               = "${var.name}-reconcile-${local.region}"
  assume_role_policy = local.lambda_role
}

resource "aws_iam_role_policy_attachment" "reconcile" {
  count      = var.reconcile ? 1 : 0
  role       = aws_iam_role.reconcile[0].name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy" "reconcile" {
  count = var.reconcile ? 1 : 0
  name  = "work"
  role  = aws_iam_role.reconcile[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Inventory"
        Effect   = "Allow"
        Action   = ["config:SelectResourceConfig", "config:ListDiscoveredResources"]
        Resource = "*"
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.reconcile[0].arn}:*"
      },
    ]
  })
}

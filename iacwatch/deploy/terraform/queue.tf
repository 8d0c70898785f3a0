# Changes. Never filtered on tags here: a deleted or an oversized item carries none.

resource "aws_cloudwatch_event_rule" "changes" {
  name          = var.name
  description   = "Configuration changes, for iacwatch"
  state         = var.rule_state
  event_pattern = local.event_pattern
}

resource "aws_cloudwatch_event_target" "changes" {
  rule      = aws_cloudwatch_event_rule.changes.name
  target_id = "queue"
  arn       = aws_sqs_queue.changes.arn
  dead_letter_config {
    arn = aws_sqs_queue.rule_dead_letters.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
}

resource "aws_sqs_queue" "changes" {
  name = var.name
  # CloudTrail's events take minutes to arrive; looking sooner finds nothing.
  delay_seconds = 600
  # Six times the function's time-out, and its batching window, as Lambda advises.
  visibility_timeout_seconds = 1860
  # Less than the dead-letter queue's: a message keeps its first time there.
  message_retention_seconds = 345600
  sqs_managed_sse_enabled   = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    # Waiting for late trail events costs a change some four receives, of which each counts.
    maxReceiveCount = 15
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dlq"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "rule_dead_letters" {
  name                      = "${var.name}-rule-dlq"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.changes.arn]
  })
}

resource "aws_sqs_queue_policy" "changes" {
  queue_url = aws_sqs_queue.changes.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Rules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.changes.arn
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = concat([aws_cloudwatch_event_rule.changes.arn], aws_cloudwatch_event_rule.members[*].arn)
          }
        }
      },
      {
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.changes.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.dead_letters.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sqs_queue_policy" "rule_dead_letters" {
  queue_url = aws_sqs_queue.rule_dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Rules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.rule_dead_letters.arn
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = concat([aws_cloudwatch_event_rule.changes.arn], aws_cloudwatch_event_rule.members[*].arn)
          }
        }
      },
      {
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.rule_dead_letters.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# What was reported already, so that nothing is reported twice.

resource "aws_dynamodb_table" "ledger" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  ttl {
    attribute_name = "ttl"
    enabled        = true
  }
  # A table that was emptied or deleted by mistake comes back: without it everything is reported once more.
  point_in_time_recovery {
    enabled = true
  }
}

# Changes of other accounts. A bus of its own: whoever may send to it cannot reach other rules of this account.

resource "aws_cloudwatch_event_bus" "members" {
  count = local.has_members ? 1 : 0
  name  = var.name
}

resource "aws_cloudwatch_event_bus_policy" "members" {
  count          = local.has_members ? 1 : 0
  event_bus_name = aws_cloudwatch_event_bus.members[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.has_accounts ? [{
        Sid       = "accounts"
        Effect    = "Allow"
        Principal = { AWS = [for account in var.member_accounts : "arn:${local.partition}:iam::${account}:root"] }
        Action    = "events:PutEvents"
        Resource  = aws_cloudwatch_event_bus.members[0].arn
      }] : [],
      local.has_organization ? [{
        Sid       = "organization"
        Effect    = "Allow"
        Principal = "*"
        Action    = "events:PutEvents"
        Resource  = aws_cloudwatch_event_bus.members[0].arn
        Condition = { StringEquals = { "aws:PrincipalOrgID" = var.organization_id } }
      }] : [],
    )
  })
}

resource "aws_cloudwatch_event_rule" "members" {
  count          = local.has_members ? 1 : 0
  name           = "${var.name}-members"
  description    = "Configuration changes of other accounts, for iacwatch"
  event_bus_name = aws_cloudwatch_event_bus.members[0].name
  state          = var.rule_state
  event_pattern  = local.event_pattern
}

resource "aws_cloudwatch_event_target" "members" {
  count          = local.has_members ? 1 : 0
  rule           = aws_cloudwatch_event_rule.members[0].name
  event_bus_name = aws_cloudwatch_event_bus.members[0].name
  target_id      = "queue"
  arn            = aws_sqs_queue.changes.arn
  dead_letter_config {
    arn = aws_sqs_queue.rule_dead_letters.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
}

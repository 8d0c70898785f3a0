# iacwatch in a member account: sends the configuration changes recorded here to the account that iacwatch
# runs in, and lets it read who made them.
#
# Printed by `iacwatch template --format terraform --member`; the CloudFormation template makes the same.
# Apply it in each region in which AWS Config records.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60"
    }
  }
}

variable "central_account_id" {
  description = "The account that iacwatch runs in."
  type        = string
  validation {
    condition     = can(regex("^\\d{12}$", var.central_account_id))
    error_message = "Must be the 12 digits of an account."
  }
}

variable "central_region" {
  description = "The region that iacwatch runs in; empty, this one."
  type        = string
  default     = ""
}

variable "central_bus_name" {
  description = "Its event bus; the variable name there."
  type        = string
  default     = "iacwatch"
}

variable "central_role_name" {
  description = "Which of its roles may read here (a glob); the functions' roles are NAME-REGION and NAME-reconcile-REGION."
  type        = string
  default     = "iacwatch-*"
}

variable "role_name" {
  description = "The name of the role that is made here; member_role_name there."
  type        = string
  default     = "iacwatch-read"
}

variable "role_region" {
  description = "The one region that makes the role, where this is applied in several; empty, this one does."
  type        = string
  default     = ""
}

variable "external_id" {
  description = "The external id that has to be given; external_id there."
  type        = string
  default     = ""
}

variable "read_stacks" {
  description = "Whether a CDK construct's path is looked up in its CloudFormation stack; read_stacks there."
  type        = bool
  default     = false
}

variable "rule_state" {
  description = "DISABLED stops changes from being sent."
  type        = string
  default     = "ENABLED"
  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.rule_state)
    error_message = "Must be ENABLED or DISABLED."
  }
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

locals {
  partition  = data.aws_partition.here.partition
  region     = data.aws_region.here.id
  makes_role = var.role_region == "" || var.role_region == local.region
  bus_region = var.central_region == "" ? local.region : var.central_region
  bus_arn    = "arn:${local.partition}:events:${local.bus_region}:${var.central_account_id}:event-bus/${var.central_bus_name}"
}

resource "aws_iam_role" "read" {
  count       = local.makes_role ? 1 : 0
  name        = var.role_name
  description = "What iacwatch reads here, nothing else"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      # By name, not as the principal itself: a role that is made anew there may still read here.
      Principal = { AWS = "arn:${local.partition}:iam::${var.central_account_id}:root" }
      Action    = "sts:AssumeRole"
      Condition = merge(
        { ArnLike = { "aws:PrincipalArn" = "arn:${local.partition}:iam::${var.central_account_id}:role/${var.central_role_name}" } },
        var.external_id == "" ? {} : { StringEquals = { "sts:ExternalId" = var.external_id } },
      )
    }]
  })
}

resource "aws_iam_role_policy" "read" {
  count = local.makes_role ? 1 : 0
  name  = "read"
  role  = aws_iam_role.read[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid    = "History"
        Effect = "Allow"
        # None of them knows a narrower resource. The last two are the daily run's.
        Action = [
          "cloudtrail:LookupEvents",
          "config:GetResourceConfigHistory",
          "config:SelectResourceConfig",
          "config:ListDiscoveredResources",
        ]
        Resource = "*"
      }],
      var.read_stacks ? [{
        Sid      = "Stacks"
        Effect   = "Allow"
        Action   = "cloudformation:DescribeStackResource"
        Resource = "arn:${local.partition}:cloudformation:*:${data.aws_caller_identity.here.account_id}:stack/*"
      }] : [],
    )
  })
}

resource "aws_iam_role" "forward" {
  name_prefix = "${var.central_bus_name}-forward-"
  description = "Lets a rule send configuration changes to iacwatch's event bus"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "forward" {
  name = "forward"
  role = aws_iam_role.forward.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "CentralBus"
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = local.bus_arn
    }]
  })
}

resource "aws_cloudwatch_event_rule" "forward" {
  name        = "${var.central_bus_name}-forward"
  description = "Configuration changes, for iacwatch"
  state       = var.rule_state
  event_pattern = jsonencode({
    source      = ["aws.config"]
    detail-type = ["Config Configuration Item Change"]
    detail = {
      messageType = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
    }
  })
}

resource "aws_cloudwatch_event_target" "forward" {
  rule      = aws_cloudwatch_event_rule.forward.name
  target_id = "central"
  arn       = local.bus_arn
  role_arn  = aws_iam_role.forward.arn
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
}

output "read_role_arn" {
  description = "The role that iacwatch assumes"
  value       = one(aws_iam_role.read[*].arn)
}

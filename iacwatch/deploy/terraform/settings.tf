# iacwatch: reports to Slack who changed which IaC-managed object, when, and whether it came through the IaC
# workflow. AWS Config -> EventBridge rule -> SQS queue (10 minutes) -> function.
#
# Printed by `iacwatch template --format terraform`; the CloudFormation template makes the same. Use it as a
# folder of its own, or as a module. What is left empty stays at iacwatch's own default, or at what
# config_parameter's TOML says.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60"
    }
  }
}

# The code

variable "package_file" {
  description = "The zip of `iacwatch package`."
  type        = string
}

variable "architecture" {
  description = "What the function runs on, as `iacwatch package --arch` said."
  type        = string
  default     = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "Must be arm64 or x86_64."
  }
}

variable "runtime" {
  description = "The function's Python; `iacwatch package` says which one its compiled files are for."
  type        = string
  default     = "python3.13"
  validation {
    condition     = contains(["python3.12", "python3.13", "python3.14"], var.runtime)
    error_message = "Must be python3.12, python3.13 or python3.14."
  }
}

variable "memory_size" {
  description = "The function's memory in MB; its share of a CPU grows with it."
  type        = number
  default     = 512
}

# Where to report

variable "slack_channel" {
  description = "The channel for findings that no route takes, such as \"#infra-changes\". Sets slack.channel."
  type        = string
  default     = ""
}

variable "slack_token_secret" {
  description = "The Secrets Manager secret that holds the bot token; its name, never the token itself. Sets slack.token."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]*$", var.slack_token_secret)) && !startswith(var.slack_token_secret, "xox")
    error_message = "Must be the name of a secret, not a token."
  }
}

variable "slack_token_parameter" {
  description = "Instead, the SSM parameter (SecureString) that holds the bot token. Sets slack.token."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|/[A-Za-z0-9/_.-]+)$", var.slack_token_parameter))
    error_message = "Must be a parameter's name that begins with a slash."
  }
}

variable "slack_webhook_secret" {
  description = "Instead of a token, the secret that holds an incoming webhook's URL. Sets slack.webhook_url."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]*$", var.slack_webhook_secret)) && !startswith(var.slack_webhook_secret, "xox")
    error_message = "Must be the name of a secret, not a token."
  }
}

variable "slack_webhook_parameter" {
  description = "Or the SSM parameter that holds that URL. Sets slack.webhook_url."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|/[A-Za-z0-9/_.-]+)$", var.slack_webhook_parameter))
    error_message = "Must be a parameter's name that begins with a slash."
  }
}

variable "slack_routes" {
  description = "Routes, such as [{ channel = \"#payments\", tags = { team = \"payments\" } }]. Sets slack.route."
  type        = any
  default     = []
}

variable "slack_group_window" {
  description = "What one actor does within it is one message (10m unless set). Sets slack.group_window."
  type        = string
  default     = ""
}

variable "slack_api_url" {
  description = "Another API for GovSlack or a proxy. Sets slack.api_url."
  type        = string
  default     = ""
}

variable "secret_kms_key_arn" {
  description = "The customer key, if any, that encrypts those secrets and parameters."
  type        = string
  default     = ""
}

variable "event_bus" {
  description = "An EventBridge bus that findings are put on, beside Slack or instead; its name, or the ARN of another account's. Sets events.bus."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^((arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9._-]{1,256})?$", var.event_bus))
    error_message = "Must be the name or the ARN of an event bus."
  }
}

variable "address_index" {
  description = "Whether to make a table of the addresses of objects in IaC, which pipelines fill (`iacwatch help addresses`). Sets iac.index."
  type        = bool
  default     = false
}

variable "address_writers" {
  description = "The roles of pipelines in other accounts that write that table; their ARNs. Roles of this account get the policy of the output address_writer_policy_arn."
  type        = list(string)
  default     = []
}

variable "read_stacks" {
  description = "Whether a CDK construct's path is looked up in its CloudFormation stack."
  type        = bool
  default     = false
}

# What is managed and by whom

variable "tag_key" {
  description = "The tag that makes an object managed (managed-by unless set). Sets managed.tag_key."
  type        = string
  default     = ""
}

variable "tag_values" {
  description = "Which of its values count; empty, any does. Sets managed.tag_values."
  type        = list(string)
  default     = []
}

variable "workflows" {
  description = "The workflows through which managed objects may change, such as [{ name = \"ci\", managed_by = [\"terraform\"], principals = [\"arn:aws:iam::*:role/ci-*\"] }]. Without any the built-in ones apply, which go by the user agent and can be forged. Sets workflow."
  type        = any
  default     = []
}

variable "report_verdicts" {
  description = "Which verdicts are reported (out-of-band, unattributed unless set). Sets report.verdicts."
  type        = list(string)
  default     = []
}

variable "report_ignore" {
  description = "Known noise that is counted but never reported, as a list of blocks. Sets report.ignore."
  type        = any
  default     = []
}

variable "report_redact" {
  description = "Property paths (globs) whose values are never shown, besides those that never are. Sets report.redact."
  type        = list(string)
  default     = []
}

variable "config_parameter" {
  description = "The SSM parameter that holds a whole configuration (TOML), for what has no variable here or is too long for the function's environment (4 KB in all). What is set here replaces what it says."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|/[A-Za-z0-9/_.-]+)$", var.config_parameter))
    error_message = "Must be a parameter's name that begins with a slash."
  }
}

# Where trail events come from

variable "trail_source" {
  description = "Where trail events come from, instead of CloudTrail's LookupEvents. The log files of a trail (s3://bucket/prefix), or athena. Sets trail.source."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|athena|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/*?$]+)*)$", var.trail_source))
    error_message = "Must be athena or s3://bucket/prefix, without a slash at its end."
  }
}

variable "athena_database" {
  description = "The Athena database of CloudTrail's table, in this region. Sets trail.athena_database."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{0,128}$", var.athena_database))
    error_message = "Must be the name of a database."
  }
}

variable "athena_table" {
  description = "That table. Sets trail.athena_table."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{0,128}$", var.athena_table))
    error_message = "Must be the name of a table."
  }
}

variable "athena_records" {
  description = "Where the table's records are, such as s3://trail-bucket/AWSLogs, for the permission to read them."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/*?$]+)*)$", var.athena_records))
    error_message = "Must be s3://bucket/prefix, without a slash at its end."
  }
}

variable "athena_workgroup" {
  description = "The workgroup that runs the queries (primary unless set). Sets trail.athena_workgroup."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{0,128}$", var.athena_workgroup))
    error_message = "Must be the name of a workgroup."
  }
}

variable "athena_output" {
  description = "Where results go (s3://bucket/prefix), also where the workgroup says so; empty where Athena itself keeps them. Sets trail.athena_output."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/*?$]+)*)$", var.athena_output))
    error_message = "Must be s3://bucket/prefix, without a slash at its end."
  }
}

# Other accounts

variable "member_accounts" {
  description = "Other accounts that send their changes here (`iacwatch template --member`). Sets accounts.allowed."
  type        = list(string)
  default     = []
}

variable "organization_id" {
  description = "The organization, if all its accounts may send their changes here. Sets accounts.allowed."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(|o-[a-z0-9]{10,32})$", var.organization_id))
    error_message = "Must be an organization's id, such as o-a1b2c3d4e5."
  }
}

variable "member_role_name" {
  description = "The role that is assumed in those accounts. Sets accounts.role_name."
  type        = string
  default     = "iacwatch-read"
}

variable "external_id" {
  description = "The external id that this role asks for, if it does. Sets accounts.external_id."
  type        = string
  default     = ""
}

variable "account_names" {
  description = "Names shown beside account numbers, such as { \"111122223333\" = \"prod-payments\" }. Sets accounts.names."
  type        = map(string)
  default     = {}
}

# Operation

variable "name" {
  description = "The name of all that is made here."
  type        = string
  default     = "iacwatch"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "Must be at most 31 small letters, digits and hyphens."
  }
}

variable "rule_state" {
  description = "DISABLED stops new changes from entering the queue; what is in it is still worked on."
  type        = string
  default     = "ENABLED"
  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.rule_state)
    error_message = "Must be ENABLED or DISABLED."
  }
}

variable "reconcile" {
  description = "Whether a daily run looks for changes that EventBridge never delivered."
  type        = bool
  default     = false
}

variable "reconcile_schedule" {
  description = "When that run starts (UTC)."
  type        = string
  default     = "cron(17 4 * * ? *)"
}

variable "log_level" {
  description = "How much the function logs. Above INFO Lambda would drop the metrics, which are log lines too."
  type        = string
  default     = "INFO"
  validation {
    condition     = contains(["DEBUG", "INFO"], var.log_level)
    error_message = "Must be DEBUG or INFO."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "alarm_topic_arn" {
  description = "The SNS topic that alarms go to; without one they only change their state."
  type        = string
  default     = ""
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

locals {
  account   = data.aws_caller_identity.here.account_id
  partition = data.aws_partition.here.partition
  region    = data.aws_region.here.id

  has_accounts     = length(var.member_accounts) > 0
  has_organization = var.organization_id != ""
  has_members      = local.has_accounts || local.has_organization

  asks_athena = var.trail_source == "athena"
  reads_files = startswith(var.trail_source, "s3://")

  # What is empty here is not set at all.
  environment = { for name, value in {
    IACWATCH_CONFIG                  = var.config_parameter == "" ? "" : "ssm:${var.config_parameter}"
    IACWATCH_MANAGED__TAG_KEY        = var.tag_key
    IACWATCH_MANAGED__TAG_VALUES     = length(var.tag_values) == 0 ? "" : jsonencode(var.tag_values)
    IACWATCH_WORKFLOW                = length(var.workflows) == 0 ? "" : jsonencode(var.workflows)
    IACWATCH_ACCOUNTS__ALLOWED       = local.has_organization ? jsonencode(["*"]) : local.has_accounts ? jsonencode(var.member_accounts) : ""
    IACWATCH_ACCOUNTS__ROLE_NAME     = local.has_members ? var.member_role_name : ""
    IACWATCH_ACCOUNTS__EXTERNAL_ID   = local.has_members ? var.external_id : ""
    IACWATCH_ACCOUNTS__NAMES         = length(var.account_names) == 0 ? "" : jsonencode(var.account_names)
    IACWATCH_QUEUE__URL              = aws_sqs_queue.changes.url
    IACWATCH_QUEUE__DLQ_URL          = aws_sqs_queue.dead_letters.url
    IACWATCH_TRAIL__SOURCE           = var.trail_source
    IACWATCH_TRAIL__ATHENA_DATABASE  = local.asks_athena ? var.athena_database : ""
    IACWATCH_TRAIL__ATHENA_TABLE     = local.asks_athena ? var.athena_table : ""
    IACWATCH_TRAIL__ATHENA_WORKGROUP = local.asks_athena ? var.athena_workgroup : ""
    IACWATCH_TRAIL__ATHENA_OUTPUT    = local.asks_athena ? var.athena_output : ""
    IACWATCH_SLACK__CHANNEL          = var.slack_channel
    IACWATCH_SLACK__TOKEN            = var.slack_token_secret != "" ? "secretsmanager:${var.slack_token_secret}" : var.slack_token_parameter != "" ? "ssm:${var.slack_token_parameter}" : ""
    IACWATCH_SLACK__WEBHOOK_URL      = var.slack_webhook_secret != "" ? "secretsmanager:${var.slack_webhook_secret}" : var.slack_webhook_parameter != "" ? "ssm:${var.slack_webhook_parameter}" : ""
    IACWATCH_SLACK__API_URL          = var.slack_api_url
    IACWATCH_SLACK__GROUP_WINDOW     = var.slack_group_window
    IACWATCH_SLACK__ROUTE            = length(var.slack_routes) == 0 ? "" : jsonencode(var.slack_routes)
    IACWATCH_REPORT__VERDICTS        = length(var.report_verdicts) == 0 ? "" : jsonencode(var.report_verdicts)
    IACWATCH_REPORT__IGNORE          = length(var.report_ignore) == 0 ? "" : jsonencode(var.report_ignore)
    IACWATCH_REPORT__REDACT          = length(var.report_redact) == 0 ? "" : jsonencode(var.report_redact)
    IACWATCH_LEDGER__URL             = "dynamodb://${aws_dynamodb_table.ledger.name}"
    IACWATCH_EVENTS__BUS             = var.event_bus
    IACWATCH_IAC__INDEX              = var.address_index ? "dynamodb://${aws_dynamodb_table.addresses[0].name}" : ""
  } : name => value if value != "" }

  event_pattern = jsonencode({
    source      = ["aws.config"]
    detail-type = ["Config Configuration Item Change"]
    detail = {
      messageType = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
    }
  })
}

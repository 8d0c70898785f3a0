# The function.

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "function" {
  function_name    = var.name
  description      = "Reports who changed which IaC-managed object"
  runtime          = var.runtime
  architectures    = [var.architecture]
  handler          = "iacwatch.lambda_handler.handler"
  filename         = var.package_file
  source_code_hash = filebase64sha256(var.package_file)
  role             = aws_iam_role.function.arn
  memory_size      = var.memory_size
  timeout          = 300
  logging_config {
    log_group             = aws_cloudwatch_log_group.function.name
    log_format            = "JSON"
    application_log_level = var.log_level
  }
  environment {
    variables = merge(local.environment, { IACWATCH_TRAIL__CALLS_PER_SECOND = "1.0" })
  }
  lifecycle {
    precondition {
      condition = (
        var.slack_webhook_secret != "" || var.slack_webhook_parameter != "" || var.config_parameter != "" || var.event_bus != "" ||
        ((var.slack_token_secret != "" || var.slack_token_parameter != "") && (var.slack_channel != "" || length(var.slack_routes) > 0))
      )
      error_message = "Name a token (slack_token_secret or slack_token_parameter) and a channel (slack_channel or slack_routes), or a webhook (slack_webhook_secret or slack_webhook_parameter), or event_bus, or config_parameter."
    }
    precondition {
      condition     = !local.asks_athena || (var.athena_database != "" && var.athena_table != "" && var.athena_records != "")
      error_message = "For trail_source athena, name athena_database, athena_table and athena_records."
    }
  }
}

resource "aws_lambda_event_source_mapping" "changes" {
  event_source_arn        = aws_sqs_queue.changes.arn
  function_name           = aws_lambda_function.function.arn
  function_response_types = ["ReportBatchItemFailures"]
  # Many changes at once share their lookups.
  batch_size                         = 1000
  maximum_batching_window_in_seconds = 60
  # CloudTrail answers 2 calls a second in an account and region: two functions, each with 1.0 (above).
  scaling_config {
    maximum_concurrency = 2
  }
  # Lambda checks at once whether it may read the queue.
  depends_on = [aws_iam_role_policy.function]
}

# The daily run over what EventBridge did not deliver, if it is wanted.

resource "aws_cloudwatch_log_group" "reconcile" {
  count             = var.reconcile ? 1 : 0
  name              = "/aws/lambda/${var.name}-reconcile"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "reconcile" {
  count            = var.reconcile ? 1 : 0
  function_name    = "${var.name}-reconcile"
  description      = "Reports what was not reported yet, once a day"
  runtime          = var.runtime
  architectures    = [var.architecture]
  handler          = "iacwatch.lambda_handler.reconcile"
  filename         = var.package_file
  source_code_hash = filebase64sha256(var.package_file)
  role             = aws_iam_role.reconcile[0].arn
  memory_size      = var.memory_size
  timeout          = 900
  logging_config {
    log_group             = aws_cloudwatch_log_group.reconcile[0].name
    log_format            = "JSON"
    application_log_level = var.log_level
  }
  environment {
    variables = merge(local.environment, { IACWATCH_TRAIL__CALLS_PER_SECOND = "0.5" })
  }
}

resource "aws_cloudwatch_event_rule" "reconcile" {
  count               = var.reconcile ? 1 : 0
  name                = "${var.name}-reconcile"
  description         = "The daily look for changes that were not delivered"
  schedule_expression = var.reconcile_schedule
  state               = "ENABLED"
}

resource "aws_cloudwatch_event_target" "reconcile" {
  count     = var.reconcile ? 1 : 0
  rule      = aws_cloudwatch_event_rule.reconcile[0].name
  target_id = "function"
  arn       = aws_lambda_function.reconcile[0].arn
}

resource "aws_lambda_permission" "reconcile" {
  count         = var.reconcile ? 1 : 0
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.reconcile[0].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.reconcile[0].arn
}

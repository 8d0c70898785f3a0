# What the command line's configuration needs, and other accounts.

output "queue_url" {
  description = "For queue.url"
  value       = aws_sqs_queue.changes.url
}

output "dead_letter_queue_url" {
  description = "For queue.dlq_url"
  value       = aws_sqs_queue.dead_letters.url
}

output "ledger_url" {
  description = "For ledger.url"
  value       = "dynamodb://${aws_dynamodb_table.ledger.name}"
}

output "address_index_url" {
  description = "For iac.index"
  value       = var.address_index ? "dynamodb://${aws_dynamodb_table.addresses[0].arn}" : null
}

output "address_writer_policy_arn" {
  description = "For the roles of the pipelines that fill the index"
  value       = one(aws_iam_policy.address_writer[*].arn)
}

output "function_name" {
  description = "The function"
  value       = aws_lambda_function.function.function_name
}

output "function_role_arn" {
  description = "The role that reads in other accounts"
  value       = aws_iam_role.function.arn
}

output "log_group" {
  description = "Where the function logs"
  value       = aws_cloudwatch_log_group.function.name
}

output "member_bus_arn" {
  description = "Where other accounts send their changes"
  value       = one(aws_cloudwatch_event_bus.members[*].arn)
}

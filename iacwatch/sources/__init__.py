"""Sources deliver changes: a Lambda event, an SQS queue, AWS Config's history."""

"""What only the Lambda function needs: its log lines, its metrics, its report of each invocation."""

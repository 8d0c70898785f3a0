"""The fake SQS: queues and their messages, with visibility, redrive and move tasks."""

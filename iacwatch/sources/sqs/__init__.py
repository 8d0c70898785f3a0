"""Receives changes from an SQS queue, and deletes, defers or returns each message."""

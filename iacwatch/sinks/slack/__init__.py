"""Posts findings to Slack, and keeps its open messages up to date."""

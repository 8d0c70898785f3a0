"""Sinks write findings somewhere: a terminal, a file, or Slack."""

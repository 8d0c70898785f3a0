"""Sinks write findings somewhere: a terminal, a file, Slack, an event bus, a CI job."""

"""Writes a report as Markdown, for pull requests and job summaries."""

"""Reads past changes from AWS Config's history: its API, or its files in a folder or bucket."""

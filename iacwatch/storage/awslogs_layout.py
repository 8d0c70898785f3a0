"""How AWS lays out the files that it delivers below ``AWSLogs``."""

Place = tuple[str, str]
"""An account and a region."""

"""Trails find CloudTrail events: by LookupEvents, in log files, or through Athena."""

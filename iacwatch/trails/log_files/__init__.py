"""Finds trail events in CloudTrail's log files, in a folder or a bucket."""

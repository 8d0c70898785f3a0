"""Finds trail events with CloudTrail's LookupEvents, which allows two calls a second."""

"""Finds trail events with SQL queries on CloudTrail's table in Athena."""

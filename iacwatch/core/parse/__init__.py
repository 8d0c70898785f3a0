"""Reads AWS's documents (configuration items, CloudTrail records) into the core's model."""

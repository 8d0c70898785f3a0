"""lookup_events."""

"""The configuration: its keys, where values come from, and how they are checked."""

"""The fake AWS Config: its recorders, inventory, history and queries."""

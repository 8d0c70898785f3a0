"""What was told already."""

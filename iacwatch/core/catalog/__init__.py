"""What iacwatch knows of each AWS resource type."""

"""weeks."""

"""log_files."""

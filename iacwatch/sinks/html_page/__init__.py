"""html_page."""

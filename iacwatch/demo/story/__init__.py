"""What happens in the demo: a day of changes, and the calls and configuration items that they leave."""

"""What happens in the demo: a day and the weeks before it, and what they leave in AWS."""

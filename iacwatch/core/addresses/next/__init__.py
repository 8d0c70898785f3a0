"""What comes next of a change: what the next apply does with it, and what to do now."""

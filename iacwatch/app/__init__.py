"""The use cases behind the Lambda handler and the commands, and the one place that builds concrete classes."""

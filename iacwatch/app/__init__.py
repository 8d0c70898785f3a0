"""The use cases behind the Lambda handler and the commands, and where concrete classes are built."""

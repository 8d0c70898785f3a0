"""An AWS (and a Slack) on loopback, for the demo and the tests."""

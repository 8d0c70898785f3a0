"""A fake AWS and a fake Slack, served over HTTP on loopback, for the demo and the tests."""

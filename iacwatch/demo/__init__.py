"""`iacwatch demo`: the real program run against a fake AWS and a fake Slack on this machine."""

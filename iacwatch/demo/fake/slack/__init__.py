"""The fake Slack: its Web API, an incoming webhook, and the limits of a message's blocks."""

"""The command line: its group, the options that commands share, and how a run ends."""

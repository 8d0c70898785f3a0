"""How doctor judges trails that are not asked by lookups: log files, and a table of Athena's."""

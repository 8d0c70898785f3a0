"""The ledger in an SQLite file, and its notes beside it."""

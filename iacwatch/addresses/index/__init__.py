"""The index of addresses, in an SQLite file or a DynamoDB table."""

"""The ledger in a DynamoDB table, and its notes beside it."""

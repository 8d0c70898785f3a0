"""The index of addresses in a DynamoDB table, which pipelines write and the function reads."""

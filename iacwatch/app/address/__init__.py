"""The use cases of `address`: where resources live in IaC is kept, and asked for."""

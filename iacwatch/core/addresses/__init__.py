"""What may be said of where a resource lives in IaC: its address, the next apply, the next step. Pure."""

"""What deploys iacwatch into an account."""

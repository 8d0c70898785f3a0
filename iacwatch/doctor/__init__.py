"""What an account must have, looked at: nothing is ever written."""

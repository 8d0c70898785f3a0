"""`iacwatch doctor`: checks whether an AWS account is set up for iacwatch. It only reads."""

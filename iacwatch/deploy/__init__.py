"""What deploys iacwatch into an account: the Lambda zip, CloudFormation templates, a Terraform module."""

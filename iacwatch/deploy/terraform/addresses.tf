# Where objects live in IaC: ids and addresses, which pipelines write after each apply.

resource "aws_dynamodb_table" "addresses" {
  count        = var.address_index ? 1 : 0
  name         = "${var.name}-addresses"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
}

locals {
  write_addresses = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
}

resource "aws_dynamodb_resource_policy" "addresses" {
  count        = var.address_index && length(var.address_writers) > 0 ? 1 : 0
  resource_arn = aws_dynamodb_table.addresses[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Writers"
      Effect    = "Allow"
      Principal = { AWS = var.address_writers }
      Action    = local.write_addresses
      Resource  = "*"
    }]
  })
}

resource "aws_iam_policy" "address_writer" {
  count       = var.address_index ? 1 : 0
  name        = "${var.name}-address-writer-${local.region}"
  description = "What a pipeline needs to fill iacwatch's index of addresses, and nothing else"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Addresses"
      Effect   = "Allow"
      Action   = local.write_addresses
      Resource = aws_dynamodb_table.addresses[0].arn
    }]
  })
}

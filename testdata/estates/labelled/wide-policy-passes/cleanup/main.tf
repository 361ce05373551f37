resource "aws_iam_role" "cleanup" {
  name = "cleanup"

  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "cleanup" {
  role = aws_iam_role.cleanup.id

  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem"]
      Resource = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    }]
  })
}

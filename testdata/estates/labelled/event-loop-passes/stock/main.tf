resource "aws_lambda_function" "stock" {
  function_name                  = "stock"
  filename                       = "stock.zip"
  handler                        = "app.handler"
  role                           = aws_iam_role.stock.arn
  runtime                        = "python3.14"
  timeout                        = 30
  reserved_concurrent_executions = 20

  tracing_config {
    mode = "Active"
  }

  tags = {
    "governance/class" = "burst"
    owner              = "team-stock"
  }
}

resource "aws_iam_role" "stock" {
  name = "stock"
  tags = { owner = "team-stock" }

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "stock" {
  name = "stock"
  role = aws_iam_role.stock.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource = aws_sqs_queue.stock.arn },
      { Effect = "Allow", Action = ["sns:Publish"], Resource = aws_sns_topic.changed.arn },
    ]
  })
}

resource "aws_sns_topic" "changed" {
  name              = "changed"
  kms_master_key_id = "alias/aws/sns"
  tags              = { owner = "team-shop" }
}

resource "aws_sns_topic_subscription" "search" {
  topic_arn = aws_sns_topic.changed.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.search.arn

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn })
}

resource "aws_sqs_queue" "stock" {
  name                       = "stock"
  visibility_timeout_seconds = 180
  tags                       = { owner = "team-shop" }

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "search" {
  name                       = "search"
  visibility_timeout_seconds = 180
  tags                       = { owner = "team-shop" }
}

resource "aws_sqs_queue" "failed" {
  name                       = "failed"
  visibility_timeout_seconds = 180
  tags                       = { owner = "team-shop" }
}

resource "aws_lambda_event_source_mapping" "stock" {
  event_source_arn = aws_sqs_queue.stock.arn
  function_name    = aws_lambda_function.stock.arn
}

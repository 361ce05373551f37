resource "aws_lambda_function" "profile" {
  function_name                  = "profile"
  filename                       = "profile.zip"
  handler                        = "app.handler"
  role                           = aws_iam_role.profile.arn
  runtime                        = "python3.14"
  timeout                        = 30
  reserved_concurrent_executions = 20

  tracing_config {
    mode = "Active"
  }

  tags = {
    "governance/class"  = "burst"
    owner               = "team-profile"
    data_classification = "personal"
  }
}

resource "aws_iam_role" "profile" {
  name = "profile"
  tags = { owner = "team-profile" }

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "profile" {
  name = "profile"
  role = aws_iam_role.profile.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sns:Publish"], Resource = aws_sns_topic.changed.arn },
    ]
  })
}

resource "aws_sns_topic" "changed" {
  name              = "changed"
  kms_master_key_id = "alias/aws/sns"
  tags              = { owner = "team-shop" }
}

resource "aws_sns_topic_subscription" "statistics" {
  topic_arn = aws_sns_topic.changed.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.statistics.arn

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn })
}

resource "aws_sqs_queue" "statistics" {
  name                       = "statistics"
  visibility_timeout_seconds = 180
  tags                       = { owner = "team-shop", data_classification = "personal" }
}

resource "aws_sqs_queue" "failed" {
  name                       = "failed"
  visibility_timeout_seconds = 180
  tags                       = { owner = "team-shop" }
}

resource "aws_lambda_function" "cleanup" {
  function_name                  = "cleanup"
  filename                       = "cleanup.zip"
  handler                        = "app.handler"
  role                           = "arn:aws:iam::123456789012:role/cleanup"
  runtime                        = "python3.14"
  timeout                        = 30
  reserved_concurrent_executions = 20

  tracing_config {
    mode = "Active"
  }

  tags = {
    "governance/class" = "burst"
    owner              = "team-data"
  }
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
  tags = { owner = "team-data" }

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "failed" {
  name = "failed-jobs"
  tags = { owner = "team-data" }
}

resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.cleanup.arn
}

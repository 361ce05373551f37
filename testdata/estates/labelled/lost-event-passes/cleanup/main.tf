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

resource "aws_lambda_permission" "cleanup" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.cleanup.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = "arn:aws:s3:::acme-shop-uploads"
}

resource "aws_lambda_function_event_invoke_config" "cleanup" {
  function_name = aws_lambda_function.cleanup.function_name

  destination_config {
    on_failure {
      destination = "arn:aws:sqs:eu-central-1:123456789012:cleanup-failed"
    }
  }
}

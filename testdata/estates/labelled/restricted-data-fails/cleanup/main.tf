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
    "governance/class"               = "burst"
    "governance/data-classification" = "restricted"
    owner                            = "team-data"
  }
}

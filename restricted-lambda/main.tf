resource "aws_lambda_function" "f" {
  function_name = "f"
  role = "arn:aws:iam::123456789012:role/x"
  handler = "a.b"
  runtime = "python3.13"
  filename = "a.zip"
  timeout = 10
  reserved_concurrent_executions = 10
  tracing_config { mode = "Active" }
  tags = { cost-center = "1", owner = "a", "governance/class" = "burst", "governance/data-classification" = "restricted" }
}
resource "aws_cloudwatch_log_group" "f" {
  name = "/aws/lambda/f"
  retention_in_days = 30
}

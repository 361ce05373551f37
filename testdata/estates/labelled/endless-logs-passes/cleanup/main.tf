resource "aws_cloudwatch_log_group" "cleanup" {
  name              = "/aws/lambda/cleanup"
  retention_in_days = 90
}

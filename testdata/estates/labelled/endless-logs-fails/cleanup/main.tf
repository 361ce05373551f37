resource "aws_cloudwatch_log_group" "cleanup" {
  name              = "/aws/lambda/cleanup"
}

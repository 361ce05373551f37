resource "aws_sqs_queue" "q" {
  name = "q"
  visibility_timeout_seconds = 360
}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_sqs_queue.q.arn
  function_name    = "f"
}

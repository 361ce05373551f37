resource "aws_lambda_function_url" "u" {
  function_name      = "f"
  authorization_type = "NONE"
}

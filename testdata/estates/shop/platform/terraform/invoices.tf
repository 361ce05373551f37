# Invoices are printed one by one, from a queue.

resource "aws_sqs_queue" "invoices" {
  name                       = "${local.name}-invoices"
  visibility_timeout_seconds = 6 * local.invoice_seconds
  sqs_managed_sse_enabled    = true
  tags                       = merge(local.tags, { "governance/data-classification" = "restricted" })

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed_invoices.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "failed_invoices" {
  name                      = "${local.name}-failed-invoices"
  message_retention_seconds = 14 * 24 * 60 * 60
  sqs_managed_sse_enabled   = true
  tags                      = merge(local.tags, { "governance/data-classification" = "restricted" })
}

# A mistake: invoices are restricted, and acme has not approved functions for such data.
resource "aws_lambda_function" "invoices" {
  function_name                  = "${local.name}-invoices"
  package_type                   = "Image"
  image_uri                      = "registry.example.com/shop/invoices:${var.invoice_image_tag}"
  role                           = aws_iam_role.invoices.arn
  timeout                        = local.invoice_seconds
  memory_size                    = 512
  reserved_concurrent_executions = 10

  environment {
    variables = {
      ARCHIVE_BUCKET    = aws_s3_bucket.archive.bucket
      DATABASE_ENDPOINT = aws_db_instance.invoices.address
    }
  }

  # A mistake: orders are traced up to here, and no further.
  tracing_config {
    mode = "PassThrough"
  }

  tags = merge(local.tags, {
    "governance/class"               = "burst"
    "governance/data-classification" = "restricted"
  })
}

resource "aws_lambda_event_source_mapping" "invoices" {
  event_source_arn        = aws_sqs_queue.invoices.arn
  function_name           = aws_lambda_function.invoices.arn
  batch_size              = 5
  function_response_types = ["ReportBatchItemFailures"]
}

resource "aws_iam_role" "invoices" {
  name = "${local.name}-invoices"
  tags = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

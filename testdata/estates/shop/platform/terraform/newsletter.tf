# The newsletter: who asked for it gets a mail when something is new.

# A mistake: the mails go out from the region of the provider of mail, where acme may not be.
provider "aws" {
  alias  = "mail"
  region = "us-east-1"
}

locals {
  newsletter_seconds = 30

  newsletter_tags = merge(local.tags, {
    "governance/service"             = "newsletter"
    "governance/data-classification" = "internal"
    owner                            = "team-marketing"
  })
}

# A mistake: an address that takes no mail comes back until it is too old.
resource "aws_sqs_queue" "mails" {
  provider                   = aws.mail
  name                       = "${local.name}-mails"
  visibility_timeout_seconds = 6 * local.newsletter_seconds
  sqs_managed_sse_enabled    = true
  tags                       = local.newsletter_tags
}

# A mistake: nobody has said which class of work it is.
resource "aws_lambda_function" "mails" {
  provider                       = aws.mail
  function_name                  = "${local.name}-mails"
  package_type                   = "Image"
  image_uri                      = "registry.example.com/shop/newsletter:1.3.0"
  role                           = aws_iam_role.invoices.arn
  timeout                        = local.newsletter_seconds
  reserved_concurrent_executions = 5
  tags                           = local.newsletter_tags

  tracing_config {
    mode = "Active"
  }
}

resource "aws_lambda_event_source_mapping" "mails" {
  provider         = aws.mail
  event_source_arn = aws_sqs_queue.mails.arn
  function_name    = aws_lambda_function.mails.arn
}

resource "aws_cloudwatch_event_rule" "weekly" {
  provider            = aws.mail
  name                = "${local.name}-weekly"
  schedule_expression = "cron(0 8 ? * MON *)"
}

# A mistake: a week that is missed is missed, and nobody hears of it.
resource "aws_cloudwatch_event_target" "weekly" {
  provider = aws.mail
  rule     = aws_cloudwatch_event_rule.weekly.name
  arn      = aws_sqs_queue.mails.arn
}

# A mistake: it says how much the newsletter may cost, and tells nobody when it does.
resource "aws_budgets_budget" "newsletter" {
  name         = "${local.name}-newsletter"
  budget_type  = "COST"
  limit_amount = "200"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
}

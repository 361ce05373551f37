# What every team of the shop builds on: a queue, a database, a bucket.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = var.region
}

locals {
  name = "shop-${var.env}"

  # How long one invoice may take.
  invoice_seconds = 45

  tags = {
    "governance/service" = "invoices"
    "cost-center"        = "cc-4200"
    product              = "shop"
    env                  = var.env
    owner                = "team-payment"
  }
}

resource "aws_db_instance" "invoices" {
  identifier                          = "${local.name}-invoices"
  engine                              = "postgres"
  engine_version                      = "17.2"
  instance_class                      = "db.t4g.medium"
  allocated_storage                   = 50
  username                            = "invoices"
  password                            = var.database_password
  storage_encrypted                   = true
  backup_retention_period             = 14
  deletion_protection                 = true
  publicly_accessible                 = false
  iam_database_authentication_enabled = true

  tags = merge(local.tags, {
    "governance/class"               = "stateful"
    "governance/data-classification" = "restricted"
  })
}

resource "aws_s3_bucket" "archive" {
  bucket = "${local.name}-invoice-archive"
  tags   = merge(local.tags, { "governance/data-classification" = "restricted" })
}

resource "aws_s3_bucket_public_access_block" "archive" {
  bucket                  = aws_s3_bucket.archive.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

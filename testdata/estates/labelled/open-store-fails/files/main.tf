resource "aws_s3_bucket" "files" {
  bucket = "acme-shop-files"
  region = "eu-central-1"
  acl    = "public-read"
}

resource "aws_s3_bucket_versioning" "files" {
  bucket = aws_s3_bucket.files.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "archive" {
  bucket = "acme-shop-archive"
  region = "us-east-1"
}

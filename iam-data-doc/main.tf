data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
resource "aws_iam_role_policy" "p" {
  name   = "p"
  role   = "r"
  policy = data.aws_iam_policy_document.d.json
}

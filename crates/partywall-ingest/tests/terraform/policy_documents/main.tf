variable "user" {}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "One"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::b/*", "arn:aws:s3:::b"]
  }

  statement {
    sid         = "Two"
    effect      = "Deny"
    not_actions = ["iam:*"]
    resources   = ["*"]

    not_principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
  }
}

data "aws_iam_policy_document" "override" {
  statement {
    sid       = "Two"
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "known" {
  policy_id                 = "id"
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.override.json]

  statement {
    actions       = ["s3:*"]
    not_resources = ["arn:aws:s3:::a/&{aws:username}"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root", "222233334444"]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:username"
      values   = ["b", "a"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:userid"
      values   = ["&{x}"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [false]
    }
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "unknown" {
  source_policy_documents = [data.aws_iam_policy_document.with_unknown.json]
  statement {
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [var.user]
    }
    condition {
      test     = "StringEquals"
      variable = "${var.user}:sub"
      values   = ["x"]
    }
  }
}

data "aws_iam_policy_document" "with_unknown" {
  statement {
    sid       = "Inner"
    actions   = ["s3:Get*"]
    resources = ["${aws_s3_bucket.this.arn}/inner"]
  }
}

data "aws_iam_policy_document" "repeated" {
  for_each = toset(["a", "b"])
  statement {
    actions   = ["${each.key}:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "vague" {
  dynamic "statement" {
    for_each = var.user
    content {
      actions = ["s3:*"]
    }
  }
}

resource "aws_s3_bucket" "this" {}

resource "aws_iam_policy" "known" {
  policy = data.aws_iam_policy_document.known.json
}

resource "aws_iam_policy" "unknown" {
  policy = data.aws_iam_policy_document.unknown.json
}

resource "aws_iam_policy" "repeated" {
  for_each = data.aws_iam_policy_document.repeated
  policy   = each.value.json
}

resource "aws_iam_policy" "vague" {
  policy = data.aws_iam_policy_document.vague.json
}

resource "aws_iam_policy" "encoded" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "*", Resource = aws_s3_bucket.this.arn }]
  })
}

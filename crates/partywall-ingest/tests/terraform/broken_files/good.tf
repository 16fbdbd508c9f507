resource "aws_s3_bucket" "good" {
  bucket = upper(1, 2, 3)
  other  = nothing()
  file   = file("missing.json")
  plain  = "ok"
}

resource "aws_s3_bucket" "good" {
  bucket = "second"
}

resource "aws_s3_bucket" "negative" {
  count = -1
}

moved {
  from = aws_s3_bucket.old
  to   = aws_s3_bucket.good
}

import {
  to = aws_s3_bucket.good
  id = "good"
}

removed {
  from = aws_s3_bucket.gone
  lifecycle {
    destroy = false
  }
}

check "health" {
  assert {
    condition     = true
    error_message = "never"
  }
}

ephemeral "aws_secretsmanager_secret_version" "secret" {
  secret_id = "x"
}

terraform {
  required_version = ">= 1.5"
}

variable "region" {}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111122223333"]

  default_tags {
    tags = { team = "core", env = "test" }
  }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/deploy"
  }
}

provider "aws" {
  alias   = "unknown"
  region  = var.region
  profile = "other"
}

data "aws_region" "here" {}

data "aws_region" "there" {
  provider = aws.us
}

data "aws_partition" "here" {}

resource "aws_s3_bucket" "plain" {
  bucket = "plain-${data.aws_region.here.name}-${data.aws_partition.here.dns_suffix}"
}

resource "aws_s3_bucket" "tagged" {
  provider = aws.us
  tags     = { name = data.aws_region.there.id }
}

resource "aws_s3_bucket" "overriding" {
  tags = { env = "own" }
}

resource "aws_s3_bucket" "unknown" {
  provider = aws.unknown
}

resource "aws_s3_bucket" "own_region" {
  region = "ap-south-1"
}

module "inherited" {
  source = "./child"
}

module "passed" {
  source = "./child"
  providers = {
    aws = aws.us
  }
}

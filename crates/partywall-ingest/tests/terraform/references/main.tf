data "aws_vpc" "default" {
  default = true
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}
data "aws_availability_zones" "available" {}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "aws_s3_bucket" "logs" {
  bucket = "logs-${random_id.suffix.hex}"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_eks_cluster" "this" {
  name = "cluster"
  vpc_config {
    subnet_ids = aws_subnet.private[*].id
  }
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = data.aws_vpc.default.id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
}

resource "aws_subnet" "keyed" {
  for_each   = { a = "10.0.1.0/24", b = "10.0.2.0/24" }
  cidr_block = each.value
}

locals {
  cluster = aws_eks_cluster.this
  first   = one(slice(aws_subnet.private, 0, 1))
}

resource "test_value" "references" {
  configured       = aws_s3_bucket.logs.bucket
  computed         = aws_s3_bucket.logs.arn
  inside_text      = "${aws_s3_bucket.logs.arn}/*"
  partly           = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  partly_set       = aws_eks_cluster.this.vpc_config[0].subnet_ids
  nested           = aws_eks_cluster.this.identity[0].oidc[0].issuer
  through_local    = local.cluster.name
  through_computed = local.cluster.arn
  through_function = local.first.id
  all              = aws_subnet.private[*].id
  legacy           = aws_subnet.private.*.cidr_block
  by_key           = aws_subnet.keyed["a"].id
  values           = values(aws_subnet.keyed)[*].cidr_block
  for_map          = { for key, subnet in aws_subnet.keyed : key => subnet.id }
  number           = length(aws_subnet.keyed)
  whole            = aws_s3_bucket.logs
  account          = data.aws_caller_identity.current.account_id
  region           = data.aws_region.current.name
  arn              = "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:x"
  looked_up        = data.aws_vpc.default.cidr_block
  undeclared       = aws_s3_bucket.nothing.id
  beyond           = aws_subnet.private[5].id
  same             = aws_s3_bucket.logs.id == aws_s3_bucket.logs.id
}

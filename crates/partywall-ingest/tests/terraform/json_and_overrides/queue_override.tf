resource "aws_sqs_queue" "base" {
  name = "overridden"

  timeouts {
    delete = "2m"
  }
}

locals {
  full = "${var.name}-replaced"
}

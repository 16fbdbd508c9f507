resource "aws_sqs_queue" "base" {
  name          = "base"
  delay_seconds = 5
  tags          = { base = "yes" }

  timeouts {
    create = "1m"
  }
}

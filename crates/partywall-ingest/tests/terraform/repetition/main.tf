variable "enabled" {
  type = bool
}

variable "names" {
  type    = set(string)
  default = ["b", "a"]
}

resource "aws_sqs_queue" "counted" {
  count = 2
  name  = "queue-${count.index}"
}

resource "aws_sqs_queue" "keyed" {
  for_each = var.names
  name     = each.key
}

resource "aws_sqs_queue" "mapped" {
  for_each = { one = { delay = 1 }, "t\"wo" = { delay = 2 } }

  name          = each.key
  delay_seconds = each.value.delay
}

resource "aws_sqs_queue" "maybe" {
  count = var.enabled ? 1 : 0
  name  = "maybe-${count.index}"
}

resource "aws_sqs_queue" "from_resource" {
  for_each = aws_sqs_queue.keyed
  name     = "${each.value.name}-copy"
}

resource "aws_sqs_queue" "unknown_keys" {
  for_each = toset([aws_sqs_queue.counted[0].arn])
  name     = each.value
}

resource "aws_sqs_queue" "none" {
  count = 0
  name  = "never"
}

resource "aws_sqs_queue_policy" "all" {
  count     = length(aws_sqs_queue.counted)
  queue_url = aws_sqs_queue.counted[count.index].id
}

resource "aws_sqs_queue_policy" "uncertain" {
  queue_url = aws_sqs_queue.maybe[0].id
  policy    = try(aws_sqs_queue.maybe[0].arn, "none")
  urls      = aws_sqs_queue.maybe[*].url
}

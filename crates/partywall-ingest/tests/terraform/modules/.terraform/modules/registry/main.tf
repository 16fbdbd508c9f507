resource "aws_sns_topic" "this" {
  name = "installed"
}

output "name" { value = aws_sns_topic.this.name }

variable "rules" {}

resource "aws_security_group" "known" {
  ingress {
    from_port = 22
  }

  dynamic "ingress" {
    for_each = { http = 80, https = 443 }
    iterator = rule
    content {
      description = rule.key
      from_port   = rule.value

      dynamic "nested" {
        for_each = [1, 2]
        content {
          value = "${rule.key}-${nested.value}-${nested.key}"
        }
      }
    }
  }

  dynamic "egress" {
    for_each = []
    content {
      from_port = 1
    }
  }

  timeouts {
    create = "10m"
  }
}

resource "aws_security_group" "unknown" {
  ingress {
    from_port = 22
  }

  dynamic "ingress" {
    for_each = var.rules
    content {
      from_port = ingress.value
    }
  }

  dynamic "egress" {
    for_each = [1]
    content {
      dynamic "nested" {
        for_each = var.rules
        content {}
      }
    }
  }
}

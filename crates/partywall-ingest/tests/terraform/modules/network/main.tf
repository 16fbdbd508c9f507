variable "cidr" { type = string }
variable "name" { type = string }
variable "unset" { type = string }

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = { Name = var.name, Unset = var.unset }
}

module "leaf" {
  source = "../leaf"
  vpc_id = aws_vpc.this.id
}

output "vpc_id" { value = aws_vpc.this.id }
output "vpc" { value = aws_vpc.this }
output "cidr" { value = aws_vpc.this.cidr_block }
output "name" { value = var.name }

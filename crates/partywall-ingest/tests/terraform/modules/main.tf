variable "cidr" {}

module "network" {
  source   = "./network"
  for_each = { eu = "10.0.0.0/16", us = var.cidr }

  cidr = each.value
  name = each.key
}

module "leaf" {
  source = "./leaf"
  count  = 2
  vpc_id = module.network["eu"].vpc_id
}

module "registry" {
  source  = "example/registry/aws"
  version = "1.0"
}

module "absent" {
  source = "example/absent/aws"
}

resource "aws_subnet" "this" {
  vpc_id     = module.network["us"].vpc_id
  cidr_block = module.network["us"].cidr
  others     = [for name, network in module.network : "${name}:${network.name}"]
  leaves     = module.leaf[*].id
  installed  = module.registry.name
  absent     = module.absent.something
  whole      = module.network["eu"].vpc.cidr_block
}

variable "from_default" { default = "default" }
variable "from_tfvars" { default = "default" }
variable "from_json" { default = "default" }
variable "from_auto" { default = "default" }
variable "from_file" { default = "default" }
variable "from_command_line" {
  type = list(string)
}
variable "text_from_command_line" {
  type = string
}
variable "missing" {}
variable "object" {
  type = object({
    name    = string
    size    = optional(number, 3)
    labels  = optional(map(string), {})
    nothing = optional(string)
    inner   = optional(object({ deep = optional(bool, true) }), {})
  })
  default = { name = 7, extra = "dropped" }
}
variable "numbers" {
  type    = map(number)
  default = { a = "1" }
}
variable "strict" {
  type     = string
  default  = "fallback"
  nullable = false
}
variable "wrong" {
  type    = number
  default = "many"
}

resource "test_value" "all" {
  from_default           = var.from_default
  from_tfvars            = var.from_tfvars
  from_json              = var.from_json
  from_auto              = var.from_auto
  from_file              = var.from_file
  from_command_line      = var.from_command_line
  text_from_command_line = var.text_from_command_line
  missing                = var.missing
  object                 = var.object
  numbers                = var.numbers
  strict                 = var.strict
  wrong                  = var.wrong
  undeclared             = var.undeclared
  workspace              = terraform.workspace
  module_path            = path.module
}

//! Writes a large Terraform estate of the shape that big organizations have: many root modules, shared modules.

use std::fmt::Write;
use std::path::Path;

use miette::IntoDiagnostic;

/// Files in one root module.
const FILES_PER_ROOT: usize = 6;

/// Writes an estate of about this many files; an existing one of the same size is kept.
pub(crate) fn write(folder: &Path, files: usize) -> miette::Result<()> {
    if folder.exists() {
        return Ok(());
    }
    let module = folder.join("modules/service");
    std::fs::create_dir_all(&module).into_diagnostic()?;
    std::fs::write(module.join("main.tf"), MODULE).into_diagnostic()?;
    for root in 0..files / FILES_PER_ROOT {
        let root_folder = folder.join(format!("teams/team-{:03}", root));
        std::fs::create_dir_all(&root_folder).into_diagnostic()?;
        for (name, text) in root_module(root) {
            std::fs::write(root_folder.join(name), text).into_diagnostic()?;
        }
    }
    Ok(())
}

fn root_module(number: usize) -> [(&'static str, String); FILES_PER_ROOT] {
    let open = if number.is_multiple_of(7) { "0.0.0.0/0" } else { "10.0.0.0/8" };
    let mut services = String::new();
    for service in 0..3 {
        let _ = writeln!(
            services,
            "module \"service_{service}\" {{\n  source = \"../../modules/service\"\n  name   = \"${{local.prefix}}-{service}\"\n  subnets = aws_subnet.private[*].id\n  vpc_id = aws_vpc.main.id\n}}\n"
        );
    }
    [
        (
            "provider.tf",
            "provider \"aws\" {\n  region = var.region\n  default_tags { tags = { Team = local.prefix } }\n}\n".into(),
        ),
        (
            "variables.tf",
            "variable \"region\" { default = \"eu-central-1\" }\nvariable \"zones\" { default = [\"a\", \"b\", \"c\"] }\n".into(),
        ),
        (
            "network.tf",
            format!(
                "locals {{ prefix = \"team-{number:03}\" }}\nresource \"aws_vpc\" \"main\" {{ cidr_block = \"10.{}.0.0/16\" }}\nresource \"aws_subnet\" \"private\" {{\n  count = length(var.zones)\n  vpc_id = aws_vpc.main.id\n  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)\n  availability_zone = \"${{var.region}}${{var.zones[count.index]}}\"\n}}\nresource \"aws_security_group\" \"web\" {{\n  vpc_id = aws_vpc.main.id\n  dynamic \"ingress\" {{\n    for_each = [22, 443]\n    content {{\n      from_port = ingress.value\n      to_port = ingress.value\n      protocol = \"tcp\"\n      cidr_blocks = [\"{open}\"]\n    }}\n  }}\n}}\n",
                number % 250
            ),
        ),
        (
            "data.tf",
            "data \"aws_iam_policy_document\" \"bucket\" {\n  statement {\n    effect = \"Deny\"\n    actions = [\"s3:*\"]\n    resources = [aws_s3_bucket.data.arn, \"${aws_s3_bucket.data.arn}/*\"]\n    principals {\n      type = \"*\"\n      identifiers = [\"*\"]\n    }\n    condition {\n      test = \"Bool\"\n      variable = \"aws:SecureTransport\"\n      values = [\"false\"]\n    }\n  }\n}\n".into(),
        ),
        (
            "storage.tf",
            "resource \"aws_s3_bucket\" \"data\" { bucket = \"${local.prefix}-data\" }\nresource \"aws_s3_bucket_policy\" \"data\" {\n  bucket = aws_s3_bucket.data.id\n  policy = data.aws_iam_policy_document.bucket.json\n}\nresource \"aws_db_instance\" \"main\" {\n  identifier = local.prefix\n  engine = \"postgres\"\n  instance_class = \"db.t3.medium\"\n  allocated_storage = 20\n  multi_az = true\n  storage_encrypted = true\n}\nresource \"aws_dynamodb_table\" \"items\" {\n  name = \"${local.prefix}-items\"\n  hash_key = \"id\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n}\n".into(),
        ),
        ("services.tf", services),
    ]
}

const MODULE: &str = r#"variable "name" {}
variable "subnets" { type = list(string) }
variable "vpc_id" {}

resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "function.zip"
  vpc_config {
    subnet_ids         = var.subnets
    security_group_ids = [aws_security_group.this.id]
  }
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc_id
}

resource "aws_sqs_queue" "this" {
  name = var.name
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}
"#;

# One of each type that carries access of its own. The template and the account beside it say the same.

locals {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = local.policy
}

resource "aws_iam_instance_profile" "reader" {
  name = "reader"
  role = aws_iam_role.reader.name
}

resource "aws_kms_key" "data" {
  policy = local.policy
}

resource "aws_kms_grant" "reader" {
  key_id            = aws_kms_key.data.key_id
  grantee_principal = "arn:aws:iam::444455556666:root"
  operations        = ["Decrypt"]
}

resource "aws_glacier_vault" "archive" {
  name          = "archive"
  access_policy = local.policy
}

resource "aws_glue_resource_policy" "catalog" {
  policy = local.policy
}

resource "aws_ecr_registry_policy" "registry" {
  policy = local.policy
}

resource "aws_ecrpublic_repository" "tool" {
  repository_name = "tool"
}

resource "aws_ecrpublic_repository_policy" "tool" {
  repository_name = aws_ecrpublic_repository.tool.repository_name
  policy          = local.policy
}

resource "aws_lambda_layer_version" "shared" {
  layer_name = "shared"
}

resource "aws_lambda_layer_version_permission" "shared" {
  layer_name     = aws_lambda_layer_version.shared.layer_name
  version_number = 1
  statement_id   = "everybody"
  action         = "lambda:GetLayerVersion"
  principal      = "*"
}

resource "aws_cloudwatch_log_resource_policy" "trail" {
  policy_name     = "trail"
  policy_document = local.policy
}

resource "aws_cloudwatch_log_destination" "central" {
  name       = "central"
  role_arn   = aws_iam_role.reader.arn
  target_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/logs"
}

resource "aws_cloudwatch_log_destination_policy" "central" {
  destination_name = aws_cloudwatch_log_destination.central.name
  access_policy    = local.policy
}

resource "aws_schemas_registry" "events" {
  name = "events"
}

resource "aws_schemas_registry_policy" "events" {
  registry_name = aws_schemas_registry.events.name
  policy        = local.policy
}

resource "aws_codeartifact_domain" "company" {
  domain = "company"
}

resource "aws_codeartifact_domain_permissions_policy" "company" {
  domain          = aws_codeartifact_domain.company.domain
  policy_document = local.policy
}

resource "aws_codeartifact_repository" "packages" {
  repository = "packages"
  domain     = aws_codeartifact_domain.company.domain
}

resource "aws_codeartifact_repository_permissions_policy" "packages" {
  repository      = aws_codeartifact_repository.packages.repository
  domain          = aws_codeartifact_domain.company.domain
  policy_document = local.policy
}

resource "aws_codebuild_project" "build" {
  name = "build"
}

resource "aws_codebuild_resource_policy" "build" {
  resource_arn = aws_codebuild_project.build.arn
  policy       = local.policy
}

resource "aws_redshift_cluster" "warehouse" {
  cluster_identifier = "warehouse"
}

resource "aws_redshift_resource_policy" "warehouse" {
  resource_arn = aws_redshift_cluster.warehouse.cluster_namespace_arn
  policy       = local.policy
}

resource "aws_redshiftserverless_namespace" "lake" {
  namespace_name = "lake"
}

resource "aws_redshiftserverless_resource_policy" "lake" {
  resource_arn = aws_redshiftserverless_namespace.lake.arn
  policy       = local.policy
}

resource "aws_ssm_document" "patch" {
  name        = "patch"
  content     = "{}"
  permissions = { type = "Share", account_ids = "444455556666" }
}

resource "aws_ram_resource_share" "network" {
  name                      = "network"
  allow_external_principals = true
}

resource "aws_ram_principal_association" "network" {
  principal          = "444455556666"
  resource_share_arn = aws_ram_resource_share.network.arn
}

resource "aws_ram_resource_association" "network" {
  resource_arn       = "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-1"
  resource_share_arn = aws_ram_resource_share.network.arn
}

resource "aws_acmpca_certificate_authority" "names" {
  type = "ROOT"
}

resource "aws_acmpca_policy" "names" {
  resource_arn = aws_acmpca_certificate_authority.names.arn
  policy       = local.policy
}

resource "aws_ses_domain_identity" "mail" {
  domain = "example.com"
}

resource "aws_ses_identity_policy" "mail" {
  identity = aws_ses_domain_identity.mail.arn
  name     = "partner"
  policy   = local.policy
}

resource "aws_cognito_identity_pool" "guests" {
  identity_pool_name               = "guests"
  allow_unauthenticated_identities = true
}

resource "aws_cognito_identity_pool_roles_attachment" "guests" {
  identity_pool_id = aws_cognito_identity_pool.guests.id
  roles            = { unauthenticated = aws_iam_role.reader.arn }
}

resource "aws_rolesanywhere_profile" "servers" {
  name      = "servers"
  enabled   = true
  role_arns = [aws_iam_role.reader.arn]
}

resource "aws_ssoadmin_permission_set" "admin" {
  name         = "admin"
  instance_arn = "arn:aws:sso:::instance/ssoins-1"
}

resource "aws_ssoadmin_managed_policy_attachment" "admin" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
}

resource "aws_ssoadmin_permission_set_inline_policy" "admin" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  inline_policy      = local.policy
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
}

resource "aws_ssoadmin_account_assignment" "admin" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  principal_id       = "group-1"
  principal_type     = "GROUP"
  target_id          = "444455556666"
  target_type        = "AWS_ACCOUNT"
}

resource "aws_organizations_organization" "company" {
  feature_set = "ALL"
}

resource "aws_organizations_organizational_unit" "production" {
  name      = "production"
  parent_id = aws_organizations_organization.company.roots[0].id
}

resource "aws_organizations_policy" "limits" {
  name    = "limits"
  type    = "SERVICE_CONTROL_POLICY"
  content = local.policy
}

resource "aws_organizations_policy_attachment" "limits" {
  policy_id = aws_organizations_policy.limits.id
  target_id = aws_organizations_organizational_unit.production.id
}

resource "aws_vpc_block_public_access_options" "region" {
  internet_gateway_block_mode = "block-ingress"
}


//! Types that carry access of their own say the same in Terraform, in CloudFormation and in an account.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use partywall_ingest::{Options, normalize::normalize, read};
use partywall_model::{Cell, Inventory, table};

/// What `tests/access/` gives each other account everywhere.
const POLICY: &str = r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":{"AWS":"444455556666"},"Resource":"*"}],"Version":"2012-10-17"}"#;

/// What a column holds.
enum Holds {
    /// The policy.
    Policy,
    /// This text, or a list with this text alone.
    Text(&'static str),
    /// TRUE.
    True,
    /// A reference, or a list with one, to a row of this table.
    Row(&'static str),
}

/// Table, column, what it holds, and whether CloudFormation can say it.
const COLUMNS: [(&str, &str, Holds, bool); 40] = [
    ("aws_iam_role", "assume_role_policy", Holds::Policy, true),
    ("aws_iam_role", "instance_profile_arns", Holds::Row("aws_iam_instance_profile"), true),
    ("aws_kms_key", "policy", Holds::Policy, true),
    ("aws_kms_grant", "key_id", Holds::Row("aws_kms_key"), false),
    ("aws_kms_grant", "operations", Holds::Text("Decrypt"), false),
    ("aws_kms_grant", "grantee_principal", Holds::Text("arn:aws:iam::444455556666:root"), false),
    ("aws_glacier_vault", "policy", Holds::Policy, false),
    ("aws_glue_resource_policy", "policy", Holds::Policy, false),
    ("aws_ecr_registry_policy", "policy", Holds::Policy, true),
    ("aws_ecrpublic_repository", "policy", Holds::Policy, true),
    ("aws_lambda_layer_version_permission", "layer_version", Holds::Row("aws_lambda_layer_version"), true),
    ("aws_lambda_layer_version_permission", "principal", Holds::Text("*"), true),
    ("aws_cloudwatch_log_resource_policy", "policy", Holds::Policy, true),
    ("aws_cloudwatch_log_destination", "policy", Holds::Policy, true),
    ("aws_cloudwatch_log_destination", "role_arn", Holds::Row("aws_iam_role"), true),
    ("aws_schemas_registry", "policy", Holds::Policy, true),
    ("aws_codeartifact_domain", "policy", Holds::Policy, true),
    ("aws_codeartifact_repository", "policy", Holds::Policy, true),
    ("aws_codebuild_project", "policy", Holds::Policy, false),
    ("aws_redshift_cluster", "policy", Holds::Policy, true),
    ("aws_redshiftserverless_namespace", "policy", Holds::Policy, true),
    ("aws_ssm_document", "shared_account_ids", Holds::Text("444455556666"), false),
    ("aws_ram_resource_share", "principals", Holds::Text("444455556666"), true),
    (
        "aws_ram_resource_share",
        "resource_arns",
        Holds::Text("arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-1"),
        true,
    ),
    ("aws_ram_resource_share", "allow_external_principals", Holds::True, true),
    ("aws_acmpca_certificate_authority", "policy", Holds::Policy, false),
    ("aws_ses_identity", "policies", Holds::Policy, false),
    ("aws_cognito_identity_pool", "allow_unauthenticated_identities", Holds::True, true),
    ("aws_cognito_identity_pool", "unauthenticated_role_arn", Holds::Row("aws_iam_role"), true),
    ("aws_rolesanywhere_profile", "role_arns", Holds::Row("aws_iam_role"), true),
    ("aws_ssoadmin_permission_set", "inline_policy", Holds::Policy, true),
    (
        "aws_ssoadmin_permission_set",
        "managed_policy_arns",
        Holds::Text("arn:aws:iam::aws:policy/AdministratorAccess"),
        true,
    ),
    ("aws_ssoadmin_account_assignment", "permission_set_arn", Holds::Row("aws_ssoadmin_permission_set"), true),
    ("aws_ssoadmin_account_assignment", "target_id", Holds::Text("444455556666"), true),
    ("aws_ssoadmin_account_assignment", "principal_id", Holds::Text("group-1"), true),
    ("aws_organizations_organizational_unit", "parent_id", Holds::Row("aws_organizations_root"), true),
    ("aws_organizations_policy", "type", Holds::Text("SERVICE_CONTROL_POLICY"), true),
    ("aws_organizations_policy", "content", Holds::Policy, true),
    ("aws_organizations_policy", "target_ids", Holds::Row("aws_organizations_organizational_unit"), true),
    ("aws_vpc_block_public_access_options", "internet_gateway_block_mode", Holds::Text("block-ingress"), true),
];

fn inventory(source: &str) -> Inventory {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/access").join(source);
    normalize(read(&folder, &Options::default()).unwrap()).inventory
}

/// What is wrong with the only row of a table, if anything is.
fn fault(inventory: &Inventory, name: &str, column: &str, holds: &Holds) -> Option<String> {
    let [row] = inventory.rows(name) else { return Some(format!("{} rows", inventory.rows(name).len())) };
    let cell = row.cell(table(name).unwrap(), column).unwrap();
    let only = match cell {
        Cell::List(items) if items.len() == 1 => items.first(),
        Cell::List(_) => None,
        cell => Some(cell),
    };
    let is_right = match (holds, only) {
        (Holds::True, Some(Cell::Boolean(truth))) => *truth,
        (Holds::Policy, Some(Cell::Text(text))) => is_policy(text),
        (Holds::Text(expected), Some(Cell::Text(text))) => text.as_ref() == *expected,
        (Holds::Row(table), Some(Cell::Text(text))) => inventory.rows(table).iter().any(|row| row.resource == *text),
        _ => false,
    };
    (!is_right).then(|| format!("{cell:?}"))
}

/// A list of documents keeps each as its author wrote it.
fn is_policy(text: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    parse(text).is_some() && parse(text) == parse(POLICY)
}

#[test]
fn every_language_says_who_may() {
    for source in ["terraform", "cloudformation", "account"] {
        let inventory = inventory(source);
        for (name, column, holds, in_cloudformation) in &COLUMNS {
            if source != "cloudformation" || *in_cloudformation {
                let fault = fault(&inventory, name, column, holds);
                assert!(fault.is_none(), "{source}: {name}.{column}: {}", fault.unwrap_or_default());
            }
        }
    }
}

//! The web shop in an account has the rows and the verdicts of its Terraform, but for what moto cannot express.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::account::{WEBSHOP, collect};

/// What differs, by table and column, and why. What `fixtures/live/webshop_differences.py` lists as told by no
/// account, or as left out by moto, is unknown or shows here.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("aws_cloudwatch_log_group", "tags", "moto shows them under the log group's ARN with `:*` only"),
    ("aws_ec2_instance", "associate_public_ip_address", "moto gives the interface no public address"),
    ("aws_ec2_load_balancer_listener", "certificate_arn", "moto chooses the certificate's identifier"),
    ("aws_iam_access_key", "in_code", "it says that code holds the key"),
    ("aws_lambda_function", "dead_letter_config_target_arn", "moto leaves it out"),
    ("aws_rds_db_instance", "engine_decides_port", "it says that code leaves the port open; the account shows one"),
    ("aws_rds_db_instance", "master_user_password_literal", "it says that code holds the password"),
    ("aws_rds_db_instance", "promotion_tier", "Terraform's provider sends 0, moto answers the service's default"),
    ("aws_s3_bucket", "canned_acl", "the API shows grants, never the canned name"),
    ("aws_s3_bucket", "object_ownership", "AWS answers BucketOwnerEnforced for a new bucket, moto nothing"),
    ("aws_sqs_queue", "sqs_managed_sse_enabled", "the service turns it off where a KMS key is named"),
    ("aws_vpc_security_group_rule", "description", "moto leaves it out where the other end is a group"),
    ("aws_vpc_security_group_rule", "from_port", "the API says -1 where Terraform says 0 for every protocol"),
    ("aws_vpc_security_group_rule", "to_port", "the API says -1 where Terraform says 0 for every protocol"),
    ("aws_workspaces_workspace", "directory_id", "moto chooses the directory's identifier"),
];

/// Checks whose verdict differs, and why.
const VERDICTS: &[(&str, &str)] = &[
    ("ec2/instance-public-ip", "moto gives the interface no public address"),
    ("iam/access-key-in-code", "only code can hold a key"),
    ("kms/key-deletion-window-short", "counts only once the key is deleted; no account shows it"),
    ("kms/key-lockout-check-bypassed", "said when a key is made, and kept by nobody"),
    ("rds/instance-password-in-code", "only code can hold a password"),
    ("redshift/cluster-password-in-code", "only code can hold a password"),
    ("lambda/no-dead-letter-queue", "moto leaves the function's dead-letter queue out"),
    ("s3/bucket-acl-enabled", "AWS answers BucketOwnerEnforced for a new bucket, moto nothing"),
    (
        "vpc/default-security-group-unmanaged",
        "code does not show the default group, and moto's has no rule for its members",
    ),
    ("vpc/security-group-rule-without-description", "moto leaves it out where the other end is a group"),
];

fn webshop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop")
}

/// The comparison of the Terraform with a collection of the account.
fn drift() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let collection = folder.path().join("collection");
    collect(&*WEBSHOP, &collection, &[]);
    let output = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["diff", "-o", "json", "--fail-on", "never", "--var", "reporting_delete_protection=true"])
        .arg(webshop())
        .arg(&collection)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn texts<'a>(list: &'a Value, name: &str) -> Vec<(&'a Value, &'a str)> {
    list.as_array().unwrap().iter().map(|item| (item, item[name].as_str().unwrap_or_default())).collect()
}

#[test]
fn a_live_account_has_the_rows_and_verdicts_of_its_code() {
    let drift = drift();
    let mut surprises = Vec::new();
    let mut met: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (row, table) in texts(&drift["rows"], "table") {
        match row["change"].as_str().unwrap() {
            "removed" | "out_of_sight" => surprises.push(format!("{table} {} is not in the account", row["resource"])),
            "changed" => {
                for (change, column) in texts(&row["columns"], "column") {
                    match DIFFERENCES.iter().find(|(of, name, _)| (*of, *name) == (table, column)) {
                        Some((of, name, _)) => {
                            met.insert((of, name));
                        }
                        None => surprises.push(format!(
                            "{table} {}: {column} is {} in code and {} in the account",
                            row["resource"], change["before"], change["after"]
                        )),
                    }
                }
            }
            _ => {}
        }
    }
    for (change, check) in texts(&drift["verdicts"], "check") {
        // Resources that only the account has are judged too; and what moto does not show is unknown.
        let (before, after) = (change["before"].as_str(), change["after"].as_str());
        let is_listed = VERDICTS.iter().any(|(listed, _)| *listed == check);
        if before.is_some() && !is_listed && after != Some("unknown") && before != Some("unknown") {
            surprises.push(format!("{check} on {}: {before:?} in code, {after:?} in the account", change["resource"]));
        }
    }
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n"));
    let stale: Vec<_> = DIFFERENCES.iter().filter(|(of, name, _)| !met.contains(&(*of, *name))).collect();
    assert!(stale.is_empty(), "no longer different: {stale:?}");
    assert!(drift["unchanged"].as_u64().unwrap() > 40, "{} rows are the same", drift["unchanged"]);
}

/// What passes between the names of resources and subnets that both know.
fn flows(target: &Path) -> BTreeMap<(String, String), (bool, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["network", "matrix", "--by", "tag:Name", "-o", "json"])
        .arg(target)
        .output()
        .unwrap();
    let cells: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cell = |cell: &Value| {
        let is_unknown = cell["unknown"] != "nothing";
        ((text(&cell["from"]), text(&cell["to"])), (is_unknown, text(&cell["answered"])))
    };
    cells.iter().map(cell).collect()
}

/// moto gives instances no public address, and load balancers, databases and fleets no interfaces.
#[test]
fn a_live_account_never_contradicts_the_flows_of_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let collection = folder.path().join("collection");
    collect(&*WEBSHOP, &collection, &[]);
    let (code, account) = (flows(&webshop()), flows(&collection));
    let of_interfaces: BTreeSet<&String> = account.keys().flat_map(|(from, to)| [from, to]).collect();
    assert!(of_interfaces.len() > 1, "{account:?}");
    for (pair, (is_unknown, answered)) in &account {
        let same = code.get(pair).is_some_and(|(_, in_code)| in_code == answered);
        assert!(*is_unknown || same, "{pair:?}: {answered} in the account, {:?} in code", code.get(pair));
    }
}

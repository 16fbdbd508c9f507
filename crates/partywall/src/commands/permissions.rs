//! `partywall permissions`.

use clap::Args;
use miette::IntoDiagnostic;
use partywall_collect::permissions;
use serde_json::{Value, json};

use super::Outcome;
use super::collect::selected;
use super::scan::print;

/// Characters, white space not counted, that a managed policy may have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const POLICY_CHARACTERS_MAX: usize = 6144;

/// Options of `partywall permissions`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// For this service only; may be repeated
    #[arg(long = "service", value_name = "SERVICE")]
    services: Vec<String>,
    /// For credentials that assume this role in the accounts of an organization
    #[arg(long, value_name = "ROLE")]
    organization_role: Option<String>,
    /// Print a list of policies, each small enough for one managed policy
    #[arg(long)]
    split: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let calls = selected(&arguments.services)?;
    let policy = permissions(calls, arguments.organization_role.as_deref());
    let document = if arguments.split { Value::Array(split(&policy)) } else { policy.clone() };
    if !arguments.split && length(&policy) > POLICY_CHARACTERS_MAX {
        eprintln!(
            "this policy is larger than a managed policy may be ({POLICY_CHARACTERS_MAX} characters); --split prints several"
        );
    }
    print(&(serde_json::to_string_pretty(&document).into_diagnostic()? + "\n"))?;
    Ok(Outcome::Clean)
}

fn length(policy: &Value) -> usize {
    policy.to_string().chars().filter(|character| !character.is_whitespace()).count()
}

/// The statements, in as few policies as hold them in their order.
fn split(policy: &Value) -> Vec<Value> {
    let document = |statements: &[Value]| json!({ "Version": "2012-10-17", "Statement": statements });
    let mut policies = Vec::new();
    let mut open: Vec<Value> = Vec::new();
    for statement in policy.get("Statement").and_then(Value::as_array).into_iter().flatten() {
        open.push(statement.clone());
        if length(&document(&open)) > POLICY_CHARACTERS_MAX && open.len() > 1 {
            let last = open.pop();
            policies.push(document(&open));
            open = last.into_iter().collect();
        }
    }
    policies.push(document(&open));
    policies
}

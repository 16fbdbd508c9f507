//! The least that a collection needs to be allowed.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::Call;
use serde_json::{Value, json};

/// What the collector itself asks, whatever the calls are.
const OWN: [&str; 1] = ["ec2:DescribeRegions"];

/// The IAM policy that allows these calls and nothing else; with `role`, for credentials that assume this role in the
/// accounts of an organization.
pub fn permissions<'c>(calls: impl IntoIterator<Item = &'c Call>, role: Option<&str>) -> Value {
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let organization: &[&str] = if role.is_some() { &["organizations:ListAccounts"] } else { &[] };
    let actions = calls.into_iter().flat_map(|call| call.actions.iter().copied());
    for action in actions.chain(OWN).chain(organization.iter().copied()) {
        if let Some((service, _)) = action.split_once(':') {
            services.entry(service).or_default().insert(action);
        }
    }
    let mut statements: Vec<Value> = services
        .iter()
        .map(|(service, actions)| json!({"Sid": sid(service), "Effect": "Allow", "Action": actions, "Resource": "*"}))
        .collect();
    if let Some(role) = role {
        statements.push(json!({
            "Sid": "AssumeRole",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": format!("arn:*:iam::*:role/{role}"),
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// `Ec2` for `ec2`, `ElasticMapReduce` for `elastic-map-reduce`: a statement's id has letters and digits only.
fn sid(service: &str) -> String {
    service
        .split(|character: char| !character.is_ascii_alphanumeric())
        .map(|word| {
            let mut characters = word.chars();
            characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect::<String>()
        })
        .collect()
}

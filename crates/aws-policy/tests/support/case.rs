//! Requests and their policies as lines of JSON, in the form that `partywall access decide` reads.
//!
//! A policy may also be written as its statements alone, or as one statement: then it is one of the current version.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use aws_policy::{Attached, ContextValues, Level, Policy, PolicySet, Principal, Request, Subject};
use serde_json::{Value, json};

/// A request with its policies, parsed.
pub(crate) struct Case {
    principal: Principal,
    action: String,
    resource: String,
    account: Option<String>,
    context: ContextValues,
    policies: Policies,
}

#[derive(Default)]
struct Policies {
    identity: Vec<Policy>,
    boundary: Vec<Policy>,
    session: Vec<Policy>,
    resource: Vec<Policy>,
    service_control: Vec<Vec<Policy>>,
    resource_control: Vec<Vec<Policy>>,
    endpoint: Vec<Policy>,
    management_account: Option<String>,
    restricts_public_buckets: bool,
}

impl Case {
    /// Reads a case.
    pub(crate) fn read(case: &Value) -> Self {
        let request = &case["request"];
        let resource = &request["resource"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let principal = text(&request["principal"]).unwrap_or_else(|| "*".to_owned());
        Self {
            principal: Principal::parse(&principal).unwrap(),
            action: text(&request["action"]).unwrap().to_ascii_lowercase(),
            resource: text(resource).or_else(|| text(&resource["resource"])).unwrap(),
            account: text(&resource["accountId"]).or_else(|| text(&request["account"])),
            context: context(request.get("context").unwrap_or(&request["contextVariables"])),
            policies: Policies::read(case),
        }
    }

    /// The request.
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: Subject::plain(self.resource.as_str()),
            resource_account: self.account.as_deref(),
            context: &self.context,
        }
    }

    /// The policies.
    pub(crate) fn policies(&self) -> PolicySet<'_> {
        let some = |list: &'_ [Policy]| (!list.is_empty()).then_some(());
        let policies = &self.policies;
        PolicySet {
            identity: attached(&policies.identity),
            boundary: some(&policies.boundary).map(|()| attached(&policies.boundary)),
            session: some(&policies.session).map(|()| attached(&policies.session)),
            resource: attached(&policies.resource).pop(),
            service_control: levels(&policies.service_control),
            resource_control: levels(&policies.resource_control),
            endpoint: some(&policies.endpoint).map(|()| attached(&policies.endpoint)),
            management_account: policies.management_account.as_deref(),
            restricts_public_buckets: policies.restricts_public_buckets,
        }
    }
}

impl Policies {
    fn read(case: &Value) -> Self {
        let levels = |name: &str| elements(&case[name]).iter().map(|level| list(&level["policies"])).collect();
        Self {
            identity: list(&case["identityPolicies"]),
            boundary: [list(&case["permissionBoundaries"]), list(&case["permissionBoundaryPolicies"])]
                .into_iter()
                .flatten()
                .collect(),
            session: one(&case["sessionPolicy"]),
            resource: one(&case["resourcePolicy"]),
            service_control: levels("serviceControlPolicies"),
            resource_control: levels("resourceControlPolicies"),
            endpoint: [list(&case["endpointPolicies"]), list(&case["vpcEndpointPolicies"])]
                .into_iter()
                .flatten()
                .collect(),
            management_account: case["managementAccountId"].as_str().map(str::to_owned),
            restricts_public_buckets: case["additionalSettings"]["s3"]["blockPublicAccess"] == true,
        }
    }
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn list(policies: &Value) -> Vec<Policy> {
    elements(policies).iter().map(policy).collect()
}

fn one(document: &Value) -> Vec<Policy> {
    if document.is_null() { Vec::new() } else { vec![policy(document)] }
}

fn policy(value: &Value) -> Policy {
    let document = value.get("policy").unwrap_or(value);
    let whole = match document.get("Statement") {
        Some(_) => document.clone(),
        None => json!({ "Version": "2012-10-17", "Statement": document }),
    };
    Policy::parse(&whole.to_string()).unwrap()
}

fn context(given: &Value) -> ContextValues {
    let mut context = ContextValues::closed();
    for (key, value) in given.as_object().into_iter().flatten() {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let values = match value {
            Value::Array(items) => items.iter().map(text).collect(),
            one => vec![text(one)],
        };
        context = context.with(key, values);
    }
    context
}

fn attached(list: &[Policy]) -> Vec<Attached<'_>> {
    list.iter().map(|policy| Attached { name: "policy", policy }).collect()
}

fn levels(levels: &[Vec<Policy>]) -> Vec<Level<'_>> {
    levels.iter().map(|level| Level { name: "level", policies: attached(level) }).collect()
}

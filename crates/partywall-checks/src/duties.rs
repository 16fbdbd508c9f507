//! The state of the customer's work on each layer of each resource.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use partywall_model::{
    Duty, DutyStatus, Finding, Layer, Party, ResourceKey, Responsibility, Sensitivity, Verdict, table,
};

/// Joins who is answerable with what the checks say.
///
/// A finding about a part of a resource, such as one rule of a security group, counts for the resource.
pub fn duties(
    responsibilities: Vec<Responsibility>,
    findings: &[Finding],
    sensitivities: &BTreeMap<ResourceKey, Sensitivity>,
) -> Vec<Duty> {
    let resources: BTreeSet<&str> = responsibilities.iter().map(|duty| duty.resource.as_ref()).collect();
    let mut heard: HashMap<(Arc<str>, Layer), Vec<&Finding>> = HashMap::new();
    for finding in findings {
        if let Some(owner) = owner(&finding.resource, &resources) {
            heard.entry((owner.into(), finding.layer)).or_default().push(finding);
        }
    }
    responsibilities
        .into_iter()
        .map(|responsibility| {
            let findings =
                heard.get(&(responsibility.resource.clone(), responsibility.layer)).map_or(&[][..], Vec::as_slice);
            let mut checks: Vec<String> = findings.iter().map(|finding| finding.check.to_string()).collect();
            checks.sort();
            checks.dedup();
            Duty {
                sensitivity: sensitivities.get(&responsibility.resource).copied().unwrap_or(Sensitivity::Restricted),
                service: table(responsibility.table).map_or("", |table| table.service),
                status: status(responsibility.party, findings),
                checks,
                responsibility,
            }
        })
        .collect()
}

/// The resource itself, or the one whose part it is: `aws_security_group.web/ingress[0]` belongs to the group.
fn owner<'a>(resource: &'a str, resources: &BTreeSet<&str>) -> Option<&'a str> {
    let mut name = resource;
    loop {
        if resources.contains(name) {
            return Some(name);
        }
        name = name.rsplit_once('/')?.0;
    }
}

/// A waived or baselined fault is still a fault of the wall: somebody accepted it, nobody mended it.
fn status(party: Option<Party>, findings: &[&Finding]) -> DutyStatus {
    match party {
        None => DutyStatus::Unknown,
        Some(Party::Provider) => DutyStatus::Provider,
        Some(Party::NotApplicable) => DutyStatus::NotApplicable,
        Some(Party::Customer | Party::Shared) => {
            let worst = findings.iter().map(|finding| finding.verdict).min();
            match worst {
                Some(Verdict::Fail) => DutyStatus::Failed,
                Some(Verdict::Unknown) => DutyStatus::Unknown,
                Some(Verdict::Pass) => DutyStatus::Met,
                Some(Verdict::NotApplicable) | None => DutyStatus::Open,
            }
        }
    }
}

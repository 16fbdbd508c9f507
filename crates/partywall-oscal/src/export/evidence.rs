//! Findings as observations of resources.

use std::collections::BTreeMap;

use partywall_model::{Finding, Verdict};
use serde_json::{Value, json};

use super::Estate;
use super::identity::{instant, markup, property, string, uuid};

/// The observation of a finding.
pub(super) fn observation_uuid(estate: &Estate<'_>, document: &str, finding: &Finding) -> String {
    uuid(estate, &[document, "observation", &finding.fingerprint, &finding.message])
}

/// What a check observed.
pub(super) fn observation(estate: &Estate<'_>, document: &str, finding: &Finding) -> Value {
    let said = match finding.verdict {
        Verdict::Unknown => format!("not known: {}", finding.causes.join("; ")),
        Verdict::Pass => format!("{}: the fault is not there", finding.title),
        Verdict::NotApplicable => format!("{}: not owed here", finding.title),
        Verdict::Fail => finding.message.clone(),
    };
    let mut observation = json!({
        "uuid": observation_uuid(estate, document, finding),
        "title": markup(&finding.title),
        "description": markup(&said),
        "props": [
            property("check", &finding.check),
            property("verdict", finding.verdict.id()),
            property("severity", finding.severity.id()),
        ],
        "methods": ["TEST"],
        "types": ["control-objective"],
        "subjects": [{
            "subject-uuid": resource_uuid(estate, document, &finding.resource), "type": "inventory-item",
            "title": markup(&finding.resource_title),
        }],
        "collected": instant(estate),
    });
    if let (Some(origin), Value::Object(entries)) = (&finding.origin, &mut observation) {
        let (line, _) = origin.lines();
        let evidence = json!([{
            "href": format!("{}#L{line}", address(origin.file())),
            "description": markup(&origin.to_string()),
        }]);
        entries.insert("relevant-evidence".to_owned(), evidence);
    }
    observation
}

/// The resources that findings are about.
pub(super) fn inventory<'a>(
    estate: &Estate<'_>,
    document: &str,
    findings: impl Iterator<Item = &'a Finding>,
) -> Vec<Value> {
    let resources: BTreeMap<&str, &Finding> = findings.map(|finding| (finding.resource.as_ref(), finding)).collect();
    let item = |(resource, finding): (&str, &Finding)| {
        json!({
            "uuid": resource_uuid(estate, document, resource),
            "description": markup(&finding.resource_title),
            "props": [property("resource", resource), property("table", finding.table)],
        })
    };
    resources.into_iter().map(item).collect()
}

fn resource_uuid(estate: &Estate<'_>, document: &str, resource: &str) -> String {
    uuid(estate, &[document, "resource", resource])
}

/// A path as a relative reference: characters that a URI does not take are written as their bytes.
fn address(path: &str) -> String {
    let mut out = String::new();
    for byte in string(path).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

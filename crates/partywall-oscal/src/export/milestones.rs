//! What failed, and what was accepted by whom until when: a plan of action and milestones.

use partywall_model::{Finding, Verdict};
use serde_json::{Value, json};

use super::Estate;
use super::evidence::{inventory, observation, observation_uuid};
use super::identity::{markup, metadata, property, uuid};

const DOCUMENT: &str = "milestones";

pub(super) fn document(estate: &Estate<'_>) -> Value {
    let failed: Vec<&Finding> =
        estate.assessment.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).collect();
    let mut plan = json!({
        "uuid": uuid(estate, &[DOCUMENT, &estate.day.to_string()]),
        "metadata": metadata(estate, &format!("Plan of action and milestones of {}", estate.name)),
        "system-id": {
            "id": uuid(estate, &["customer", "system"]), "identifier-type": "http://ietf.org/rfc/rfc4122",
        },
    });
    let items: Vec<Value> = match failed.is_empty() {
        // The format wants one item at least.
        true => vec![json!({
            "uuid": uuid(estate, &[DOCUMENT, "none"]), "title": "Nothing failed",
            "description": "No check that could tell found a fault. What is not known is in the assessment results.",
        })],
        false => failed.iter().map(|finding| item(estate, finding)).collect(),
    };
    if let Value::Object(entries) = &mut plan {
        entries.insert("poam-items".to_owned(), items.into());
        if !failed.is_empty() {
            let observations: Vec<Value> = failed.iter().map(|one| observation(estate, DOCUMENT, one)).collect();
            entries.insert("observations".to_owned(), observations.into());
            let risks: Vec<Value> = failed.iter().map(|finding| risk(estate, finding)).collect();
            entries.insert("risks".to_owned(), risks.into());
            let items = inventory(estate, DOCUMENT, failed.iter().copied());
            entries.insert("local-definitions".to_owned(), json!({ "inventory-items": items }));
        }
    }
    json!({ "plan-of-action-and-milestones": plan })
}

fn risk_uuid(estate: &Estate<'_>, finding: &Finding) -> String {
    uuid(estate, &[DOCUMENT, "risk", &finding.fingerprint, &finding.message])
}

fn item(estate: &Estate<'_>, finding: &Finding) -> Value {
    json!({
        "uuid": uuid(estate, &[DOCUMENT, "item", &finding.fingerprint, &finding.message]),
        "title": markup(&format!("{}: {}", finding.title, finding.resource_title)),
        "description": markup(&finding.message),
        "props": [property("check", &finding.check), property("severity", finding.severity.id())],
        "related-observations": [{ "observation-uuid": observation_uuid(estate, DOCUMENT, finding) }],
        "related-risks": [{ "risk-uuid": risk_uuid(estate, finding) }],
    })
}

fn risk(estate: &Estate<'_>, finding: &Finding) -> Value {
    let check = estate.assessment.checks.get(&finding.check);
    let statement = check.map(|check| check.rationale.as_ref()).unwrap_or_default();
    let mut risk = json!({
        "uuid": risk_uuid(estate, finding),
        "title": markup(&finding.title),
        "description": markup(&finding.message),
        "statement": markup(statement),
        "status": if finding.waiver.is_some() { "deviation-approved" } else { "open" },
    });
    let (Some(waiver), Value::Object(entries)) = (&finding.waiver, &mut risk) else { return risk };
    let expires = waiver.expires.as_deref().unwrap_or("never");
    let props = [
        property("risk-accepted-by", &waiver.owner),
        property("risk-accepted-because", &waiver.reason),
        property("risk-accepted-until", expires),
    ];
    entries.insert("props".to_owned(), json!(props));
    if let Some(day) = &waiver.expires {
        entries.insert("deadline".to_owned(), format!("{day}T23:59:59Z").into());
    }
    risk
}

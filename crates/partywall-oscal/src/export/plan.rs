//! What the system security plans of both sides have in common.

use std::collections::BTreeSet;

use partywall_model::Sensitivity;
use serde_json::{Value, json};

use super::Estate;
use super::identity::{markup, metadata, uuid};

/// One side's plan, without what is special about it.
pub(super) struct Side<'a> {
    /// `customer` or `provider`: part of every uuid.
    pub(super) id: &'a str,
    pub(super) title: String,
    pub(super) system: String,
    pub(super) description: String,
    pub(super) state: &'a str,
    pub(super) date_authorized: Option<&'a str>,
    pub(super) system_implementation: Value,
    pub(super) requirements: Vec<Value>,
}

/// The title of the provider's plan, by which the customer's names it.
pub(super) fn provider_title(estate: &Estate<'_>) -> String {
    format!("What Amazon Web Services does for {}", estate.name)
}

/// The uuid of a component of the provider: a service.
pub(super) fn provider_component(estate: &Estate<'_>, service: &str) -> String {
    uuid(estate, &["provider", "component", service])
}

pub(super) fn document(estate: &Estate<'_>, side: Side<'_>) -> Value {
    let profile = uuid(estate, &[side.id, "profile"]);
    let mut characteristics = json!({
        "system-ids": [{ "id": uuid(estate, &[side.id, "system"]), "identifier-type": "http://ietf.org/rfc/rfc4122" }],
        "system-name": markup(&side.system),
        "description": markup(&side.description),
        "system-information": { "information-types": information_types(estate, side.id) },
        "status": { "state": side.state, "remarks": "Written by partywall, which does not operate the system." },
        "authorization-boundary": { "description": "What was read, and what it uses." },
    });
    if let (Some(date), Value::Object(entries)) = (side.date_authorized, &mut characteristics) {
        entries.insert("date-authorized".to_owned(), date.into());
    }
    json!({ "system-security-plan": {
        "uuid": uuid(estate, &[side.id, "plan", &estate.day.to_string()]),
        "metadata": metadata(estate, &side.title),
        "import-profile": { "href": format!("#{profile}") },
        "system-characteristics": characteristics,
        "system-implementation": side.system_implementation,
        "control-implementation": {
            "description": "What each party does for each control, as services and their configuration decide.",
            "implemented-requirements": side.requirements,
        },
        "back-matter": { "resources": [{
            "uuid": profile,
            "title": "NIST SP 800-53 Rev. 5, moderate baseline",
            "rlinks": [{ "href": "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_MODERATE-baseline_profile.json" }],
        }] },
    } })
}

/// One kind of information for each level of sensitivity in use.
fn information_types(estate: &Estate<'_>, side: &str) -> Vec<Value> {
    let mut levels: BTreeSet<Sensitivity> = estate.assessment.duties.iter().map(|duty| duty.sensitivity).collect();
    if levels.is_empty() {
        levels.insert(Sensitivity::Internal);
    }
    let kind = |level: &Sensitivity| {
        json!({
            "uuid": uuid(estate, &[side, "information", level.id()]),
            "title": format!("Information that is {}", level.id()),
            "description": "Classified by the tags of resources.",
        })
    };
    levels.iter().map(kind).collect()
}

//! The customer's system security plan: what is inherited, what is satisfied, and what is not.

use std::collections::BTreeMap;

use partywall_model::DutyStatus;
use serde_json::{Value, json};

use super::Estate;
use super::identity::{markup, property, uuid};
use super::parts::{Part, paragraph, parts, services};
use super::plan::{self, Side, provider_component, provider_title};
use super::provider::exported;

pub(super) fn document(estate: &Estate<'_>) -> Value {
    plan::document(
        estate,
        Side {
            id: "customer",
            title: format!("System Security Plan of {}", estate.name),
            system: estate.name.to_owned(),
            description: "Written by partywall from what declares the system, or from the account.".to_owned(),
            state: "other",
            date_authorized: None,
            system_implementation: system(estate),
            requirements: requirements(estate),
        },
    )
}

fn leveraged(estate: &Estate<'_>) -> String {
    uuid(estate, &["customer", "leveraged-authorization"])
}

/// What the customer uses of a service.
fn inherited_component(estate: &Estate<'_>, service: &str) -> String {
    uuid(estate, &["customer", "inherited", service])
}

/// What the customer does with a service.
fn own_component(estate: &Estate<'_>, service: &str) -> String {
    uuid(estate, &["customer", "component", service])
}

fn system(estate: &Estate<'_>) -> Value {
    let mut components = vec![json!({
        "uuid": uuid(estate, &["customer", "component"]), "type": "this-system", "title": markup(estate.name),
        "description": "The system as a whole.", "status": { "state": "other" },
    })];
    for service in services(estate) {
        let mut used = json!({
            "uuid": inherited_component(estate, service), "type": "service", "title": format!("{service} of AWS"),
            "description": "What the provider runs.", "status": { "state": "operational" },
        });
        if let (Some(_), Value::Object(entries)) = (estate.authorized(), &mut used) {
            let props = json!([
                { "name": "implementation-point", "value": "external" },
                { "name": "leveraged-authorization-uuid", "value": leveraged(estate) },
                { "name": "inherited-uuid", "value": provider_component(estate, service) },
            ]);
            entries.insert("props".to_owned(), props);
        }
        components.push(used);
        components.push(json!({
            "uuid": own_component(estate, service), "type": "service", "title": format!("Use of {service}"),
            "description": "What the owner of the account configures.", "status": { "state": "other" },
        }));
    }
    let mut system = json!({
        "users": [{ "uuid": uuid(estate, &["customer", "user"]), "role-ids": ["owner"] }],
        "components": components,
    });
    // Without a report that holds nothing is authorized, and nothing is inherited.
    if let (Some(date), Value::Object(entries)) = (estate.authorized(), &mut system) {
        let authorization = json!([{
            "uuid": leveraged(estate), "title": markup(&provider_title(estate)),
            "party-uuid": uuid(estate, &["party", "provider"]), "date-authorized": date,
        }]);
        entries.insert("leveraged-authorizations".to_owned(), authorization);
    }
    system
}

fn requirements(estate: &Estate<'_>) -> Vec<Value> {
    let mut controls: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for ((control, service), part) in &parts(estate) {
        let parts = controls.entry(control).or_default();
        if !part.provider.is_empty() {
            parts.push(inherited(estate, control, service, part));
        }
        if !part.customer.is_empty() {
            parts.push(own(estate, control, service, part));
        }
    }
    let requirement = |(control, parts): (&str, Vec<Value>)| {
        let uuid = uuid(estate, &["customer", "requirement", control]);
        json!({ "uuid": uuid, "control-id": control, "by-components": parts })
    };
    controls.into_iter().filter(|(_, parts)| !parts.is_empty()).map(requirement).collect()
}

fn inherited(estate: &Estate<'_>, control: &str, service: &str, part: &Part) -> Value {
    let state = estate.inherited(service);
    let name = |kind: &str| uuid(estate, &["customer", kind, control, service]);
    let mut by_component = json!({
        "component-uuid": inherited_component(estate, service),
        "uuid": name("by-component-inherited"),
        "description": markup(&paragraph(&part.provider)),
        "props": [property("assurance", state.id())],
    });
    let provided = exported(estate, control, service, part).provided.filter(|_| state.is_inherited());
    let Value::Object(entries) = &mut by_component else { return by_component };
    match provided.filter(|_| estate.authorized().is_some()) {
        Some(provided) => {
            entries.insert("implementation-status".to_owned(), json!({ "state": "implemented" }));
            let inherited = json!([{
                "uuid": name("inherited"), "provided-uuid": provided,
                "description": format!("The report that covers it is {}.", state.id()),
            }]);
            entries.insert("inherited".to_owned(), inherited);
        }
        // Without a report the provider's work is a promise.
        None => {
            let remarks = format!("no report shows it: {}", state.id());
            entries.insert("implementation-status".to_owned(), json!({ "state": "unknown", "remarks": remarks }));
        }
    }
    by_component
}

fn own(estate: &Estate<'_>, control: &str, service: &str, part: &Part) -> Value {
    let name = |kind: &str| uuid(estate, &["customer", kind, control, service]);
    let status = part.status.unwrap_or(DutyStatus::Unknown);
    let state = match status {
        DutyStatus::Met => "implemented",
        DutyStatus::Failed => "partial",
        _ => "unknown",
    };
    let mut by_component = json!({
        "component-uuid": own_component(estate, service),
        "uuid": name("by-component"),
        "description": markup(&paragraph(&part.customer)),
        "props": [property("duty", status.id())],
        "implementation-status": { "state": state },
    });
    let responsibility = exported(estate, control, service, part).responsibility;
    let is_satisfied = part.is_met() && !part.is_undetermined && estate.authorized().is_some();
    if let (true, Some(responsibility), Value::Object(entries)) = (is_satisfied, responsibility, &mut by_component) {
        let satisfied = json!([{
            "uuid": name("satisfied"), "responsibility-uuid": responsibility,
            "description": "Every check that judges this work passes.",
        }]);
        entries.insert("satisfied".to_owned(), satisfied);
    }
    by_component
}

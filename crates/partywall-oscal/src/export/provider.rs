//! What the provider offers to the system, as a plan that can be leveraged.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Estate;
use super::identity::{markup, property, uuid};
use super::parts::{Part, paragraph, parts, services};
use super::plan::{self, Side, provider_component, provider_title};

pub(super) fn document(estate: &Estate<'_>) -> Value {
    let mut components = vec![json!({
        "uuid": uuid(estate, &["provider", "component"]), "type": "this-system", "title": "Amazon Web Services",
        "description": "The provider, as far as the system uses it.", "status": { "state": "operational" },
    })];
    components.extend(services(estate).iter().map(|service| {
        json!({
            "uuid": provider_component(estate, service), "type": "service", "title": service,
            "description": format!("The service {service}."), "status": { "state": "operational" },
        })
    }));
    plan::document(
        estate,
        Side {
            id: "provider",
            title: provider_title(estate),
            system: format!("Amazon Web Services for {}", estate.name),
            description: "Derived from the provider's documentation of its services; not written by the provider. \
                          Reports of third parties that were given are named where they cover a service."
                .to_owned(),
            state: "operational",
            date_authorized: estate.authorized(),
            system_implementation: json!({
                "users": [{ "uuid": uuid(estate, &["provider", "user"]), "role-ids": ["provider"] }],
                "components": components,
            }),
            requirements: requirements(estate),
        },
    )
}

/// The uuids under which a part exports.
pub(super) struct Exported {
    pub(super) provided: Option<String>,
    pub(super) responsibility: Option<String>,
}

pub(super) fn exported(estate: &Estate<'_>, control: &str, service: &str, part: &Part) -> Exported {
    let name = |kind: &str| uuid(estate, &["provider", kind, control, service]);
    Exported {
        provided: (!part.provider.is_empty()).then(|| name("provided")),
        responsibility: (!part.customer.is_empty()).then(|| name("responsibility")),
    }
}

fn requirements(estate: &Estate<'_>) -> Vec<Value> {
    let mut controls: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for ((control, service), part) in &parts(estate) {
        let exported = exported(estate, control, service, part);
        let mut export = serde_json::Map::new();
        if let Some(uuid) = &exported.provided {
            export.insert(
                "provided".to_owned(),
                json!([{ "uuid": uuid, "description": markup(&paragraph(&part.provider)) }]),
            );
        }
        if let Some(uuid) = &exported.responsibility {
            let mut responsibility = json!({ "uuid": uuid, "description": markup(&paragraph(&part.customer)) });
            if let (Some(provided), Value::Object(entries)) = (&exported.provided, &mut responsibility) {
                entries.insert("provided-uuid".to_owned(), provided.as_str().into());
            }
            export.insert("responsibilities".to_owned(), json!([responsibility]));
        }
        controls.entry(control).or_default().push(json!({
            "component-uuid": provider_component(estate, service),
            "uuid": uuid(estate, &["provider", "by-component", control, service]),
            "description": markup(&match part.provider.is_empty() {
                true => format!("{service}: the provider does nothing here"),
                false => format!("{service}: {}", paragraph(&part.provider)),
            }),
            "props": [property("assurance", estate.inherited(service).id())],
            "export": export,
        }));
    }
    let requirement = |(control, parts): (&str, Vec<Value>)| {
        let uuid = uuid(estate, &["provider", "requirement", control]);
        json!({ "uuid": uuid, "control-id": control, "by-components": parts })
    };
    controls.into_iter().map(requirement).collect()
}

//! Services as components, with what each party does for each control.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Estate;
use super::identity::{CATALOG, markup, metadata, property, uuid};
use super::parts::{paragraph, parts};

pub(super) fn document(estate: &Estate<'_>) -> Value {
    let mut requirements: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for ((control, service), part) in &parts(estate) {
        let mut lines = Vec::new();
        let mut props = Vec::new();
        for (party, work) in [("provider", &part.provider), ("customer", &part.customer)] {
            if !work.is_empty() {
                lines.push(format!("{party}: {}", paragraph(work)));
                props.push(property("party", party));
            }
        }
        requirements.entry(service).or_default().push(json!({
            "uuid": uuid(estate, &["definition", "requirement", control, service]),
            "control-id": control,
            "description": markup(&lines.join(". ")),
            "props": props,
        }));
    }
    let component = |(service, requirements): (&str, Vec<Value>)| {
        json!({
            "uuid": uuid(estate, &["definition", "component", service]),
            "type": "service",
            "title": service,
            "description": format!("The service {service}, as {} uses it.", markup(estate.name)),
            "control-implementations": [{
                "uuid": uuid(estate, &["definition", "implementation", service]),
                "source": CATALOG,
                "description": "Who does what, as the provider documents it.",
                "implemented-requirements": requirements,
            }],
        })
    };
    let components: Vec<Value> = requirements.into_iter().map(component).collect();
    let mut definition = json!({
        "uuid": uuid(estate, &["definition", &estate.day.to_string()]),
        "metadata": metadata(estate, &format!("Services of {}", estate.name)),
    });
    if let (false, Value::Object(entries)) = (components.is_empty(), &mut definition) {
        entries.insert("components".to_owned(), components.into());
    }
    json!({ "component-definition": definition })
}

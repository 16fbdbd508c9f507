//! The systems that a plan leverages, and the components that stand for theirs.

use std::collections::HashMap;

use super::view::View;
use crate::defect::Place;

/// A system that a plan leverages: an element of `leveraged-authorizations`.
#[derive(Debug)]
pub struct Authorization {
    /// Its uuid.
    pub uuid: String,
    /// Its title.
    pub title: String,
    /// Addresses that its links lead to, those of resources in the back matter too.
    pub addresses: Vec<String>,
    /// The day on which it was authorized, as it is written.
    pub date: String,
    /// Where.
    pub place: Place,
}

/// A component of a system.
#[derive(Debug)]
pub struct Component {
    /// Its uuid.
    pub uuid: String,
    /// Its title.
    pub title: String,
    /// The leveraged authorization that it belongs to; '' when it is the system's own.
    pub authorization: String,
    /// The component of the leveraged plan that it stands for; '' when it is not said.
    pub inherited: String,
    /// Where.
    pub place: Place,
}

/// The addresses of each resource of the back matter, by uuid.
pub(super) fn resources(back_matter: &View<'_>) -> HashMap<String, Vec<String>> {
    let addresses = |resource: &View<'_>| resource.list("rlinks").iter().map(|link| link.text("href")).collect();
    let resources = back_matter.list("resources");
    resources.iter().map(|resource| (resource.optional_uuid("uuid"), addresses(resource))).collect()
}

pub(super) fn authorizations(system: &View<'_>, resources: &HashMap<String, Vec<String>>) -> Vec<Authorization> {
    let mut found = Vec::new();
    for view in system.list("leveraged-authorizations") {
        let mut addresses = Vec::new();
        for link in view.list("links") {
            let address = link.text("href");
            let resource = address.strip_prefix('#').and_then(|uuid| resources.get(&uuid.to_lowercase()));
            match resource {
                Some(of_resource) => addresses.extend(of_resource.iter().cloned()),
                None => addresses.push(address),
            }
        }
        found.push(Authorization {
            uuid: view.uuid("uuid"),
            title: view.text("title"),
            addresses,
            date: view.text("date-authorized"),
            place: view.place(),
        });
    }
    found
}

pub(super) fn components(system: &View<'_>) -> Vec<Component> {
    let components = system.required_list("components");
    let component = |view: &View<'_>| Component {
        uuid: view.uuid("uuid"),
        title: view.text("title"),
        authorization: property(view, "leveraged-authorization-uuid").to_lowercase(),
        inherited: property(view, "inherited-uuid").to_lowercase(),
        place: view.place(),
    };
    components.iter().map(component).collect()
}

/// The value of the first property of this name; '' when there is none.
pub(super) fn property(view: &View<'_>, name: &str) -> String {
    let properties = view.list("props");
    properties
        .iter()
        .find(|property| property.text("name") == name)
        .map(|found| found.text("value"))
        .unwrap_or_default()
}

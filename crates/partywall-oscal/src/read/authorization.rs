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
    /// Where its links lead: an address, or `#` and the uuid of a resource of the back matter.
    pub links: Vec<String>,
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

pub(super) fn authorizations(system: &View<'_>) -> Vec<Authorization> {
    let authorizations = system.list("leveraged-authorizations");
    let authorization = |view: &View<'_>| Authorization {
        uuid: view.uuid("uuid"),
        title: view.text("title"),
        links: view.list("links").iter().map(|link| link.text("href")).collect(),
        date: view.text("date-authorized"),
        place: view.place(),
    };
    authorizations.iter().map(authorization).collect()
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

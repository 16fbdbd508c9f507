//! What each component does for each control, and what is exported, inherited and satisfied there.

use std::sync::Arc;

use super::authorization::property;
use super::view::View;
use crate::defect::Place;

/// What a component does for a control, or for one statement of it: an element of `by-components`.
#[derive(Debug)]
pub struct Implementation {
    /// The control: `ac-2`.
    pub control: Arc<str>,
    /// The statement: `ac-2_smt.a`; '' when it is about the whole control.
    pub statement: Arc<str>,
    /// The component's uuid.
    pub component: String,
    /// How far it is implemented: `implemented`, `partial`, `planned`, `alternative`, `not-applicable`, or ''.
    pub status: Arc<str>,
    /// What may be inherited from it.
    pub provided: Vec<Provided>,
    /// What is left to whoever leverages it.
    pub responsibilities: Vec<Responsibility>,
    /// What it inherits: uuids of provided entries.
    pub inherited: Vec<Reference>,
    /// What it satisfies: uuids of responsibilities.
    pub satisfied: Vec<Reference>,
    /// Where.
    pub place: Place,
}

/// Something that may be inherited.
#[derive(Debug)]
pub struct Provided {
    /// Its uuid.
    pub uuid: String,
    /// Where.
    pub place: Place,
}

/// Something that is left to whoever leverages the system.
#[derive(Debug)]
pub struct Responsibility {
    /// Its uuid.
    pub uuid: String,
    /// What has to be done.
    pub description: String,
    /// The provided entry that it comes with; '' when it stands alone.
    pub provided: String,
    /// Where.
    pub place: Place,
}

/// A claim about an entry of a leveraged plan.
#[derive(Debug)]
pub struct Reference {
    /// The uuid that is named; '' when none is, or what stands there is no uuid.
    pub uuid: String,
    /// Whether something is named at all.
    pub is_named: bool,
    /// Where.
    pub place: Place,
}

pub(super) fn implementations(controls: &View<'_>) -> Vec<Implementation> {
    let mut found = Vec::new();
    for requirement in controls.required_list("implemented-requirements") {
        let control = requirement.token("control-id");
        if control.is_empty() {
            requirement.malformed("`control-id` is missing");
        }
        let status: Arc<str> = property(&requirement, "implementation-status").to_lowercase().into();
        let mut take = |holder: &View<'_>, statement: &Arc<str>| {
            let parts = holder.list("by-components");
            found.extend(parts.iter().map(|view| implementation(view, &control, statement, &status)));
        };
        take(&requirement, &"".into());
        for statement in requirement.list("statements") {
            let id = statement.token("statement-id");
            take(&statement, &id);
        }
    }
    found
}

fn implementation(view: &View<'_>, control: &Arc<str>, statement: &Arc<str>, of_control: &Arc<str>) -> Implementation {
    let own = view.object("implementation-status").map(|status| status.text("state")).unwrap_or_default();
    let written = [own, property(view, "implementation-status")].map(|status| status.to_lowercase().into());
    let export = view.object("export");
    let exported = |name: &str| export.as_ref().map(|export| export.list(name)).unwrap_or_default();
    Implementation {
        control: control.clone(),
        statement: statement.clone(),
        component: view.uuid("component-uuid"),
        status: written.into_iter().find(|status: &Arc<str>| !status.is_empty()).unwrap_or_else(|| of_control.clone()),
        provided: exported("provided")
            .iter()
            .map(|view| Provided { uuid: view.uuid("uuid"), place: view.place() })
            .collect(),
        responsibilities: exported("responsibilities")
            .iter()
            .map(|view| Responsibility {
                uuid: view.uuid("uuid"),
                description: view.text("description"),
                provided: view.optional_uuid("provided-uuid"),
                place: view.place(),
            })
            .collect(),
        inherited: references(view, "inherited", "provided-uuid"),
        satisfied: references(view, "satisfied", "responsibility-uuid"),
        place: view.place(),
    }
}

fn references(view: &View<'_>, list: &str, name: &str) -> Vec<Reference> {
    let reference = |view: &View<'_>| Reference {
        uuid: view.optional_uuid(name),
        is_named: view.child(name).is_some(),
        place: view.place(),
    };
    view.list(list).iter().map(reference).collect()
}

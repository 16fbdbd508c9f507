//! From text to a [`Plan`]: what a system security plan says about inheritance, and where.

mod authorization;
mod implementation;
mod json;
mod view;

use std::collections::HashMap;
use std::sync::Arc;

use thiserror::Error;

use crate::BYTES_MAX;
use crate::defect::{Defect, Place};
use view::View;

pub use authorization::{Authorization, Component};
pub use implementation::{Implementation, Provided, Reference, Responsibility};

/// A system security plan.
#[derive(Debug)]
pub struct Plan {
    /// The file, as the reader was told.
    pub file: String,
    /// Its uuid, in lowercase.
    pub uuid: String,
    /// Where it begins.
    pub place: Place,
    /// Its title.
    pub title: String,
    /// The name of its system.
    pub system_name: String,
    /// The state of its system: `operational`; '' when it is not said.
    pub state: String,
    /// The day of its authorization as it states it; '' when it does not.
    pub date_authorized: String,
    /// The components of its system.
    pub components: Vec<Component>,
    /// The systems that it leverages.
    pub authorizations: Vec<Authorization>,
    /// The addresses of each resource of the back matter, by uuid.
    pub resources: HashMap<String, Vec<String>>,
    /// What each component does for each control, and what is exported, inherited and satisfied there.
    pub implementations: Vec<Implementation>,
    /// Every uuid that the plan gives to something, in lowercase: what, and where.
    pub identifiers: Vec<Identifier>,
    /// What was found to be wrong while reading.
    pub defects: Vec<Defect>,
}

/// A uuid that a plan gives to something.
#[derive(Debug)]
pub struct Identifier {
    /// In lowercase.
    pub uuid: String,
    /// The name of the list or object that holds the thing: `provided`, `components`.
    pub of: Arc<str>,
    /// Where.
    pub place: Place,
}

/// Why a document could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is larger than [`BYTES_MAX`].
    #[error("the document has more than {BYTES_MAX} bytes")]
    TooLarge,
    /// It is nested too deeply.
    #[error("line {line}: the document is nested more than {limit} levels deep")]
    TooDeep {
        /// The line.
        line: usize,
        /// The limit.
        limit: usize,
    },
    /// It is not JSON.
    #[error("line {line}: the document is not JSON: {problem}")]
    NotJson {
        /// The line.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// An object has a name twice.
    #[error("line {line}: `{name}` appears twice in one object, and readers differ in which they keep")]
    DuplicateName {
        /// The line.
        line: usize,
        /// The name.
        name: String,
    },
    /// It holds another kind of document.
    #[error("the document is no OSCAL system security plan: it has no `system-security-plan`")]
    NotAPlan,
}

/// Reads a system security plan in OSCAL's JSON format. `file` is how messages name it.
///
/// # Errors
/// When the text is too large, is not JSON, or holds another kind of document. What is wrong inside a plan is among
/// its defects.
pub fn read(file: &str, text: &str) -> Result<Plan, ReadError> {
    if text.len() > BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    let lines = json::Lines::of(text);
    let root = json::parse(text, &lines)?;
    let node = root.get("system-security-plan").ok_or(ReadError::NotAPlan)?;
    let defects = std::cell::RefCell::new(Vec::new());
    let view = View::new(file, &lines, &defects, node, "/system-security-plan".into());
    let metadata = view.required_object("metadata");
    let characteristics = view.required_object("system-characteristics");
    let system = view.required_object("system-implementation");
    let controls = view.required_object("control-implementation");
    let resources = view.object("back-matter").map(|view| authorization::resources(&view)).unwrap_or_default();
    let status = characteristics.as_ref().and_then(|view| view.required_object("status"));
    let mut identifiers = Vec::new();
    view.identifiers(&"system-security-plan".into(), &mut identifiers);
    let required = |view: &Option<View<'_>>, name: &str| view.as_ref().map(|view| view.required_text(name));
    let plan = Plan {
        file: file.to_owned(),
        uuid: view.uuid("uuid"),
        place: view.place(),
        title: required(&metadata, "title").unwrap_or_default(),
        system_name: required(&characteristics, "system-name").unwrap_or_default(),
        state: required(&status, "state").unwrap_or_default(),
        date_authorized: characteristics.as_ref().map(|view| view.text("date-authorized")).unwrap_or_default(),
        components: system.as_ref().map(authorization::components).unwrap_or_default(),
        authorizations: system.as_ref().map(authorization::authorizations).unwrap_or_default(),
        resources,
        implementations: controls.as_ref().map(implementation::implementations).unwrap_or_default(),
        identifiers,
        defects: Vec::new(),
    };
    Ok(Plan { defects: defects.into_inner(), ..plan })
}

/// A text of a document for a message: not long, and on one line.
pub(crate) fn quoted(text: &str) -> String {
    const LENGTH_MAX: usize = 80;
    let mut characters = text.chars();
    let mut out: String = characters.by_ref().take(LENGTH_MAX).collect();
    if characters.next().is_some() {
        out.push('…');
    }
    out
}

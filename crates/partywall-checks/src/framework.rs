//! Published sets of controls, and the checks that each asks for.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A published set of controls. Its file is `frameworks/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Name and version.
    pub title: String,
    /// Where it is published.
    pub url: String,
    /// Controls by their published id.
    pub controls: BTreeMap<String, Control>,
}

/// One requirement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// What it asks for, in our own words.
    pub title: String,
    /// Ids of the checks that test it.
    pub checks: Vec<String>,
}

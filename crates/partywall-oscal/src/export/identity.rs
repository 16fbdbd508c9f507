//! Names that stay: uuids, instants and the head of every document.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Estate;

/// OSCAL's version.
const VERSION: &str = "1.2.3";

/// The namespace of partywall's own properties.
pub(super) const NAMESPACE: &str = "https://github.com/partywall/partywall/ns/oscal";

/// The catalogue in which controls are defined.
pub(super) const CATALOG: &str = "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json";

/// The uuid of what these words name, always the same.
pub(super) fn uuid(estate: &Estate<'_>, words: &[&str]) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
    // A separator that no word has keeps `a`, `bc` and `ab`, `c` apart.
    let name = std::iter::once(estate.name).chain(words.iter().copied()).collect::<Vec<_>>().join("\u{0}");
    Uuid::new_v5(&namespace, name.as_bytes()).to_string()
}

/// The first instant of the estate's day.
pub(super) fn instant(estate: &Estate<'_>) -> String {
    format!("{}T00:00:00Z", estate.day)
}

/// The head of a document.
pub(super) fn metadata(estate: &Estate<'_>, title: &str) -> Value {
    json!({
        "title": markup(title),
        "last-modified": instant(estate),
        "version": estate.day.to_string(),
        "oscal-version": VERSION,
        "roles": [{ "id": "owner", "title": "Owner of the account" }, { "id": "provider", "title": "Provider" }],
        "parties": [
            { "uuid": uuid(estate, &["party", "customer"]), "type": "organization", "name": markup(estate.name) },
            { "uuid": uuid(estate, &["party", "provider"]), "type": "organization", "name": "Amazon Web Services" },
        ],
    })
}

/// A property of partywall's own.
pub(super) fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": string(value) })
}

/// Text for a place where OSCAL wants some that is neither empty nor begins or ends with a space.
pub(super) fn string(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = one_line.chars().map(|one| if one.is_control() { '\u{fffd}' } else { one }).collect();
    if plain.is_empty() { "not said".to_owned() } else { plain }
}

/// Text of an estate for a place where OSCAL reads Markdown: nothing in it is formatting.
pub(super) fn markup(text: &str) -> String {
    let mut out = String::new();
    for character in string(text).chars() {
        if matches!(character, '<' | '>' | '\\' | '*' | '[' | ']') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

//! Credentials that are written out: in start scripts, environment variables and documents.

use std::sync::{Arc, LazyLock};

use partywall_model::{TextPart, Unknown, Value};
use regex::RegexSet;

use super::json;

/// Whether a text, which may have a name, looks like a credential.
pub fn is_credential(name: Option<&str>, text: &str) -> bool {
    is_held_by(&Value::text(text), name)
}

/// Whether a value holds what looks like a credential.
pub(super) fn is_held(value: &Value) -> bool {
    is_held_by(value, None)
}

/// The first unknown piece that a credential could stand in.
pub(super) fn hiding_place(value: &Value) -> Option<&Arc<Unknown>> {
    match value {
        Value::Unknown(unknown) => Some(unknown).filter(|unknown| !names_something(unknown)),
        Value::Template(parts) => parts.iter().find_map(|part| match part {
            TextPart::Unknown(unknown) => Some(unknown).filter(|unknown| !names_something(unknown)),
            TextPart::Literal(_) => None,
        }),
        Value::List(items) => items.iter().find_map(hiding_place),
        Value::Map(entries) => entries.values().find_map(hiding_place),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

/// Attributes whose value tells which resource it is or where it is reached, in either language.
const NAMES: &[&str] = &[
    "Ref",
    "id",
    "arn",
    "Arn",
    "name",
    "Name",
    "bucket",
    "url",
    "endpoint",
    "address",
    "dns_name",
    "DNSName",
    "port",
    "region",
    "partition",
];

/// How the names of further such attributes end.
const NAME_ENDINGS: &[&str] = &[
    "_id",
    "_arn",
    "_name",
    "_url",
    "_uri",
    "_endpoint",
    "_address",
    "Id",
    "Arn",
    "Name",
    "Url",
    "URL",
    "Uri",
    "Address",
    "Port",
    "Endpoint",
];

/// Whether an unknown is the name or the place of something in AWS, which is no secret. A random text is none, even
/// where Terraform calls it an `id`.
fn names_something(unknown: &Unknown) -> bool {
    if unknown.symbol.strip_prefix("AWS::").is_some_and(|pseudo_parameter| !pseudo_parameter.contains(':')) {
        return true;
    }
    let (address, attribute) = match &unknown.reference {
        Some(reference) => (reference.address.as_str(), reference.attribute.as_str()),
        None => match unknown.symbol.rsplit_once('.') {
            Some((address, attribute)) if address.contains("data.aws_") => (address, attribute),
            _ => return false,
        },
    };
    let is_cloudformation = !address.contains('.');
    let is_of_aws = is_cloudformation || address.split('.').any(|step| step.starts_with("aws_"));
    let attribute = attribute.rsplit('.').next().unwrap_or(attribute);
    is_of_aws && (NAMES.contains(&attribute) || NAME_ENDINGS.iter().any(|ending| attribute.ends_with(ending)))
}

/// Looks of credentials: AWS access keys, private keys, and assignments of passwords and tokens.
static SECRETS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
        r#"(?i)aws_secret_access_key["']?\s*[=:]\s*["']?[A-Za-z0-9/+=]{40}"#,
        r#"(?i)\b[a-z_]*(?:password|passwd|secret|api_?key|token)["']?\s*[=:]\s*["']?[^\s"'$<>{}%]{8,}"#,
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
        r"\bxox[abpr]-[A-Za-z0-9-]{10,}",
    ])
    .ok()
});

/// What the collector writes in place of a text that it took out: it has looked for a credential in it.
const CONCEALED: &str = "(concealed)";
const CONCEALED_CREDENTIAL: &str = "(concealed credential)";

fn is_held_by(value: &Value, name: Option<&str>) -> bool {
    let matches = |text: &str| {
        if [CONCEALED, CONCEALED_CREDENTIAL].contains(&text) {
            return text == CONCEALED_CREDENTIAL;
        }
        let assignment = name.map(|name| format!("{name}={text}"));
        let Some(patterns) = SECRETS.as_ref() else { return true };
        patterns.is_match(text) || assignment.is_some_and(|assignment| patterns.is_match(&assignment))
    };
    match value {
        Value::Text(text) => {
            matches(text) || decoded(text).is_some_and(|plain| matches(&plain)) || is_in_document(value)
        }
        Value::Template(parts) => {
            parts.iter().any(|part| matches!(part, TextPart::Literal(text) if matches(text))) || is_in_document(value)
        }
        Value::List(items) => items.iter().any(|item| is_held_by(item, name)),
        Value::Map(entries) => {
            let either = |lower: &str, upper: &str| entries.get(lower).or_else(|| entries.get(upper));
            match (either("name", "Name").and_then(Value::as_text), either("value", "Value")) {
                (Some(name), Some(value)) => is_held_by(value, Some(name)),
                _ => entries.iter().any(|(key, value)| is_held_by(value, Some(key))),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => false,
    }
}

fn is_in_document(value: &Value) -> bool {
    json::parse(value).is_some_and(|document| is_held_by(&document, None))
}

/// User data is often base64; a secret hides no better there.
fn decoded(text: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
    String::from_utf8(bytes).ok()
}

//! JSON text, also with unknown pieces in it, as a value.

use std::sync::Arc;

use partywall_model::{TextPart, Unknown, Value};
use percent_encoding::percent_decode_str;

/// Brackets an index of an unknown piece while `serde_json` parses. Private-use characters: no policy holds them.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// Reads text as JSON. None when it is not a JSON object or array.
///
/// IAM answers with documents in URL encoding, API Gateway with quotes escaped. Unknown pieces may stand inside strings
/// or in place of a whole value.
pub(super) fn parse(value: &Value) -> Option<Value> {
    match value {
        Value::Text(text) => {
            let decoded = text.starts_with("%7B").then(|| percent_decode_str(text).decode_utf8_lossy());
            let text = decoded.as_deref().unwrap_or(text).trim_start();
            if !text.starts_with(['{', '[']) {
                return None;
            }
            let json = serde_json::from_str(text).ok().or_else(|| from_escaped(text));
            json.map(|json: serde_json::Value| Value::from_json(&json))
        }
        Value::Template(parts) => parse_template(parts),
        Value::Map(_) | Value::List(_) => Some(value.clone()),
        _ => None,
    }
}

/// Reads a document that is written as the inside of a JSON text.
fn from_escaped(text: &str) -> Option<serde_json::Value> {
    let plain: String = text.contains("\\\"").then(|| serde_json::from_str(&format!("\"{text}\"")).ok())??;
    serde_json::from_str(&plain).ok()
}

fn parse_template(parts: &[TextPart]) -> Option<Value> {
    let mut text = String::new();
    let mut unknowns = Vec::new();
    let mut scanner = StringScanner::default();
    for part in parts {
        match part {
            TextPart::Literal(literal) => {
                scanner.read(literal);
                text.push_str(literal);
            }
            TextPart::Unknown(unknown) => {
                let quote = if scanner.in_string { "" } else { "\"" };
                text.push_str(&format!("{quote}{OPEN}{}{CLOSE}{quote}", unknowns.len()));
                unknowns.push(unknown.clone());
            }
        }
    }
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(restore(&json, &unknowns))
}

/// Tracks whether the end of the text read so far lies inside a JSON string.
#[derive(Default)]
struct StringScanner {
    in_string: bool,
    escaped: bool,
}

impl StringScanner {
    fn read(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                _ if self.escaped => self.escaped = false,
                '\\' if self.in_string => self.escaped = true,
                '"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
    }
}

fn restore(json: &serde_json::Value, unknowns: &[Arc<Unknown>]) -> Value {
    match json {
        serde_json::Value::String(text) => restore_text(text, unknowns),
        serde_json::Value::Array(items) => Value::list(items.iter().map(|item| restore(item, unknowns))),
        serde_json::Value::Object(entries) => {
            Value::map(entries.iter().map(|(key, value)| (restore_key(key, unknowns), restore(value, unknowns))))
        }
        other => Value::from_json(other),
    }
}

fn restore_text(text: &str, unknowns: &[Arc<Unknown>]) -> Value {
    Value::template(pieces(text, unknowns))
}

fn restore_key(key: &str, unknowns: &[Arc<Unknown>]) -> String {
    pieces(key, unknowns)
        .into_iter()
        .map(|part| match part {
            TextPart::Literal(text) => text.to_string(),
            TextPart::Unknown(unknown) => unknown.placeholder(),
        })
        .collect()
}

fn pieces(text: &str, unknowns: &[Arc<Unknown>]) -> Vec<TextPart> {
    let mut parts = Vec::new();
    for (index, piece) in text.split(OPEN).enumerate() {
        if index == 0 {
            parts.push(TextPart::Literal(piece.into()));
            continue;
        }
        let (number, literal) = piece.split_once(CLOSE).unwrap_or((piece, ""));
        if let Some(unknown) = number.parse::<usize>().ok().and_then(|at| unknowns.get(at)) {
            parts.push(TextPart::Unknown(unknown.clone()));
        }
        parts.push(TextPart::Literal(literal.into()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> Option<String> {
        parse(&Value::text(text))?.as_map()?.get("Action")?.as_text().map(str::to_owned)
    }

    #[test]
    fn documents_are_read_as_each_service_writes_them() {
        for text in [r#"{"Action":"a:b"}"#, "%7B%22Action%22%3A%22a%3Ab%22%7D", r#"{\"Action\":\"a:b\"}"#] {
            assert_eq!(action(text).as_deref(), Some("a:b"), "{text}");
        }
        for text in [r#"{\"Action\":"a:b"}"#, r#"{\"Action\":\"a:b\"#, "{", "text"] {
            assert_eq!(action(text), None, "{text}");
        }
    }
}

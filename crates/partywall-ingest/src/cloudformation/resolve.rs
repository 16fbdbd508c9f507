//! Dynamic references: `{{resolve:secretsmanager:…}}` in the middle of text.
//! [Dynamic references](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html)

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{Cause, TextPart, Unknown, Value};

use super::symbol::shortened;

const OPENING: &str = "{{resolve:";

/// The value with each dynamic reference in it replaced by an unknown.
pub(super) fn dynamic_references(value: Value) -> Value {
    match value {
        Value::Text(text) if text.contains(OPENING) => Value::template(pieces(&[TextPart::Literal(text)])),
        Value::Template(parts) => Value::template(pieces(&parts)),
        Value::List(items) => Value::list(items.iter().cloned().map(dynamic_references)),
        Value::Map(entries) => {
            let entries: BTreeMap<String, Value> =
                entries.iter().map(|(key, value)| (key.clone(), dynamic_references(value.clone()))).collect();
            Value::Map(Arc::new(entries))
        }
        other => other,
    }
}

fn pieces(parts: &[TextPart]) -> Vec<TextPart> {
    let mut out = Vec::new();
    // The reference that is being read: its text so far, with unknown pieces as placeholders.
    let mut open: Option<String> = None;
    for part in parts {
        match (part, &mut open) {
            (TextPart::Unknown(_), None) => out.push(part.clone()),
            (TextPart::Unknown(unknown), Some(text)) => text.push_str(&unknown.placeholder()),
            (TextPart::Literal(text), _) => literal(text, &mut open, &mut out),
        }
    }
    if let Some(text) = open {
        out.push(TextPart::Literal(format!("{{{{resolve:{text}").into()));
    }
    out
}

fn literal(text: &str, open: &mut Option<String>, out: &mut Vec<TextPart>) {
    let mut rest = text;
    loop {
        match open.take() {
            None => match rest.split_once(OPENING) {
                None => return out.push(TextPart::Literal(rest.into())),
                Some((before, after)) => {
                    out.push(TextPart::Literal(before.into()));
                    *open = Some(String::new());
                    rest = after;
                }
            },
            Some(mut reference) => match rest.split_once("}}") {
                None => {
                    reference.push_str(rest);
                    *open = Some(reference);
                    return;
                }
                Some((inside, after)) => {
                    reference.push_str(inside);
                    let symbol = shortened(format!("resolve:{reference}"));
                    out.push(TextPart::Unknown(Arc::new(Unknown { symbol, cause: Cause::External, reference: None })));
                    rest = after;
                }
            },
        }
    }
}

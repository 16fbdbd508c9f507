//! Unknown pieces inside JSON text, while it is put together or taken apart.
//!
//! An unknown stands in a text as its number between two private characters, so that text can be
//! handled as text and the unknowns be found again.

use std::collections::HashMap;
use std::sync::Arc;

use partywall_model::{TextPart, Unknown, Value};

use super::unknown::{derived, spell};

const OPEN: char = '\u{F8FE}';
const CLOSE: char = '\u{F8FF}';

/// The unknowns that stand in texts.
#[derive(Default)]
pub(crate) struct Placeholders {
    numbers: HashMap<String, usize>,
    unknowns: Vec<Arc<Unknown>>,
}

impl Placeholders {
    /// A text that stands for an unknown text.
    pub(crate) fn key(&mut self, value: &Value) -> String {
        match value {
            Value::Text(text) => text.to_string(),
            Value::Template(parts) => parts.iter().map(|part| self.part(part)).collect(),
            Value::Unknown(unknown) => self.part(&TextPart::Unknown(unknown.clone())),
            _ => String::new(),
        }
    }

    fn part(&mut self, part: &TextPart) -> String {
        match part {
            TextPart::Literal(text) => text.to_string(),
            TextPart::Unknown(unknown) => {
                let next = self.unknowns.len();
                let number = *self.numbers.entry(unknown.symbol.clone()).or_insert(next);
                if number == next {
                    self.unknowns.push(unknown.clone());
                }
                format!("{OPEN}{number}{CLOSE}")
            }
        }
    }

    /// The text with the unknowns in their places.
    pub(crate) fn restore(&self, text: &str) -> Value {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            parts.push(TextPart::Literal(before.into()));
            let (number, after) = after.split_once(CLOSE).unwrap_or((after, ""));
            if let Some(unknown) = number.parse::<usize>().ok().and_then(|number| self.unknowns.get(number)) {
                parts.push(TextPart::Unknown(unknown.clone()));
            }
            rest = after;
        }
        parts.push(TextPart::Literal(rest.into()));
        Value::template(parts)
    }

    /// The value with all unknowns in its texts in their places; a map with an unknown key is unknown.
    pub(crate) fn restore_all(&self, value: Value) -> Value {
        match value {
            Value::Map(entries) if entries.keys().any(|key| key.contains(OPEN)) => {
                let key = entries.keys().find(|key| key.contains(OPEN)).map_or(Value::Null, |key| self.restore(key));
                derived(&format!("{{({})=…}}", spell(&key)), &[&key])
            }
            Value::Text(text) if text.contains(OPEN) => self.restore(&text),
            Value::List(items) => Value::list(items.iter().map(|item| self.restore_all(item.clone()))),
            Value::Map(entries) => {
                Value::map(entries.iter().map(|(key, item)| (key.clone(), self.restore_all(item.clone()))))
            }
            other => other,
        }
    }
}

//! `yamldecode` and `yamlencode`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use partywall_model::{Value, format_number};
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::json::encode;
use super::{Call, Function, known};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::{NESTING_MAX, VALUE_NODES_MAX};

pub(super) const FUNCTIONS: &[Function] = &[
    known("yamldecode", 1, 1, decode),
    // JSON is YAML; only the layout differs from what Terraform writes.
    known("yamlencode", 1, 1, |call| Ok(encode(call.scope.root, call.argument(0)?))),
];

/// A list or map that is being read.
enum Open {
    List(Vec<Value>, usize),
    Map(BTreeMap<String, Value>, Option<String>, usize),
}

fn decode(call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    let mut reader = Reader::default();
    for event in Parser::new_from_str(&text) {
        let (event, _) = event.map_err(|error| Failure::invalid(format!("this is not YAML: {error}")))?;
        reader.take(event)?;
        if reader.count > VALUE_NODES_MAX {
            return Err(super::too_large());
        }
    }
    Ok(reader.document.unwrap_or(Value::Null))
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    document: Option<Value>,
    count: usize,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), Failure> {
        self.count += 1;
        match event {
            Event::DocumentStart(_) if self.document.is_some() => {
                return Err(Failure::invalid("the text holds more than one document"));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.suffix != "str");
                let value = if plain { scalar(&text) } else { Value::text(text.as_ref()) };
                self.place(value, anchor)?;
            }
            Event::Alias(anchor) => {
                let value =
                    self.anchors.get(&anchor).cloned().ok_or_else(|| Failure::invalid("an alias leads nowhere"))?;
                self.place(value, 0)?;
            }
            Event::SequenceStart(anchor, _) => self.open(Open::List(Vec::new(), anchor))?,
            Event::MappingStart(anchor, _) => self.open(Open::Map(BTreeMap::new(), None, anchor))?,
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(items, anchor)) => self.place(Value::list(items), anchor)?,
                Some(Open::Map(entries, _, anchor)) => self.place(Value::Map(Arc::new(entries)), anchor)?,
                None => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, open: Open) -> Result<(), Failure> {
        if self.open.len() >= NESTING_MAX {
            return Err(Failure::Limit("the YAML nests too deeply".into()));
        }
        self.open.push(open);
        Ok(())
    }

    fn place(&mut self, value: Value, anchor: usize) -> Result<(), Failure> {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => self.document = Some(value),
            Some(Open::List(items, _)) => items.push(value),
            Some(Open::Map(entries, key, _)) => match key.take() {
                None => *key = Some(key_text(&value)?),
                // `<<: *base` takes over what the map itself does not set.
                Some(merged) if merged == "<<" => {
                    for (name, inherited) in value.as_map().into_iter().flatten() {
                        entries.entry(name.clone()).or_insert_with(|| inherited.clone());
                    }
                }
                Some(name) => {
                    entries.insert(name, value);
                }
            },
        }
        Ok(())
    }
}

fn key_text(value: &Value) -> Result<String, Failure> {
    match value {
        Value::Text(text) => Ok(text.to_string()),
        Value::Number(number) => Ok(format_number(*number)),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null => Ok("null".to_owned()),
        _ => Err(Failure::invalid("a key must be a scalar")),
    }
}

/// The YAML 1.2 core schema.
fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::text(text), Value::Number),
    }
}

fn number(text: &str) -> Option<f64> {
    let radix =
        |prefix: &str, base| text.strip_prefix(prefix).and_then(|digits| i64::from_str_radix(digits, base).ok());
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(number as f64);
    }
    let numeric = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'));
    text.parse::<f64>().ok().filter(|number| numeric && number.is_finite())
}

//! `Fn::ForEach`: the same entries once for each item of a collection.
//! [Fn::ForEach](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html)

use std::sync::Arc;

use partywall_model::{Cause, Value};

use super::node::{Body, Entry, Node};
use super::stack::Stack;
use super::symbol::scalar_text;

impl Stack<'_> {
    /// The entries of a map with its loops unrolled and its transforms included.
    pub(super) fn expand(&self, map: &Node) -> Result<Vec<Entry>, Value> {
        let mut out = Vec::new();
        for entry in map.entries() {
            out.extend(self.expand_entry(entry)?);
        }
        Ok(out)
    }

    /// As [`Self::expand`], for a section of a template: what cannot be unrolled is a gap, the rest is kept.
    pub(super) fn expand_section(&self, section: &Node, name: &str) -> Vec<Entry> {
        let mut out = Vec::new();
        for entry in section.entries() {
            match self.expand_entry(entry) {
                Ok(entries) => out.extend(entries),
                Err(unknown) => {
                    let why = unknown.first_unknown().map(|unknown| unknown.to_string()).unwrap_or_default();
                    let cause = format!("what `{}` makes in `{name}` is not known: {why}", entry.key);
                    self.gap(
                        &entry.value,
                        cause,
                        "pass the parameters with --parameter, or scan the processed template",
                    );
                }
            }
        }
        out
    }

    fn expand_entry(&self, entry: &Entry) -> Result<Vec<Entry>, Value> {
        let expanded = self.session.deeper(|| match &*entry.key {
            "Fn::Transform" => self.expand(&self.included(&entry.value)?),
            key if key.starts_with("Fn::ForEach::") => self.repeat(entry),
            _ => Ok(vec![entry.clone()]),
        });
        expanded.unwrap_or_else(|| Err(self.fails(&entry.value, &entry.key, "it is nested too deeply".into())))
    }

    fn repeat(&self, entry: &Entry) -> Result<Vec<Entry>, Value> {
        let [identifier, collection, fragment] = entry.value.items() else {
            return Err(self.fails(
                &entry.value,
                &entry.key,
                "it takes an identifier, a collection and a fragment".into(),
            ));
        };
        let Some(identifier) = identifier.as_text() else {
            return Err(self.fails(&entry.value, &entry.key, "the identifier is no text".into()));
        };
        let items = match self.value(collection) {
            Value::List(items) => items,
            Value::Unknown(unknown) => {
                let why = format!("it repeats over `{}`, which is not known", unknown.symbol);
                return Err(Value::unknown(entry.key.to_string(), Cause::Undetermined(why)));
            }
            _ => return Err(self.fails(collection, &entry.key, "the collection is no list".into())),
        };
        let mut out = Vec::new();
        for item in items.iter() {
            let Some(item) = scalar_text(item) else {
                let why = "it repeats over an item that is not known".to_owned();
                return Err(Value::unknown(entry.key.to_string(), Cause::Undetermined(why)));
            };
            let binding = Binding::new(identifier, item);
            if !self.session.spend(1) {
                return Err(self.fails(collection, &entry.key, "it takes too many steps to evaluate".into()));
            }
            out.extend(self.expand(&self.bind(&binding, fragment))?);
        }
        Ok(out)
    }

    /// The node with the loop's variable replaced by an item.
    fn bind(&self, binding: &Binding, node: &Node) -> Node {
        self.session.spend(1);
        let body = match &node.body {
            Body::Text(text) => Body::Text(binding.replace(text)),
            Body::List(items) => Body::List(Arc::new(items.iter().map(|item| self.bind(binding, item)).collect())),
            Body::Map(entries) => match node.only_entry() {
                Some(only) if &*only.key == "Ref" && only.value.as_text() == Some(&binding.identifier) => {
                    Body::Text(binding.item.clone())
                }
                _ => Body::Map(Arc::new(entries.iter().map(|entry| self.bind_entry(binding, entry)).collect())),
            },
            other => other.clone(),
        };
        Node { body, ..node.clone() }
    }

    fn bind_entry(&self, binding: &Binding, entry: &Entry) -> Entry {
        Entry { key: binding.replace(&entry.key), line: entry.line, value: self.bind(binding, &entry.value) }
    }
}

struct Binding {
    identifier: String,
    item: Arc<str>,
    dollar: String,
    ampersand: String,
    /// The item without what no logical id may contain.
    alphanumeric: String,
}

impl Binding {
    fn new(identifier: &str, item: Arc<str>) -> Self {
        let alphanumeric = item.chars().filter(char::is_ascii_alphanumeric).collect();
        let (dollar, ampersand) = (format!("${{{identifier}}}"), format!("&{{{identifier}}}"));
        Self { identifier: identifier.to_owned(), item, dollar, ampersand, alphanumeric }
    }

    fn replace(&self, text: &Arc<str>) -> Arc<str> {
        if !text.contains(&self.dollar) && !text.contains(&self.ampersand) {
            return text.clone();
        }
        text.replace(&self.dollar, &self.item).replace(&self.ampersand, &self.alphanumeric).into()
    }
}

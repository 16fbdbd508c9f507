//! A template as it was written: a tree of nodes that know their lines.
//!
//! The short forms of YAML (`!Ref x`) are already in their long form (`{"Ref": "x"}`) here, so that
//! YAML and JSON are one language from here on.

use std::sync::Arc;

use partywall_model::Value;

/// One node of a template. Cloning is cheap: the contents are shared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) body: Body,
    /// First line, counted from 1.
    pub(super) line_start: u32,
    /// Last line, counted from 1.
    pub(super) line_end: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Null,
    Bool(bool),
    Number(f64),
    Text(Arc<str>),
    List(Arc<Vec<Node>>),
    /// In the order of the file; a key that is given twice is here twice.
    Map(Arc<Vec<Entry>>),
    /// A tag that CloudFormation does not know, such as `!Rain::Embed`.
    Foreign(Arc<str>),
    /// What is evaluated already.
    Value(Value),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) key: Arc<str>,
    /// Line of the key, counted from 1.
    pub(super) line: u32,
    pub(super) value: Node,
}

impl Node {
    /// A node that partywall itself writes on behalf of the lines of another.
    pub(super) fn at(place: &Node, body: Body) -> Self {
        Self { body, line_start: place.line_start, line_end: place.line_end }
    }

    pub(super) fn text(place: &Node, text: impl Into<Arc<str>>) -> Self {
        Self::at(place, Body::Text(text.into()))
    }

    pub(super) fn list(place: &Node, items: impl IntoIterator<Item = Node>) -> Self {
        Self::at(place, Body::List(Arc::new(items.into_iter().collect())))
    }

    pub(super) fn map<K: Into<Arc<str>>>(place: &Node, entries: impl IntoIterator<Item = (K, Node)>) -> Self {
        let line = place.line_start;
        let entries = entries.into_iter().map(|(key, value)| Entry { key: key.into(), line, value }).collect();
        Self::at(place, Body::Map(Arc::new(entries)))
    }

    pub(super) fn from_json(place: &Node, json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::at(place, Body::Null),
            Json::Bool(truth) => Self::at(place, Body::Bool(*truth)),
            Json::Number(number) => Self::at(place, Body::Number(number.as_f64().unwrap_or_default())),
            Json::String(text) => Self::text(place, text.as_str()),
            Json::Array(items) => Self::list(place, items.iter().map(|item| Self::from_json(place, item))),
            Json::Object(entries) => {
                Self::map(place, entries.iter().map(|(key, value)| (key.as_str(), Self::from_json(place, value))))
            }
        }
    }

    /// The entries, when this is a map; none otherwise.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.body {
            Body::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items, when this is a list; none otherwise.
    pub(super) fn items(&self) -> &[Node] {
        match &self.body {
            Body::List(items) => items,
            _ => &[],
        }
    }

    /// The first value under a key, when this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| &*entry.key == key).map(|entry| &entry.value)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.body, Body::Map(_))
    }

    /// A scalar as CloudFormation writes it into text.
    pub(super) fn scalar_text(&self) -> Option<String> {
        match &self.body {
            Body::Text(text) => Some(text.to_string()),
            Body::Bool(truth) => Some(truth.to_string()),
            Body::Number(number) => Some(partywall_model::format_number(*number)),
            _ => None,
        }
    }

    /// The name and the argument of the only entry, when there is just one.
    pub(super) fn only_entry(&self) -> Option<&Entry> {
        match self.entries() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The same map without some of its keys.
    pub(super) fn without(&self, keys: &[&str]) -> Node {
        let kept = self.entries().iter().filter(|entry| !keys.contains(&&*entry.key)).cloned().collect();
        Self::at(self, Body::Map(Arc::new(kept)))
    }

    /// The same map with an entry added, or replaced where the key is there already.
    pub(super) fn with(&self, key: &str, value: Node) -> Node {
        let mut entries: Vec<Entry> = self.entries().iter().filter(|entry| &*entry.key != key).cloned().collect();
        entries.push(Entry { key: key.into(), line: value.line_start, value });
        Self::at(self, Body::Map(Arc::new(entries)))
    }

    /// How many nodes this stands for.
    pub(super) fn size(&self) -> usize {
        let inside: usize = match &self.body {
            Body::List(items) => items.iter().map(Node::size).sum(),
            Body::Map(entries) => entries.iter().map(|entry| entry.value.size()).sum(),
            _ => 0,
        };
        inside + 1
    }

    /// The same node, as if it stood at the lines of another.
    pub(super) fn moved_to(&self, place: &Node) -> Node {
        let body = match &self.body {
            Body::List(items) => Body::List(Arc::new(items.iter().map(|item| item.moved_to(place)).collect())),
            Body::Map(entries) => {
                let moved = |entry: &Entry| Entry {
                    key: entry.key.clone(),
                    line: place.line_start,
                    value: entry.value.moved_to(place),
                };
                Body::Map(Arc::new(entries.iter().map(moved).collect()))
            }
            other => other.clone(),
        };
        Self::at(place, body)
    }
}

//! `data "aws_iam_policy_document"`, evaluated into its JSON.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>.
//! The order of members differs from the provider's; JSON gives it no meaning.

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{TextPart, Value};

use super::failure::{Failure, Outcome};
use super::functions::encode_json;
use super::object::Object;
use super::placeholder::Placeholders;
use super::root::Root;
use super::types::to_text;
use super::unknown::derived;

type Entries = BTreeMap<String, Value>;

/// The document as JSON text, with unknown pieces in their places.
///
/// # Errors
/// When the configuration depends on itself or a source document is no JSON.
pub(crate) fn json<'s>(object: &Object<'s>, root: &Root<'s>) -> Outcome {
    let read = |name: &str| Ok::<Value, Failure>(object.configured(root, name)?.unwrap_or(Value::Null));
    let mut document = Document::default();
    let sources = [read("source_json")?, read("source_policy_documents")?];
    let overrides = [read("override_policy_documents")?, read("override_json")?];
    let statements = read("statement")?;
    let symbol = format!("{}.json", object.address);
    let vague = sources.iter().chain(&overrides).chain([&statements]).find_map(unreadable);
    if let Some(unknown) = vague {
        return Ok(derived(&symbol, &[unknown]));
    }
    sources.iter().flat_map(documents).try_for_each(|text| document.merge_text(text))?;
    document.merge(Document::own(root, &statements, &read("version")?, &read("policy_id")?));
    overrides.iter().flat_map(documents).try_for_each(|text| document.merge_text(text))?;
    Ok(encode_json(root, &document.value()))
}

/// The part that leaves the whole document unknown: which statements or documents there are, or a document's whole text.
fn unreadable(value: &Value) -> Option<&Value> {
    match value {
        Value::Unknown(_) => Some(value),
        Value::List(items) => items.iter().find(|item| matches!(item, Value::Unknown(_))),
        _ => None,
    }
}

/// The texts of one document or a list of them.
fn documents(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(items) => items.iter().collect(),
        Value::Text(text) if text.is_empty() => Vec::new(),
        Value::Null => Vec::new(),
        other => vec![other],
    }
}

/// A policy while it is put together.
#[derive(Default)]
struct Document {
    version: Option<Value>,
    id: Option<Value>,
    statements: Vec<Entries>,
}

impl Document {
    fn own(root: &Root<'_>, statements: &Value, version: &Value, id: &Value) -> Self {
        let given = |value: &Value| (!matches!(value, Value::Null)).then(|| value.clone());
        let blocks = statements.as_list().unwrap_or_default().iter().filter_map(Value::as_map);
        Self {
            version: Some(given(version).unwrap_or_else(|| Value::text("2012-10-17"))),
            id: given(id),
            statements: blocks.map(|block| statement(root, block)).collect(),
        }
    }

    fn merge_text(&mut self, text: &Value) -> Result<(), Failure> {
        if text.as_text().is_some_and(str::is_empty) || matches!(text, Value::Null) {
            return Ok(());
        }
        let mut placeholders = Placeholders::default();
        let json = serde_json::from_str(&placeholders.key(text));
        let json = json.map_err(|error| Failure::invalid(format!("a source policy document is not JSON: {error}")))?;
        let parsed = placeholders.restore_all(Value::from_json(&json));
        let member = |name: &str| parsed.as_map().and_then(|entries| entries.get(name)).cloned();
        let statements = match member("Statement") {
            Some(Value::List(items)) => items.iter().filter_map(|item| item.as_map().cloned()).collect(),
            Some(Value::Map(only)) => vec![only.as_ref().clone()],
            _ => Vec::new(),
        };
        self.merge(Self { version: member("Version"), id: member("Id"), statements });
        Ok(())
    }

    /// A statement replaces the one that has the same identifier.
    fn merge(&mut self, other: Self) {
        self.version = other.version.or(self.version.take());
        self.id = other.id.or(self.id.take());
        for statement in other.statements {
            let sid = statement.get("Sid").and_then(Value::as_text).filter(|sid| !sid.is_empty());
            let same = self
                .statements
                .iter_mut()
                .find(|known| sid.is_some() && known.get("Sid").and_then(Value::as_text) == sid);
            match same {
                Some(known) => *known = statement,
                None => self.statements.push(statement),
            }
        }
    }

    fn value(self) -> Value {
        let mut entries = Entries::new();
        entries.extend(self.version.map(|version| ("Version".to_owned(), version)));
        entries.extend(self.id.map(|id| ("Id".to_owned(), id)));
        let statements = self.statements.into_iter().map(|statement| Value::Map(Arc::new(statement)));
        entries.insert("Statement".to_owned(), Value::list(statements));
        Value::Map(Arc::new(entries))
    }
}

fn statement(root: &Root<'_>, block: &Entries) -> Entries {
    let mut entries = Entries::new();
    let given = |name: &str| block.get(name).filter(|value| !matches!(value, Value::Null));
    if let Some(sid) = given("sid").filter(|sid| sid.as_text() != Some("")) {
        entries.insert("Sid".to_owned(), sid.clone());
    }
    entries.insert("Effect".to_owned(), given("effect").cloned().unwrap_or_else(|| Value::text("Allow")));
    let lists = [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ];
    for (from, to) in lists {
        if let Some(value) = given(from).and_then(sorted) {
            entries.insert(to.to_owned(), value);
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(value) = given(from).and_then(principals) {
            entries.insert(to.to_owned(), value);
        }
    }
    if let Some(value) = given("condition").and_then(|blocks| conditions(root, blocks)) {
        entries.insert("Condition".to_owned(), value);
    }
    entries
}

/// A single element stands alone; several are sorted backwards, as the provider does.
fn sorted(list: &Value) -> Option<Value> {
    let Value::List(items) = list else { return Some(with_variables(list)) };
    let mut items: Vec<Value> = items.iter().map(with_variables).collect();
    items.sort_by_key(|item| std::cmp::Reverse(sort_text(item)));
    match items.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(Value::list(items)),
    }
}

fn sort_text(value: &Value) -> String {
    value.to_json(&|unknown| unknown.placeholder()).to_string()
}

/// In this data source a policy variable is written `&{…}`.
fn with_variables(value: &Value) -> Value {
    match value {
        Value::Text(text) if text.contains("&{") => Value::text(text.replace("&{", "${")),
        Value::Template(parts) => Value::template(parts.iter().map(|part| match part {
            TextPart::Literal(text) => TextPart::Literal(text.replace("&{", "${").into()),
            unknown => unknown.clone(),
        })),
        // The data source's arguments are texts, whatever the configuration writes.
        other => to_text(other.clone()).unwrap_or_else(|_| other.clone()),
    }
}

/// `"*"` for everyone, else the identifiers by type.
fn principals(blocks: &Value) -> Option<Value> {
    let Value::List(blocks) = blocks else { return Some(blocks.clone()) };
    let mut by_type: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for block in blocks.iter().filter_map(Value::as_map) {
        let Some(kind) = block.get("type").and_then(Value::as_text) else {
            return block.get("type").map(|kind| derived("principal", &[kind]));
        };
        let identifiers = match block.get("identifiers") {
            Some(Value::List(items)) => items.to_vec(),
            Some(other) => vec![other.clone()],
            None => Vec::new(),
        };
        by_type.entry(kind.to_owned()).or_default().extend(identifiers);
    }
    if by_type.is_empty() {
        return None;
    }
    if let Some([Value::Text(everyone)]) = by_type.get("*").map(Vec::as_slice)
        && everyone.as_ref() == "*"
        && by_type.len() == 1
    {
        return Some(Value::text("*"));
    }
    Some(Value::map(by_type.into_iter().filter_map(|(kind, items)| Some((kind, sorted(&Value::list(items))?)))))
}

fn conditions(root: &Root<'_>, blocks: &Value) -> Option<Value> {
    let Value::List(blocks) = blocks else { return Some(blocks.clone()) };
    let mut tests: BTreeMap<String, Vec<(Value, Vec<Value>)>> = BTreeMap::new();
    for block in blocks.iter().filter_map(Value::as_map) {
        let part = |name: &str| block.get(name).cloned().unwrap_or(Value::Null);
        let Value::Text(test) = part("test") else { return Some(derived("condition", &[&part("test")])) };
        let values = match part("values") {
            Value::List(items) => items.iter().map(with_variables).collect(),
            other => vec![other],
        };
        let variables = tests.entry(test.to_string()).or_default();
        let variable = part("variable");
        match variables.iter_mut().find(|(known, _)| *known == variable) {
            Some((_, known)) => known.extend(values),
            None => variables.push((variable, values)),
        }
    }
    if tests.is_empty() {
        return None;
    }
    let variables = |variables: Vec<(Value, Vec<Value>)>| {
        let entries = variables.into_iter().map(|(variable, values)| {
            let value = if let [only] = values.as_slice() { only.clone() } else { Value::list(values) };
            (root.placeholders.borrow_mut().key(&variable), value)
        });
        Value::map(entries)
    };
    Some(Value::map(tests.into_iter().map(|(test, found)| (test, variables(found)))))
}

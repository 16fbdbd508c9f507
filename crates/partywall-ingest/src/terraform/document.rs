//! Plans and states as JSON: the output of `terraform show -json`, and `terraform.tfstate`.
//!
//! Format: <https://developer.hashicorp.com/terraform/internals/json-format>

mod format;
mod plan;
mod references;
mod state;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use partywall_model::{Cause, Decoded, Gap, GapKind, Value};

use super::module::relative_name;
use format::{Document, Known};

/// True when the beginning of a JSON file says that it is `terraform show -json` output (plan or state) or a raw
/// `terraform.tfstate` (format version 4).
pub fn is_document(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let has = |key: &str| head.contains(&format!("\"{key}\""));
    head.starts_with('{')
        && has("terraform_version")
        && (has("format_version") || (has("version") && (has("lineage") || has("serial"))))
}

/// Reads a plan or a state.
pub fn decode_document(base: &Path, file: &Path) -> Decoded {
    let name = relative_name(base, file);
    let unreadable = |line: usize, cause: String| {
        let line = u32::try_from(line).unwrap_or(0);
        let cure = "write the file again with `terraform show -json`";
        Decoded {
            gaps: vec![Gap::in_file(GapKind::UnreadableFile, name.clone(), line, cause, cure)],
            ..Decoded::default()
        }
    };
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) => return unreadable(0, format!("cannot read `{name}`: {error}")),
    };
    let document: Document = match serde_json::from_reader(BufReader::with_capacity(1 << 20, opened)) {
        Ok(document) => document,
        Err(error) => return unreadable(error.line(), format!("cannot parse `{name}`: {error}")),
    };
    let scope: Arc<str> = name.clone();
    let mut decoded = Decoded::default();
    if document.errored {
        let cause = format!("planning of `{name}` broke off, so resources may be missing");
        let cure = "correct what `terraform plan` complains of, and plan again";
        decoded.gaps.push(Gap::in_file(GapKind::NotEvaluated, name.clone(), 0, cause, cure));
    }
    if let Some(version) = document.format_version.as_deref().filter(|version| !is_understood(version)) {
        let cause = format!("`{name}` has format version {version}, which is not understood in full");
        let cure = "use a newer partywall, or write the file with Terraform 1";
        decoded.gaps.push(Gap::in_file(GapKind::NotEvaluated, name.clone(), 1, cause, cure));
    }
    match document {
        Document { planned_values: Some(planned), configuration, resource_changes, variables, .. } => {
            let plan = plan::Plan::new(configuration.unwrap_or_default(), resource_changes, variables);
            plan.decode(planned.root_module, &scope, &mut decoded);
        }
        Document { values: Some(values), .. } => {
            let plan = plan::Plan::new(format::Configuration::default(), Vec::new(), Default::default());
            plan.decode_as(values.root_module, "values", &scope, &mut decoded);
        }
        Document { version: Some(4), resources, .. } => state::decode(resources, &scope, &mut decoded),
        Document { format_version: Some(_), .. } => {}
        Document { .. } => return unreadable(0, format!("`{name}` holds no plan and no state that is understood")),
    }
    decoded.resources.sort_by(|left, right| left.address.cmp(&right.address));
    decoded
}

/// Terraform changes the number before the dot when a reader of older documents would misread new ones.
fn is_understood(format_version: &str) -> bool {
    let major = format_version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major <= 1)
}

/// What stands for a sensitive text.
const SENSITIVE: &str = "(sensitive)";

/// The value with all that is marked sensitive taken out. `marks` has the value's shape; `true` marks all below.
fn without_secrets(value: Value, marks: &Value, symbol: &str) -> Value {
    match (value, marks) {
        (value, Value::Map(marks)) if !marks.values().any(holds_mark) => value,
        (Value::Text(_), Value::Bool(true)) => Value::text(SENSITIVE),
        (Value::Number(_), Value::Bool(true)) => {
            Value::unknown(symbol, Cause::NotUnderstood("it is sensitive and therefore not read".into()))
        }
        (Value::List(items), Value::Bool(true)) => {
            Value::list(items.iter().map(|item| without_secrets(item.clone(), marks, symbol)))
        }
        (Value::Map(entries), Value::Bool(true)) => {
            Value::map(entries.iter().map(|(key, item)| (key.as_str(), without_secrets(item.clone(), marks, symbol))))
        }
        (Value::List(items), Value::List(marks)) => Value::list(
            items
                .iter()
                .enumerate()
                .map(|(at, item)| without_secrets(item.clone(), marks.get(at).unwrap_or(&Value::Null), symbol)),
        ),
        (Value::Map(entries), Value::Map(marks)) => Value::map(entries.iter().map(|(key, item)| {
            let inner = format!("{symbol}.{key}");
            (key.as_str(), without_secrets(item.clone(), marks.get(key).unwrap_or(&Value::Null), &inner))
        })),
        (value, _) => value,
    }
}

/// True when something is marked, here or below.
fn holds_mark(marks: &Value) -> bool {
    match marks {
        Value::Bool(marked) => *marked,
        Value::List(items) => items.iter().any(holds_mark),
        Value::Map(entries) => entries.values().any(holds_mark),
        _ => false,
    }
}

/// Region and account from the resource's own attributes: `region`, else its ARN.
fn place_of(attributes: &std::collections::BTreeMap<String, Value>) -> (Option<Value>, Option<Value>) {
    let part = |at: usize| {
        let arn = attributes.get("arn")?.as_text()?;
        let mut parts = arn.split(':');
        if parts.next() != Some("arn") {
            return None;
        }
        parts.nth(at - 1).filter(|part| !part.is_empty()).map(Value::text)
    };
    let region =
        attributes.get("region").filter(|region| matches!(region, Value::Text(_))).cloned().or_else(|| part(3));
    let account =
        part(4).filter(|account| account.as_text().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit())));
    (region, account)
}

fn unset_region() -> Value {
    Value::unknown("provider.region", Cause::External)
}

fn unset_account() -> Value {
    Value::unknown("data.aws_caller_identity.current.account_id", Cause::External)
}

impl Known {
    fn entries(self) -> std::collections::BTreeMap<String, Value> {
        match self.0 {
            Value::Map(entries) => Arc::unwrap_or_clone(entries),
            _ => Default::default(),
        }
    }
}

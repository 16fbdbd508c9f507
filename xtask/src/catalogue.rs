//! Regenerates what the analysis of access knows of AWS itself: its actions and its managed policies.

mod actions;
mod managed_policies;

use std::path::Path;

use miette::{IntoDiagnostic, WrapErr, miette};
use serde_json::Value;

use crate::command::root;

/// Writes both lists below `facts/access/`.
pub(crate) fn regenerate() -> miette::Result<()> {
    let folder = root().join("facts/access");
    write(&folder.join("actions.tsv"), &actions::list()?)?;
    write(&folder.join("managed_policies.tsv"), &managed_policies::list()?)
}

fn write(path: &Path, text: &str) -> miette::Result<()> {
    std::fs::write(path, text).into_diagnostic().wrap_err_with(|| path.display().to_string())?;
    eprintln!("{}: {} lines, {} bytes", path.display(), text.lines().count(), text.len());
    Ok(())
}

/// The text at a key, which must be there and must not break the layout of lines and tabs.
fn text<'a>(value: &'a Value, key: &str) -> miette::Result<&'a str> {
    let text = value.get(key).and_then(Value::as_str).ok_or_else(|| miette!("no `{key}` in {value}"))?;
    match text.contains(['\t', '\n']) || text.contains(',') && key == "name" {
        true => Err(miette!("`{text}` holds what separates fields")),
        false => Ok(text),
    }
}

//! `calls/<service>.toml`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;
use toml::Value;

use crate::{Failure, OneOrMany, folder, path, scalar, stem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallFile {
    operation: Option<String>,
    #[serde(default)]
    about: String,
    #[serde(default)]
    scope: Option<String>,
    action: OneOrMany,
    for_each: Option<String>,
    #[serde(default)]
    take: BTreeMap<String, String>,
    #[serde(default)]
    r#where: BTreeMap<String, OneOrMany>,
    batch: Option<usize>,
    #[serde(default)]
    with: toml::Table,
    #[serde(default)]
    unset: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    conceal: Vec<String>,
    #[serde(default)]
    prepares: bool,
}

/// The constant `CALLS`, from every file of the folder.
pub(crate) fn code(root: &Path) -> Result<String, Failure> {
    println!("cargo::rerun-if-changed={}", root.display());
    let mut calls: BTreeMap<(String, String), CallFile> = BTreeMap::new();
    for file in folder(root)?.into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "toml")) {
        println!("cargo::rerun-if-changed={}", file.display());
        let service = stem(&file)?;
        read(&service, &std::fs::read_to_string(&file)?, &mut calls)
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut out = String::from("/// Every call, sorted by service and name.\npub static CALLS: &[Call] = &[\n");
    for ((service, name), call) in &calls {
        let code = call_code(service, name, call, &calls).map_err(|error| format!("`{service}:{name}`: {error}"))?;
        out.push_str(&code);
    }
    Ok(out + "];\n")
}

fn read(service: &str, text: &str, calls: &mut BTreeMap<(String, String), CallFile>) -> Result<(), Failure> {
    let file: toml::Table = toml::from_str(text)?;
    for (name, value) in file {
        match value {
            Value::String(_) if name == "title" => {}
            Value::Table(_) => {
                let call = value.try_into().map_err(|error| format!("`{name}`: {error}"))?;
                calls.insert((service.to_owned(), name), call);
            }
            _ => return Err(format!("`{name}` must be `title` or a call").into()),
        }
    }
    Ok(())
}

fn call_code(
    service: &str,
    name: &str,
    call: &CallFile,
    calls: &BTreeMap<(String, String), CallFile>,
) -> Result<String, Failure> {
    let scope = match call.scope.as_deref() {
        None | Some("region") => "Region",
        Some("account") => "Account",
        Some("organization") => "Organization",
        Some(other) => return Err(format!("`scope` is region, account or organization, not `{other}`").into()),
    };
    let operation = call.operation.as_deref().unwrap_or(name);
    let mut with = String::new();
    for (parameter, value) in &call.with {
        write!(with, "({parameter:?}, {}),", scalar(value)?)?;
    }
    let mut conceal = String::new();
    for place in &call.conceal {
        write!(conceal, "{},", path(place)?)?;
    }
    let for_each = match &call.for_each {
        None if call.take.is_empty() && call.r#where.is_empty() && call.batch.is_none() => "None".to_owned(),
        None => return Err("`take`, `where` and `batch` need `for_each`".into()),
        Some(each) => format!("Some({})", for_each_code(service, each, call, calls)?),
    };
    Ok(format!(
        "Call {{ service: {service:?}, name: {name:?}, operation: {operation:?}, about: {:?}, scope: CallScope::{scope}, actions: &{:?}, for_each: {for_each}, with: &[{with}], unset: &{:?}, absent: &{:?}, conceal: &[{conceal}], prepares: {} }},\n",
        call.about,
        call.action.as_slice(),
        call.unset,
        call.absent,
        call.prepares
    ))
}

fn for_each_code(
    service: &str,
    each: &str,
    call: &CallFile,
    calls: &BTreeMap<(String, String), CallFile>,
) -> Result<String, Failure> {
    let (parent, items) = parent(service, each, calls)?;
    if call.take.is_empty() {
        return Err("`for_each` needs `take`".into());
    }
    let mut take = String::new();
    for (parameter, place) in &call.take {
        write!(take, "({parameter:?}, {}),", path(place)?)?;
    }
    let mut filter = String::new();
    for (attribute, texts) in &call.r#where {
        write!(filter, "({attribute:?}, &{:?}),", texts.as_slice())?;
    }
    Ok(format!(
        "ForEach {{ parent: {parent:?}, items: {}, take: &[{take}], filter: &[{filter}], batch: {:?} }}",
        path(items)?,
        call.batch
    ))
}

/// `Call:items`, or `service:Call:items` for a call of another service.
fn parent<'t>(
    service: &'t str,
    each: &'t str,
    calls: &BTreeMap<(String, String), CallFile>,
) -> Result<((&'t str, &'t str), &'t str), Failure> {
    let words: Vec<&str> = each.splitn(3, ':').collect();
    let (parent, items) = match words.as_slice() {
        [name, items] => ((service, *name), *items),
        [other, name, items] => ((*other, *name), *items),
        _ => return Err(format!("`for_each` is `Call:items`, not `{each}`").into()),
    };
    if !calls.contains_key(&(parent.0.to_owned(), parent.1.to_owned())) {
        return Err(format!("there is no call `{}:{}`", parent.0, parent.1).into());
    }
    Ok((parent, items))
}

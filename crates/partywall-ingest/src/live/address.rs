//! The name of a thing that the API shows: its ARN, as the API says it or as its table builds it.

use std::sync::Arc;

use partywall_model::{Resource, Table, Value};

use super::place::partition_of;
use crate::normalize::references::find;

/// The ARN of the row that a resource makes in a table; None when a part of it is not known.
pub(super) fn arn(resource: &Resource, table: &Table, partition: &str) -> Option<String> {
    let said = text(resource, table, "arn");
    if said.is_some() || table.arn.is_empty() {
        return said;
    }
    let mut out = String::new();
    let mut rest = table.arn;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(literal);
        match name {
            "partition" if partition.is_empty() => out.push_str(partition_of(resource.region.as_text()?)),
            "partition" => out.push_str(partition),
            "region" => out.push_str(resource.region.as_text().filter(|region| !region.is_empty())?),
            "account_id" => out.push_str(resource.account_id.as_text().filter(|account| !account.is_empty())?),
            name => out.push_str(&text(resource, table, name)?),
        }
        rest = after;
    }
    Some(out + rest)
}

/// What tells the row from others of its account and region when no ARN can be built.
pub(super) fn identity(resource: &Resource, table: &Table) -> Option<String> {
    let own = table.api_identity.iter().filter_map(|path| find(resource, path)?.as_text().map(str::to_owned));
    let mut names: Vec<String> = own.collect();
    if names.is_empty() {
        names.extend(table.identity.iter().filter_map(|name| text(resource, table, name)));
    }
    (!names.is_empty()).then(|| names.join("/"))
}

fn text(resource: &Resource, table: &Table, column: &str) -> Option<String> {
    let (_, column) = table.column(column)?;
    let found = column.api.iter().filter(|path| path.part.is_none()).find_map(|path| match find(resource, path)? {
        Value::Text(text) => Some(text),
        Value::Number(number) => Some(Arc::from(partywall_model::format_number(number))),
        _ => None,
    })?;
    Some(found.to_string()).filter(|text| !text.is_empty())
}

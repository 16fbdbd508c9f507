//! A value of a source becomes the cell of a column.

use std::sync::Arc;

use super::attributes::follow;
use super::json;
use super::references::{paths, service_decides, settle};
use super::rows::{Subject, with_placeholders};
use super::secret;
use partywall_model::{
    Cause, Cell, Column, ColumnType, Default, Dialect, Presence, Scalar, TextPart, Unknown, Value, format_number,
};

/// The cell of a column, given what the source sets there.
pub(super) fn cell(subject: &Subject<'_>, column: &'static Column, value: Option<Value>) -> Cell {
    if let Some(presence) = column.presence {
        return present(subject, column, presence, value);
    }
    match value {
        None => default_cell(subject, column),
        Some(value) => typed(subject, column, &column.column_type, value),
    }
}

/// What the column holds when the source sets nothing.
pub(super) fn default_cell(subject: &Subject<'_>, column: &'static Column) -> Cell {
    let of_dialect = match subject.resource.dialect {
        Dialect::Terraform => column.terraform_default,
        Dialect::Api => column.api_default,
        Dialect::CloudFormation | Dialect::Site => None,
    };
    if of_dialect.is_none() && is_never_asked(subject, column) {
        return Cell::Unknown(never_asked(subject, column));
    }
    let mut default = of_dialect.unwrap_or(column.default);
    if let Some(in_block) = column.default_in_block {
        match subject.has_block(column) {
            Some(Value::Unknown(unknown)) => return Cell::Unknown(unknown),
            Some(_) => default = in_block,
            None => {}
        }
    }
    match default {
        Default::Value(scalar) => scalar_cell(&scalar),
        Default::Unknown => Cell::Unknown(service_decides(subject.resource, column.name)),
        Default::Empty => match &column.column_type {
            ColumnType::Struct(fields) => {
                Cell::Struct(fields.iter().map(|field| default_cell(subject, field)).collect())
            }
            other => Cell::empty(other),
        },
    }
}

/// Whether no answer of the API holds a column, so that nobody can say that it is not set.
fn is_never_asked(subject: &Subject<'_>, column: &Column) -> bool {
    let is_nested = matches!(column.column_type, ColumnType::Struct(_)) && column.default_in_block.is_none();
    subject.resource.dialect == Dialect::Api && column.api.is_empty() && !is_nested
}

fn never_asked(subject: &Subject<'_>, column: &Column) -> Arc<Unknown> {
    Arc::new(Unknown {
        symbol: format!("{}.{}", subject.resource.address, column.name),
        cause: Cause::NotUnderstood("no call that is collected shows it".to_owned()),
        reference: None,
    })
}

/// A constant as a cell.
pub(super) fn scalar_cell(scalar: &Scalar) -> Cell {
    match scalar {
        Scalar::Text(text) => Cell::text(*text),
        Scalar::Boolean(truth) => Cell::Boolean(*truth),
        Scalar::Integer(number) => Cell::Integer(*number),
        Scalar::Number(number) => Cell::Number(*number),
        Scalar::Texts(texts) => Cell::List(texts.iter().map(|text| Cell::text(*text)).collect()),
    }
}

fn typed(subject: &Subject<'_>, column: &'static Column, column_type: &'static ColumnType, value: Value) -> Cell {
    if let ColumnType::Reference = column_type {
        return reference(subject, column, value);
    }
    let value = settle(subject.estate, subject.resource, value);
    match column_type {
        ColumnType::Text => text(subject, column, value),
        ColumnType::Boolean | ColumnType::Integer | ColumnType::Number => scalar(subject, column, column_type, value),
        ColumnType::Json => document(subject, column, value),
        ColumnType::Map => map(subject, column, value),
        ColumnType::List(inner) => list(subject, column, inner, value),
        ColumnType::Struct(fields) => structure(subject, column, fields, value),
        ColumnType::Reference => not_understood(subject, column, "a reference"),
    }
}

fn unknown_in(value: &Value) -> Option<Cell> {
    match value {
        Value::Unknown(unknown) => Some(Cell::Unknown(unknown.clone())),
        Value::Template(_) => value.first_unknown().cloned().map(Cell::Unknown),
        _ => None,
    }
}

fn not_understood(subject: &Subject<'_>, column: &Column, expected: &str) -> Cell {
    Cell::Unknown(Arc::new(Unknown {
        symbol: format!("{}.{}", subject.resource.address, column.name),
        cause: Cause::Invalid(format!("`{}` should be {expected}", column.name)),
        reference: None,
    }))
}

/// The text by which a scalar is written in `values` and compared.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(format_number(*number)),
        _ => None,
    }
}

/// A list of one stands for its element where a scalar is expected, as nested blocks do.
fn single(value: Value) -> Value {
    match &value {
        Value::List(items) => match items.as_slice() {
            [only] => only.clone(),
            _ => value,
        },
        _ => value,
    }
}

fn text(subject: &Subject<'_>, column: &'static Column, value: Value) -> Cell {
    let value = single(value);
    if let Some(unknown) = unknown_in(&value) {
        return unknown;
    }
    match written(&value) {
        Some(text) => match column.values.iter().find(|(from, _)| *from == text) {
            Some((_, to)) => scalar_cell(to),
            None => Cell::text(text),
        },
        None if value == Value::Null => default_cell(subject, column),
        None => not_understood(subject, column, "text"),
    }
}

fn scalar(subject: &Subject<'_>, column: &'static Column, column_type: &ColumnType, value: Value) -> Cell {
    let value = single(value);
    if let Some(unknown) = unknown_in(&value) {
        return unknown;
    }
    let Some(text) = written(&value) else {
        let empty = matches!(&value, Value::List(items) if items.is_empty()) || value == Value::Null;
        return if empty { default_cell(subject, column) } else { not_understood(subject, column, "a single value") };
    };
    if let Some((_, to)) = column.values.iter().find(|(from, _)| *from == text) {
        return scalar_cell(to);
    }
    let text = text.trim();
    let parsed = match column_type {
        ColumnType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(Cell::Boolean(true)),
            "false" | "0" => Some(Cell::Boolean(false)),
            _ => None,
        },
        ColumnType::Integer => {
            text.parse::<f64>().ok().filter(|number| number.fract() == 0.0).map(|number| Cell::Integer(number as i64))
        }
        _ => text.parse().ok().map(Cell::Number),
    };
    parsed.unwrap_or_else(|| match text {
        "" => default_cell(subject, column),
        _ => not_understood(
            subject,
            column,
            if matches!(column_type, ColumnType::Boolean) { "true or false" } else { "a number" },
        ),
    })
}

fn reference(subject: &Subject<'_>, column: &'static Column, value: Value) -> Cell {
    let value = single(value);
    if let Some(resource) = subject.estate.resolve(subject.resource, &value, column.to) {
        return Cell::Text(resource);
    }
    match settle(subject.estate, subject.resource, value) {
        Value::Template(parts) => Cell::text(with_placeholders(subject, &parts)),
        Value::Unknown(unknown) => match &unknown.reference {
            // A resource of a type without a table: the reference is certain all the same.
            Some(_) => Cell::text(subject.estate.placeholder(subject.resource, &unknown)),
            None => Cell::Unknown(unknown),
        },
        Value::Null => default_cell(subject, column),
        known => written(&known).map_or_else(|| not_understood(subject, column, "one reference"), Cell::text),
    }
}

fn document(subject: &Subject<'_>, column: &'static Column, value: Value) -> Cell {
    let value = single(value);
    if let Value::Unknown(unknown) = &value {
        return Cell::Unknown(unknown.clone());
    }
    if value.as_text().is_some_and(|text| text.trim().is_empty()) || value == Value::Null {
        return default_cell(subject, column);
    }
    match json::parse(&value) {
        Some(parsed) => {
            let json = parsed.to_json(&|unknown| subject.estate.placeholder(subject.resource, unknown));
            Cell::text(json.to_string())
        }
        None => unknown_in(&value).unwrap_or_else(|| not_understood(subject, column, "a JSON document")),
    }
}

/// A map, also from the `[{Key, Value}]` form in which tags are often written.
fn map(subject: &Subject<'_>, column: &'static Column, value: Value) -> Cell {
    let entry = |value: &Value| match settle(subject.estate, subject.resource, value.clone()) {
        Value::Template(parts) => Cell::text(with_placeholders(subject, &parts)),
        known => unknown_in(&known).unwrap_or_else(|| Cell::text(written(&known).unwrap_or_default())),
    };
    match &value {
        Value::Map(entries) => Cell::Map(entries.iter().map(|(key, value)| (key.clone(), entry(value))).collect()),
        Value::List(items) => {
            let pair = |item: &Value| {
                let entries = item.as_map()?;
                let named = |names: [&str; 3]| names.iter().find_map(|name| entries.get(*name));
                let key = named(["Key", "key", "TagKey"])?.as_text()?.to_owned();
                Some((key, entry(named(["Value", "value", "TagValue"]).unwrap_or(&Value::Null))))
            };
            match items.iter().find_map(unknown_in) {
                Some(unknown) => unknown,
                None => Cell::Map(items.iter().filter_map(pair).collect()),
            }
        }
        Value::Null => default_cell(subject, column),
        other => unknown_in(other).unwrap_or_else(|| not_understood(subject, column, "a map")),
    }
}

fn list(subject: &Subject<'_>, column: &'static Column, inner: &'static ColumnType, value: Value) -> Cell {
    let value = json::parse(&value).filter(|_| matches!(inner, ColumnType::Struct(_))).unwrap_or(value);
    match value {
        Value::List(items) => Cell::List(
            items
                .iter()
                .filter(|item| **item != Value::Null)
                .map(|item| typed(subject, column, inner, item.clone()))
                .collect(),
        ),
        Value::Null => default_cell(subject, column),
        Value::Unknown(unknown) if names_one(inner, &unknown) => {
            match typed(subject, column, inner, Value::Unknown(unknown.clone())) {
                one @ Cell::Text(_) => Cell::List(vec![one]),
                _ => Cell::Unknown(unknown),
            }
        }
        Value::Unknown(unknown) => Cell::Unknown(unknown),
        // A comma-separated text is how parameters and some attributes write lists.
        Value::Text(text) if matches!(inner, ColumnType::Text | ColumnType::Reference) && text.contains(',') => {
            Cell::List(text.split(',').map(|item| typed(subject, column, inner, Value::text(item.trim()))).collect())
        }
        Value::Text(text) if text.is_empty() => Cell::List(Vec::new()),
        one => Cell::List(vec![typed(subject, column, inner, one)]),
    }
}

/// Whether what is not known is the name of one resource, and so a list of one. Other attributes may be lists.
fn names_one(inner: &ColumnType, unknown: &Unknown) -> bool {
    let attribute = unknown.reference.as_ref().map(|reference| reference.attribute.as_str());
    matches!(inner, ColumnType::Reference)
        && attribute.is_some_and(|name| ["id", "arn", "name", "Ref", "Arn", "Id"].contains(&name))
}

fn structure(subject: &Subject<'_>, column: &'static Column, fields: &'static [Column], value: Value) -> Cell {
    let value = json::parse(&value).unwrap_or(value);
    if let Some(unknown) = unknown_in(&value) {
        return unknown;
    }
    if value == Value::Null || matches!(&value, Value::List(items) if items.is_empty()) {
        return default_cell(subject, column);
    }
    Cell::Struct(
        fields
            .iter()
            .map(|field| {
                let found = paths(field, subject.resource.dialect)
                    .iter()
                    .find_map(|path| follow(&value, path.steps, &subject.resource.address));
                cell(subject, field, found)
            })
            .collect(),
    )
}

fn present(subject: &Subject<'_>, column: &'static Column, presence: Presence, value: Option<Value>) -> Cell {
    let Some(value) = value else {
        if is_never_asked(subject, column) {
            return default_cell(subject, column);
        }
        let could_be_set = !paths(column, subject.resource.dialect).is_empty();
        return Cell::Boolean(presence == Presence::Unset && could_be_set);
    };
    let hidden = value.as_text() == Some("(sensitive)");
    match presence {
        Presence::Set => match &value {
            Value::Unknown(unknown) if unknown.reference.is_none() => Cell::Unknown(unknown.clone()),
            Value::List(items) => Cell::Boolean(!items.is_empty()),
            Value::Text(text) => Cell::Boolean(!text.is_empty()),
            Value::Template(parts) if !parts.iter().any(|part| matches!(part, TextPart::Literal(_))) => {
                unknown_in(&value).unwrap_or(Cell::Boolean(true))
            }
            // A block without arguments is there all the same: CloudFormation's `Allow: {}`.
            _ => Cell::Boolean(true),
        },
        Presence::Unset => match present(subject, column, Presence::Set, Some(value)) {
            Cell::Boolean(set) => Cell::Boolean(!set),
            unknown => unknown,
        },
        _ if hidden => Cell::Unknown(Arc::new(Unknown {
            symbol: format!("{} (sensitive)", subject.resource.address),
            cause: Cause::External,
            reference: None,
        })),
        Presence::Literal => match &value {
            Value::Text(text) => Cell::Boolean(!text.is_empty()),
            _ => Cell::Boolean(false),
        },
        Presence::Secret if secret::is_held(&value) => Cell::Boolean(true),
        Presence::Secret => secret::hiding_place(&value).cloned().map_or(Cell::Boolean(false), Cell::Unknown),
    }
}

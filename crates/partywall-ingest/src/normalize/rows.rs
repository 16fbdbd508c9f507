//! One resource, one or more rows.

use std::sync::Arc;

use partywall_model::{
    Cause, Cell, Column, ColumnType, Dialect, Existence, Path, Resource, Row, Source, Step, Table, TextPart, Unknown,
    Value,
};

use super::attributes::follow;
use super::cell::{cell, default_cell, scalar_cell};
use super::questions::is_about_others;
use super::references::{Estate, find, key, paths};

/// What a row is read from: the resource, or one element of a list inside it.
pub(super) struct Subject<'a> {
    pub(super) estate: &'a Estate<'a>,
    pub(super) resource: &'a Resource,
    /// The element, for tables with a row per element.
    element: Option<&'a Value>,
}

/// The rows of a table that a resource makes.
pub(super) fn rows(
    estate: &Estate<'_>,
    resource: &Resource,
    table: &'static Table,
    source: &'static Source,
) -> Vec<Row> {
    let resource_key = key(resource);
    let Some(each) = &source.each else {
        let subject = Subject { estate, resource, element: None };
        return explode(&subject, table, source, &resource_key);
    };
    let elements = match find(resource, each) {
        None => return Vec::new(),
        Some(Value::List(items)) => items.to_vec(),
        Some(one) => vec![one],
    };
    let path = describe(each);
    let names = names_of(resource, each);
    elements
        .iter()
        .enumerate()
        .flat_map(|(index, element)| {
            let position = match (element, names.get(index)) {
                (Value::Unknown(_), _) => "?".to_owned(),
                (_, Some(name)) => name.clone(),
                (_, None) => index.to_string(),
            };
            let subject = Subject { estate, resource, element: Some(element) };
            explode(&subject, table, source, &format!("{resource_key}/{path}[{position}]"))
        })
        .collect()
}

/// The names of a map's entries when its values are the elements.
fn names_of(resource: &Resource, each: &Path) -> Vec<String> {
    let map = match each.steps.split_last() {
        Some((Step::Values, steps)) => find(resource, &Path { part: None, steps }),
        _ => None,
    };
    map.as_ref().and_then(Value::as_map).map(|entries| entries.keys().cloned().collect()).unwrap_or_default()
}

/// A plan says of an argument that nobody set only that AWS will fill it in; that is "not set", as in the
/// configuration it was made from. Blocks are left out: a plan does not tell whether a `dynamic` one sets them.
fn is_left_to_service(value: &Value) -> bool {
    matches!(value, Value::Unknown(unknown) if unknown.cause == Cause::ServiceDecides)
}

fn describe(path: &Path) -> String {
    let names: Vec<&str> =
        path.steps.iter().filter_map(|step| if let Step::Name(name) = step { Some(*name) } else { None }).collect();
    names.join(".")
}

/// Makes one row, or one for each element of the columns that the table explodes.
fn explode(subject: &Subject<'_>, table: &'static Table, source: &'static Source, resource_key: &str) -> Vec<Row> {
    let row = |resource_key: String, only: Option<(&str, Value)>| {
        let mut cells: Vec<Cell> = table
            .columns
            .iter()
            .map(|column| {
                if let Some((_, scalar)) = source.set.iter().find(|(name, _)| *name == column.name) {
                    return scalar_cell(scalar);
                }
                match &only {
                    Some((name, value)) if *name == column.name => cell(subject, column, Some(value.clone())),
                    Some(_) if table.explode.contains(&column.name) => default_cell(subject, column),
                    _ => cell(subject, column, subject.value(column)),
                }
            })
            .collect();
        fill_every_table(subject, table, &resource_key, &mut cells);
        Row {
            resource: resource_key.into(),
            origin: Arc::new(subject.resource.origin.clone()),
            existence: match &subject.resource.existence {
                Existence::Certain => None,
                Existence::Unknown(unknown) => Some(unknown.clone()),
            },
            unseen: subject.resource.unseen.clone(),
            cells,
        }
    };
    let mut rows = Vec::new();
    let lost = subject.is_lost();
    for name in table.explode.iter().filter(|_| !lost) {
        let Some((_, column)) = table.column(name) else { continue };
        match subject.value(column) {
            None => {}
            Some(Value::List(items)) => {
                for item in items.iter() {
                    rows.push(row(
                        format!("{resource_key}/{}", subject.label(item, column.to)),
                        Some((name, item.clone())),
                    ));
                }
            }
            Some(value) if value.as_text() == Some("") => {}
            Some(value) => {
                let label = subject.label(&value, column.to);
                rows.push(row(format!("{resource_key}/{label}"), Some((name, value))));
            }
        }
    }
    if rows.is_empty() {
        rows.push(row(resource_key.to_owned(), None));
    }
    rows
}

impl Subject<'_> {
    /// What tells the row of one element from the others: the element's text, or the row that it refers to.
    fn label(&self, value: &Value, to: &'static str) -> String {
        // What the API answers is known by the same name whether or not it is known what the name means.
        let resolved = self.estate.resolve(self.resource, value, to);
        if let Some(resource) = resolved.filter(|_| self.resource.dialect != Dialect::Api) {
            return resource.to_string();
        }
        match value {
            Value::Text(text) => text.to_string(),
            other => other.first_unknown().map_or_else(|| "?".to_owned(), |unknown| unknown.symbol.clone()),
        }
    }

    /// Whether the row stands for a list of which nothing is known.
    fn is_lost(&self) -> bool {
        matches!(self.element, Some(Value::Unknown(_)))
    }

    /// What the source sets for a column: the first path that is set, for a list all of them together.
    /// None when it sets nothing.
    pub(super) fn value(&self, column: &'static Column) -> Option<Value> {
        if self.is_lost()
            && let Some(own) =
                paths(column, self.resource.dialect).iter().find(|path| matches!(path.steps.first(), Some(Step::Own)))
        {
            return self.at(own, column);
        }
        let is_block = matches!(column.column_type, ColumnType::List(_) | ColumnType::Struct(_));
        let mut found = paths(column, self.resource.dialect)
            .iter()
            .filter_map(|path| self.at(path, column))
            .filter(|value| is_block || self.is_lost() || !is_left_to_service(value));
        let first = found.next()?;
        if !is_block {
            return Some(first);
        }
        let mut found = found.peekable();
        if found.peek().is_none() {
            return Some(first);
        }
        Some(Value::list(std::iter::once(first).chain(found).flat_map(|value| match value {
            Value::List(items) => items.to_vec(),
            one => vec![one],
        })))
    }

    /// The block or part in which a column's value would stand, when the source has it.
    pub(super) fn has_block(&self, column: &'static Column) -> Option<Value> {
        paths(column, self.resource.dialect).iter().find_map(|path| {
            let (_, block) = path.steps.split_last()?;
            match block.is_empty() && path.part.is_none() {
                true => None,
                false => self.at(&Path { part: path.part, steps: block }, column),
            }
        })
    }

    fn at(&self, path: &Path, column: &'static Column) -> Option<Value> {
        if let Some(kind) = path.part {
            return self.in_parts(kind, path, column);
        }
        match (self.element, path.steps.first()) {
            (Some(element), first) if !matches!(first, Some(Step::Own)) => {
                follow(element, path.steps, &self.resource.address)
            }
            _ => find(self.resource, path),
        }
    }

    /// The value that the parts of this type give: all of them together for lists, else the first that sets it.
    fn in_parts(&self, kind: &'static str, path: &Path, column: &'static Column) -> Option<Value> {
        if is_about_others(self.resource, kind) {
            return None;
        }
        let is_element = is_element(path, column);
        if let Some(unknown) = self.estate.unanswered(self.resource, kind) {
            return Some(Value::Unknown(unknown));
        }
        let parts = self.estate.parts(self.resource, kind);
        if let Some(unknown) = self.estate.unattached(self.resource, kind).filter(|_| parts.is_empty()) {
            return Some(Value::Unknown(unknown));
        }
        let mut lists = Vec::new();
        let mut is_list = false;
        for part in parts {
            if let Existence::Unknown(unknown) = &part.existence {
                return Some(Value::Unknown(unknown.clone()));
            }
            let found = match path.steps {
                [] if is_list_of_structs(column) => Some(match &part.unseen {
                    Some(unknown) => Value::Unknown(unknown.clone()),
                    None => Value::Map(Arc::new(part.attributes.clone())),
                }),
                [] if part.unseen.is_some() => return part.unseen.clone().map(Value::Unknown),
                [] => Some(Value::Bool(true)),
                _ => find(part, path),
            };
            match found {
                Some(Value::List(items)) => {
                    is_list = true;
                    lists.extend(items.iter().cloned());
                }
                Some(other) if parts.len() == 1 && !is_element => return Some(other),
                Some(other) => lists.push(other),
                None => {}
            }
        }
        match lists.len() {
            0 if !is_list => self.estate.adrift(self.resource, kind).map(|unknown| {
                let symbol = unknown.symbol.clone();
                Value::unknown(symbol, Cause::Undetermined(format!("a `{kind}` may configure this resource")))
            }),
            _ => Some(Value::list(lists)),
        }
    }
}

/// Whether a path names one element of a list column, so that also an unknown there is one element, not a lost list.
fn is_element(path: &Path, column: &Column) -> bool {
    let of_scalars = matches!(column.column_type, ColumnType::List(ColumnType::Text | ColumnType::Reference));
    of_scalars && !path.steps.iter().any(|step| matches!(step, Step::All | Step::Keys | Step::Values))
}

/// Whether a column lists things; a path to a part as a whole then means the part, else only that there is one.
fn is_list_of_structs(column: &Column) -> bool {
    matches!(column.column_type, ColumnType::List(ColumnType::Struct(_)))
}

/// Fills the columns that every table has and that no path names.
fn fill_every_table(subject: &Subject<'_>, table: &'static Table, resource_key: &str, cells: &mut [Cell]) {
    let mut set = |name: &str, cell: Cell| {
        if let Some(slot) = table.column(name).and_then(|(at, _)| cells.get_mut(at)) {
            *slot = cell;
        }
    };
    let place = |value: &Value| match value {
        Value::Text(text) => Cell::Text(text.clone()),
        other => Cell::Unknown(other.first_unknown().cloned().unwrap_or_else(|| nowhere(subject.resource))),
    };
    set("resource", Cell::text(resource_key));
    set("account_id", place(&subject.resource.account_id));
    let has_own_region = subject.resource.dialect == Dialect::Api
        && table.column("region").is_some_and(|(_, column)| !column.api.is_empty());
    if !has_own_region {
        set("region", place(&subject.resource.region));
    }
    if let Some((name, text)) = name_in_arn(subject, table, resource_key) {
        set(name, Cell::text(text));
    }
    let title = title(table, cells, resource_key);
    // Decoders of the API build ARNs with the account's partition and take them as addresses.
    let is_address = |cells: &[Cell]| !table.arn.is_empty() && text_of(table, cells, "arn").is_none();
    let arn = match subject.resource.dialect {
        Dialect::Api if is_address(cells) && subject.element.is_none() && resource_key.starts_with("arn:") => {
            Some(resource_key.to_owned())
        }
        _ => arn(table, cells),
    };
    let mut set = |name: &str, cell: Cell| {
        if let Some(slot) = table.column(name).and_then(|(at, _)| cells.get_mut(at)) {
            *slot = cell;
        }
    };
    set("title", Cell::text(title));
    if let Some(arn) = arn {
        set("arn", Cell::text(arn));
    }
}

/// The name column and its text, where the API shows the name as the last part of the ARN only.
fn name_in_arn<'k>(
    subject: &Subject<'_>,
    table: &'static Table,
    resource_key: &'k str,
) -> Option<(&'static str, &'k str)> {
    let (before, last) = table.arn.strip_suffix('}')?.rsplit_once('{')?;
    let (_, column) = table.column(last)?;
    let is_asked =
        subject.resource.dialect == Dialect::Api && subject.element.is_none() && resource_key.starts_with("arn:");
    let name = resource_key.rsplit_once(before.chars().next_back()?)?.1;
    (is_asked && column.api.is_empty() && column.api_default.is_none()).then_some((column.name, name))
}

fn nowhere(resource: &Resource) -> Arc<Unknown> {
    Arc::new(Unknown { symbol: format!("{}.region", resource.address), cause: Cause::External, reference: None })
}

fn text_of<'c>(table: &Table, cells: &'c [Cell], name: &str) -> Option<&'c str> {
    table.column(name).and_then(|(at, _)| cells.get(at)).and_then(Cell::as_text).filter(|text| !text.is_empty())
}

fn title(table: &Table, cells: &[Cell], resource_key: &str) -> String {
    let tags = table.column("tags").and_then(|(at, _)| cells.get(at));
    let name_tag = match tags {
        Some(Cell::Map(tags)) => tags.get("Name").and_then(Cell::as_text),
        _ => None,
    };
    name_tag.or_else(|| text_of(table, cells, table.name_column)).unwrap_or(resource_key).to_owned()
}

/// The ARN, from the table's pattern, when every part of it is known.
fn arn(table: &Table, cells: &[Cell]) -> Option<String> {
    if table.arn.is_empty() || text_of(table, cells, "arn").is_some() {
        return None;
    }
    let mut out = String::new();
    let mut rest = table.arn;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(literal);
        match name {
            "partition" => out.push_str(partition(text_of(table, cells, "region")?)),
            name => out.push_str(text_of(table, cells, name)?),
        }
        rest = after;
    }
    Some(out + rest)
}

/// The partition of a region. <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// The placeholder text of a template, for columns that keep partly known text.
pub(super) fn with_placeholders(subject: &Subject<'_>, parts: &[TextPart]) -> String {
    parts
        .iter()
        .map(|part| match part {
            TextPart::Literal(text) => text.to_string(),
            TextPart::Unknown(unknown) => subject.estate.placeholder(subject.resource, unknown),
        })
        .collect()
}

//! `partywall drill --cases`: single resources, one JSON object a line.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_analysis::availability::answer::{Answer, Failure};
use partywall_analysis::availability::facts::Facts;
use partywall_analysis::availability::single;
use partywall_analysis::availability::words::{Range, WORDS};
use partywall_model::{
    Cause, Cell, Column, ColumnType, Decoded, Dialect, Existence, Inventory, Origin, Resource, Row, Source, Step,
    TABLES, Table, Unknown, Value, table,
};
use serde::Deserialize;
use serde_json::{Map, json};

use crate::commands::Outcome;
use crate::commands::scan::print;

/// Bytes of a line.
const LINE_MAX: u64 = 4 << 20;

/// Other names of the word `zones`.
const ZONES: [&str; 4] = ["availability_zones", "availability_zone_count", "az_count", "zone_count"];

/// One resource and what is lost.
#[derive(Debug, Deserialize)]
struct Case {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    properties: Map<String, serde_json::Value>,
    fail: Fail,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Fail {
    Zone,
    Region,
}

/// Answers every case of a file, `-` for standard input, in its order.
pub(super) fn run(path: &Path) -> miette::Result<Outcome> {
    let input: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(std::io::stdin()),
        _ => Box::new(
            std::fs::File::open(path)
                .into_diagnostic()
                .wrap_err_with(|| format!("`{}` cannot be read; name a file with one case a line", path.display()))?,
        ),
    };
    let mut reader = BufReader::new(input);
    for number in 1.. {
        let mut line = String::new();
        let read = reader.by_ref().take(LINE_MAX).read_line(&mut line).into_diagnostic();
        if read.wrap_err_with(|| format!("line {number} cannot be read"))? == 0 {
            break;
        }
        if line.len() as u64 == LINE_MAX {
            return Err(miette!("line {number} is longer than {LINE_MAX} bytes"));
        }
        if !line.trim().is_empty() {
            let case: Case = serde_json::from_str(&line).map_err(|error| {
                miette!(
                    help = "a line is {{\"id\",\"type\",\"properties\",\"fail\":\"zone|region\"}}",
                    "line {number}: {error}"
                )
            })?;
            print(&format!("{}\n", answer(&case)))?;
        }
    }
    Ok(Outcome::Clean)
}

/// The answer to one case.
fn answer(case: &Case) -> serde_json::Value {
    let (inventory, ignored) = read(case);
    let failure = match case.fail {
        Fail::Zone => Failure::Zone,
        Fail::Region => Failure::Region,
    };
    let facts = Facts::shipped();
    let subject = inventory
        .resource_tables()
        .filter(|(table, _)| facts.service(table.name).is_some())
        .find_map(|(table, rows)| Some((table, rows.first()?)));
    let found = subject.and_then(|subject| {
        let told = told(case, subject.0);
        single::answer(&inventory, subject, &told, failure)
    });
    let mut out = match found {
        Some(answer) => written(case, &answer),
        None => {
            let why = format!("there are no facts about `{}`", case.kind);
            json!({"id": case.id, "effect": "unknown", "automatic": null, "rpo": null, "rto": null, "why": why})
        }
    };
    if let (false, Some(object)) = (ignored.is_empty(), out.as_object_mut()) {
        object.insert("ignored".to_owned(), json!(ignored));
    }
    out
}

fn written(case: &Case, answer: &Answer) -> serde_json::Value {
    let mut out = json!({
        "id": case.id,
        "effect": answer.effect.map_or("unknown", |effect| effect.id()),
        "automatic": answer.automatic,
        "rpo": answer.rpo,
        "rto": answer.rto,
        "why": answer.why,
        "manual": answer.manual,
        "source": answer.source,
    });
    if let (None, Some(object)) = (answer.effect, out.as_object_mut()) {
        object.insert("possible".to_owned(), json!(answer.possible));
    }
    out
}

/// The case's resource as rows, as if Terraform declared it; then the properties that no column and no word takes.
fn read(case: &Case) -> (Inventory, BTreeSet<String>) {
    let kind = terraform_type(&case.kind);
    let attributes: BTreeMap<String, Value> =
        case.properties.iter().map(|(name, value)| (name.clone(), value_of(value))).collect();
    let region = match case.properties.get("region").and_then(serde_json::Value::as_str) {
        Some(region) => Value::text(region),
        None => Value::unknown("region", Cause::NoValue),
    };
    let nowhere: Arc<str> = "".into();
    let resource = Resource {
        dialect: if kind.starts_with("AWS::") { Dialect::CloudFormation } else { Dialect::Terraform },
        kind: kind.into(),
        scope: nowhere.clone(),
        address: "case".to_owned(),
        attributes,
        existence: Existence::Certain,
        region,
        account_id: Value::unknown("account", Cause::NoValue),
        unseen: None,
        origin: Origin::Code { file: nowhere, line_start: 1, line_end: 1, calls: Vec::new() },
    };
    let decoded = Decoded { resources: vec![resource], ..Decoded::default() };
    let mut inventory = partywall_ingest::normalize::normalize(decoded).inventory;
    let mut ignored: BTreeSet<String> = case.properties.keys().cloned().collect();
    let tables: Vec<&'static Table> = inventory.resource_tables().map(|(table, _)| table).collect();
    for table in tables {
        ignored.retain(|name| !takes(table, name));
        for row in inventory.rows_mut(table.name) {
            set_columns(table, row, case);
        }
    }
    (inventory, ignored)
}

/// The Terraform type of a table's name; any other type is meant as it stands.
fn terraform_type(kind: &str) -> &str {
    let is_declared = TABLES.iter().flat_map(|table| table.sources).any(|source| source.kind == kind);
    let of_table = || {
        let source = table(kind)?.sources.iter().find(|source| source.dialect == Dialect::Terraform)?;
        Some(source.kind)
    };
    if is_declared { kind } else { of_table().unwrap_or(kind) }
}

/// Whether a property reaches the row, as an attribute, as a column or as a word.
fn takes(table: &Table, name: &str) -> bool {
    let reads = |column: &Column| {
        let paths = column.terraform.iter().chain(column.cloudformation);
        paths.flat_map(|path| path.steps.first()).any(|step| matches!(step, Step::Name(first) if *first == name))
    };
    let decides = |source: &Source| {
        let mut steps = source.when.iter().flat_map(|condition| condition.path.steps.first());
        steps.any(|step| matches!(step, Step::Name(first) if *first == name))
    };
    name == "region"
        || (name == "storage_class" && table.name == "aws_s3_bucket")
        || table.sources.iter().any(decides)
        || WORDS.contains(&name)
        || ZONES.contains(&name)
        || table.column(name).is_some()
        || table.columns.iter().any(reads)
}

/// Sets the columns that the properties name, where no attribute of the type has the same name.
fn set_columns(table: &Table, row: &mut Row, case: &Case) {
    for (name, value) in &case.properties {
        let Some((at, column)) = table.column(name) else { continue };
        let is_attribute = column
            .terraform
            .iter()
            .flat_map(|path| path.steps.first())
            .any(|step| matches!(step, Step::Name(first) if first == name));
        if let (false, Some(cell)) = (is_attribute, row.cells.get_mut(at)) {
            *cell = cell_of(column, &column.column_type, value);
        }
    }
}

/// Words that the case gives: a number, or a list that is counted.
fn told(case: &Case, table: &Table) -> BTreeMap<&'static str, Range> {
    let mut told = BTreeMap::new();
    for (name, value) in &case.properties {
        let word = match WORDS.iter().find(|word| **word == name) {
            Some(word) if *name != "replica_regions" || table.column(name).is_none() => *word,
            Some(_) => continue,
            None if ZONES.contains(&name.as_str()) && !is_place(table, name) => "zones",
            None if name == "storage_class" && table.name == "aws_s3_bucket" => {
                let one_zone = value.as_str().is_some_and(|class| class.contains("ONEZONE"));
                told.insert("one_zone", Range::exactly(u32::from(one_zone)));
                continue;
            }
            None => continue,
        };
        let number = match value {
            serde_json::Value::Array(items) => {
                let distinct: BTreeSet<String> = items.iter().map(ToString::to_string).collect();
                u64::try_from(distinct.len()).ok()
            }
            other => other.as_u64(),
        };
        let range = number.and_then(|number| u32::try_from(number).ok());
        told.insert(word, range.map_or_else(|| Range::from(0, format!("`{name}` is not known")), Range::exactly));
    }
    told
}

/// Whether the column says where a resource of the table is, so that it needs no counting here. Aurora's column of
/// this name says where data is, not where instances are.
fn is_place(table: &Table, name: &str) -> bool {
    let places = Facts::shipped().service(table.name).map(|service| service.places.as_slice());
    places.is_some_and(|places| places.iter().any(|place| place == name)) || table.column(name).is_some()
}

/// A JSON value in the words of code: a text `${…}` is not known.
fn value_of(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => match expression(text) {
            Some(symbol) => Value::unknown(symbol, Cause::NoValue),
            None => Value::text(text.as_str()),
        },
        serde_json::Value::Array(items) => Value::list(items.iter().map(value_of)),
        serde_json::Value::Object(entries) => {
            Value::map(entries.iter().map(|(key, value)| (key.clone(), value_of(value))))
        }
        other => Value::from_json(other),
    }
}

fn expression(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}')
}

fn cell_of(column: &Column, column_type: &ColumnType, value: &serde_json::Value) -> Cell {
    let unknown = || {
        let cause = Cause::Invalid(format!("`{value}` is no value of this column"));
        Cell::Unknown(Arc::new(Unknown { symbol: column.name.to_owned(), cause, reference: None }))
    };
    if let Some(symbol) = value.as_str().and_then(expression) {
        let symbol = symbol.to_owned();
        return Cell::Unknown(Arc::new(Unknown { symbol, cause: Cause::NoValue, reference: None }));
    }
    match (column_type, value) {
        (_, serde_json::Value::Null) => Cell::empty(column_type),
        (ColumnType::Text | ColumnType::Json | ColumnType::Reference, serde_json::Value::String(text)) => {
            Cell::text(text.as_str())
        }
        (ColumnType::Boolean, serde_json::Value::Bool(truth)) => Cell::Boolean(*truth),
        (ColumnType::Integer, number) => number.as_i64().map_or_else(unknown, Cell::Integer),
        (ColumnType::Number, number) => number.as_f64().map_or_else(unknown, Cell::Number),
        (ColumnType::List(inner), serde_json::Value::Array(items)) => {
            Cell::List(items.iter().map(|item| cell_of(column, inner, item)).collect())
        }
        (ColumnType::Struct(fields), serde_json::Value::Object(entries)) => {
            let field = |field: &Column| match entries.get(field.name) {
                Some(value) => cell_of(field, &field.column_type, value),
                None => Cell::empty(&field.column_type),
            };
            Cell::Struct(fields.iter().map(field).collect())
        }
        _ => unknown(),
    }
}

//! The generated pages of `docs/` say what the program does. `cargo xtask gen` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use partywall_checks::Library;
use partywall_model::{Column, ColumnType, Default, Inventory, Scalar, Table};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Compares a page with what it should say, or writes it when `PARTYWALL_BLESS` is set.
fn assert_page(name: &str, expected: &str) {
    let path = docs().join(name);
    if std::env::var_os("PARTYWALL_BLESS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{name} is out of date; run `cargo xtask gen`");
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn type_name(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Text => "text".into(),
        ColumnType::Boolean => "boolean".into(),
        ColumnType::Integer => "integer".into(),
        ColumnType::Number => "number".into(),
        ColumnType::Json => "json".into(),
        ColumnType::Reference => "reference".into(),
        ColumnType::Map => "map".into(),
        ColumnType::List(inner) => format!("list of {}", type_name(inner)),
        ColumnType::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.name, type_name(&field.column_type))).collect();
            format!("struct ({})", fields.join(", "))
        }
    }
}

fn default_name(column: &Column) -> String {
    match column.default {
        Default::Empty => String::new(),
        Default::Unknown => "unknown".into(),
        Default::Value(Scalar::Text(text)) => format!("`{text}`"),
        Default::Value(Scalar::Boolean(truth)) => truth.to_string(),
        Default::Value(Scalar::Integer(number)) => number.to_string(),
        Default::Value(Scalar::Number(number)) => number.to_string(),
        Default::Value(Scalar::Texts(texts)) => texts.join(", "),
    }
}

fn table_section(table: &Table) -> String {
    let mut out = format!("\n## {}\n\n{}. {}\n", table.name, table.title, table.about);
    if !table.sources.is_empty() {
        let kinds: Vec<String> = table.sources.iter().map(|source| format!("`{}`", source.kind)).collect();
        let mut kinds = kinds;
        kinds.dedup();
        let _ = writeln!(out, "\nRead from {}.", kinds.join(", "));
    }
    out.push_str("\n| column | type | default | |\n|---|---|---|---|\n");
    for column in table.columns {
        let target = if column.to.is_empty() { String::new() } else { format!(" Refers to `{}`.", column.to) };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {}{target} |",
            column.name,
            type_name(&column.column_type),
            default_name(column),
            cell(column.about)
        );
    }
    out
}

#[test]
fn tables_are_documented() {
    let tables = Inventory::all_tables();
    let columns: usize = tables.iter().map(|table| table.columns.len()).sum();
    let mut out = format!(
        "# Tables\n\n{} tables, {columns} columns. NULL means unknown; `''`, an empty list and an empty map mean \"not set\". A reference holds the `resource` of the row that is meant, when that row is in the inventory. Ask with `partywall query \"select … from …\" DIR`.\n",
        tables.len()
    );
    tables.iter().for_each(|table| out.push_str(&table_section(table)));
    for table in tables {
        let undocumented: Vec<&str> =
            table.columns.iter().filter(|column| column.about.is_empty()).map(|column| column.name).collect();
        assert!(undocumented.is_empty(), "{}: {undocumented:?}", table.name);
    }
    assert_page("tables.md", &out);
}

#[test]
fn checks_are_documented() {
    let library = Library::shipped().unwrap();
    let mut out = format!(
        "# Checks\n\n{} checks. `partywall checks show ID` prints a check with its page; any alias works as an id.\n\n| check | fault | severity | layer | the same in other tools |\n|---|---|---|---|---|\n",
        library.checks.len()
    );
    for check in library.checks.values() {
        let _ = writeln!(
            out,
            "| [`{id}`](../checks/{id}.md) | {} | {} | {} | {} |",
            cell(&check.title),
            check.severity.id(),
            check.layer.title(),
            check.aliases.join(", "),
            id = check.id
        );
    }
    out.push_str("\n# Frameworks\n");
    for (id, framework) in &library.frameworks {
        let asked: usize = framework.controls.values().map(|control| control.checks.len()).sum();
        let _ = writeln!(
            out,
            "\n## {id}\n\n[{}]({}): {} controls, {asked} pairs of control and check. `partywall scan --framework {id}` runs these only.\n\n| control | | checks |\n|---|---|---|",
            framework.title,
            framework.url,
            framework.controls.len()
        );
        for (control_id, control) in &framework.controls {
            let _ = writeln!(out, "| {control_id} | {} | {} |", cell(&control.title), control.checks.join(", "));
        }
    }
    assert_page("checks.md", &out);
}

#[test]
fn functions_are_documented() {
    let mut out = String::from(
        "# SQL\n\nChecks and queries are written in the SQL of [Apache DataFusion](https://datafusion.apache.org/user-guide/sql/index.html), with PostgreSQL's grammar and lambdas: `array_any_match(list, element -> element.field = 1)`. Besides its functions there are these; NULL in gives NULL out.\n\n| function | |\n|---|---|\n",
    );
    for function in partywall_sql::documentation() {
        let _ = writeln!(out, "| `{}` | {} |", function.signature, cell(function.about));
    }
    assert_page("sql.md", &out);
}

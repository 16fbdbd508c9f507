//! `partywall query`.

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, miette};
use partywall_report::plain;
use partywall_sql::{Answer, SqlValue};

use super::Outcome;
use super::scan::{Progress, print};
use super::sources::SourceArguments;
use crate::scan::derived_tables_in;

/// Options of `partywall query`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// One SELECT, or SHOW TABLES; tables are named as in the documentation
    sql: String,
    #[command(flatten)]
    sources: SourceArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

/// How to print an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Columns for people.
    Table,
    /// A list of objects.
    Json,
    /// Comma-separated values.
    Csv,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let progress = Progress::start();
    let estate = arguments.sources.open(derived_tables_in(&arguments.sql), &|step| progress.show(step))?;
    progress.finish();
    let answer = estate.database.query(&arguments.sql).map_err(|error| {
        miette!(
            help = "`partywall query \"show tables\"` lists the tables, \"show columns from TABLE\" their columns",
            "{error}"
        )
    })?;
    print(&match arguments.output {
        Output::Table => table(&answer),
        Output::Json => serde_json::to_string_pretty(&objects(&answer)).into_diagnostic()? + "\n",
        Output::Csv => csv(&answer),
    })?;
    Ok(Outcome::Clean)
}

fn json(value: &SqlValue) -> serde_json::Value {
    match value {
        SqlValue::Null => serde_json::Value::Null,
        SqlValue::Boolean(truth) => (*truth).into(),
        SqlValue::Integer(number) => (*number).into(),
        SqlValue::Number(number) => (*number).into(),
        SqlValue::Text(text) => text.as_str().into(),
        SqlValue::Json(json) => json.clone(),
    }
}

pub(super) fn objects(answer: &Answer) -> Vec<serde_json::Value> {
    let object = |row: &Vec<SqlValue>| answer.columns.iter().cloned().zip(row.iter().map(json)).collect();
    answer.rows.iter().map(object).collect()
}

fn text(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Text(text) => text.clone(),
        other => json(other).to_string(),
    }
}

fn table(answer: &Answer) -> String {
    let cells: Vec<Vec<String>> =
        answer.rows.iter().map(|row| row.iter().map(|value| plain(&text(value))).collect()).collect();
    let width = |column: usize| {
        let cells = cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(answer.columns.get(column).map(|name| name.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..answer.columns.len()).map(width).collect();
    let line = |row: &[String]| {
        let padded: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let mut out = line(&answer.columns) + &line(&rule);
    cells.iter().for_each(|row| out.push_str(&line(row)));
    let noun = if answer.rows.len() == 1 { "row" } else { "rows" };
    out + &format!("({} {noun})\n", answer.rows.len())
}

fn csv(answer: &Answer) -> String {
    let quote = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    let line = |cells: Vec<String>| cells.iter().map(|cell| quote(cell)).collect::<Vec<_>>().join(",") + "\n";
    let mut out = line(answer.columns.clone());
    for row in &answer.rows {
        out.push_str(&line(
            row.iter().map(|value| if *value == SqlValue::Null { String::new() } else { text(value) }).collect(),
        ));
    }
    out
}

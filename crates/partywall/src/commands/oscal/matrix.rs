//! `partywall oscal matrix`: who does what for each control, layer by layer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::estate::{EstateArguments, write};
use crate::commands::Outcome;

/// Options of `partywall oscal matrix`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    estate: EstateArguments,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Where to write it; printed by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line for each row.
    Csv,
    /// One self-contained page.
    Html,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let judged = arguments.estate.judge()?;
    let estate = judged.estate();
    let rows = partywall_oscal::matrix(&estate);
    let text = match arguments.format {
        Format::Csv => partywall_oscal::matrix_csv(&rows),
        Format::Html => partywall_oscal::matrix_html(estate.name, &rows),
    };
    write(&text, arguments.out.as_deref())?;
    Ok(Outcome::Clean)
}

//! `partywall oscal export`: what was found out, as OSCAL documents.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, builder::TypedValueParser};
use miette::IntoDiagnostic;
use partywall_oscal::ExportKind;

use super::estate::{EstateArguments, write};
use crate::commands::Outcome;

/// Options of `partywall oscal export`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    estate: EstateArguments,
    /// The kind of document
    #[arg(long, value_parser = kinds())]
    kind: ExportKind,
    /// Where to write it; printed by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn kinds() -> impl TypedValueParser<Value = ExportKind> {
    PossibleValuesParser::new(ExportKind::ALL.map(ExportKind::id))
        .map(|id| ExportKind::from_id(&id).unwrap_or(ExportKind::Plan))
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let judged = arguments.estate.judge()?;
    let document = partywall_oscal::export(arguments.kind, &judged.estate());
    let text = serde_json::to_string_pretty(&document).into_diagnostic()? + "\n";
    write(&text, arguments.out.as_deref())?;
    Ok(Outcome::Clean)
}

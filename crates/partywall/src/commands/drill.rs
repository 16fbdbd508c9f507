//! `partywall drill`: what still stands when a zone or a region falls.

mod cases;

use std::path::PathBuf;

use clap::Args;

use super::Outcome;

/// Options of `partywall drill`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Answer for single resources instead, one JSON object a line: id, type, properties, and fail: zone or region
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.cases {
        Some(cases) => cases::run(cases),
        None => Ok(Outcome::Clean),
    }
}

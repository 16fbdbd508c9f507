//! `partywall snapshot`.

use std::path::PathBuf;

use clap::Args;
use miette::IntoDiagnostic;

use super::Outcome;
use super::scan::{Progress, print};
use super::sources::SourceArguments;
use super::target::Target;
use crate::scan::read;

/// Options of `partywall snapshot`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Folder to write: one dataset a table, partitioned by account and region
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let options = arguments.sources.options()?;
    let progress = Progress::start();
    let snapshot = read(Target::find(&arguments.sources.target)?.path(), &options.ingest, &|step| progress.show(step))?;
    partywall_columnar::write(&arguments.output, &snapshot).into_diagnostic()?;
    progress.finish();
    let (tables, rows) =
        snapshot.inventory.resource_tables().fold((0, 0), |(tables, rows), (_, own)| (tables + 1, rows + own.len()));
    print(&format!("{rows} rows of {tables} tables in {}\n", arguments.output.display()))?;
    Ok(Outcome::Clean)
}

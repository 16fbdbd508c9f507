//! `partywall network`.

mod trace;

use std::sync::Arc;

use clap::{Args, Subcommand};
use partywall_analysis::network::{self, model::Network};
use partywall_model::Inventory;

use super::Outcome;
use super::scan::Progress;
use super::sources::SourceArguments;
use super::target::Target;
use crate::scan::read;

/// Options of `partywall network`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    question: Question,
}

/// What is asked.
#[derive(Debug, Subcommand)]
enum Question {
    /// Follow packets from a file of cases, and say for each whether it gets there and its answer back
    Trace(trace::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.question {
        Question::Trace(arguments) => trace::run(arguments),
    }
}

/// The network of a source, with the inventory it was read from.
struct Estate {
    inventory: Arc<Inventory>,
    network: Network,
}

fn open(sources: &SourceArguments) -> miette::Result<Estate> {
    let progress = Progress::start();
    let options = sources.options()?;
    let found = Target::find(&sources.target)?;
    let inventory = Arc::new(read(found.path(), &options.ingest, &|step| progress.show(step))?.inventory);
    progress.finish();
    Ok(Estate { network: network::read(&inventory), inventory })
}

//! `partywall network`.

mod assertion;
mod change;
mod exposed;
mod matrix;
mod picture;
mod reach;
mod table;
pub(super) mod trace;
mod watch;
mod words;

use std::path::Path;
use std::sync::Arc;

use clap::{Args, Subcommand};
use partywall_analysis::network::select::Labels;
use partywall_analysis::network::{self, model::Network};
use partywall_analysis::sensitivity;
use partywall_columnar::Snapshot;
use partywall_model::{Gap, Inventory};

use super::Outcome;
use super::scan::Progress;
use super::sources::{ReadingArguments, SourceArguments};
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
    /// Say whether one reaches another, hop by hop, or every reason why not
    Reach(reach::Arguments),
    /// List what the internet reaches, by interface, range and port
    Exposed(exposed::Arguments),
    /// Show what tiers can say to each other
    Matrix(matrix::Arguments),
    /// Compare two readings: what can be said now that could not before, and the other way round
    Diff(change::Arguments),
    /// Hold the network to policies from a file; ends with 1 when one fails or cannot be told
    Assert(assertion::Arguments),
    /// Draw it in SVG: zones, subnets, what they can say to each other, and what the internet reaches
    Picture(picture::Arguments),
    /// Follow packets from a file of cases, and say for each whether it gets there and its answer back
    Trace(trace::Arguments),
    /// Watch a folder, and tell with each change which flows are gained and lost
    Watch(watch::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.question {
        Question::Reach(arguments) => reach::run(arguments),
        Question::Exposed(arguments) => exposed::run(arguments),
        Question::Matrix(arguments) => matrix::run(arguments),
        Question::Diff(arguments) => change::run(arguments),
        Question::Assert(arguments) => assertion::run(arguments),
        Question::Picture(arguments) => picture::run(arguments),
        Question::Trace(arguments) => trace::run(arguments),
        Question::Watch(arguments) => watch::run(arguments),
    }
}

/// The network of a source, with the inventory it was read from.
struct Estate {
    inventory: Arc<Inventory>,
    network: Network,
    labels: Labels,
    /// What could not be read.
    gaps: Vec<Gap>,
}

/// The network of an estate.
pub(super) fn network_of(sources: &SourceArguments) -> miette::Result<Network> {
    Ok(open(sources)?.network)
}

fn open(sources: &SourceArguments) -> miette::Result<Estate> {
    open_target(&sources.target, &sources.reading)
}

fn open_target(target: &Path, reading: &ReadingArguments) -> miette::Result<Estate> {
    let progress = Progress::start();
    let options = reading.options(target)?;
    let found = Target::find(target)?;
    let Snapshot { inventory, gaps, .. } = read(found.path(), &options.ingest, &|step| progress.show(step))?;
    let inventory = Arc::new(inventory);
    progress.finish();
    let sensitivities = sensitivity::classify(&inventory, &options.configuration.sensitivity());
    let labels = Labels::new(&inventory, sensitivities);
    Ok(Estate { network: network::read(&inventory), inventory, labels, gaps })
}

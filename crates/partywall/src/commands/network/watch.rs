//! `partywall network watch`.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use notify::{EventKind, RecursiveMode, Watcher};
use partywall_analysis::network::flows::Following;
use partywall_model::{Gap, GapKind};
use partywall_report::plain;

use super::change::{changes, in_words};
use super::matrix::{By, Matrix, matrix_of};
use super::open;
use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// How long a folder has to be quiet before it is read: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(60);

/// Options of `partywall network watch`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// What makes a tier: subnet, vpc, interface, or tag:KEY
    #[arg(long, default_value = "interface")]
    by: By,
    /// End after so many changes; by default with ctrl-c
    #[arg(long, value_name = "COUNT")]
    changes: Option<usize>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let target = &arguments.sources.target;
    let (sender, events) = channel();
    let mut watcher = notify::recommended_watcher(sender).into_diagnostic()?;
    let refused = || format!("`{}` cannot be watched", target.display());
    watcher.watch(target, RecursiveMode::Recursive).into_diagnostic().wrap_err_with(refused)?;
    let mut following = Following::default();
    let mut known = match read(arguments, &mut following)? {
        Reading::Whole(matrix, taken) => {
            print(&format!("{} flows, in {taken}; waiting for changes of `{}`\n", matrix.len(), target.display()))?;
            matrix
        }
        Reading::Broken(gap) => return Err(miette!("{}", told(&gap))),
    };
    let mut left = arguments.changes;
    while left != Some(0) {
        wait(&events, target)?;
        match read(arguments, &mut following)? {
            // What cannot be read has not gone: it is being written.
            Reading::Broken(gap) => print(&format!("{}; still comparing with what was there before\n", told(&gap)))?,
            Reading::Whole(matrix, taken) => {
                let found = changes(&known, &matrix);
                known = matrix;
                let table =
                    if found.is_empty() { "nothing gained, nothing lost\n".to_owned() } else { in_words(&found) };
                print(&format!("{table}{} flows, in {taken}\n", known.len()))?;
                left = left.map(|left| left - 1);
            }
        }
    }
    Ok(Outcome::Clean)
}

/// What a folder tells.
enum Reading {
    /// All flows, and how long that took, in words.
    Whole(Matrix, String),
    /// A file of it cannot be read.
    Broken(Gap),
}

/// Reads a folder and follows what has changed since it was read before.
fn read(arguments: &Arguments, following: &mut Following) -> miette::Result<Reading> {
    let start = Instant::now();
    let estate = open(&arguments.sources)?;
    let broken = estate.gaps.iter().find(|gap| gap.kind == GapKind::UnreadableFile);
    if let Some(gap) = broken {
        return Ok(Reading::Broken(gap.clone()));
    }
    let read = start.elapsed();
    following.revise(estate.network);
    let followed = start.elapsed() - read;
    let matrix = matrix_of(following.network(), &following.flows(), &estate.labels, &arguments.by);
    let taken = format!("{}, of which {} for flows within", time(start.elapsed()), time(followed));
    Ok(Reading::Whole(matrix, taken))
}

/// Waits until something in the folder has changed, and then until it is quiet.
fn wait(events: &Receiver<notify::Result<notify::Event>>, target: &Path) -> miette::Result<()> {
    let gone = || miette!("`{}` is not watched any more", target.display());
    loop {
        let event = events.recv().map_err(|_| gone())?.into_diagnostic()?;
        // Reading is no change, and it is what this program does itself.
        if !matches!(event.kind, EventKind::Access(_)) {
            break;
        }
    }
    while events.recv_timeout(QUIET).is_ok() {}
    Ok(())
}

fn told(gap: &Gap) -> String {
    plain(&format!("{}:{}: {}", gap.file, gap.line, gap.cause))
}

fn time(taken: Duration) -> String {
    format!("{:.1} ms", taken.as_secs_f64() * 1000.0)
}

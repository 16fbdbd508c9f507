//! `partywall network diff`, and what two matrices differ in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use miette::IntoDiagnostic;
use partywall_analysis::network::flows::Exchange;
use serde_json::json;

use super::matrix::{By, Matrix, matrix};
use super::table::table;
use super::{open_target, words};
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;
use crate::commands::sources::ReadingArguments;

/// Options of `partywall network diff`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The first reading: a snapshot, a collection, a plan or code
    before: PathBuf,
    /// The second reading
    after: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// What makes a tier: subnet, vpc, interface, or tag:KEY
    #[arg(long, default_value = "interface")]
    by: By,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// What is different between two tiers.
pub(super) struct Change {
    pub(super) from: String,
    pub(super) to: String,
    /// What gets there, or may, and did not before; '' when nothing.
    pub(super) gained: String,
    /// What does not get there any more; '' when nothing.
    pub(super) lost: String,
    /// Whether other packets are answered than before.
    pub(super) is_answered_otherwise: bool,
}

/// What two matrices differ in.
pub(super) fn changes(before: &Matrix, after: &Matrix) -> Vec<Change> {
    let none = Exchange::default();
    let pairs: BTreeSet<&(String, String)> = before.keys().chain(after.keys()).collect();
    let change = |pair: &(String, String)| {
        let (old, new) = (before.get(pair).unwrap_or(&none), after.get(pair).unwrap_or(&none));
        (!old.is_same(new)).then(|| Change {
            from: pair.0.clone(),
            to: pair.1.clone(),
            gained: words::ports(&new.possible.without(&old.possible)),
            lost: words::ports(&old.possible.without(&new.possible)),
            is_answered_otherwise: !old.answered.is_same(&new.answered),
        })
    };
    pairs.into_iter().filter_map(change).collect()
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let read = |target: &Path| open_target(target, &arguments.reading).map(|estate| matrix(&estate, &arguments.by));
    let changes = changes(&read(&arguments.before)?, &read(&arguments.after)?);
    print(&match arguments.output {
        Output::Terminal => in_words(&changes),
        Output::Json => {
            let all: Vec<serde_json::Value> = changes.iter().map(as_json).collect();
            serde_json::to_string_pretty(&all).into_diagnostic()? + "\n"
        }
    })?;
    Ok(if changes.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

/// Changes as a table.
pub(super) fn in_words(changes: &[Change]) -> String {
    let row = |change: &Change| {
        let answers = if change.gained.is_empty() && change.lost.is_empty() {
            "answered otherwise than before".to_owned()
        } else {
            change.gained.clone()
        };
        [change.from.clone(), change.to.clone(), answers, change.lost.clone()]
    };
    table(["from", "to", "gained", "lost"], changes.iter().map(row).collect())
}

fn as_json(change: &Change) -> serde_json::Value {
    json!({
        "from": change.from,
        "to": change.to,
        "gained": change.gained,
        "lost": change.lost,
        "answers_changed": change.is_answered_otherwise,
    })
}

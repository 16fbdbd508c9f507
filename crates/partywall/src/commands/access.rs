//! `partywall access`: who can do what.

mod cases;
mod compare;
mod decide;
mod unique;

use clap::{Args, Subcommand};

use super::Outcome;

/// Options of `partywall access`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    question: Question,
}

/// What to ask.
#[derive(Debug, Subcommand)]
enum Question {
    /// Decide requests over policies of every kind, one JSON object a line
    Decide(decide::Arguments),
    /// Say what each of two policies permits beyond the other, with a request that shows it
    Compare(compare::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.question {
        Question::Decide(arguments) => decide::run(arguments),
        Question::Compare(arguments) => compare::run(arguments),
    }
}

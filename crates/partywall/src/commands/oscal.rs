//! `partywall oscal`: what is exchanged with others about who does what, in NIST's format.

mod check;

use clap::{Args, Subcommand};

use super::Outcome;

/// Options of `partywall oscal`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Action {
    /// Check what a system security plan inherits against the plans that it leverages
    Check(check::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.action {
        Action::Check(arguments) => check::run(arguments),
    }
}

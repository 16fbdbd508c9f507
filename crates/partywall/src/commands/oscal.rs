//! `partywall oscal`: what is exchanged with others about who does what, in NIST's format.

mod check;
mod coverage;
mod estate;
mod export;
mod import;
mod matrix;

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
    /// Write components, plans, assessment results or a plan of action and milestones
    Export(Box<export::Arguments>),
    /// Print the customer responsibility matrix: who does what for each control
    Matrix(Box<matrix::Arguments>),
    /// List the controls of the families PE, MP, IR and CP with what shows whether they are done
    Coverage(Box<coverage::Arguments>),
    /// Describe a provider's system security plan as an attestation
    Import(import::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.action {
        Action::Check(arguments) => check::run(arguments),
        Action::Export(arguments) => export::run(arguments),
        Action::Matrix(arguments) => matrix::run(arguments),
        Action::Coverage(arguments) => coverage::run(arguments),
        Action::Import(arguments) => import::run(arguments),
    }
}

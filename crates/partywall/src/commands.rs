//! The commands.

pub mod checks;
pub mod query;
pub mod responsibility;
pub mod scan;
mod sources;

use clap::{Parser, Subcommand};

/// How a run ended. The numbers are the process's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to complain about.
    Clean = 0,
    /// Findings at or above the threshold, or examples that got a wrong verdict.
    Findings = 1,
}

/// Who secures what in your cloud, and whether your half holds.
///
/// Exit codes: 0 clean, 1 findings at or above --fail-on, 2 could not run.
#[derive(Debug, Parser)]
#[command(name = "partywall", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan Terraform and CloudFormation: responsibilities, duties and findings
    Scan(scan::Arguments),
    /// Show who is answerable for each layer, and why
    Responsibility(responsibility::Arguments),
    /// List, show, test and start checks
    Checks(checks::Arguments),
    /// Ask the inventory in SQL
    Query(query::Arguments),
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// When it could not run; the process then ends with 2.
    pub fn run(&self) -> miette::Result<Outcome> {
        match self {
            Self::Scan(arguments) => scan::run(arguments),
            Self::Responsibility(arguments) => responsibility::run(arguments),
            Self::Checks(arguments) => checks::run(arguments),
            Self::Query(arguments) => query::run(arguments),
        }
    }
}

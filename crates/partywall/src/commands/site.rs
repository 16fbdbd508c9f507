//! `partywall site`: the devices of sites that we run ourselves, and their power.

mod collect;
mod manifest;
mod power;
mod watch;

use clap::{Args, Subcommand};

use super::Outcome;

/// Options of `partywall site`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Ask the devices of a site, and keep every answer and refusal in the site's folder
    Collect(collect::Arguments),
    /// Prove that every load keeps its power through any single failure
    Power(power::Arguments),
    /// Ask the devices again and again, and print what changes
    Watch(watch::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.question {
        Question::Collect(arguments) => collect::run(arguments),
        Question::Power(arguments) => power::run(arguments),
        Question::Watch(arguments) => watch::run(arguments),
    }
}

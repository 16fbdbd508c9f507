//! `partywall watch`.

mod knowledge;
mod logs;
mod rules;
mod run;
mod verify_trail;

use clap::{Args, Subcommand};

use super::Outcome;

/// Options of `partywall watch`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read logs, put their events to rules, and tell what they hit
    Run(run::Arguments),
    /// List the rules, and what is wrong with any of them
    Rules(rules::Arguments),
    /// Prove that a trail is whole: signatures, chains, contents, and that nothing is missing or not listed
    VerifyTrail(verify_trail::Arguments),
}

/// Runs the command.
///
/// # Errors
/// When it could not run.
pub fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::VerifyTrail(arguments) => verify_trail::run(arguments),
    }
}

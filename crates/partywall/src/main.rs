//! The program.

use std::process::ExitCode;

use clap::Parser;
use partywall::commands::{self, Cli};

/// Deeply nested sources are evaluated by recursion; this much stack holds what the decoders' limits admit.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let run = move || cli.command.run();
    let result = match std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).map(std::thread::JoinHandle::join)
    {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => return ExitCode::from(COULD_NOT_RUN),
        Err(error) => Err(miette::miette!("no thread can be started: {error}")),
    };
    match result {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(report) => {
            eprintln!("{}", commands::harmless(&format!("{report:?}")));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

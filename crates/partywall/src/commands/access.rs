//! `partywall access`: who can do what.

mod can;
mod cases;
mod compare;
mod decide;
mod estate;
mod found;
mod unique;

use clap::{Args, Subcommand};

use super::Outcome;
use crate::commands::Output;

pub(super) use estate::duties;

/// Options of `partywall access`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    question: Question,
}

/// What to ask.
#[derive(Debug, Subcommand)]
enum Question {
    /// Say whether a user or role may do something, and why
    Can(can::CanArguments),
    /// List everybody who may do something to a resource
    WhoCan(can::WhoCanArguments),
    /// List what a user or role may do
    WhatCan(can::WhatCanArguments),
    /// Show how principals come to more than their own permissions, hop by hop
    Paths(found::PathsArguments),
    /// List whom resources let in from outside of their account
    Exposed(found::Arguments),
    /// List who holds duties together that belong apart
    Duties(found::Arguments),
    /// List permissions that nobody uses, each with the smaller policy that would do
    Unused(found::Arguments),
    /// Decide requests over policies of every kind, one JSON object a line
    Decide(decide::Arguments),
    /// Say what each of two policies permits beyond the other, with a request that shows it
    Compare(compare::Arguments),
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.question {
        Question::Can(arguments) => can::can(arguments),
        Question::WhoCan(arguments) => can::who_can(arguments),
        Question::WhatCan(arguments) => can::what_can(arguments),
        Question::Paths(arguments) => found::paths(arguments),
        Question::Exposed(arguments) => found::exposed(arguments),
        Question::Duties(arguments) => found::duties(arguments),
        Question::Unused(arguments) => found::unused(arguments),
        Question::Decide(arguments) => decide::run(arguments),
        Question::Compare(arguments) => compare::run(arguments),
    }
}

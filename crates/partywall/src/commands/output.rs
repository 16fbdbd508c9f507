//! How most commands print.

use clap::ValueEnum;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Terminal,
    /// Everything, for programs.
    Json,
}

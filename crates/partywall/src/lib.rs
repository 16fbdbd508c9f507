//! The command line of partywall: it wires the rooms together and holds none of their knowledge.

#![warn(clippy::print_stdout, reason = "commands print through their writer")]

pub mod commands;
mod configuration;
mod declarations;
mod excerpt;
mod literate;
mod scan;

pub use configuration::{Configuration, ConfigurationError};
pub use literate::{CaseFault, run_case, test_checks};
pub use scan::{Estate, ScanError, ScanOptions, Step, assess, derived_tables_in, derived_tables_of, open};

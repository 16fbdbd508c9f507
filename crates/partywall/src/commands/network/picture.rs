//! `partywall network picture`.

use std::path::PathBuf;

use clap::Args;
use miette::{IntoDiagnostic, WrapErr};
use partywall_analysis::network::exposure::exposures;
use partywall_analysis::network::flows::flows;
use partywall_analysis::network::picture::picture;
use partywall_report::network_svg;

use super::open;
use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// Options of `partywall network picture`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Write the SVG to this file instead of printing it
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let estate = open(&arguments.sources)?;
    let network = &estate.network;
    let svg = network_svg(&picture(network, &estate.inventory, &flows(network), &exposures(network)));
    match &arguments.svg {
        None => print(&svg)?,
        Some(file) => std::fs::write(file, svg)
            .into_diagnostic()
            .wrap_err_with(|| format!("`{}` cannot be written", file.display()))?,
    }
    Ok(Outcome::Clean)
}

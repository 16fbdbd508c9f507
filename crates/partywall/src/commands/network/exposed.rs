//! `partywall network exposed`.

use clap::Args;
use miette::IntoDiagnostic;
use partywall_analysis::network::exposure::{Exposure, exposures};
use serde_json::json;

use super::table::table;
use super::{open, words};
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// Options of `partywall network exposed`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let estate = open(&arguments.sources)?;
    let found = exposures(&estate.network);
    print(&match arguments.output {
        Output::Terminal => {
            let rows = found.iter().map(|exposure| {
                let name = exposure.interface.name.short.to_string();
                let via = exposure.flow.via.as_deref().unwrap_or("directly").to_owned();
                [name, exposure.range.to_string(), words::exchange(&exposure.exchange), via]
            });
            table(["interface", "from", "what", "through"], rows.collect())
        }
        Output::Json => {
            serde_json::to_string_pretty(&found.iter().map(as_json).collect::<Vec<_>>()).into_diagnostic()? + "\n"
        }
    })?;
    Ok(if found.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

fn as_json(exposure: &Exposure) -> serde_json::Value {
    let Exposure { interface, range, exchange, flow } = exposure;
    let path: Vec<serde_json::Value> =
        flow.forward.path.iter().map(|hop| json!({"kind": hop.kind, "resource": &*hop.resource})).collect();
    json!({
        "interface": &*interface.name.resource,
        "owner": &*interface.owner.resource,
        "range": range.to_string(),
        "via": flow.via.as_deref().unwrap_or_default(),
        "answered": words::ports(&exchange.answered),
        "unanswered": words::ports(&exchange.certain.without(&exchange.answered)),
        "unknown": words::ports(&exchange.maybe_answered.without(&exchange.answered)),
        "path": path,
    })
}

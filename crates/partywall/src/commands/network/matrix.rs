//! `partywall network matrix`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clap::Args;
use miette::IntoDiagnostic;
use partywall_analysis::network::exposure::exposures;
use partywall_analysis::network::flows::{Exchange, Flows, flows};
use partywall_analysis::network::model::{Interface, Network};
use partywall_analysis::network::select::Labels;
use serde_json::json;

use super::table::table;
use super::{Estate, open, words};
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// The internet's name among tiers.
const INTERNET: &str = "internet";

/// Options of `partywall network matrix`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// What makes a tier: subnet, vpc, interface, or tag:KEY
    #[arg(long, default_value = "subnet")]
    by: By,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// What makes a tier.
#[derive(Debug, Clone)]
pub(super) enum By {
    Subnet,
    Vpc,
    Interface,
    Tag(String),
}

impl std::str::FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("tag:")) {
            ("subnet", _) => Ok(Self::Subnet),
            ("vpc", _) => Ok(Self::Vpc),
            ("interface", _) => Ok(Self::Interface),
            (_, Some(key)) => Ok(Self::Tag(key.to_owned())),
            _ => Err(format!("`{text}` makes no tiers; write subnet, vpc, interface or tag:KEY")),
        }
    }
}

/// Exchanges between tiers: what some member of one can say to some member of another.
pub(super) type Matrix = BTreeMap<(String, String), Exchange>;

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let estate = open(&arguments.sources)?;
    let matrix = matrix(&estate, &arguments.by);
    print(&match arguments.output {
        Output::Terminal => {
            let rows =
                matrix.iter().map(|((from, to), exchange)| [from.clone(), to.clone(), words::exchange(exchange)]);
            table(["from", "to", "what"], rows.collect())
        }
        Output::Json => {
            let one = |((from, to), exchange): (&(String, String), &Exchange)| as_json(from, to, exchange);
            serde_json::to_string_pretty(&matrix.iter().map(one).collect::<Vec<_>>()).into_diagnostic()? + "\n"
        }
    })?;
    Ok(Outcome::Clean)
}

fn as_json(from: &str, to: &str, exchange: &Exchange) -> serde_json::Value {
    json!({
        "from": from,
        "to": to,
        "answered": words::ports(&exchange.answered),
        "unanswered": words::ports(&exchange.certain.without(&exchange.answered)),
        "unknown": words::ports(&exchange.maybe_answered.without(&exchange.answered)),
    })
}

fn tier(labels: &Labels, by: &By, interface: &Interface) -> String {
    let none = || "(none)".to_owned();
    let subnet = interface.subnet.as_ref().ok();
    match by {
        By::Interface => interface.name.short.to_string(),
        By::Subnet => subnet.map_or_else(none, |subnet| subnet.name.short.to_string()),
        By::Vpc => {
            subnet.and_then(|subnet| subnet.vpc.as_ref().ok()).map_or_else(none, |vpc| vpc.name.short.to_string())
        }
        By::Tag(key) => labels.tag(interface, key).map_or_else(none, str::to_owned),
    }
}

/// What tiers can say to each other, and the internet to them.
pub(super) fn matrix(estate: &Estate, by: &By) -> Matrix {
    matrix_of(&estate.network, &flows(&estate.network), &estate.labels, by)
}

/// The same, of flows that are known already.
pub(super) fn matrix_of(network: &Network, flows: &Flows, labels: &Labels, by: &By) -> Matrix {
    let Flows { classes, pairs } = flows;
    let tiers_of = |members: &[Arc<Interface>]| -> BTreeSet<String> {
        members.iter().map(|interface| tier(labels, by, interface)).collect()
    };
    let tiers: Vec<BTreeSet<String>> = classes.iter().map(|class| tiers_of(&class.members)).collect();
    let mut matrix = Matrix::new();
    let mut add = |from: &str, to: &str, exchange: &Exchange| {
        let cell = matrix.entry((from.to_owned(), to.to_owned())).or_default();
        cell.certain = std::mem::take(&mut cell.certain).join(&exchange.certain);
        cell.possible = std::mem::take(&mut cell.possible).join(&exchange.possible);
        cell.answered = std::mem::take(&mut cell.answered).join(&exchange.answered);
        cell.maybe_answered = std::mem::take(&mut cell.maybe_answered).join(&exchange.maybe_answered);
    };
    for ((from, to), exchange) in pairs {
        let (Some(sources), Some(targets)) = (tiers.get(*from as usize), tiers.get(*to as usize)) else { continue };
        for source in sources {
            for target in
                targets.iter().filter(|target| !(matches!(by, By::Interface) && from == to && *target == source))
            {
                add(source, target, exchange);
            }
        }
    }
    for exposure in exposures(network) {
        let from = if exposure.range.prefix_len() == 0 { INTERNET.to_owned() } else { exposure.range.to_string() };
        add(&from, &tier(labels, by, &exposure.interface), &exposure.exchange);
    }
    matrix
}

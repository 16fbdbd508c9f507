//! `partywall network reach`.

use std::fmt::Write;

use clap::Args;
use miette::{IntoDiagnostic, miette};
use partywall_analysis::network::headers::Headers;
use partywall_analysis::network::model::{Fact, Network};
use partywall_analysis::network::{Answer, Flow, Leg, Reason, Spot, spot, trace};
use partywall_model::Inventory;
use partywall_report::plain;
use serde_json::json;

use super::{open, words};
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// Options of `partywall network reach`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where packets come from: an interface, an instance, an address, or `internet`
    from: String,
    /// Where they go to
    to: String,
    /// What they ask for: 443, tcp/443, udp/1000-2000, icmp or all
    #[arg(long, default_value = "all")]
    port: String,
    #[command(flatten)]
    sources: SourceArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let headers = words::port(&arguments.port).map_err(|problem| miette!("{problem}"))?;
    let estate = open(&arguments.sources)?;
    let places = |name: &str| {
        let help = "`partywall query \"select resource, interface from network_interface\"` lists interfaces";
        places(&estate.network, name).map_err(|missing| miette!(help = help, "{missing}"))
    };
    let (sources, targets) = (places(&arguments.from)?, places(&arguments.to)?);
    let mut best: Option<(Answer, Answer, Flow)> = None;
    for (from, to) in sources.iter().flat_map(|from| targets.iter().map(move |to| (*from, *to))) {
        if is_same(from, to) {
            continue;
        }
        for flow in trace(&estate.network, from, to, &headers, true).map_err(|missing| miette!("{missing}"))? {
            let (reply, forward) = (flow.reply_answer(&headers), flow.forward_answer(&headers));
            if best.as_ref().is_none_or(|(known, other, _)| (reply, forward) > (*known, *other)) {
                best = Some((reply, forward, flow));
            }
        }
    }
    let Some((_, _, flow)) = &best else {
        return Err(miette!("`{}` and `{}` are the same interface", arguments.from, arguments.to));
    };
    print(&match arguments.output {
        Output::Terminal => terminal(&estate.inventory, flow, &headers),
        Output::Json => {
            serde_json::to_string_pretty(&as_json(&estate.inventory, flow, &headers)).into_diagnostic()? + "\n"
        }
    })?;
    Ok(if flow.reply_answer(&headers) == Answer::Allowed { Outcome::Clean } else { Outcome::Findings })
}

/// The places that a name means: all interfaces of a resource that has several, of which any may be the one that is
/// reached.
fn places<'n>(network: &'n Network, name: &str) -> Fact<Vec<Spot<'n>>> {
    let first = spot(network, name, None)?;
    let Spot::Interface(interface) = first else { return Ok(vec![first]) };
    if *interface.name.resource == *name || *interface.name.short == *name {
        return Ok(vec![first]);
    }
    let of_owner = network.interfaces.values().filter(|other| other.owner == interface.owner);
    Ok(of_owner.take(PLACES_MAX).map(|interface| Spot::Interface(interface)).collect())
}

/// Interfaces of one resource that are looked at.
const PLACES_MAX: usize = 64;

fn is_same(from: Spot<'_>, to: Spot<'_>) -> bool {
    matches!((from, to), (Spot::Interface(from), Spot::Interface(to)) if from.name == to.name)
}

/// Where a resource is declared.
fn place_of(inventory: &Inventory, resource: &str) -> String {
    let mut rows = inventory.resource_tables().flat_map(|(_, rows)| rows);
    let start = |row: &&partywall_model::Row| {
        *row.resource == *resource || resource.strip_prefix(&*row.resource).is_some_and(|rest| rest.starts_with('/'))
    };
    rows.find(start).map(|row| row.origin.to_string()).unwrap_or_default()
}

fn terminal(inventory: &Inventory, flow: &Flow, headers: &Headers) -> String {
    let mut out = String::new();
    let (forward, reply) = (flow.forward_answer(headers), flow.reply_answer(headers));
    for (title, answer, leg) in [("there", forward, &flow.forward), ("back", reply, &flow.reply)] {
        // What does not get there is not answered, whatever stands in the way back.
        let is_moot = title == "back" && forward == Answer::Denied && leg.reasons.is_empty();
        let word = if is_moot { "nothing to answer; nothing stands in the way of answers" } else { answer.id() };
        let _ = writeln!(out, "{title}: {word}");
        let passes = if title == "there" { words::ports(&leg.certain) } else { leg.certain.to_string() };
        if !leg.certain.is_empty() {
            let _ = writeln!(out, "  passes: {passes}");
        }
        for hop in &leg.path {
            let _ = writeln!(out, "  · {:28} {}", hop.kind.replace('_', " "), plain(&hop.resource));
        }
        reasons(&mut out, inventory, "stops", &leg.reasons);
        reasons(&mut out, inventory, "not known", &leg.unknowns);
    }
    if let Some(range) = flow.range.filter(|range| range.prefix_len() > 0) {
        let _ = writeln!(out, "this is for {range} of the internet");
    }
    out
}

fn reasons(out: &mut String, inventory: &Inventory, effect: &str, reasons: &[Reason]) {
    for reason in reasons {
        let place = place_of(inventory, &reason.resource);
        let place = if place.is_empty() { place } else { format!("  ({place})") };
        let _ = writeln!(out, "  {effect}: {}{}", plain(&reason.message), plain(&place));
    }
}

fn as_json(inventory: &Inventory, flow: &Flow, headers: &Headers) -> serde_json::Value {
    let reasons = |reasons: &[Reason]| -> Vec<serde_json::Value> {
        let one = |reason: &Reason| {
            let place = place_of(inventory, &reason.resource);
            json!({"code": reason.code, "resource": &*reason.resource, "message": reason.message, "declared": place})
        };
        reasons.iter().map(one).collect()
    };
    let leg = |answer: Answer, leg: &Leg| {
        let hops: Vec<serde_json::Value> =
            leg.path.iter().map(|hop| json!({"kind": hop.kind, "resource": &*hop.resource})).collect();
        json!({
            "answer": answer.id(),
            "passes": leg.certain.to_string(),
            "may_pass": leg.possible.to_string(),
            "path": hops,
            "reasons": reasons(&leg.reasons),
            "unknown": reasons(&leg.unknowns),
        })
    };
    json!({
        "forward": leg(flow.forward_answer(headers), &flow.forward),
        "reply": leg(flow.reply_answer(headers), &flow.reply),
        "range": flow.range.map(|range| range.to_string()),
    })
}

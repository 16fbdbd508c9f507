//! `partywall network trace`.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_analysis::network::headers::{Block, EPHEMERAL_PORTS, Headers, ICMP, ICMPV6, PORTS, Span, TCP, UDP};
use partywall_analysis::network::model::Network;
use partywall_analysis::network::{Answer, Flow, Hop, Leg, Reason, Spot, spot, trace};
use serde::{Deserialize, Serialize};

use super::open;
use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// Options of `partywall network trace`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Cases, one JSON object a line: id, from, to, protocol, sourcePort, destinationPort
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
}

/// One packet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    id: serde_json::Value,
    from: String,
    to: String,
    #[serde(default)]
    protocol: Option<Protocol>,
    #[serde(default)]
    source_port: Option<u16>,
    #[serde(default)]
    destination_port: Option<u16>,
    #[serde(default)]
    icmp_type: Option<u16>,
    #[serde(default)]
    icmp_code: Option<u16>,
}

/// A protocol by name or number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Protocol {
    Number(i16),
    Name(String),
}

/// What becomes of it.
#[derive(Debug, Serialize)]
struct Verdict {
    id: serde_json::Value,
    forward: &'static str,
    reply: &'static str,
    path: Vec<Step>,
    reasons: Vec<Obstacle>,
}

#[derive(Debug, Serialize)]
struct Step {
    direction: &'static str,
    kind: &'static str,
    resource: String,
}

#[derive(Debug, Serialize)]
struct Obstacle {
    direction: &'static str,
    /// Whether it stops the packet, or only would have to be known.
    effect: &'static str,
    code: &'static str,
    resource: String,
    message: String,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let file = &arguments.cases;
    let text = std::fs::read_to_string(file)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be read", file.display()))?;
    let mut cases = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let case: Case = serde_json::from_str(line).map_err(|error| {
            miette!(
                help = "write one JSON object a line: {\"id\":…,\"from\":…,\"to\":…,\"protocol\":\"tcp\",\"sourcePort\":…,\"destinationPort\":…}",
                "`{}` line {number} is no case: {error}",
                file.display()
            )
        })?;
        let headers = headers(&case).map_err(|problem| miette!("`{}` line {number}: {problem}", file.display()))?;
        cases.push((case, headers));
    }
    let estate = open(&arguments.sources)?;
    let mut out = String::new();
    for (case, headers) in cases {
        let verdict = judge(&estate.network, case, &headers);
        writeln!(out, "{}", serde_json::to_string(&verdict).into_diagnostic()?).into_diagnostic()?;
    }
    print(&out)?;
    Ok(Outcome::Clean)
}

/// A packet that a flow log says was let in by the interface that it was for.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Seen {
    /// The interface's id.
    pub(in crate::commands) interface: String,
    /// Where it came from, and its port.
    pub(in crate::commands) source: (String, u16),
    /// Where it went, and the port there.
    pub(in crate::commands) destination: (String, u16),
    /// The protocol's number.
    pub(in crate::commands) protocol: i16,
}

/// Whether a packet that was seen surely cannot have come: neither as one that opens a connection nor as an answer.
/// What is not known, and what leaves an interface instead of reaching it, is not impossible.
pub(in crate::commands) fn is_impossible(network: &Network, seen: &Seen) -> bool {
    let own = spot(network, &seen.interface, None);
    let Some(own) = own.as_ref().ok().and_then(interface) else { return false };
    let destination = spot(network, &seen.destination.0, Some(own));
    let is_own = destination.as_ref().ok().and_then(interface).is_some_and(|other| other.name == own.name);
    let case = |from: &str, to: &str, source_port, destination_port| Case {
        id: serde_json::Value::Null,
        from: from.to_owned(),
        to: to.to_owned(),
        protocol: Some(Protocol::Number(seen.protocol)),
        source_port: Some(source_port),
        destination_port: Some(destination_port),
        icmp_type: None,
        icmp_code: None,
    };
    let verdict = |case: Case| headers(&case).map(|headers| judge(network, case, &headers));
    let there = verdict(case(&seen.source.0, &seen.interface, seen.source.1, seen.destination.1));
    let back = verdict(case(&seen.interface, &seen.source.0, seen.destination.1, seen.source.1));
    let is_denied = |answer: &str| answer == Answer::Denied.id();
    is_own
        && there.is_ok_and(|verdict| is_denied(verdict.forward))
        && back.is_ok_and(|verdict| is_denied(verdict.reply))
}

fn headers(case: &Case) -> Result<Headers, String> {
    let protocol = match &case.protocol {
        None => return Ok(Block::ALL.into()),
        Some(Protocol::Number(number)) => *number,
        Some(Protocol::Name(name)) => match name.to_ascii_lowercase().as_str() {
            "tcp" => TCP.into(),
            "udp" => UDP.into(),
            "icmp" => ICMP.into(),
            "icmpv6" => ICMPV6.into(),
            "all" | "any" => -1,
            other => {
                other.parse().map_err(|_| format!("`{other}` is no protocol; write tcp, udp, icmp or a number"))?
            }
        },
    };
    let Ok(protocol) = u8::try_from(protocol) else {
        return if protocol == -1 { Ok(Block::ALL.into()) } else { Err(format!("there is no protocol {protocol}")) };
    };
    let all = Block::of_protocol(protocol);
    Ok(match protocol {
        ICMP | ICMPV6 => {
            let echo = if protocol == ICMP { 8 } else { 128 };
            let code = Span::one(case.icmp_code.unwrap_or(0));
            Block { source: Span::one(case.icmp_type.unwrap_or(echo)), destination: code, ..all }.into()
        }
        TCP | UDP => {
            let source = case.source_port.map_or(EPHEMERAL_PORTS, Span::one);
            Block { source, destination: case.destination_port.map_or(PORTS, Span::one), ..all }.into()
        }
        _ => all.into(),
    })
}

fn judge(network: &Network, case: Case, headers: &Headers) -> Verdict {
    let flows = flows(network, &case, headers);
    let (forward, reply, flow) = match &flows {
        Ok(flows) => {
            // Where one end is the internet, one range of it that gets through is enough.
            let best = flows.iter().rev().max_by_key(|flow| (flow.forward_answer(headers), flow.reply_answer(headers)));
            match best {
                Some(flow) => (flow.forward_answer(headers), flow.reply_answer(headers), Some(flow)),
                None => (Answer::Denied, Answer::Denied, None),
            }
        }
        Err(_) => (Answer::Unknown, Answer::Unknown, None),
    };
    let mut reasons: Vec<Obstacle> = Vec::new();
    if let Err(missing) = &flows {
        let resource = String::new();
        reasons.push(Obstacle {
            direction: "forward",
            effect: "unknown",
            code: "UNKNOWN_RESOURCE",
            resource,
            message: missing.to_string(),
        });
    }
    let mut path = Vec::new();
    if let Some(flow) = flow {
        describe(flow, &mut path, &mut reasons);
        if let Some(range) = flow.range.filter(|range| range.prefix_len() > 0 && forward != Answer::Denied) {
            reasons.push(Obstacle {
                direction: "forward",
                effect: "note",
                code: "ONLY_FOR_RANGE",
                resource: range.to_string(),
                message: format!("this holds for {range} of the internet, not for all of it"),
            });
        }
    }
    Verdict { id: case.id, forward: forward.id(), reply: reply.id(), path, reasons }
}

fn flows(network: &Network, case: &Case, headers: &Headers) -> Result<Vec<Flow>, std::sync::Arc<str>> {
    // A private address may be in use in several networks: the other end's is meant.
    let near = |spot: &Spot<'_>| match spot {
        Spot::Interface(_) | Spot::AddressOf(..) => true,
        Spot::Address(_) | Spot::Internet => false,
    };
    let from = spot(network, &case.from, None);
    let to = spot(network, &case.to, None);
    let (from, to) = match (from, to) {
        (Ok(from), Ok(to)) => (from, to),
        (Ok(from), Err(_)) if near(&from) => (from, spot(network, &case.to, interface(&from))?),
        (Err(_), Ok(to)) if near(&to) => (spot(network, &case.from, interface(&to))?, to),
        (Err(missing), _) | (_, Err(missing)) => return Err(missing),
    };
    trace(network, from, to, headers, true)
}

fn interface<'n>(spot: &Spot<'n>) -> Option<&'n partywall_analysis::network::model::Interface> {
    match spot {
        Spot::Interface(interface) | Spot::AddressOf(interface, _) => Some(interface),
        Spot::Address(_) | Spot::Internet => None,
    }
}

fn describe(flow: &Flow, path: &mut Vec<Step>, reasons: &mut Vec<Obstacle>) {
    for (direction, leg) in [("forward", &flow.forward), ("reply", &flow.reply)] {
        let Leg { path: hops, reasons: denied, unknowns, .. } = leg;
        let step = |Hop { kind, resource }: &Hop| Step { direction, kind, resource: resource.to_string() };
        path.extend(hops.iter().map(step));
        for (effect, list) in [("denies", denied), ("unknown", unknowns)] {
            let obstacle = |Reason { code, resource, message }: &Reason| Obstacle {
                direction,
                effect,
                code,
                resource: resource.to_string(),
                message: message.clone(),
            };
            reasons.extend(list.iter().map(obstacle));
        }
    }
}

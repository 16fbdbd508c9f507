//! `partywall network assert`.

use std::path::PathBuf;

use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_analysis::network::exposure::reaching;
use partywall_analysis::network::flows::{Exchange, exchange};
use partywall_analysis::network::headers::{Headers, PORTS};
use partywall_analysis::network::model::Interface;
use partywall_analysis::network::select::Selector;
use serde::Deserialize;

use super::{Estate, open, words};
use crate::commands::Outcome;
use crate::commands::scan::print;
use crate::commands::sources::SourceArguments;

/// Options of `partywall network assert`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Policies in TOML: `[[assert]]` with title, from, to, ports, except and expect
    file: PathBuf,
    #[command(flatten)]
    sources: SourceArguments,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    assert: Vec<Policy>,
}

/// One policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    title: String,
    from: String,
    to: String,
    /// Who may nevertheless.
    #[serde(default)]
    except: Vec<String>,
    /// What it is about; everything when empty.
    #[serde(default)]
    ports: Vec<String>,
    expect: Expect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expect {
    /// Nothing of it gets through from anybody to anybody.
    Denied,
    /// All of it gets through, and its answers back, from each to each.
    Allowed,
}

/// How a policy fares between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    Yes,
    Unknown,
    No,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let file = &arguments.file;
    let text = std::fs::read_to_string(file)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be read", file.display()))?;
    let policies: Policies =
        toml::from_str(&text).into_diagnostic().wrap_err_with(|| format!("`{}` holds no policies", file.display()))?;
    let estate = open(&arguments.sources)?;
    let mut out = String::new();
    let mut all_hold = true;
    for policy in &policies.assert {
        let (holds, lines) = judge(&estate, policy)?;
        let word = match holds {
            Holds::Yes => "holds",
            Holds::Unknown => "unknown",
            Holds::No => "fails",
        };
        all_hold &= holds == Holds::Yes;
        out.push_str(&format!("{word:8} {}\n", partywall_report::plain(&policy.title)));
        lines.iter().for_each(|line| out.push_str(&format!("         {}\n", partywall_report::plain(line))));
    }
    print(&out)?;
    Ok(if all_hold { Outcome::Clean } else { Outcome::Findings })
}

fn judge(estate: &Estate, policy: &Policy) -> miette::Result<(Holds, Vec<String>)> {
    let selector = |text: &str| text.parse::<Selector>().map_err(|error| miette!("`{}`: {error}", policy.title));
    let (from, to) = (selector(&policy.from)?, selector(&policy.to)?);
    let except = policy.except.iter().map(|text| selector(text)).collect::<miette::Result<Vec<_>>>()?;
    let mut wanted = Headers::none();
    for text in &policy.ports {
        wanted = wanted.join(&words::port(text).map_err(|problem| miette!("`{}`: {problem}", policy.title))?);
    }
    let wanted = if policy.ports.is_empty() { Headers::all() } else { wanted };
    let is_except = |interface: &Interface| except.iter().any(|selector| estate.labels.selects(selector, interface));
    let targets = estate.labels.select(&estate.network, &to);
    let mut worst = (Holds::Yes, Vec::new());
    let mut note = |holds: Holds, line: String| {
        if holds != Holds::Yes {
            worst.1.push(line);
        }
        worst.0 = worst.0.max(holds);
    };
    // A policy about nobody proves nothing.
    if targets.is_empty() {
        note(Holds::Unknown, format!("`{}` selects no interface", policy.to));
    }
    if from == Selector::Internet {
        for target in targets {
            let all = reaching(&estate.network, target);
            let mut exchanges: Vec<Exchange> = all.into_iter().map(|(_, exchange)| exchange).collect();
            if exchanges.is_empty() {
                exchanges.push(Exchange::default());
            }
            for exchange in exchanges {
                note(verdict(policy.expect, &exchange, &wanted), line(INTERNET, target, &exchange, &wanted));
            }
        }
        return Ok(worst);
    }
    let sources = estate.labels.select(&estate.network, &from);
    if sources.is_empty() {
        note(Holds::Unknown, format!("`{}` selects no interface", policy.from));
    }
    for source in sources.into_iter().filter(|source| !is_except(source)) {
        for target in targets.iter().filter(|target| target.name != source.name) {
            let exchange = exchange(&estate.network, source, target);
            note(verdict(policy.expect, &exchange, &wanted), line(&source.name.short, target, &exchange, &wanted));
        }
    }
    Ok(worst)
}

const INTERNET: &str = "internet";

fn verdict(expect: Expect, exchange: &Exchange, wanted: &Headers) -> Holds {
    match expect {
        Expect::Denied if exchange.possible.meet(wanted).is_empty() => Holds::Yes,
        Expect::Denied if exchange.certain.meet(wanted).is_empty() => Holds::Unknown,
        Expect::Denied => Holds::No,
        Expect::Allowed if exchange.answered.holds(wanted) => Holds::Yes,
        Expect::Allowed if exchange.maybe_answered.holds(wanted) => Holds::Unknown,
        Expect::Allowed => Holds::No,
    }
}

fn line(from: &str, to: &Interface, exchange: &Exchange, wanted: &Headers) -> String {
    let passes = exchange.possible.meet(wanted).with_sources(PORTS);
    format!("{from} → {}: {passes}", to.name.short)
}

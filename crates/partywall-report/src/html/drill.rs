//! The drill as one self-contained page: the matrix, the maps, and each workload.

use std::fmt::Write;

use partywall_model::{DrillLevel, DrillMap, DrillOutcome, DrillReport, DrillWorkload, Span};

use super::drill_map;
use super::escape::escape;

const STYLE: &str = include_str!("drill.css");

/// Workloads that are told in detail.
const DETAILED_MAX: usize = 200;

/// Renders the page.
pub(crate) fn render(report: &DrillReport, maps: &[DrillMap]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>partywall: drill</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header><h1>What still stands</h1><p>Workloads: {}. Scenarios: {}. Nothing that a failure sets off counts as help: no launch, no change, no human.</p></header>\n<main>\n",
        report.workloads.len(),
        report.scenarios.len()
    );
    out.push_str(&matrix(report));
    if !maps.is_empty() {
        out.push_str("<section aria-labelledby=\"maps\">\n<h2 id=\"maps\">Maps</h2>\n");
        for map in maps {
            let _ = writeln!(
                out,
                "<details{}><summary>{}</summary><div class=\"scroll\">{}</div></details>",
                if maps.len() == 1 { " open" } else { "" },
                escape(&map.scenario),
                drill_map::draw(map)
            );
        }
        out.push_str("</section>\n");
    }
    for workload in report.workloads.iter().take(DETAILED_MAX) {
        out.push_str(&section(workload));
    }
    for note in &report.zones_by_name {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
    }
    let _ = writeln!(out, "</main>\n<footer>partywall {}</footer>\n</body>\n</html>", env!("CARGO_PKG_VERSION"));
    out
}

fn matrix(report: &DrillReport) -> String {
    let mut out = String::from(
        "<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">The matrix</h2>\n<div class=\"scroll\"><table class=\"matrix\">\n<thead><tr><th scope=\"col\">workload</th>",
    );
    for scenario in &report.scenarios {
        let _ = write!(out, "<th scope=\"col\"><span>{}</span></th>", escape(&scenario.name));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for workload in &report.workloads {
        let _ = write!(out, "<tr><th scope=\"row\"><a href=\"#{0}\">{0}</a></th>", escape(&workload.name));
        for outcome in &workload.outcomes {
            let _ = write!(
                out,
                "<td class=\"{}\" title=\"{}\">{}</td>",
                class(outcome),
                escape(&summary(outcome)),
                word(outcome)
            );
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody></table></div>\n<p class=\"legend\"><span class=\"up\">up</span> <span class=\"degraded\">degraded</span> <span class=\"overload\">degraded, and what is left does not, or may not, carry the load</span> <span class=\"unknown\">unknown</span> <span class=\"down\">down</span></p>\n</section>\n"
}

fn class(outcome: &DrillOutcome) -> &'static str {
    match (outcome.level, outcome.carries_load) {
        (DrillLevel::Up, _) => "up",
        (DrillLevel::Degraded, Some(true)) => "degraded",
        (DrillLevel::Degraded, _) => "overload",
        (DrillLevel::Unknown, _) => "unknown",
        (DrillLevel::Down, _) => "down",
    }
}

fn word(outcome: &DrillOutcome) -> String {
    match (outcome.level, outcome.capacity_left) {
        (DrillLevel::Degraded, Some((least, most))) if least == most && most < 100 => format!("{most} %"),
        (level, _) => level.id().to_owned(),
    }
}

fn summary(outcome: &DrillOutcome) -> String {
    let human = if outcome.automatic { "" } else { ", by hand" };
    let lost = if outcome.rpo == Span::ZERO { "nothing".to_owned() } else { outcome.rpo.to_string() };
    format!("{}: {}, back after {}{human}, loses {lost}", outcome.scenario, outcome.level.id(), outcome.rto)
}

fn section(workload: &DrillWorkload) -> String {
    let mut out = format!("<section class=\"workload\" id=\"{0}\">\n<h2>{0}</h2>\n", escape(&workload.name));
    for outcome in
        workload.outcomes.iter().filter(|outcome| outcome.level > DrillLevel::Up || !outcome.misses.is_empty())
    {
        let _ = write!(out, "<h3 class=\"{}\">{}</h3>\n<ul>\n", class(outcome), escape(&summary(outcome)));
        for why in &outcome.why {
            let _ = writeln!(out, "<li>{}</li>", escape(why));
        }
        for step in &outcome.manual {
            let _ = writeln!(out, "<li class=\"manual\">by hand: {}</li>", escape(step));
        }
        for miss in &outcome.misses {
            let word = if miss.is_certain { "misses its target" } else { "may miss its target" };
            let _ = writeln!(out, "<li class=\"miss\">{word}: {}</li>", escape(&miss.what));
        }
        out.push_str("</ul>\n");
    }
    if !workload.cuts.is_empty() {
        out.push_str("<h3>What brings it down</h3>\n<table class=\"cuts\"><thead><tr><th>together</th><th>cheapest cure</th><th>then</th></tr></thead><tbody>\n");
        for cut in &workload.cuts {
            let sure = if cut.is_certain { "" } else { " (perhaps)" };
            let _ = writeln!(
                out,
                "<tr><td>{}{sure}</td><td>{}</td><td>{}</td></tr>",
                escape(&cut.of.join(" + ")),
                escape(&cut.change),
                cut.after.map_or("", DrillLevel::id)
            );
        }
        out.push_str("</tbody></table>\n");
    }
    for site in &workload.cold_sites {
        let _ = writeln!(out, "<p class=\"note\">cold site: {}</p>", escape(site));
    }
    for one in &workload.correlated {
        let _ = writeln!(
            out,
            "<p class=\"note\">only seemingly redundant: {} of {} all fall with {}</p>",
            escape(&one.alternatives.join(", ")),
            escape(&one.of),
            escape(&one.through)
        );
    }
    out + "</section>\n"
}

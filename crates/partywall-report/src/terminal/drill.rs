//! What still stands, for people.

use std::fmt::Write;

use partywall_model::{DrillLevel, DrillOutcome, DrillReport, DrillWorkload};

use super::counted;
use super::paint::{Color, Paint};
use super::plain::plain;
use crate::Style;

/// Columns of the matrix; further scenarios follow below it.
const COLUMNS: usize = 12;

/// Workloads and lines of each that are told in detail.
const LISTED: usize = 25;

/// Characters of a workload's name.
const NAME: usize = 34;

/// Renders the matrix of workloads and scenarios, then each workload that does not stand in all of them.
pub(crate) fn render(report: &DrillReport, style: &Style) -> String {
    let paint = Paint { color: style.color };
    if report.scenarios.is_empty() {
        return "there is nothing to fail: no workload is in a zone or region\n".to_owned();
    }
    let mut out = String::new();
    let count = report.scenarios.len();
    for start in (0..count).step_by(COLUMNS) {
        matrix(&mut out, report, start..(start + COLUMNS).min(count), &paint);
    }
    let listed = if style.all { usize::MAX } else { LISTED };
    for workload in report.workloads.iter().take(listed) {
        detail(&mut out, workload, listed, &paint);
    }
    if report.workloads.len() > listed {
        let _ = writeln!(out, "… and {} more", counted(report.workloads.len() - listed, "workload"));
    }
    for note in &report.zones_by_name {
        let _ = writeln!(out, "{} {}", paint.with(Color::Yellow, "!"), plain(note));
    }
    let stands = report.workloads.iter().filter(|workload| workload.outcomes.iter().all(stands)).count();
    let _ = writeln!(
        out,
        "{}, {}, {} in all of them",
        counted(report.workloads.len(), "workload"),
        counted(count, "scenario"),
        match stands {
            1 => "1 stands".to_owned(),
            number => format!("{number} stand"),
        }
    );
    out
}

fn stands(outcome: &DrillOutcome) -> bool {
    outcome.level <= DrillLevel::Degraded
}

fn matrix(out: &mut String, report: &DrillReport, columns: std::ops::Range<usize>, paint: &Paint) {
    let names: Vec<String> =
        report.scenarios.get(columns.clone()).unwrap_or_default().iter().map(|one| plain(&one.name)).collect();
    for (at, name) in names.iter().enumerate() {
        let _ = writeln!(
            out,
            "{:NAME$} {}{} {name}",
            "",
            paint.with(Color::Dim, &"│ ".repeat(at)),
            paint.with(Color::Dim, "┌")
        );
    }
    for workload in &report.workloads {
        let mut line = format!("{:NAME$} ", shortened(&plain(&workload.name)));
        for outcome in workload.outcomes.get(columns.clone()).unwrap_or_default() {
            let (color, mark) = mark(outcome);
            line.push_str(&paint.with(color, mark));
            line.push(' ');
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(
        out,
        "\n{} up  {} degraded  {} degraded, and what is left does not, or may not, carry the load  {} unknown  {} down\n",
        paint.with(Color::Green, "●"),
        paint.with(Color::Cyan, "◐"),
        paint.with(Color::Yellow, "◔"),
        paint.with(Color::Yellow, "?"),
        paint.with(Color::Red, "✗")
    );
}

fn mark(outcome: &DrillOutcome) -> (Color, &'static str) {
    match (outcome.level, outcome.carries_load) {
        (DrillLevel::Up, _) => (Color::Green, "●"),
        (DrillLevel::Degraded, Some(true)) => (Color::Cyan, "◐"),
        (DrillLevel::Degraded, _) => (Color::Yellow, "◔"),
        (DrillLevel::Unknown, _) => (Color::Yellow, "?"),
        (DrillLevel::Down, _) => (Color::Red, "✗"),
    }
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME {
        return name.to_owned();
    }
    format!("…{}", name.chars().skip(length + 1 - NAME).collect::<String>())
}

fn detail(out: &mut String, workload: &DrillWorkload, listed: usize, paint: &Paint) {
    let _ = writeln!(out, "{}", paint.bold(&plain(&workload.name)));
    for outcome in
        workload.outcomes.iter().filter(|outcome| outcome.level > DrillLevel::Up || !outcome.misses.is_empty())
    {
        let (color, mark) = mark(outcome);
        let human = if outcome.automatic { "" } else { ", by hand" };
        let capacity = match outcome.capacity_left {
            Some((least, most)) if least == most => format!(", {most} % of its capacity left"),
            Some((least, most)) => format!(", {least} to {most} % of its capacity left"),
            None => String::new(),
        };
        let _ = writeln!(
            out,
            "  {} {} {}: back after {}{human}, loses {}{capacity}",
            paint.with(color, mark),
            plain(&outcome.scenario),
            paint.with(color, outcome.level.id()),
            outcome.rto,
            if outcome.rpo == partywall_model::Span::ZERO { "nothing".to_owned() } else { outcome.rpo.to_string() },
        );
        for why in outcome.why.iter().take(listed) {
            let _ = writeln!(out, "      {}", plain(why));
        }
        for step in outcome.manual.iter().take(listed) {
            let _ = writeln!(out, "      {} {}", paint.with(Color::Yellow, "by hand:"), plain(step));
        }
        for miss in &outcome.misses {
            let word = if miss.is_certain { "misses its target:" } else { "may miss its target:" };
            let _ = writeln!(out, "      {} {}", paint.with(Color::Red, word), plain(&miss.what));
        }
    }
    cuts(out, workload, listed, paint);
    for site in &workload.cold_sites {
        let _ = writeln!(out, "  {} {}", paint.with(Color::Cyan, "cold site:"), plain(site));
    }
    for one in workload.correlated.iter().take(listed) {
        let alternatives: Vec<String> = one.alternatives.iter().map(|name| plain(name)).collect();
        let _ = writeln!(
            out,
            "  {} {} of {} all fall with {}",
            paint.with(Color::Yellow, "only seemingly redundant:"),
            alternatives.join(", "),
            plain(&one.of),
            plain(&one.through)
        );
    }
    out.push('\n');
}

fn cuts(out: &mut String, workload: &DrillWorkload, listed: usize, paint: &Paint) {
    for cut in workload.cuts.iter().take(listed) {
        let of: Vec<String> = cut.of.iter().map(|name| plain(name)).collect();
        let (label, color) = match (cut.of.len(), cut.is_certain) {
            (1, true) => ("single point of failure:", Color::Red),
            (1, false) => ("perhaps a single point of failure:", Color::Yellow),
            _ => ("falls together:", Color::Dim),
        };
        let sure = if cut.is_certain || cut.of.len() == 1 { "" } else { " (perhaps)" };
        let _ = writeln!(out, "  {} {}{sure}", paint.with(color, label), of.join(" + "));
        if let (1, Some(after)) = (cut.of.len(), cut.after) {
            let _ = writeln!(
                out,
                "      {} {}; then it is {}",
                paint.with(Color::Green, "cure:"),
                plain(&cut.change),
                after.id()
            );
        }
    }
    if workload.has_more_cuts || workload.cuts.len() > listed {
        let _ = writeln!(out, "  {}", paint.with(Color::Dim, "… and larger or further sets"));
    }
}

//! What reports cover of what is in use, as a matrix of services and programmes.

use std::fmt::Write;

use partywall_model::{AssuranceCell, AssuranceReport, AssuranceState, Gap};

use super::plain::plain;

pub(crate) fn render(report: &AssuranceReport, gaps: &[Gap]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "what reports on the provider cover on {}", report.day);
    out.push('\n');
    matrix(report, &mut out);
    reasons(report, &mut out);
    documents(report, &mut out);
    for gap in gaps {
        let _ = writeln!(out, "not seen: {}: {}; {}", plain(&gap.file), plain(&gap.cause), plain(&gap.cure));
    }
    let states = report.places.iter().flat_map(|place| &place.cells).map(|cell| cell.state);
    let count = |wanted: AssuranceState| states.clone().filter(|state| *state == wanted).count();
    let counts = AssuranceState::ALL.iter().rev().map(|state| format!("{} {}", count(*state), word(*state)));
    let _ = writeln!(out, "{}", counts.collect::<Vec<_>>().join(", "));
    out
}

fn word(state: AssuranceState) -> &'static str {
    match state {
        AssuranceState::OutOfScope => "out of scope",
        other => other.id(),
    }
}

/// A state, with a mark where the programme is asked for.
fn shown(cell: &AssuranceCell) -> String {
    let mark = match (cell.required, cell.maybe_required) {
        (0, 0) => "",
        (0, _) => " (?)",
        _ => " (!)",
    };
    format!("{}{mark}", word(cell.state))
}

fn matrix(report: &AssuranceReport, out: &mut String) {
    let mut lines = vec![vec!["service".to_owned(), "region".to_owned(), "resources".to_owned()]];
    if let Some(head) = lines.first_mut() {
        head.extend(report.programmes.iter().map(|programme| plain(programme)));
    }
    for place in &report.places {
        let region = place.region.as_deref().unwrap_or("not known");
        let mut line = vec![place.service.clone(), plain(region), place.resources.to_string()];
        line.extend(place.cells.iter().map(shown));
        lines.push(line);
    }
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let length = |line: &Vec<String>, at: usize| line.get(at).map_or(0, |cell| cell.chars().count());
    let widths: Vec<usize> =
        (0..columns).map(|at| lines.iter().map(|line| length(line, at)).max().unwrap_or(0)).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    out.push('\n');
    let asked = report.places.iter().flat_map(|place| &place.cells).any(|cell| cell.required + cell.maybe_required > 0);
    if asked {
        out.push_str("(!) asked for by [[assurance]] of partywall.toml; (?) not known whether it is\n\n");
    }
}

/// Why what is not inherited is not, once for each reason.
fn reasons(report: &AssuranceReport, out: &mut String) {
    let mut told: Vec<String> = Vec::new();
    for place in &report.places {
        for (programme, cell) in
            report.programmes.iter().zip(&place.cells).filter(|(_, cell)| !cell.state.is_inherited())
        {
            let file = if cell.file.is_empty() { String::new() } else { format!(" ({})", plain(&cell.file)) };
            let line = format!("{}: {}: {}{file}", plain(programme), word(cell.state), plain(&cell.why));
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    told.sort();
    for line in &told {
        let _ = writeln!(out, "{line}");
    }
    if !told.is_empty() {
        out.push('\n');
    }
}

fn documents(report: &AssuranceReport, out: &mut String) {
    for document in &report.documents {
        let (file, name, auditor) = (plain(&document.file), plain(&document.report), plain(&document.auditor));
        let _ = writeln!(out, "{file}: {} `{name}` by {auditor}: {}", plain(&document.programme), plain(&document.why));
        for complement in &document.complements {
            let (id, text) = (plain(&complement.id), plain(&complement.text));
            let _ = writeln!(out, "    expects {id}: {text}: {}", complement.status.id());
        }
    }
    if !report.documents.is_empty() {
        out.push('\n');
    }
}

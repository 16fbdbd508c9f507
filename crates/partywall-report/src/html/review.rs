//! The pack that executives review, to be printed: posture, duties, drill, exceptions, changes, actions.

use std::collections::BTreeMap;
use std::fmt::Write;

use partywall_model::{
    Layer, ReviewAction, ReviewChanges, ReviewDrill, ReviewFinding, ReviewPack, Severity, VerdictCounts,
};

use super::escape::escape;
use super::paper::{page, section, table};

/// Findings that are listed; the JSON holds all of them.
const LISTED: usize = 25;

/// Characters of a finding's message.
const MESSAGE: usize = 240;

/// Other lines that are listed.
const LINES: usize = 60;

/// Renders the page. `digest` is that of the pack's JSON.
pub(crate) fn render(pack: &ReviewPack, digest: &str) -> String {
    let head = format!(
        "<p>Prepared {} by {}. What is signed is this page and the JSON beside it, by their digests.</p>\n",
        escape(&pack.prepared_at),
        escape(&pack.authors.join(", "))
    );
    let posture = &pack.posture;
    let day = pack.prepared_at.get(..10).unwrap_or_default();
    let exceptions: Vec<Vec<String>> = posture
        .exceptions
        .iter()
        .map(|one| {
            let end = one.expires.clone().unwrap_or_else(|| "no end".to_owned());
            vec![one.check.clone(), one.resource.clone(), one.owner.clone(), end, one.reason.clone()]
        })
        .collect();
    let gaps: Vec<Vec<String>> =
        posture.gaps.iter().take(LINES).map(|(cause, cure)| vec![cause.clone(), cure.clone()]).collect();
    let body =
        section("Posture by severity", &counts(&severities(&posture.by_severity), "severity"), "nothing was judged")
            + &section("Posture by layer", &counts(&layers(&posture.by_layer), "layer"), "nothing was judged")
            + &section("Worst findings", &worst(&posture.findings), "no finding fails or is unknown")
            + &section("Duties by party", &duties(&posture.duties), "no duties were found")
            + &section(
                "What still stands",
                &posture.drill.as_ref().map(drill).unwrap_or_default(),
                "nothing could be failed: no workload is in a zone or region, or the drill could not run",
            )
            + &section(
                "Exceptions",
                &table(&["check", "resource", "owner", "until", "reason"], &exceptions),
                "nobody has accepted a fault",
            )
            + &section(
                "Changes since the review before",
                &pack.changes.as_ref().map(changes).unwrap_or_default(),
                "this is the first review",
            )
            + &section("Actions", &actions(&pack.actions, day), "nobody has promised anything")
            + &section(
                "What could not be seen",
                &(table(&["cause", "cure"], &gaps) + &more(posture.gaps.len(), LINES)),
                "no gap was met; findings that are unknown say their own causes",
            )
            + SIGNATURES;
    page(&format!("Review: {}", pack.target), &head, &body, digest)
}

const SIGNATURES: &str = "<section class=\"keep\">\n<h2>Signatures</h2>\n<table class=\"sign\"><thead><tr><th scope=\"col\">role</th><th scope=\"col\">name</th><th scope=\"col\">date</th><th scope=\"col\">signature</th></tr></thead><tbody><tr><td></td><td></td><td></td><td></td></tr><tr><td></td><td></td><td></td><td></td></tr></tbody></table>\n<p class=\"none\">What counts are the signatures in the folder beside this page; `partywall review status` verifies them.</p>\n</section>\n";

fn more(count: usize, listed: usize) -> String {
    if count > listed {
        format!("<p>… and {} more; the JSON holds all.</p>\n", count - listed)
    } else {
        String::new()
    }
}

/// Named counts, in the order in which they are shown.
type Named<'a> = Vec<(String, &'a VerdictCounts)>;

fn severities(counts: &BTreeMap<String, VerdictCounts>) -> Named<'_> {
    let ordered = Severity::ALL.iter().rev();
    ordered.filter_map(|one| counts.get(one.id()).map(|count| (one.id().to_owned(), count))).collect()
}

fn layers(counts: &BTreeMap<String, VerdictCounts>) -> Named<'_> {
    Layer::ALL.iter().filter_map(|one| counts.get(one.id()).map(|count| (one.title(), count))).collect()
}

fn counts(rows: &Named<'_>, name: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!("<table>\n<thead><tr><th scope=\"col\">{name}</th>");
    for head in ["failed", "unknown", "accepted", "passed", "not applicable"] {
        let _ = write!(out, "<th scope=\"col\" class=\"number\">{head}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (name, count) in rows {
        let _ = write!(out, "<tr><td>{}</td>", escape(name));
        for number in [count.failed, count.unknown, count.accepted, count.passed, count.not_applicable] {
            let _ = write!(out, "<td class=\"number\">{number}</td>");
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody></table>\n"
}

fn worst(findings: &BTreeMap<String, ReviewFinding>) -> String {
    let rank = |finding: &&ReviewFinding| {
        let severity = Severity::from_id(&finding.severity);
        (finding.state != "fail", std::cmp::Reverse(severity), finding.check.clone(), finding.resource.clone())
    };
    let mut sorted: Vec<&ReviewFinding> = findings.values().filter(|finding| finding.state != "accepted").collect();
    sorted.sort_by_cached_key(rank);
    let rows: Vec<Vec<String>> = sorted
        .iter()
        .take(LISTED)
        .map(|finding| {
            let verdict = if finding.state == "fail" { "failed" } else { "unknown" };
            vec![
                finding.severity.clone(),
                verdict.to_owned(),
                format!("{} ({})", finding.title, finding.check),
                finding.resource.clone(),
                shortened(&finding.message.replace('`', "")),
            ]
        })
        .collect();
    let listed = table(&["severity", "verdict", "fault", "resource", "what"], &rows);
    listed.replacen("<table>", "<table class=\"worst\">", 1) + &more(sorted.len(), LISTED)
}

/// The beginning of a long message; the JSON holds the rest.
fn shortened(message: &str) -> String {
    match message.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
        None => message.to_owned(),
    }
}

fn duties(duties: &BTreeMap<String, BTreeMap<String, usize>>) -> String {
    let states = ["failed", "unknown", "open", "met", "provider", "not_applicable"];
    let rows: Vec<Vec<String>> = duties
        .iter()
        .map(|(party, counts)| {
            let count = |state: &&str| counts.get(*state).copied().unwrap_or(0).to_string();
            [party.replace('_', " ")].into_iter().chain(states.iter().map(count)).collect()
        })
        .collect();
    table(&["party", "failed", "unknown", "open", "met", "provider's", "not applicable"], &rows)
}

fn drill(drill: &ReviewDrill) -> String {
    if drill.workloads.is_empty() {
        return String::new();
    }
    let mut out = String::from("<table>\n<thead><tr><th scope=\"col\">workload</th>");
    for scenario in &drill.scenarios {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(scenario));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (name, levels) in drill.workloads.iter().take(LINES) {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(name));
        for level in levels {
            let _ = write!(out, "<td class=\"{0}\">{0}</td>", escape(level));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
    out.push_str(&more(drill.workloads.len(), LINES));
    out + &list(&drill.misses)
}

fn list(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let items: String = lines.iter().take(LINES).map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    format!("<ul>\n{items}</ul>\n{}", more(lines.len(), LINES))
}

fn changes(changes: &ReviewChanges) -> String {
    let mut out = format!("<p class=\"digest\">since {}</p>\n", escape(&changes.since));
    for (title, lines) in [
        ("New faults", &changes.new),
        ("Solved: a check says that they are gone", &changes.solved),
        ("No longer seen: no check says that they are gone", &changes.out_of_sight),
    ] {
        let lines = if lines.is_empty() { "<p class=\"none\">none</p>\n".to_owned() } else { list(lines) };
        let _ = write!(out, "<h3>{title}</h3>\n{lines}");
    }
    let rows: Vec<Vec<String>> = changes
        .duties
        .iter()
        .take(LINES)
        .map(|(duty, was, is)| vec![duty.clone(), was.replace('_', " "), is.replace('_', " ")])
        .collect();
    out + "<h3>Duties that moved</h3>\n"
        + &section_or_none(&table(&["duty", "was", "is"], &rows))
        + &more(changes.duties.len(), LINES)
}

fn section_or_none(table: &str) -> String {
    if table.is_empty() { "<p class=\"none\">none</p>\n".to_owned() } else { table.to_owned() }
}

fn actions(actions: &[ReviewAction], day: &str) -> String {
    if actions.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<table>\n<thead><tr><th scope=\"col\">no.</th><th scope=\"col\">what</th><th scope=\"col\">owner</th><th scope=\"col\">due</th><th scope=\"col\">state</th></tr></thead>\n<tbody>\n",
    );
    for action in actions {
        let (class, state) = match &action.done {
            Some(done) => ("up", format!("done {done}")),
            None if action.due.as_str() < day => ("late", "overdue".to_owned()),
            None => ("", "open".to_owned()),
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{}</td></tr>",
            action.id,
            escape(&action.what),
            escape(&action.owner),
            escape(&action.due),
            escape(&state)
        );
    }
    out + "</tbody></table>\n"
}

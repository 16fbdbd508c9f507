//! One self-contained page: the wall as a heat map, then the findings with filters.
//!
//! Without scripts the page still shows everything; scripts only filter.

mod access_path;
pub(crate) mod certificate;
pub(crate) mod drill;
pub(crate) mod drill_map;
mod escape;
mod heat_map;
mod network;
mod paper;
pub(crate) mod power;
pub(crate) mod review;

use std::collections::BTreeMap;
use std::fmt::Write;

use partywall_model::{Assessment, DutyStatus, Finding, Layer, Origin, Severity, Verdict};
use pulldown_cmark::{Event, Parser};

use crate::wall::Wall;
use escape::escape;
pub(crate) use network::standalone as network_picture;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/filter.js");

/// Findings beyond this are counted, not listed, so that a browser can hold the page of a huge estate.
const LISTED_MAX: usize = 5_000;

pub(crate) fn render(assessment: &Assessment) -> String {
    let wall = Wall::of(&assessment.duties);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>partywall: {target}</title>\n<style>\n{STYLE}{network}</style>\n</head>\n<body>\n<header>\n<h1>{target}</h1>\n{counts}</header>\n<main>\n",
        target = escape(&assessment.target),
        counts = counts(assessment, &wall),
        network = network::STYLE,
    );
    let _ = write!(
        out,
        "<section aria-labelledby=\"wall\">\n<h2 id=\"wall\">The wall</h2>\n<p>Each stone is one layer of one service; its colour is the worst state of its duties. Choose a stone to see its findings.</p>\n{}\n{}</section>\n",
        heat_map::draw(&wall),
        legend(&wall)
    );
    if let Some(report) = &assessment.access {
        out.push_str(&access_path::section(report));
    }
    if let Some(picture) = &assessment.network {
        out.push_str(&network::section(picture));
    }
    out.push_str(&findings(assessment));
    out.push_str(&gaps(assessment));
    let _ = write!(
        out,
        "</main>\n<footer>partywall {}</footer>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    out
}

fn counts(assessment: &Assessment, wall: &Wall) -> String {
    let number =
        |wanted: &dyn Fn(&Finding) -> bool| assessment.findings.iter().filter(|finding| wanted(finding)).count();
    let resources: usize = assessment.tables.values().sum();
    let entries = [
        (resources, "rows", ""),
        (wall.services.len(), "services", ""),
        (number(&|finding| finding.is_open_fault()), "failed", "failed"),
        (number(&|finding| finding.verdict == Verdict::Unknown), "unknown", "unknown"),
        (number(&|finding| finding.verdict == Verdict::Pass), "passed", "met"),
        (number(&|finding| finding.verdict == Verdict::Fail && !finding.is_open_fault()), "accepted", ""),
        (assessment.gaps.len(), "gaps", "unknown"),
    ];
    let mut out = String::from("<dl class=\"counts\">\n");
    for (number, noun, class) in entries {
        let _ = writeln!(out, "<div class=\"{class}\"><dt>{noun}</dt><dd>{number}</dd></div>");
    }
    out + "</dl>\n"
}

fn legend(wall: &Wall) -> String {
    let total = wall.total();
    let words = [
        (DutyStatus::Failed, "failed"),
        (DutyStatus::Unknown, "unknown"),
        (DutyStatus::Open, "open: ours, and no check judges it"),
        (DutyStatus::Met, "met"),
        (DutyStatus::Provider, "the provider's"),
        (DutyStatus::NotApplicable, "does not exist here"),
    ];
    let mut out = String::from("<ul class=\"legend\">\n");
    for (status, words) in words {
        let _ = writeln!(out, "<li><span class=\"swatch {}\"></span>{} {words}</li>", status.id(), total.count(status));
    }
    out + "</ul>\n"
}

fn findings(assessment: &Assessment) -> String {
    let told: Vec<&Finding> =
        assessment.findings.iter().filter(|finding| finding.verdict != Verdict::NotApplicable).collect();
    let mut by_check: BTreeMap<(std::cmp::Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    let mut ranked = told.clone();
    ranked.sort_by_key(|finding| (finding.verdict, std::cmp::Reverse(finding.severity)));
    for finding in ranked.iter().take(LISTED_MAX) {
        by_check.entry((std::cmp::Reverse(finding.severity), &finding.check)).or_default().push(finding);
    }
    let mut out = String::from("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n");
    out.push_str(&filters(assessment));
    out.push_str("<p id=\"shown\" role=\"status\"></p>\n");
    for ((_, check), findings) in by_check {
        out.push_str(&check_block(assessment, check, &findings));
    }
    if told.len() > LISTED_MAX {
        let _ = writeln!(out, "<p>… and {} more; the json and csv reports list them all.</p>", told.len() - LISTED_MAX);
    }
    out + "</section>\n"
}

fn filters(assessment: &Assessment) -> String {
    let mut services: Vec<&str> =
        assessment.findings.iter().map(|finding| service(finding)).filter(|service| !service.is_empty()).collect();
    services.sort_unstable();
    services.dedup();
    let option = |value: &str, words: &str| format!("<option value=\"{}\">{}</option>", escape(value), escape(words));
    let severities: String = Severity::ALL.iter().rev().map(|severity| option(severity.id(), severity.id())).collect();
    let layers: String = Layer::ALL.iter().map(|layer| option(layer.id(), &layer.title())).collect();
    let services: String = services.iter().map(|service| option(service, service)).collect();
    let select = |id: &str, label: &str, options: &str| {
        format!("<label>{label} <select id=\"{id}\"><option value=\"\">all</option>{options}</select></label>\n")
    };
    format!(
        "<form id=\"filters\" role=\"search\">\n<label>Verdict <select id=\"verdict\"><option value=\"\">all</option><option value=\"fail\" selected>failed</option><option value=\"unknown\">unknown</option><option value=\"accepted\">accepted</option><option value=\"pass\">passed</option></select></label>\n{}{}{}<label>Text <input id=\"text\" type=\"search\" placeholder=\"resource, check, file\"></label>\n<button type=\"reset\">Show failed</button>\n</form>\n",
        select("severity", "Severity", &severities),
        select("layer", "Layer", &layers),
        select("service", "Service", &services)
    )
}

fn service(finding: &Finding) -> &'static str {
    partywall_model::table(finding.table).map_or("", |table| table.service)
}

fn check_block(assessment: &Assessment, check: &str, findings: &[&Finding]) -> String {
    let Some(first) = findings.first() else { return String::new() };
    let mut out = format!(
        "<article class=\"check\" data-severity=\"{severity}\">\n<h3><span class=\"severity {severity}\">{severity}</span> {title} <code>{check}</code></h3>\n",
        severity = first.severity.id(),
        title = escape(&first.title),
        check = escape(check)
    );
    if let Some(summary) = assessment.checks.get(check) {
        let _ = write!(
            out,
            "<details><summary>Why it matters, and what to do</summary>\n<div class=\"page\">{}<h4>Remedy</h4>{}<p class=\"controls\">{}</p></div></details>\n",
            markdown(&summary.rationale),
            markdown(&summary.remedy),
            escape(&summary.controls.join(" · "))
        );
    }
    out.push_str("<ul class=\"findings\">\n");
    for finding in findings {
        out.push_str(&finding_item(assessment, finding));
    }
    out + "</ul>\n</article>\n"
}

fn finding_item(assessment: &Assessment, finding: &Finding) -> String {
    let verdict = match finding.verdict {
        Verdict::Fail if !finding.is_open_fault() => "accepted",
        verdict => verdict.id(),
    };
    let mut out = format!(
        "<li data-verdict=\"{verdict}\" data-layer=\"{}\" data-service=\"{}\"><span class=\"verdict {verdict}\">{verdict}</span> <code>{}</code> ",
        finding.layer.id(),
        service(finding),
        escape(&finding.resource)
    );
    match finding.verdict {
        Verdict::Unknown => {
            let causes: String = finding.causes.iter().map(|cause| format!("<li>{}</li>", inline(cause))).collect();
            let _ = write!(out, "could not be told:<ul>{causes}</ul>");
        }
        Verdict::Fail => out.push_str(&inline(&finding.message)),
        Verdict::Pass | Verdict::NotApplicable => {}
    }
    if let Some(waiver) = &finding.waiver {
        let until = waiver.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
        let _ = write!(
            out,
            "<p class=\"waiver\">accepted by {}{}: {}</p>",
            escape(&waiver.owner),
            escape(&until),
            escape(&waiver.reason)
        );
    }
    if matches!(finding.verdict, Verdict::Fail | Verdict::Unknown) {
        out.push_str(&place(assessment, finding));
    }
    out + "</li>\n"
}

fn place(assessment: &Assessment, finding: &Finding) -> String {
    let Some(origin) = finding.origin.as_deref() else { return String::new() };
    let calls: String = origin
        .calls()
        .iter()
        .rev()
        .map(|call| {
            format!(", called by <code>{}</code> at {}:{}", escape(&call.address), escape(&call.file), call.line)
        })
        .collect();
    let place = format!("<span class=\"place\">{}{calls}</span>", escape(&origin.to_string()));
    let Origin::Code { file, line_start, .. } = origin else { return place };
    match assessment.excerpts.get(file).and_then(|blocks| blocks.get(line_start)) {
        None => place,
        Some(excerpt) => {
            let lines: String = (*line_start..)
                .zip(excerpt.lines())
                .map(|(number, line)| format!("<span class=\"number\">{number:>4}</span> {}\n", escape(line)))
                .collect();
            format!("<details><summary>{place}</summary><pre>{lines}</pre></details>")
        }
    }
}

fn gaps(assessment: &Assessment) -> String {
    if assessment.gaps.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "<section aria-labelledby=\"gaps\">\n<h2 id=\"gaps\">Could not be seen</h2>\n<p>{} things that no verdict covers.</p>\n<ul class=\"gaps\">\n",
        assessment.gaps.len()
    );
    for gap in assessment.gaps.iter().take(LISTED_MAX) {
        let place = if gap.file.is_empty() { String::new() } else { format!("{}:{} ", gap.file, gap.line) };
        let _ = writeln!(
            out,
            "<li><span class=\"place\">{}</span>{}<p>{}</p></li>",
            escape(&place),
            inline(&gap.cause),
            inline(&gap.cure)
        );
    }
    out + "</ul>\n</section>\n"
}

/// Markdown of a check's page as HTML. Markup that somebody wrote into it is shown, not obeyed.
fn markdown(text: &str) -> String {
    let events = Parser::new(text).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    out
}

/// Text with `code` in backticks.
fn inline(text: &str) -> String {
    let piece = |(position, piece): (usize, &str)| match position % 2 {
        0 => escape(piece),
        _ => format!("<code>{}</code>", escape(piece)),
    };
    text.split('`').enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{inline, markdown};

    #[test]
    fn text_of_the_estate_is_never_markup() {
        assert_eq!(inline("`<b>` & x"), "<code>&lt;b&gt;</code> &amp; x");
        assert!(!markdown("<script>alert(1)</script>").contains("<script>"));
    }
}

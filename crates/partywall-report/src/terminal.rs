//! For people, in a terminal: the wall, then what is wrong with it, duty by duty.

pub(crate) mod access;
pub(crate) mod assurance;
pub(crate) mod drift;
pub(crate) mod drill;
mod paint;
mod plain;
pub(crate) mod power;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use partywall_model::{Assessment, Duty, DutyStatus, Finding, Gap, Layer, Origin, Party, Severity, Verdict};

use crate::Style;
use crate::wall::{Cell, Wall};
use paint::{Color, Paint};
pub use plain::plain;

/// Findings of one check that are listed before the rest is only counted.
const LISTED_PER_CHECK: usize = 5;

/// Gaps that are listed before the rest is only counted.
const LISTED_GAPS: usize = 10;

/// Characters of a layer's name in the wall.
const LAYER_WIDTH: usize = 22;

/// Characters of a service's column in the wall.
const SERVICE_WIDTH: usize = 7;

pub(crate) fn render(assessment: &Assessment, style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    let wall = Wall::of(&assessment.duties);
    let resources: BTreeSet<&str> =
        assessment.duties.iter().map(|duty| duty.responsibility.resource.as_ref()).collect();
    let _ = writeln!(
        out,
        "{}  {}, {}\n",
        paint.bold(&plain(&assessment.target)),
        counted(resources.len(), "resource"),
        counted(wall.services.len(), "service")
    );
    out.push_str(&courses(&wall, style, &|_, _, cell| cell_counts(cell)));
    out.push_str(&legend(&wall.total(), &paint));
    for layer in Layer::ALL {
        out.push_str(&layer_faults(assessment, layer, &paint, style));
    }
    out.push_str(&unknowns(assessment, &paint, style));
    out.push_str(&gaps(&assessment.gaps, &paint, style));
    if style.all {
        out.push_str(&passes(assessment, &paint));
    }
    out.push_str(&summary(assessment, &paint));
    out
}

/// The wall, in blocks of as many services as fit on a line.
fn courses(wall: &Wall, style: &Style, text: &dyn Fn(Layer, &'static str, &Cell) -> String) -> String {
    let paint = Paint { color: style.color };
    let per_block = (style.width.saturating_sub(LAYER_WIDTH) / SERVICE_WIDTH).max(1);
    let mut out = String::new();
    for services in wall.services.chunks(per_block) {
        let heading: String =
            services.iter().map(|service| format!("{:>SERVICE_WIDTH$}", shortened(service))).collect();
        let _ = writeln!(out, "{:LAYER_WIDTH$}{}", "", paint.bold(&heading));
        for layer in Layer::ALL {
            let _ = write!(out, "{:LAYER_WIDTH$}", layer.title());
            for service in services {
                let empty = Cell::default();
                let cell = wall.cell(layer, service).unwrap_or(&empty);
                let padded = format!("{:>SERVICE_WIDTH$}", text(layer, service, cell));
                out.push_str(&paint.with(color(cell.worst()), &padded));
            }
            out.push('\n');
        }
        out.push('\n');
    }
    out
}

fn shortened(service: &str) -> String {
    service.chars().take(SERVICE_WIDTH - 1).collect()
}

/// The worst state of a cell and how many duties are in it.
fn cell_counts(cell: &Cell) -> String {
    match cell.worst() {
        DutyStatus::NotApplicable => " ".to_owned(),
        DutyStatus::Provider => "░░".to_owned(),
        worst => format!("{}{}", sign(worst), cell.count(worst)),
    }
}

fn sign(status: DutyStatus) -> &'static str {
    match status {
        DutyStatus::Failed => "✗",
        DutyStatus::Unknown => "?",
        DutyStatus::Open => "·",
        DutyStatus::Met => "✓",
        DutyStatus::Provider => "░",
        DutyStatus::NotApplicable => " ",
    }
}

fn color(status: DutyStatus) -> Color {
    match status {
        DutyStatus::Failed => Color::Red,
        DutyStatus::Unknown => Color::Yellow,
        DutyStatus::Open => Color::Cyan,
        DutyStatus::Met => Color::Green,
        DutyStatus::Provider | DutyStatus::NotApplicable => Color::Dim,
    }
}

fn legend(total: &Cell, paint: &Paint) -> String {
    let words = [
        (DutyStatus::Failed, "failed"),
        (DutyStatus::Unknown, "unknown"),
        (DutyStatus::Open, "open: ours, and no check judges it"),
        (DutyStatus::Met, "met"),
        (DutyStatus::Provider, "the provider's"),
    ];
    let entries: Vec<String> = words
        .iter()
        .map(|(status, words)| {
            paint.with(color(*status), &format!("{} {} {words}", sign(*status), total.count(*status)))
        })
        .collect();
    format!("{}\n", entries.join("   "))
}

/// The open faults of one layer, by check, worst first.
fn layer_faults(assessment: &Assessment, layer: Layer, paint: &Paint, style: &Style) -> String {
    let faults: Vec<&Finding> =
        assessment.findings.iter().filter(|finding| finding.layer == layer && finding.is_open_fault()).collect();
    if faults.is_empty() {
        return String::new();
    }
    let mut by_check: BTreeMap<(std::cmp::Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    for fault in &faults {
        by_check.entry((std::cmp::Reverse(fault.severity), &fault.check)).or_default().push(fault);
    }
    let mut out =
        format!("\n{} {}\n", paint.bold(&layer.title()), paint.with(Color::Dim, &rule(style, &layer.title())));
    for ((severity, check), faults) in by_check {
        let severity = paint.with(severity_color(severity.0), &format!("{:8}", severity.0.id()));
        let title = faults.first().map_or("", |fault| fault.title.as_ref());
        let _ = writeln!(out, "{severity} {}  {}", plain(title), paint.with(Color::Dim, &plain(check)));
        let listed = if style.all { faults.len() } else { LISTED_PER_CHECK };
        for (position, fault) in faults.iter().take(listed).enumerate() {
            out.push_str(&fault_lines(assessment, fault, position == 0, paint));
        }
        if faults.len() > listed {
            let _ = writeln!(out, "         … and {} more; --all lists them", faults.len() - listed);
        }
    }
    out
}

fn rule(style: &Style, title: &str) -> String {
    "─".repeat(style.width.saturating_sub(title.chars().count() + 1).min(80))
}

fn fault_lines(assessment: &Assessment, fault: &Finding, with_code: bool, paint: &Paint) -> String {
    let mut out = format!("         {}\n", plain(&fault.message));
    let Some(origin) = fault.origin.as_deref() else { return out };
    let calls: String =
        origin.calls().iter().rev().map(|call| format!(", called at {}:{}", call.file, call.line)).collect();
    let place = format!("         {origin}{calls}");
    let _ = writeln!(out, "{}", paint.with(Color::Dim, &plain(&place)));
    if let Some(code) = &assessment.code {
        let declared = match &fault.declared {
            Some(declared) => format!("declared as {} at {}", declared.resource, declared.origin),
            None => format!("nothing in {code} declares it"),
        };
        let _ = writeln!(out, "         {}", paint.with(Color::Dim, &plain(&declared)));
    }
    if with_code && let Origin::Code { file, line_start, .. } = origin {
        let excerpt = assessment.excerpts.get(file).and_then(|blocks| blocks.get(line_start));
        for (number, line) in (*line_start..).zip(excerpt.map_or("", String::as_str).lines().take(4)) {
            let _ = writeln!(out, "         {} {}", paint.with(Color::Dim, &format!("{number:>4} │")), plain(line));
        }
    }
    out
}

fn severity_color(severity: Severity) -> Color {
    match severity {
        Severity::Critical | Severity::High => Color::Red,
        Severity::Medium => Color::Yellow,
        Severity::Low => Color::Dim,
    }
}

fn unknowns(assessment: &Assessment, paint: &Paint, style: &Style) -> String {
    let mut by_cause: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in
        assessment.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown && finding.waiver.is_none())
    {
        by_cause.entry(finding.causes.first().map_or("", String::as_str)).or_default().push(finding);
    }
    if by_cause.is_empty() {
        return String::new();
    }
    let mut causes: Vec<(&str, Vec<&Finding>)> = by_cause.into_iter().collect();
    causes.sort_by_key(|(cause, findings)| (std::cmp::Reverse(findings.len()), *cause));
    let listed = if style.all { causes.len() } else { LISTED_GAPS };
    let mut out = format!("\n{}\n", paint.bold("could not be told"));
    for (cause, findings) in causes.iter().take(listed) {
        let checks: BTreeSet<&str> = findings.iter().map(|finding| finding.check.as_ref()).collect();
        let resources: BTreeSet<&str> = findings.iter().map(|finding| finding.resource.as_ref()).collect();
        let shown: Vec<&str> = resources.iter().take(3).copied().collect();
        let more = if resources.len() > shown.len() {
            format!(" and {} more", resources.len() - shown.len())
        } else {
            String::new()
        };
        let _ = writeln!(out, "{} {}", paint.with(Color::Yellow, "?"), plain(cause));
        let judged = format!("  {}{more}: {}", shown.join(", "), checks.into_iter().collect::<Vec<_>>().join(", "));
        let _ = writeln!(out, "{}", paint.with(Color::Dim, &plain(&judged)));
    }
    if causes.len() > listed {
        let _ = writeln!(out, "… and {} more causes; --all lists them", causes.len() - listed);
    }
    out
}

fn gaps(gaps: &[Gap], paint: &Paint, style: &Style) -> String {
    if gaps.is_empty() {
        return String::new();
    }
    let listed = if style.all { gaps.len() } else { LISTED_GAPS };
    let mut out = format!("\n{}\n", paint.bold("could not be seen"));
    for gap in gaps.iter().take(listed) {
        let place = match (gap.file.is_empty(), gap.line) {
            (true, _) => String::new(),
            (false, 0) => format!("{}: ", gap.file),
            (false, line) => format!("{}:{line}: ", gap.file),
        };
        let _ = writeln!(out, "{} {}", paint.with(Color::Yellow, "!"), plain(&format!("{place}{}", gap.cause)));
        let _ = writeln!(out, "{}", paint.with(Color::Dim, &format!("  {}", plain(&gap.cure))));
    }
    if gaps.len() > listed {
        let _ = writeln!(out, "… and {} more; --all lists them", gaps.len() - listed);
    }
    out
}

fn passes(assessment: &Assessment, paint: &Paint) -> String {
    let mut out = format!("\n{}\n", paint.bold("passed"));
    for finding in assessment.findings.iter().filter(|finding| finding.verdict == Verdict::Pass) {
        let _ = writeln!(
            out,
            "{} {}  {}",
            paint.with(Color::Green, "✓"),
            plain(&finding.resource),
            paint.with(Color::Dim, &plain(&finding.check))
        );
    }
    out
}

fn summary(assessment: &Assessment, paint: &Paint) -> String {
    let count =
        |wanted: &dyn Fn(&Finding) -> bool| assessment.findings.iter().filter(|finding| wanted(finding)).count();
    let failed = count(&|finding| finding.is_open_fault());
    let accepted = count(&|finding| finding.verdict == Verdict::Fail && !finding.is_open_fault());
    let severities: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (severity, count(&|finding| finding.is_open_fault() && finding.severity == *severity)))
        .filter(|(_, number)| *number > 0)
        .map(|(severity, number)| format!("{number} {}", severity.id()))
        .collect();
    let details = if severities.is_empty() { String::new() } else { format!(" ({})", severities.join(", ")) };
    let color = if failed > 0 { Color::Red } else { Color::Green };
    format!(
        "\n{}{details}, {} unknown, {} passed, {accepted} accepted, {}\n",
        paint.with(color, &format!("{failed} failed")),
        count(&|finding| finding.verdict == Verdict::Unknown),
        count(&|finding| finding.verdict == Verdict::Pass),
        counted(assessment.gaps.len(), "gap"),
    )
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Who is answerable, by layer and service, with the customer's open work counted.
pub(crate) fn matrix(duties: &[Duty], style: &Style) -> String {
    let paint = Paint { color: style.color };
    let wall = Wall::of(duties);
    let mut parties: BTreeMap<(Layer, &str), BTreeSet<&str>> = BTreeMap::new();
    for duty in duties {
        let sign = match duty.responsibility.party {
            Some(Party::Provider) => "P",
            Some(Party::Shared) => "S",
            Some(Party::Customer) => "C",
            Some(Party::NotApplicable) => "",
            None => "?",
        };
        parties.entry((duty.responsibility.layer, duty.service)).or_default().insert(sign);
    }
    let signs = |layer, service, _: &Cell| parties.get(&(layer, service)).into_iter().flatten().copied().collect();
    let mut out = courses(&wall, style, &signs);
    out.push_str("P the provider, S shared, C the customer, ? undetermined; --resource or --service tells why\n\n");
    let _ = writeln!(out, "{}", paint.bold("the customer's work"));
    let mut work: Vec<(&str, Cell)> =
        wall.services.iter().map(|service| (*service, wall.of_service(service))).collect();
    work.sort_by_key(|(service, cell)| (std::cmp::Reverse(cell.count(DutyStatus::Failed)), *service));
    for (service, cell) in work {
        let _ = writeln!(
            out,
            "  {service:22} {:>4} failed {:>4} unknown {:>4} open {:>4} met",
            cell.count(DutyStatus::Failed),
            cell.count(DutyStatus::Unknown),
            cell.count(DutyStatus::Open),
            cell.count(DutyStatus::Met)
        );
    }
    out
}

/// Every layer of every resource, with the rule that decided and its source.
pub(crate) fn duties_in_detail(duties: &[Duty], style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    let mut last = "";
    for duty in duties {
        let responsibility = &duty.responsibility;
        if responsibility.resource.as_ref() != last {
            last = &responsibility.resource;
            let heading = format!("{last}  {}", responsibility.table);
            let _ = writeln!(out, "\n{}  sensitivity {}", paint.bold(&plain(&heading)), duty.sensitivity.id());
            if !responsibility.mission_claim.is_empty() {
                let _ = writeln!(out, "  the mission says: {}", plain(responsibility.mission_claim));
            }
        }
        let party = responsibility.party.map_or("undetermined", Party::id).replace('_', " ");
        let party = if responsibility.party == Some(Party::NotApplicable) { "–".to_owned() } else { party };
        let state = if responsibility.party.is_none_or(Party::is_ours) { duty.status.id() } else { "" };
        let _ = writeln!(
            out,
            "  {:22} {:13} {}",
            responsibility.layer.title(),
            party,
            paint.with(color(duty.status), state)
        );
        if responsibility.party != Some(Party::NotApplicable) {
            let reason = format!("    {}: {}", responsibility.rule, responsibility.why);
            let _ = writeln!(out, "{}", paint.with(Color::Dim, &plain(&reason)));
            let mut source = format!("    {} ({})", responsibility.source, responsibility.confidence);
            if !duty.checks.is_empty() {
                let _ = write!(source, "; judged by {}", duty.checks.join(", "));
            }
            let _ = writeln!(out, "{}", paint.with(Color::Dim, &plain(&source)));
        }
    }
    out
}

//! What differs between two readings, for people.

use std::fmt::Write;

use partywall_model::{Change, Drift, RowChange, Verdict, VerdictChange};

use super::counted;
use super::paint::{Color, Paint};
use super::plain::plain;
use crate::Style;

/// Changes of one kind that are listed before the rest is only counted.
const LISTED: usize = 20;

/// Characters of a value that are shown.
const VALUE_WIDTH: usize = 60;

/// Renders a comparison.
pub(crate) fn render(drift: &Drift, style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = format!("{} {} {}\n", plain(&drift.before), paint.with(Color::Dim, "→"), plain(&drift.after));
    let listed = if style.all { usize::MAX } else { LISTED };
    section(&mut out, &paint, "rows", &drift.rows, listed, &|change| row(change, &paint));
    section(&mut out, &paint, "verdicts", &drift.verdicts, listed, &|change| verdict(change, &paint));
    section(&mut out, &paint, "responsibilities", &drift.responsibilities, listed, &|change| {
        let (layer, resource) = (change.layer.title(), plain(&change.resource));
        format!("  {layer} of {resource}: {} → {}\n", plain(&change.before), plain(&change.after))
    });
    out + &summary(drift)
}

fn section<T>(out: &mut String, paint: &Paint, title: &str, items: &[T], listed: usize, line: &dyn Fn(&T) -> String) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold(title));
    items.iter().take(listed).for_each(|item| out.push_str(&line(item)));
    if items.len() > listed {
        let _ = writeln!(out, "  … and {} more; --all lists them", items.len() - listed);
    }
}

fn row(change: &RowChange, paint: &Paint) -> String {
    let (sign, color, why) = match &change.change {
        Change::Added => ("+", Color::Green, None),
        Change::Removed => ("-", Color::Red, None),
        Change::OutOfSight { cause } => ("?", Color::Yellow, Some(format!("there or not, nobody knows: {cause}"))),
        Change::CameIntoSight { cause } => ("?", Color::Yellow, Some(format!("new or not, nobody knows: {cause}"))),
        Change::Changed { .. } => ("~", Color::Cyan, None),
    };
    let title = if change.title == *change.resource { String::new() } else { format!("  {}", plain(&change.title)) };
    let place = paint.with(Color::Dim, &format!("({})", plain(&change.origin.to_string())));
    let mut out =
        format!("{} {}  {}{title}  {place}\n", paint.with(color, sign), change.table, plain(&change.resource));
    if let Some(why) = why {
        let _ = writeln!(out, "    {}", plain(&why));
    }
    if let Change::Changed { columns } = &change.change {
        for column in columns {
            let _ = writeln!(out, "    {}: {} → {}", column.column, value(&column.before), value(&column.after));
        }
    }
    out
}

fn value(value: &serde_json::Value) -> String {
    let text = plain(&value.to_string());
    match text.char_indices().nth(VALUE_WIDTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn verdict(change: &VerdictChange, paint: &Paint) -> String {
    let word = |verdict: Option<Verdict>| match verdict {
        None => paint.with(Color::Dim, "none"),
        Some(Verdict::Fail) => paint.with(Color::Red, "fail"),
        Some(Verdict::Unknown) => paint.with(Color::Yellow, "unknown"),
        Some(Verdict::Pass) => paint.with(Color::Green, "pass"),
        Some(Verdict::NotApplicable) => paint.with(Color::Dim, "not applicable"),
    };
    let check = paint.with(Color::Dim, &plain(&change.check));
    format!(
        "  {} → {}  {} {}  {}  {check}\n",
        word(change.before),
        word(change.after),
        change.severity.id(),
        plain(&change.title),
        plain(&change.resource_title)
    )
}

fn summary(drift: &Drift) -> String {
    let count = |is: &dyn Fn(&Change) -> bool| drift.rows.iter().filter(|row| is(&row.change)).count();
    let unsure = count(&|change| matches!(change, Change::OutOfSight { .. } | Change::CameIntoSight { .. }));
    format!(
        "\n{} added, {} removed, {} changed, {unsure} not certain, {} the same; {} moved, {} changed hands\n",
        count(&|change| *change == Change::Added),
        count(&|change| *change == Change::Removed),
        count(&|change| matches!(change, Change::Changed { .. })),
        drift.unchanged,
        counted(drift.verdicts.len(), "verdict"),
        counted(drift.responsibilities.len(), "layer"),
    )
}

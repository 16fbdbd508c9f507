//! The power of a site, for people.

use std::fmt::Write;

use partywall_model::{PowerReport, PowerScenario};

use super::counted;
use super::paint::{Color, Paint};
use super::plain::plain;
use crate::Style;

/// Scenarios of a kind that are listed.
const LISTED: usize = 20;

/// Renders what has failed, and what each failure would do.
pub(crate) fn render(report: &PowerReport, style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = format!("{}\n", plain(&report.site));
    if !report.error.is_empty() {
        let _ = writeln!(out, "  {} {}", paint.with(Color::Yellow, "?"), plain(&report.error));
        return out;
    }
    for element in report.elements.iter().filter(|element| !element.state.is_empty() || element.is_out) {
        let mark = if element.is_out { paint.with(Color::Red, "failed") } else { paint.with(Color::Green, "sound") };
        let _ = writeln!(out, "  {mark} {}: {}", plain(&element.id), plain(&element.state));
    }
    for (kind, title, sound) in [
        ("now", "now", "every load has power"),
        ("utility_loss", "when every utility feed fails", "batteries bridge the start of the generators"),
        ("single", "when one element fails", "every load keeps its power: N+1"),
        ("maintenance", "when one element fails while another is maintained", "every load keeps its power"),
    ] {
        let of: Vec<&PowerScenario> = report.scenarios.iter().filter(|scenario| scenario.kind == kind).collect();
        if of.is_empty() {
            let is_open = report.is_given_up || !report.hidden.is_empty() && kind != "utility_loss";
            let (mark, words) = match is_open {
                true => (paint.with(Color::Yellow, "?"), "nothing is found, and not everything could be seen"),
                false => (paint.with(Color::Green, "✓"), sound),
            };
            let _ = writeln!(out, "  {mark} {title}: {words}");
            continue;
        }
        let _ = writeln!(out, "  {} {title}: {}", paint.with(Color::Red, "✗"), counted(of.len(), "scenario"));
        let listed = if style.all { usize::MAX } else { LISTED };
        for scenario in of.iter().take(listed) {
            let _ = writeln!(out, "      {}: {}", plain(&scenario.title), plain(&outcome(scenario)));
        }
        if of.len() > listed {
            let _ = writeln!(out, "      … and {} more; --all lists them", of.len() - listed);
        }
    }
    if !report.missing.is_empty() {
        let _ = writeln!(out, "  {} nobody gave {}", paint.with(Color::Yellow, "?"), plain(&report.missing.join(", ")));
    }
    if !report.hidden.is_empty() {
        let _ = writeln!(out, "  {} {}", paint.with(Color::Yellow, "?"), plain(&report.hidden));
    }
    let _ = writeln!(out, "  {} of {}", counted(report.played, "scenario"), counted(report.elements.len(), "element"));
    out
}

fn outcome(scenario: &PowerScenario) -> String {
    let dark = scenario.lost.iter().map(|(load, seconds)| match *seconds < 0.0 {
        true => format!("{load} is dark for good"),
        false => format!("{load} is dark for {seconds} s"),
    });
    let over = scenario.overloaded.iter().map(|element| format!("{element} is overloaded"));
    let open = scenario.unknown.iter().map(|load| format!("{load} is unknown"));
    dark.chain(over).chain(open).collect::<Vec<_>>().join(", ")
}

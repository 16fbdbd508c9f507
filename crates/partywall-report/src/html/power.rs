//! The power topology of a site in SVG: from the grid on the left to the loads on the right, with what has failed, what
//! carries too much and what is dark.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use partywall_model::{PowerElement, PowerReport, PowerScenario};

use super::escape::escape;

const BOX_WIDTH: usize = 168;
const BOX_HEIGHT: usize = 54;
const COLUMN_GAP: usize = 72;
const ROW_GAP: usize = 22;
const HEAD: usize = 64;
const MARGIN: usize = 24;
const FOOT: usize = 64;
/// Characters that fit into the lines of a box.
const NAME_TEXT: usize = 19;
const LINE_TEXT: usize = 27;
/// How often columns are put in the order of their neighbours.
const SWEEPS: usize = 4;

const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:13px;fill:#1d2733}.small{font-size:11px;fill:#5b6978}.name{font-weight:600}.title{font-size:16px;font-weight:600}.mark{font-size:11px;font-weight:600}";

/// Draws a site's power in one scenario.
pub(crate) fn draw(report: &PowerReport, scenario: &PowerScenario) -> String {
    let places = places(&report.elements);
    let columns = report.elements.iter().map(|element| element.depth + 1).max().unwrap_or(1);
    let rows = places.values().map(|(_, row)| row + 1).max().unwrap_or(1);
    let width = (2 * MARGIN + columns * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP).max(800);
    let height = HEAD + rows * (BOX_HEIGHT + ROW_GAP) + FOOT;
    let heading = format!("{}: {}", report.site, scenario.title);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{0}\">\n<style>{STYLE}</style>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n<text class=\"title\" x=\"{MARGIN}\" y=\"32\">{0}</text>\n",
        escape(&heading)
    );
    if !report.error.is_empty() {
        let _ = writeln!(out, "<text x=\"{MARGIN}\" y=\"60\">{}</text>", escape(&report.error));
        return out + "</svg>\n";
    }
    for element in &report.elements {
        for (rank, source) in element.sources.iter().enumerate() {
            out.push_str(&line(&places, report, scenario, source, element, rank));
        }
    }
    for element in &report.elements {
        out.push_str(&shape(&places, element, report, scenario));
    }
    out.push_str(&legend(height - FOOT / 2));
    out + "</svg>\n"
}

type Places<'a> = BTreeMap<&'a str, (usize, usize)>;

/// Column and row of each element: columns by depth, rows near those of the neighbours.
fn places(elements: &[PowerElement]) -> Places<'_> {
    let mut columns: BTreeMap<usize, Vec<&PowerElement>> = BTreeMap::new();
    for element in elements {
        columns.entry(element.depth).or_default().push(element);
    }
    for column in columns.values_mut() {
        column.sort_by(|left, right| left.id.cmp(&right.id));
    }
    let mut rows = rows(&columns);
    for sweep in 0..SWEEPS {
        for column in columns.values_mut() {
            let wanted = |element: &&PowerElement| {
                let own = element.sources.iter().map(String::as_str);
                let fed =
                    elements.iter().filter(|other| other.sources.contains(&element.id)).map(|other| other.id.as_str());
                let near: Vec<&str> = if sweep % 2 == 0 { own.collect() } else { fed.collect() };
                let sum: usize = near.iter().filter_map(|name| rows.get(name)).sum();
                (sum * 1000)
                    .checked_div(near.len())
                    .unwrap_or_else(|| rows.get(element.id.as_str()).map_or(0, |row| row * 1000))
            };
            column.sort_by_cached_key(|element| (wanted(element), element.id.clone()));
        }
        rows = self::rows(&columns);
    }
    let place = |element: &PowerElement| (element.depth, rows.get(element.id.as_str()).copied().unwrap_or(0));
    elements.iter().map(|element| (element.id.as_str(), place(element))).collect()
}

/// The row of each element: columns are centred.
fn rows<'a>(columns: &BTreeMap<usize, Vec<&'a PowerElement>>) -> BTreeMap<&'a str, usize> {
    let tallest = columns.values().map(Vec::len).max().unwrap_or(0);
    let of = |column: &Vec<&'a PowerElement>| {
        let shift = (tallest - column.len()) / 2;
        column.iter().enumerate().map(|(row, element)| (element.id.as_str(), row + shift)).collect::<Vec<_>>()
    };
    columns.values().flat_map(of).collect()
}

fn corner(places: &Places<'_>, name: &str) -> (usize, usize) {
    let (column, row) = places.get(name).copied().unwrap_or_default();
    (MARGIN + column * (BOX_WIDTH + COLUMN_GAP), HEAD + row * (BOX_HEIGHT + ROW_GAP))
}

/// Whether an element has no output in the scenario.
fn is_out(element: &PowerElement, scenario: &PowerScenario) -> bool {
    element.is_out || scenario.failed == element.id || is_lost_with(element, scenario)
}

fn is_lost_with(element: &PowerElement, scenario: &PowerScenario) -> bool {
    scenario.kind == "utility_loss" && element.kind == "utility"
}

/// The elements that nothing feeds for good: all of their sources are out, maintained, or not fed themselves.
fn unfed<'a>(report: &'a PowerReport, scenario: &PowerScenario) -> BTreeSet<&'a str> {
    let mut out = BTreeSet::new();
    // Sources stand before what they feed.
    for element in report.elements.iter().filter(|element| !element.sources.is_empty()) {
        let feeds = |source: &String| {
            let from = report.elements.iter().find(|other| other.id == *source);
            scenario.maintained != *source
                && !out.contains(source.as_str())
                && from.is_none_or(|from| !is_out(from, scenario))
        };
        if !element.sources.iter().any(feeds) {
            out.insert(element.id.as_str());
        }
    }
    out
}

fn line(
    places: &Places<'_>,
    report: &PowerReport,
    scenario: &PowerScenario,
    source: &str,
    element: &PowerElement,
    rank: usize,
) -> String {
    let from = report.elements.iter().find(|other| other.id == source);
    let is_maintained = scenario.maintained == source;
    let is_unfed = unfed(report, scenario).contains(source);
    let is_cut = is_maintained || is_unfed || from.is_some_and(|from| is_out(from, scenario));
    let ((x1, y1), (x2, y2)) = (corner(places, source), corner(places, &element.id));
    let (x1, y1, y2) = (x1 + BOX_WIDTH, y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2);
    let bend = (x1 + x2) / 2;
    let color = if is_cut { "#c0392b" } else { "#7b8997" };
    // A load draws on all of its sources; everything else on the first one that has power.
    let is_spare = rank > 0 && element.kind != "load";
    let dash = if is_spare || is_cut { " stroke-dasharray=\"5 4\"" } else { "" };
    format!(
        "<path d=\"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\"{dash}/>\n"
    )
}

/// Fill, border and mark of an element in a scenario.
fn ink(element: &PowerElement, report: &PowerReport, scenario: &PowerScenario) -> (&'static str, &'static str, String) {
    let lost = scenario.lost.iter().find(|(load, _)| *load == element.id);
    let is_over = scenario.overloaded.contains(&element.id);
    let is_unknown = scenario.unknown.contains(&element.id);
    if let Some((_, seconds)) = lost {
        let mark = if *seconds < 0.0 { "dark for good".to_owned() } else { format!("dark for {seconds} s") };
        return ("#2b2f36", "#c0392b", mark);
    }
    if is_out(element, scenario) {
        return (
            "#f9dcd8",
            "#c0392b",
            if element.state.is_empty() { "failed".to_owned() } else { element.state.clone() },
        );
    }
    if scenario.maintained == element.id {
        return ("#e4e9ef", "#5b6978", "maintained".to_owned());
    }
    if is_over {
        return ("#fbe9c6", "#c98a16", "overloaded".to_owned());
    }
    if is_unknown {
        return ("#ece6f5", "#8a6fb0", "unknown".to_owned());
    }
    // What bridges a while keeps its colour: whether that is long enough stands on the loads.
    if element.kind != "load" && element.kind != "ups" && unfed(report, scenario).contains(element.id.as_str()) {
        return ("#d9dde2", "#c0392b", "without power".to_owned());
    }
    let fails = report
        .scenarios
        .iter()
        .any(|other| other.kind == "single" && other.lost.iter().any(|(load, _)| *load == element.id));
    let mark = if fails { "not N+1".to_owned() } else { element.state.clone() };
    ("#eef6f1", "#2f8f5b", mark)
}

fn shape(places: &Places<'_>, element: &PowerElement, report: &PowerReport, scenario: &PowerScenario) -> String {
    let (x, y) = corner(places, &element.id);
    let (fill, border, mark) = ink(element, report, scenario);
    let is_dark = fill == "#2b2f36";
    let light = if is_dark { " style=\"fill:#fff\"" } else { "" };
    let numbers = match (element.capacity_watts, element.load_watts, element.seconds) {
        (_, Some(watts), _) => format!("{} kW", watts / 1000.0),
        (Some(watts), None, Some(seconds)) => format!("{} kW, {seconds} s", watts / 1000.0),
        (Some(watts), None, None) => format!("{} kW", watts / 1000.0),
        (None, None, _) => String::new(),
    };
    let kind = element.kind.replace('_', " ");
    let middle = if numbers.is_empty() { kind } else { format!("{kind}, {numbers}") };
    let text = |line: usize, class: &str, words: &str, most: usize| {
        let words = escape(&words.chars().take(most).collect::<String>());
        format!("<text class=\"{class}\"{light} x=\"{}\" y=\"{}\">{words}</text>\n", x + 10, y + 18 + 15 * line)
    };
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"6\" fill=\"{fill}\" stroke=\"{border}\" stroke-width=\"1.6\"><title>{}</title></rect>\n{}{}{}",
        escape(&element.id),
        text(0, "name", &element.id, NAME_TEXT),
        text(1, "small", &middle, LINE_TEXT),
        text(2, "mark", &mark, LINE_TEXT),
    )
}

fn legend(y: usize) -> String {
    let entries = [
        ("#eef6f1", "#2f8f5b", "has power"),
        ("#f9dcd8", "#c0392b", "failed"),
        ("#d9dde2", "#c0392b", "without power"),
        ("#fbe9c6", "#c98a16", "overloaded"),
        ("#2b2f36", "#c0392b", "load without power"),
        ("#ece6f5", "#8a6fb0", "not known"),
    ];
    let entry = |(at, (fill, border, words)): (usize, &(&str, &str, &str))| {
        let x = MARGIN + at * 150;
        format!(
            "<rect x=\"{x}\" y=\"{}\" width=\"14\" height=\"14\" rx=\"3\" fill=\"{fill}\" stroke=\"{border}\"/><text class=\"small\" x=\"{}\" y=\"{y}\">{words}</text>\n",
            y - 11,
            x + 20
        )
    };
    entries.iter().enumerate().map(entry).collect()
}

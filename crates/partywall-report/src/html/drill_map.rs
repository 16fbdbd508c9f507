//! One scenario in SVG: zones and regions as columns, what fell, and where traffic went.

use std::fmt::Write;

use partywall_model::{DrillBox, DrillColumn, DrillLevel, DrillMap};

use super::escape::escape;

const COLUMN_WIDTH: usize = 216;
const COLUMN_GAP: usize = 56;
const BOX_HEIGHT: usize = 44;
const BOX_GAP: usize = 18;
const HEAD: usize = 92;
const MARGIN: usize = 20;
/// Characters that fit into a box, and into its second line.
const NAME_TEXT: usize = 24;
const KIND_TEXT: usize = 27;

/// What the picture needs, so that it can stand alone.
const STYLE: &str = "text{font-family:system-ui,sans-serif;font-size:13px;fill:#1d2733}.kind{font-size:11px;fill:#5b6978}.head{font-weight:600}.region{font-size:12px;fill:#5b6978}.title{font-size:16px;font-weight:600}";

/// Draws a map.
pub(crate) fn draw(map: &DrillMap) -> String {
    let tallest = map.columns.iter().map(|column| column.boxes.len() + usize::from(column.more > 0)).max().unwrap_or(0);
    let width = 2 * MARGIN + map.columns.len() * (COLUMN_WIDTH + COLUMN_GAP);
    let height = HEAD + tallest.max(1) * (BOX_HEIGHT + BOX_GAP) + 3 * MARGIN + 20;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{0}\">\n<style>{STYLE}</style>\n<defs><marker id=\"tip\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"context-stroke\"/></marker></defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n<text class=\"title\" x=\"{MARGIN}\" y=\"24\">{0} falls</text>\n",
        escape(&map.scenario)
    );
    for (at, column) in map.columns.iter().enumerate() {
        out.push_str(&frame(column, at, height));
    }
    for flow in &map.flows {
        let (color, dash, width) = match (flow.is_alive, flow.takes_over) {
            (false, _) => ("#c0392b", " stroke-dasharray=\"4 4\"", "1.2"),
            (true, true) => ("#2f8f5b", "", "2.6"),
            (true, false) => ("#9aa7b5", "", "1.2"),
        };
        let (x1, y1, x2, y2) = ends(flow.from, flow.to);
        let bend = (x1 + x2) / 2;
        let _ = writeln!(
            out,
            "<path d=\"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"{dash} opacity=\".8\" marker-end=\"url(#tip)\"/>"
        );
    }
    for (at, column) in map.columns.iter().enumerate() {
        out.push_str(&boxes(column, at));
    }
    let _ = writeln!(
        out,
        "<text class=\"kind\" x=\"{MARGIN}\" y=\"{}\">green: carries on for what fell; grey: as before; red and dashed: gone. Boxes: green up, blue degraded, violet unknown, red down.</text>\n</svg>",
        height - 12
    );
    out
}

fn left_of(column: usize) -> usize {
    MARGIN + column * (COLUMN_WIDTH + COLUMN_GAP)
}

fn top_of(row: usize) -> usize {
    HEAD + MARGIN + row * (BOX_HEIGHT + BOX_GAP)
}

/// Where an arrow begins and ends: at the sides that face each other; in one column both on the right.
fn ends(from: (usize, usize), to: (usize, usize)) -> (usize, usize, usize, usize) {
    let middle = |row: usize| top_of(row) + BOX_HEIGHT / 2;
    let (left, right) = (|column| left_of(column) + 8, |column| left_of(column) + COLUMN_WIDTH - 8);
    let (x1, x2) = match from.0.cmp(&to.0) {
        std::cmp::Ordering::Less => (right(from.0), left(to.0)),
        std::cmp::Ordering::Greater => (left(from.0), right(to.0)),
        std::cmp::Ordering::Equal => (right(from.0), right(to.0)),
    };
    (x1, middle(from.1), x2, middle(to.1))
}

fn frame(column: &DrillColumn, at: usize, height: usize) -> String {
    let (x, y) = (left_of(at), 40);
    let (fill, stroke, dash) = match column.has_fallen {
        true => ("#fdecea", "#c0392b", " stroke-dasharray=\"7 5\""),
        false => ("#f5f8fb", "#d4dbe3", ""),
    };
    let fallen = if column.has_fallen { " ✗" } else { "" };
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{COLUMN_WIDTH}\" height=\"{}\" rx=\"8\" fill=\"{fill}\" stroke=\"{stroke}\"{dash}/>\n<text class=\"head\" x=\"{tx}\" y=\"{}\">{}{fallen}</text>\n<text class=\"region\" x=\"{tx}\" y=\"{}\">{}</text>\n",
        height - y - 34,
        y + 22,
        escape(&end_of(&column.name, NAME_TEXT)),
        y + 40,
        escape(&end_of(&column.region, NAME_TEXT)),
        tx = x + 12,
    )
}

fn boxes(column: &DrillColumn, at: usize) -> String {
    let mut out: String =
        column.boxes.iter().enumerate().map(|(row, one)| drawn(one, left_of(at) + 8, top_of(row))).collect();
    if column.more > 0 {
        let y = top_of(column.boxes.len()) + 16;
        let _ = writeln!(
            out,
            "<text class=\"kind\" x=\"{}\" y=\"{y}\">… and {} more</text>",
            left_of(at) + 12,
            column.more
        );
    }
    out
}

fn drawn(one: &DrillBox, x: usize, y: usize) -> String {
    let (fill, stroke) = match one.level {
        DrillLevel::Up => ("#e8f5ee", "#2f8f5b"),
        DrillLevel::Degraded => ("#e6f0f9", "#2b78b5"),
        DrillLevel::Unknown => ("#f1ecf7", "#8a6fb0"),
        DrillLevel::Down => ("#fbe3e0", "#c0392b"),
    };
    format!(
        "<g><title>{} is {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{BOX_HEIGHT}\" rx=\"6\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"1.5\"/><text x=\"{tx}\" y=\"{}\">{}</text><text class=\"kind\" x=\"{tx}\" y=\"{}\">{}</text></g>\n",
        escape(&one.name),
        one.level.id(),
        COLUMN_WIDTH - 16,
        y + 19,
        escape(&end_of(&one.name, NAME_TEXT)),
        y + 35,
        escape(&end_of(&one.kind, KIND_TEXT)),
        tx = x + 10,
    )
}

/// The end of a name that is too long, which tells it apart best.
fn end_of(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    format!("…{}", text.chars().skip(length + 1 - most).collect::<String>())
}

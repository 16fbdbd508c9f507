//! Chains of access in SVG: principals are boxes, hops are arrows between them.

use std::fmt::Write;

use partywall_model::{AccessCertainty, AccessHop, AccessPath, AccessReport};

use super::escape::escape;

/// Chains that are drawn; those to everything in an account come first.
const DRAWN_MAX: usize = 40;
const BOX_WIDTH: usize = 190;
const BOX_HEIGHT: usize = 34;
const ARROW_WIDTH: usize = 236;
const ROW_HEIGHT: usize = 78;
/// Characters that fit into a box and over an arrow.
const BOX_TEXT: usize = 27;
const ARROW_TEXT: usize = 40;

/// The section about who comes to more than its own permissions; '' when there is nothing to tell.
pub(super) fn section(report: &AccessReport) -> String {
    if report.paths.is_empty() {
        return String::new();
    }
    let mut ranked: Vec<&AccessPath> = report.paths.iter().collect();
    ranked.sort_by_key(|path| (!path.reaches_administrator, std::cmp::Reverse(path.certainty), path.hops.len()));
    let administrators = ranked.iter().filter(|path| path.reaches_administrator).count();
    let mut out = format!(
        "<section aria-labelledby=\"paths\">\n<h2 id=\"paths\">Paths of access</h2>\n<p>How principals come to more than their own permissions: {} chains, {administrators} of them to everything in an account. Point at an arrow to see each action and the statement that allows it.</p>\n",
        ranked.len()
    );
    for path in ranked.iter().take(DRAWN_MAX) {
        out.push_str(&draw(path));
    }
    if ranked.len() > DRAWN_MAX {
        let _ = writeln!(
            out,
            "<p>… and {} more; <code>partywall access paths --all</code> lists them.</p>",
            ranked.len() - DRAWN_MAX
        );
    }
    out + "</section>\n"
}

fn draw(path: &AccessPath) -> String {
    let width = BOX_WIDTH + path.hops.len() * (ARROW_WIDTH + BOX_WIDTH) + 2;
    let words = format!("{} comes to {} in {} hops", path.from, path.to, path.hops.len());
    let mut out = format!(
        "<div class=\"scroll\"><svg class=\"chain\" viewBox=\"0 0 {width} {ROW_HEIGHT}\" width=\"{width}\" height=\"{ROW_HEIGHT}\" role=\"img\" aria-label=\"{}\">\n",
        escape(&words)
    );
    out.push_str(&node(&path.from, 1, "start"));
    for (at, hop) in path.hops.iter().enumerate() {
        let x = 1 + BOX_WIDTH + at * (ARROW_WIDTH + BOX_WIDTH);
        out.push_str(&arrow(hop, x));
        let is_end = at + 1 == path.hops.len();
        let class = match is_end && path.reaches_administrator {
            true => "everything",
            false => "",
        };
        out.push_str(&node(&hop.to, x + ARROW_WIDTH, class));
    }
    out + "</svg></div>\n"
}

fn node(name: &str, x: usize, class: &str) -> String {
    let y = ROW_HEIGHT - BOX_HEIGHT - 4;
    format!(
        "<g class=\"node {class}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}</text></g>\n",
        escape(name),
        x + BOX_WIDTH / 2,
        y + BOX_HEIGHT / 2 + 4,
        escape(&end_of(name, BOX_TEXT))
    )
}

fn arrow(hop: &AccessHop, x: usize) -> String {
    let y = ROW_HEIGHT - BOX_HEIGHT / 2 - 4;
    let (from, to) = (x + 4, x + ARROW_WIDTH - 4);
    let class = match hop.certainty {
        AccessCertainty::Allowed => "allowed",
        AccessCertainty::Conditional => "conditional",
        AccessCertainty::Unknown => "unknown",
    };
    let mut details = hop.title.to_owned();
    for action in &hop.actions {
        let _ = write!(details, "\n{} on {}: {}", action.action, action.on, action.statements.join("; "));
    }
    if !hop.cure.is_empty() {
        let _ = write!(details, "\ncure: {}", hop.cure);
    }
    let lines = wrapped(hop.title, ARROW_TEXT);
    let mut out = format!(
        "<g class=\"hop {class}\"><title>{}</title><path d=\"M{from} {y} H{} m-7 -5 l8 5 l-8 5\"/>",
        escape(&details),
        to - 1
    );
    for (at, line) in lines.iter().enumerate() {
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            x + ARROW_WIDTH / 2,
            y + 13 * (at + 1) - 13 * lines.len() - 8,
            escape(line)
        );
    }
    out + "</g>\n"
}

/// The end of a name, where names differ.
fn end_of(name: &str, characters: usize) -> String {
    let count = name.chars().count();
    if count <= characters {
        return name.to_owned();
    }
    format!("…{}", name.chars().skip(count - characters + 1).collect::<String>())
}

/// A text in lines of at most so many characters, broken between words; at most two lines.
fn wrapped(text: &str, characters: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + word.chars().count() + 1 > characters {
            if lines.len() == 2 {
                if let Some(line) = lines.last_mut() {
                    line.push('…');
                }
                break;
            }
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

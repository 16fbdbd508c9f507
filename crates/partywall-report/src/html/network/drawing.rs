//! What the picture looks like.

use std::collections::BTreeMap;
use std::fmt::Write;

use partywall_model::{NetworkExposure, NetworkFlow, NetworkSubnet};

use super::layout::{
    Arrow, BOX_WIDTH, Frame, GAP, LINE_HEIGHT, MARGIN, Placed, Sheet, Tile, WORDS_WIDTH, WORLD_HEIGHT, Way,
};
use crate::html::escape::escape;

/// Characters that fit into a box, and beside a band.
const BOX_TEXT: usize = 31;
const BOX_SMALL: usize = 33;
const BADGE_TEXT: usize = 28;
const WORDS_TEXT: usize = 42;

/// Draws a sheet; `style` stands at its head.
pub(super) fn draw(sheet: &Sheet<'_>, style: &str) -> String {
    let (width, height) = (sheet.width, sheet.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"network\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{} subnets in {} VPCs\">\n{style}",
        sheet.picture.bands.iter().map(|band| band.subnets.len()).sum::<usize>(),
        sheet.frames.len()
    );
    let _ = writeln!(
        out,
        "<rect class=\"world\" x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{}\" height=\"{WORLD_HEIGHT}\" rx=\"6\"/><text class=\"vpc\" x=\"{}\" y=\"{}\">internet</text>",
        sheet.words_x + WORDS_WIDTH - MARGIN,
        MARGIN + 12,
        MARGIN + WORLD_HEIGHT / 2 + 5
    );
    sheet.frames.iter().for_each(|frame| out.push_str(&draw_frame(frame, sheet.words_x)));
    sheet.bands.iter().for_each(|band| out.push_str(&draw_band(band, sheet.words_x)));
    sheet.arrows.iter().for_each(|arrow| out.push_str(&draw_arrow(sheet, arrow)));
    out + "</svg>\n"
}

fn draw_frame(frame: &Frame<'_>, words_x: usize) -> String {
    let name = if frame.vpc.is_empty() { "VPC not known" } else { frame.vpc };
    let mut out = format!(
        "<rect class=\"frame\" x=\"{MARGIN}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n<text class=\"vpc\" x=\"{}\" y=\"{}\">{} <tspan class=\"soft\">{}</tspan></text>\n",
        frame.y,
        words_x + WORDS_WIDTH - MARGIN,
        frame.height,
        MARGIN + 10,
        frame.y + 20,
        escape(name),
        escape(&frame.ranges.join(", "))
    );
    for (zone, x) in &frame.zones {
        let zone = if zone.is_empty() { "zone not known" } else { zone };
        let _ = writeln!(out, "<text class=\"soft\" x=\"{x}\" y=\"{}\">{}</text>", frame.y + 39, escape(zone));
    }
    out
}

fn draw_band(placed: &Placed<'_>, words_x: usize) -> String {
    let mut out = format!(
        "<rect class=\"band\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\"/>\n<text class=\"tier\" x=\"{}\" y=\"{}\">{}</text>\n",
        MARGIN + 4,
        placed.y,
        words_x + WORDS_WIDTH - MARGIN - 8,
        placed.height,
        MARGIN + 10,
        placed.y + 22,
        placed.band.tier
    );
    placed.tiles.iter().for_each(|tile| out.push_str(&draw_tile(tile)));
    if placed.more > 0 {
        let y = placed.lines_y + placed.lines * LINE_HEIGHT;
        let _ = writeln!(
            out,
            "<text class=\"soft\" x=\"{}\" y=\"{y}\">… and from {} more</text>",
            words_x + GAP,
            placed.more
        );
    }
    out
}

fn draw_tile(tile: &Tile<'_>) -> String {
    let exposed: Vec<&NetworkExposure> = tile.subnets.iter().flat_map(|subnet| &subnet.exposed).collect();
    let (title, ranges) = match tile.subnets.as_slice() {
        [one] => (one.title.clone(), one.ranges.join(", ")),
        several => (format!("{} subnets", several.len()), String::new()),
    };
    let holds = holds(&tile.subnets);
    let class = if exposed.is_empty() { "subnet" } else { "subnet exposed" };
    let mut out = format!(
        "<g class=\"{class}\"><title>{}</title><rect class=\"box\" x=\"{}\" y=\"{}\" width=\"{BOX_WIDTH}\" height=\"{}\" rx=\"4\"/>",
        escape(&details(&tile.subnets, &holds)),
        tile.x,
        tile.y,
        tile.height
    );
    let mut line = |class: &str, at: usize, text: &str, characters: usize| {
        let text = end_of(text, characters);
        let _ =
            write!(out, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", tile.x + 8, tile.y + at, escape(&text));
    };
    line("name", 16, &title, BOX_TEXT);
    if ranges.is_empty() {
        line("soft", 30, &start_of(&holds, BOX_SMALL), BOX_SMALL);
    } else {
        line("soft", 30, &ranges, BOX_SMALL);
        line("soft", 43, &start_of(&holds, BOX_SMALL), BOX_SMALL);
    }
    line("badge", tile.height - 6, &start_of(&badge(&exposed), BADGE_TEXT), BADGE_TEXT);
    out + "</g>\n"
}

/// What of some subnets the internet reaches, in a few words.
fn badge(exposed: &[&NetworkExposure]) -> String {
    let mut ports: Vec<&str> = exposed.iter().map(|one| &*one.ports).collect();
    ports.sort_unstable();
    ports.dedup();
    match exposed {
        [] => String::new(),
        all if all.iter().any(|one| one.is_certain) => format!("▼ {} exposed: {}", all.len(), ports.join(", ")),
        all => format!("▼ {} perhaps exposed", all.len()),
    }
}

fn holds(subnets: &[&NetworkSubnet]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (table, count) in subnets.iter().flat_map(|subnet| &subnet.holds) {
        *counts.entry(table).or_default() += count;
    }
    let words: Vec<String> = counts
        .into_iter()
        .map(|(table, count)| format!("{count} {}", table.trim_start_matches("aws_").replace('_', " ")))
        .collect();
    if words.is_empty() { "nothing in it".to_owned() } else { words.join(", ") }
}

fn details(subnets: &[&NetworkSubnet], holds: &str) -> String {
    let mut out = String::new();
    for subnet in subnets {
        let name = if subnet.resource.is_empty() { &subnet.title } else { &*subnet.resource };
        let _ = writeln!(out, "{name} {}", subnet.ranges.join(", "));
    }
    let _ = write!(out, "{holds}");
    for exposure in subnets.iter().flat_map(|subnet| &subnet.exposed) {
        let word = if exposure.is_certain { "reaches" } else { "may reach" };
        let _ = write!(out, "\nthe internet {word} {}: {}", exposure.interface, exposure.ports);
    }
    out
}

fn draw_arrow(sheet: &Sheet<'_>, arrow: &Arrow<'_>) -> String {
    let flow = arrow.flow;
    let certainty = match (flow.answered.is_empty(), flow.unanswered.is_empty()) {
        (false, _) => "answered",
        (true, false) => "unanswered",
        (true, true) => "unknown",
    };
    let origin = if flow.from.is_none() { " internet" } else { "" };
    let (from, words) = (name_of(sheet, arrow), words(flow));
    let x = sheet.words_x + GAP;
    let mut out = format!(
        "<g class=\"flow {certainty}{origin}\"><title>{}</title><text class=\"words\" x=\"{x}\" y=\"{}\">{}</text>",
        escape(&format!("{from}: {words}")),
        arrow.line_y,
        escape(&start_of(&format!("{from}: {words}"), WORDS_TEXT))
    );
    let (end, y) = (sheet.words_x + WORDS_WIDTH, arrow.line_y - 4);
    let way = match arrow.way {
        Way::Within => return out + "</g>\n",
        Way::Stub => format!("M{} {y}H{}", end + 14, end + 2),
        Way::Lane { from_y, x } => {
            let _ = write!(out, "<circle cx=\"{end}\" cy=\"{from_y}\" r=\"2.5\"/>");
            format!("M{end} {from_y}H{x}V{y}H{}", end + 2)
        }
    };
    let _ = write!(out, "<path d=\"{way}\"/><path class=\"head\" d=\"M{} {y}l9 -4v8z\"/>", end - 6);
    out + "</g>\n"
}

/// Who asks, as seen from the band that is asked.
fn name_of(sheet: &Sheet<'_>, arrow: &Arrow<'_>) -> String {
    let flow = arrow.flow;
    let Some(from) = flow.from else { return "internet".to_owned() };
    let (source, target) = (sheet.picture.bands.get(from), sheet.picture.bands.get(flow.to));
    match (source, target) {
        (Some(_), _) if from == flow.to => "within".to_owned(),
        (Some(source), Some(target)) if source.vpc == target.vpc => source.tier.to_owned(),
        (Some(source), _) if arrow.vpcs > 1 => format!("{} of {} VPCs", source.tier, arrow.vpcs),
        (Some(source), _) => format!("{} of {}", source.tier, end_of(&source.vpc, 16)),
        (None, _) => String::new(),
    }
}

fn words(flow: &NetworkFlow) -> String {
    let mut parts = Vec::new();
    if !flow.answered.is_empty() {
        parts.push(flow.answered.clone());
    }
    if !flow.unanswered.is_empty() {
        parts.push(format!("unanswered {}", flow.unanswered));
    }
    if !flow.unknown.is_empty() {
        parts.push(format!("perhaps {}", flow.unknown));
    }
    parts.join("; ")
}

/// The end of a name, where names differ.
fn end_of(name: &str, characters: usize) -> String {
    let count = name.chars().count();
    if count <= characters {
        return name.to_owned();
    }
    format!("…{}", name.chars().skip(count - characters + 1).collect::<String>())
}

/// The beginning of a text.
fn start_of(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(characters.saturating_sub(1)).collect::<String>())
}

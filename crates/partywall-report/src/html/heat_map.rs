//! The wall as a heat map in SVG: layers are courses, services are columns.

use std::fmt::Write;

use partywall_model::{DutyStatus, Layer};

use super::escape::escape;
use crate::wall::{Cell, Wall};

const LABEL_WIDTH: usize = 172;
const HEADING_HEIGHT: usize = 110;
const STONE_WIDTH: usize = 42;
const STONE_HEIGHT: usize = 24;
const JOINT: usize = 2;

/// Draws the wall. Every stone is a link to its findings and says its counts to those who cannot see it.
pub(super) fn draw(wall: &Wall) -> String {
    let width = LABEL_WIDTH + wall.services.len() * STONE_WIDTH + HEADING_HEIGHT / 2;
    let height = HEADING_HEIGHT + Layer::ALL.len() * STONE_HEIGHT;
    let mut out = format!(
        "<div class=\"scroll\"><svg class=\"wall\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" aria-label=\"Duties by layer and service\">\n"
    );
    for (column, service) in wall.services.iter().enumerate() {
        let x = LABEL_WIDTH + column * STONE_WIDTH + STONE_WIDTH / 2;
        let y = HEADING_HEIGHT - 8;
        let _ = writeln!(
            out,
            "<text class=\"service\" transform=\"translate({x} {y}) rotate(-45)\">{}</text>",
            escape(service)
        );
    }
    for (course, layer) in Layer::ALL.iter().enumerate() {
        let y = HEADING_HEIGHT + course * STONE_HEIGHT;
        let _ = writeln!(
            out,
            "<text class=\"layer\" x=\"{}\" y=\"{}\">{}</text>",
            LABEL_WIDTH - 10,
            y + STONE_HEIGHT / 2 + 4,
            escape(&layer.title())
        );
        for (column, service) in wall.services.iter().enumerate() {
            let empty = Cell::default();
            let cell = wall.cell(*layer, service).unwrap_or(&empty);
            out.push_str(&stone(cell, *layer, service, LABEL_WIDTH + column * STONE_WIDTH, y));
        }
    }
    out + "</svg></div>\n"
}

fn stone(cell: &Cell, layer: Layer, service: &str, x: usize, y: usize) -> String {
    let worst = cell.worst();
    let words = format!("{}, {}: {}", layer.title(), service, cell.words());
    let number = match worst {
        DutyStatus::Provider | DutyStatus::NotApplicable => String::new(),
        status => cell.count(status).to_string(),
    };
    let shape = format!(
        "<rect class=\"stone {}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"2\"/><text class=\"number\" x=\"{}\" y=\"{}\">{number}</text>",
        worst.id(),
        STONE_WIDTH - JOINT,
        STONE_HEIGHT - JOINT,
        x + (STONE_WIDTH - JOINT) / 2,
        y + STONE_HEIGHT / 2 + 4
    );
    match worst {
        DutyStatus::Provider | DutyStatus::NotApplicable => {
            format!("<g><title>{}</title>{shape}</g>\n", escape(&words))
        }
        _ => format!(
            "<a href=\"#findings\" data-layer=\"{}\" data-service=\"{}\" aria-label=\"{words}\"><title>{words}</title>{shape}</a>\n",
            layer.id(),
            escape(service),
            words = escape(&words)
        ),
    }
}

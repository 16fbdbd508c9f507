//! Columns for people.

use partywall_report::plain;

/// Rows under their titles.
pub(super) fn table<const COLUMNS: usize>(titles: [&str; COLUMNS], rows: Vec<[String; COLUMNS]>) -> String {
    let rows: Vec<[String; COLUMNS]> = rows.into_iter().map(|row| row.map(|cell| plain(&cell))).collect();
    let titles = titles.map(str::to_owned);
    let mut widths = [0; COLUMNS];
    for row in rows.iter().chain([&titles]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    let rule = widths.map(|width| "─".repeat(width));
    let mut out = line(&titles) + &line(&rule);
    rows.iter().for_each(|row| out.push_str(&line(row)));
    out
}

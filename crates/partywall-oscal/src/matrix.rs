//! The customer responsibility matrix: who does what for each control, layer by layer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use partywall_model::{Duty, DutyStatus, Layer, Party};
use serde::Serialize;

use crate::export::{Estate, of_layer};

/// Who does what for a control, in a layer, with a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MatrixRow {
    /// The control: `ac-2`.
    pub control: String,
    /// The layer.
    pub layer: &'static str,
    /// The service.
    pub service: String,
    /// `provider`, `shared`, `customer`, or `unknown` when the configuration that decides it is not known.
    pub party: &'static str,
    /// Resources.
    pub resources: usize,
    /// What the provider does.
    pub provider: String,
    /// What is inherited of that.
    pub assurance: String,
    /// What the customer does.
    pub customer: String,
    /// The worst state of the customer's work; '' where the customer has none.
    pub status: String,
    /// Where that is said.
    pub source: String,
}

/// The matrix, by control, layer, service and party.
pub fn matrix(estate: &Estate<'_>) -> Vec<MatrixRow> {
    let mut groups: BTreeMap<(&str, Layer, &str, Option<Party>), Vec<&Duty>> = BTreeMap::new();
    for duty in &estate.assessment.duties {
        let (layer, party) = (duty.responsibility.layer, duty.responsibility.party);
        if party == Some(Party::NotApplicable) {
            continue;
        }
        for control in of_layer(layer) {
            groups.entry((control, layer, duty.service, party)).or_default().push(duty);
        }
    }
    let row = |((control, layer, service, party), duties): ((&str, Layer, &str, Option<Party>), Vec<&Duty>)| {
        let (by_provider, is_ours) = match party {
            Some(party) => (!matches!(party, Party::Customer), party.is_ours()),
            None => (true, true),
        };
        let joined = |texts: BTreeSet<&str>| texts.into_iter().collect::<Vec<_>>().join("; ");
        let why = joined(duties.iter().map(|duty| duty.responsibility.why.as_ref()).collect());
        let worst = duties.iter().map(|duty| duty.status).min().unwrap_or(DutyStatus::Unknown);
        let status = if party.is_none() { DutyStatus::Unknown } else { worst };
        let when = |truth: bool, text: &str| if truth { text.to_owned() } else { String::new() };
        MatrixRow {
            control: control.to_owned(),
            layer: layer.id(),
            service: service.to_owned(),
            party: party.map_or("unknown", Party::id),
            resources: duties.iter().map(|duty| &duty.responsibility.resource).collect::<BTreeSet<_>>().len(),
            provider: when(by_provider, &why),
            assurance: when(by_provider, estate.inherited(service).id()),
            customer: when(is_ours, &why),
            status: when(is_ours, status.id()),
            source: joined(duties.iter().map(|duty| duty.responsibility.source.as_ref()).collect()),
        }
    };
    groups.into_iter().map(row).collect()
}

/// What stands above the columns.
const HEADS: [&str; 10] = [
    "control",
    "layer",
    "service",
    "party",
    "resources",
    "provider does",
    "assurance",
    "customer does",
    "state",
    "source",
];

/// The matrix, one line for each row. A cell that a spreadsheet would take for a formula is quoted with an apostrophe.
pub fn matrix_csv(rows: &[MatrixRow]) -> String {
    let line = |cells: &[&str]| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
    let body = rows.iter().map(|row| {
        let resources = row.resources.to_string();
        line(&cells(row, &resources))
    });
    line(&HEADS) + &body.collect::<String>()
}

/// A cell as [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180) has it.
fn quoted(cell: &str) -> String {
    let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{mark}{}\"", cell.replace('"', "\"\""))
}

fn cells<'a>(row: &'a MatrixRow, resources: &'a str) -> [&'a str; 10] {
    [
        &row.control,
        row.layer,
        &row.service,
        row.party,
        resources,
        &row.provider,
        &row.assurance,
        &row.customer,
        &row.status,
        &row.source,
    ]
}

/// The matrix as one self-contained page.
pub fn matrix_html(name: &str, rows: &[MatrixRow]) -> String {
    let mut out = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Customer responsibility matrix</title>\
         <style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse;width:100%}td:last-child{overflow-wrap:anywhere;font-size:12px}td,th{border:1px solid #bbb;\
         padding:.3em .5em;text-align:left;vertical-align:top}th{background:#eee;position:sticky;top:0}</style>",
    );
    let _ = write!(out, "<h1>Customer responsibility matrix of {}</h1><table><tr>", escaped(name));
    for head in HEADS {
        let _ = write!(out, "<th>{head}</th>");
    }
    for row in rows {
        out.push_str("</tr><tr>");
        let resources = row.resources.to_string();
        for cell in cells(row, &resources) {
            let _ = write!(out, "<td>{}</td>", escaped(cell));
        }
    }
    out + "</tr></table></html>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

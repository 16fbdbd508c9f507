//! Everything, for programs.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use partywall_model::{Assessment, Verdict};
use serde::Serialize;

use crate::ReportError;

/// The version of this shape; it grows when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    tool: &'static str,
    version: &'static str,
    summary: Summary,
    #[serde(flatten)]
    assessment: &'a Assessment,
}

#[derive(Serialize)]
struct Summary {
    resources: usize,
    findings: BTreeMap<&'static str, usize>,
    duties: BTreeMap<&'static str, usize>,
    gaps: usize,
}

pub(crate) fn render(assessment: &Assessment, writer: &mut dyn Write) -> Result<(), ReportError> {
    let mut findings: BTreeMap<&'static str, usize> = Verdict::ALL.map(|verdict| (verdict.id(), 0)).into();
    for finding in &assessment.findings {
        *findings.entry(finding.verdict.id()).or_default() += 1;
    }
    let mut duties: BTreeMap<&'static str, usize> = BTreeMap::new();
    for duty in &assessment.duties {
        *duties.entry(duty.status.id()).or_default() += 1;
    }
    let summary =
        Summary { resources: assessment.tables.values().sum(), findings, duties, gaps: assessment.gaps.len() };
    let report = Report { schema: SCHEMA, tool: "partywall", version: env!("CARGO_PKG_VERSION"), summary, assessment };
    let mut buffered = BufWriter::with_capacity(1 << 16, writer);
    serde_json::to_writer(&mut buffered, &report)?;
    buffered.write_all(b"\n")?;
    Ok(buffered.flush()?)
}

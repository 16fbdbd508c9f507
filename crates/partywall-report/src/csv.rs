//! One line per finding.

use partywall_model::Assessment;

use crate::ReportError;

const HEADER: [&str; 13] = [
    "check",
    "title",
    "severity",
    "layer",
    "verdict",
    "resource",
    "table",
    "file",
    "line",
    "message",
    "causes",
    "waived_by",
    "fingerprint",
];

pub(crate) fn render(assessment: &Assessment) -> Result<String, ReportError> {
    let refused = |error: csv::Error| ReportError::Csv(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).map_err(refused)?;
    for finding in &assessment.findings {
        let (file, line) = finding
            .origin
            .as_ref()
            .map_or((String::new(), String::new()), |origin| (origin.file().to_owned(), origin.lines().0.to_string()));
        let waived_by = finding.waiver.as_ref().map_or(String::new(), |waiver| waiver.owner.clone());
        let record = [
            finding.check.to_string(),
            finding.title.to_string(),
            finding.severity.id().to_owned(),
            finding.layer.id().to_owned(),
            finding.verdict.id().to_owned(),
            finding.resource.to_string(),
            finding.table.to_owned(),
            file,
            line,
            finding.message.clone(),
            finding.causes.join("; "),
            waived_by,
            finding.fingerprint.clone(),
        ];
        writer.write_record(record.map(harmless)).map_err(refused)?;
    }
    let bytes = writer.into_inner().map_err(|error| ReportError::Csv(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ReportError::Csv(error.to_string()))
}

/// A spreadsheet must not take text of the estate for a formula.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

//! Everything, for programs.

use partywall_model::Assessment;

use crate::ReportError;

/// The assessment as it is.
pub(crate) fn render(assessment: &Assessment) -> Result<String, ReportError> {
    Ok(serde_json::to_string_pretty(assessment)? + "\n")
}

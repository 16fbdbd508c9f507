//! For people, in a terminal.

use partywall_model::{Assessment, Duty};

use crate::Style;

pub(crate) fn render(assessment: &Assessment, _style: &Style) -> String {
    let mut out = String::new();
    for finding in &assessment.findings {
        out.push_str(&format!("{} {} {} {}\n", finding.verdict.id(), finding.check, finding.resource, finding.message));
    }
    out
}

pub(crate) fn responsibility(duties: &[Duty], _in_detail: bool, _style: &Style) -> String {
    let mut out = String::new();
    for duty in duties {
        out.push_str(&format!(
            "{} {} {:?}\n",
            duty.responsibility.resource,
            duty.responsibility.layer.id(),
            duty.status
        ));
    }
    out
}

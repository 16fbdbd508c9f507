//! JUnit XML, for build servers: a suite per check, a case per resource.

use std::collections::BTreeMap;

use partywall_model::{Assessment, Finding, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::ReportError;

pub(crate) fn render(assessment: &Assessment) -> Result<String, ReportError> {
    let mut suites: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &assessment.findings {
        suites.entry(&finding.check).or_default().push(finding);
    }
    let mut report = Report::new("partywall");
    for (check, findings) in suites {
        let mut suite = TestSuite::new(check);
        suite.add_test_cases(findings.into_iter().map(case));
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

/// What cannot be told is an error, not a failure: build servers show both, and neither passes.
fn case(finding: &Finding) -> TestCase {
    let mut status = match (finding.verdict, &finding.waiver) {
        (Verdict::Fail | Verdict::Unknown, Some(_)) | (Verdict::NotApplicable, _) => TestCaseStatus::skipped(),
        (Verdict::Fail, None) if finding.in_baseline => TestCaseStatus::skipped(),
        (Verdict::Fail, None) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        (Verdict::Unknown, None) => TestCaseStatus::non_success(NonSuccessKind::Error),
        (Verdict::Pass, _) => TestCaseStatus::success(),
    };
    match (&finding.waiver, finding.verdict) {
        (Some(waiver), _) => {
            status.set_message(format!("accepted by {}: {}", waiver.owner, waiver.reason));
        }
        (None, Verdict::Fail) => {
            status.set_message(finding.message.clone()).set_type(finding.severity.id());
        }
        (None, Verdict::Unknown) => {
            status.set_message(finding.causes.join("; ")).set_type("unknown");
        }
        _ => {}
    }
    let mut case = TestCase::new(finding.resource.to_string(), status);
    case.set_classname(finding.check.to_string());
    if let Some(origin) = &finding.origin {
        case.extra.insert("file".into(), origin.file().into());
        case.extra.insert("line".into(), origin.lines().0.to_string().into());
    }
    case
}

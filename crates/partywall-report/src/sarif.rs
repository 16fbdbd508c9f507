//! SARIF 2.1.0, for code scanning. <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::sync::Arc;

use partywall_model::{Assessment, CheckSummary, Finding, Origin, Severity, Verdict};
use serde_json::{Value, json};

use crate::ReportError;

pub(crate) fn render(assessment: &Assessment) -> Result<String, ReportError> {
    let results: Vec<Value> =
        assessment.findings.iter().filter(|finding| finding.verdict != Verdict::NotApplicable).map(result).collect();
    let rules: Vec<Value> = assessment.checks.iter().map(|(id, check)| rule(id, check)).collect();
    let notifications: Vec<Value> = assessment
        .gaps
        .iter()
        .map(|gap| {
            let mut notification = json!({
                "level": "warning",
                "message": { "text": format!("{}; {}", gap.cause, gap.cure) },
                "descriptor": { "id": gap.kind },
            });
            if !gap.file.is_empty()
                && let Some(entries) = notification.as_object_mut()
            {
                entries.insert(
                    "locations".into(),
                    json!([physical_location(&gap.file, gap.line.max(1), gap.line.max(1))]),
                );
            }
            notification
        })
        .collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "partywall",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    Ok(serde_json::to_string(&report)? + "\n")
}

fn rule(id: &str, check: &CheckSummary) -> Value {
    json!({
        "id": id,
        "shortDescription": { "text": check.title },
        "fullDescription": { "text": check.rationale },
        "help": { "text": check.remedy, "markdown": format!("{}\n\n{}", check.rationale, check.remedy) },
        "defaultConfiguration": { "level": level(check.severity) },
        "properties": {
            "tags": check.controls,
            "aliases": check.aliases,
            "layer": check.layer,
            "security-severity": security_severity(check.severity),
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// The number by which GitHub sorts.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn result(finding: &Finding) -> Value {
    let (kind, level) = match finding.verdict {
        Verdict::Fail => ("fail", level(finding.severity)),
        Verdict::Unknown => ("open", "none"),
        Verdict::Pass => ("pass", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
    };
    let text = match finding.verdict {
        Verdict::Unknown => format!("could not be told: {}", finding.causes.join("; ")),
        _ => finding.message.clone(),
    };
    let mut result = json!({
        "ruleId": finding.check,
        "kind": kind,
        "level": level,
        "message": { "text": text },
        "locations": [location(finding)],
        "partialFingerprints": { "partywall/v1": finding.fingerprint },
    });
    if let Some(entries) = result.as_object_mut() {
        if let Some(waiver) = &finding.waiver {
            let kind = if waiver.expires.is_some() { "external" } else { "inSource" };
            let justification = format!("{}: {}", waiver.owner, waiver.reason);
            entries.insert(
                "suppressions".into(),
                json!([{ "kind": kind, "status": "accepted", "justification": justification }]),
            );
        }
        if finding.in_baseline {
            entries.insert("baselineState".into(), json!("unchanged"));
        }
        if let Some(calls) = finding.origin.as_deref().map(Origin::calls).filter(|calls| !calls.is_empty()) {
            let related = calls.iter().map(|call| {
                let mut location = physical_location(&call.file, call.line, call.line);
                if let Some(entries) = location.as_object_mut() {
                    entries.insert("message".into(), json!({ "text": format!("called by {}", call.address) }));
                }
                location
            });
            entries.insert("relatedLocations".into(), related.collect());
        }
    }
    result
}

fn location(finding: &Finding) -> Value {
    let logical = json!([{ "fullyQualifiedName": finding.resource, "kind": "resource" }]);
    match finding.origin.as_deref() {
        None => json!({ "logicalLocations": logical }),
        Some(origin) => {
            let (first, last) = origin.lines();
            let file: Arc<str> = origin.file().into();
            let mut location = physical_location(&file, first, last);
            if let Some(entries) = location.as_object_mut() {
                entries.insert("logicalLocations".into(), logical);
            }
            location
        }
    }
}

fn physical_location(file: &str, first: u32, last: u32) -> Value {
    let uri: String = file.split('/').map(encode).collect::<Vec<_>>().join("/");
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri },
        "region": { "startLine": first, "endLine": last.max(first) },
    }})
}

/// Characters that a relative URI may not hold as they are.
fn encode(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte);
    part.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

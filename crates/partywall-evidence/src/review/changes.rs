//! What is different from the review before.

use std::collections::BTreeMap;

use partywall_model::{Assessment, Posture, ReviewChanges, ReviewFinding, ReviewPack, Verdict};

use crate::{EvidenceError, canonical};

/// What is different from the pack before. A fault is solved only when a check says so now: one that is merely no
/// longer seen is told apart.
///
/// # Errors
/// When the pack before cannot be written as JSON.
pub fn changes(before: &ReviewPack, now: &Posture, assessment: &Assessment) -> Result<ReviewChanges, EvidenceError> {
    let passed: BTreeMap<&str, Verdict> =
        assessment.findings.iter().map(|finding| (finding.fingerprint.as_str(), finding.verdict)).collect();
    let old = &before.posture;
    let was_fault = |fingerprint: &String| old.findings.get(fingerprint).is_some_and(is_fault);
    let mut changes =
        ReviewChanges { since: crate::Digest::of(&canonical(before)?).to_string(), ..ReviewChanges::default() };
    for (fingerprint, finding) in &now.findings {
        if is_fault(finding) && !was_fault(fingerprint) {
            changes.new.push(words(finding));
        }
    }
    for (fingerprint, finding) in old.findings.iter().filter(|(_, finding)| is_fault(finding)) {
        match passed.get(fingerprint.as_str()) {
            Some(Verdict::Fail) => {}
            Some(Verdict::Pass) => changes.solved.push(words(finding)),
            Some(Verdict::Unknown | Verdict::NotApplicable) | None => changes.out_of_sight.push(words(finding)),
        }
    }
    let names: std::collections::BTreeSet<&String> = old.our_duties.keys().chain(now.our_duties.keys()).collect();
    for name in names {
        let state = |duties: &BTreeMap<String, String>| {
            duties.get(name).cloned().unwrap_or_else(|| "not ours, or not seen".to_owned())
        };
        let (was, is) = (state(&old.our_duties), state(&now.our_duties));
        if was != is {
            changes.duties.push((name.clone(), was, is));
        }
    }
    for list in [&mut changes.new, &mut changes.solved, &mut changes.out_of_sight] {
        list.sort();
    }
    Ok(changes)
}

fn is_fault(finding: &ReviewFinding) -> bool {
    finding.state != "unknown"
}

fn words(finding: &ReviewFinding) -> String {
    format!("{} {} on {}", finding.severity, finding.check, finding.resource)
}

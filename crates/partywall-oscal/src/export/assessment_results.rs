//! What checks observed, and which controls are satisfied.

use std::collections::BTreeMap;

use partywall_model::{Finding, Verdict};
use serde_json::{Value, json};

use super::Estate;
use super::evidence::{inventory, observation, observation_uuid};
use super::framework_controls;
use super::identity::{instant, markup, metadata, uuid};

const DOCUMENT: &str = "results";

pub(super) fn document(estate: &Estate<'_>) -> Value {
    let assessment = estate.assessment;
    let mut controls: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for finding in &assessment.findings {
        let Some(check) = assessment.checks.get(&finding.check) else { continue };
        for control in framework_controls(check) {
            controls.entry(control).or_default().push(finding);
        }
    }
    let plan = uuid(estate, &[DOCUMENT, "plan"]);
    let selection = match controls.is_empty() {
        true => json!({ "include-all": {} }),
        false => {
            json!({ "include-controls": controls.keys().map(|id| json!({ "control-id": id })).collect::<Vec<_>>() })
        }
    };
    let mut result = json!({
        "uuid": uuid(estate, &[DOCUMENT, "result", &estate.day.to_string()]),
        "title": markup(&format!("Scan of {}", estate.name)),
        "description": markup(&description(estate)),
        "start": instant(estate),
        "reviewed-controls": { "control-selections": [selection] },
    });
    if let Value::Object(entries) = &mut result {
        let mut put = |name: &str, list: Vec<Value>| {
            if !list.is_empty() {
                entries.insert(name.to_owned(), list.into());
            }
        };
        put("observations", assessment.findings.iter().map(|one| observation(estate, DOCUMENT, one)).collect());
        put("findings", controls.iter().map(|(control, findings)| finding(estate, control, findings)).collect());
        let items = inventory(estate, DOCUMENT, assessment.findings.iter());
        if !items.is_empty() {
            entries.insert("local-definitions".to_owned(), json!({ "inventory-items": items }));
        }
    }
    json!({ "assessment-results": {
        "uuid": uuid(estate, &[DOCUMENT, &estate.day.to_string()]),
        "metadata": metadata(estate, &format!("Assessment results of {}", estate.name)),
        "import-ap": { "href": format!("#{plan}") },
        "results": [result],
        "back-matter": { "resources": [{
            "uuid": plan, "title": "Library of checks",
            "description": "Every check of partywall that the scan ran; there is no assessment plan beside it.",
            "rlinks": [{ "href": "https://github.com/partywall/partywall/tree/main/checks" }],
        }] },
    } })
}

/// What the results cannot know is said in front: an assessor reads it first.
fn description(estate: &Estate<'_>) -> String {
    let gaps = &estate.assessment.gaps;
    let causes = gaps.iter().take(20).map(|gap| format!("{}: {}", gap.file, gap.cause)).collect::<Vec<_>>().join("; ");
    match gaps.len() {
        0 => "Everything that was given could be seen.".to_owned(),
        count => format!("{count} things could not be seen, so that what they hold is not known. Among them: {causes}"),
    }
}

/// A control is satisfied only if every verdict about it is known and good.
fn finding(estate: &Estate<'_>, control: &str, findings: &[&Finding]) -> Value {
    let count = |verdict: Verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (failed, unknown, passed) = (count(Verdict::Fail), count(Verdict::Unknown), count(Verdict::Pass));
    let (state, reason) = match (failed, unknown, passed) {
        (1.., _, _) => ("not-satisfied", "fail"),
        (_, 1.., _) => ("not-satisfied", "other"),
        (_, _, 0) => ("not-satisfied", "other"),
        _ => ("satisfied", "pass"),
    };
    let said = format!("{failed} verdicts fail, {unknown} are not known, {passed} pass");
    let related = findings.iter().map(|one| json!({ "observation-uuid": observation_uuid(estate, DOCUMENT, one) }));
    json!({
        "uuid": uuid(estate, &[DOCUMENT, "finding", control]),
        "title": format!("{control} as far as checks tell"),
        "description": said,
        "target": {
            "type": "objective-id", "target-id": format!("{control}_obj"),
            "status": { "state": state, "reason": reason, "remarks": said },
        },
        "related-observations": related.collect::<Vec<_>>(),
    })
}

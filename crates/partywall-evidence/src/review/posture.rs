//! From what a scan and a drill found to what is reviewed.

use std::collections::BTreeMap;

use partywall_model::{
    Assessment, DrillOutcome, DrillReport, Finding, Posture, ReviewDrill, ReviewException, ReviewFinding, Verdict,
    VerdictCounts,
};

/// How an estate stands. The drill is None when there was nothing that could be failed.
pub fn posture(assessment: &Assessment, drill: Option<&DrillReport>) -> Posture {
    let mut posture = Posture { drill: drill.map(matrix), ..Posture::default() };
    for finding in &assessment.findings {
        count(posture.by_severity.entry(finding.severity.id().to_owned()).or_default(), finding);
        count(posture.by_layer.entry(finding.layer.id().to_owned()).or_default(), finding);
        if let Some(state) = state(finding) {
            posture.findings.insert(finding.fingerprint.clone(), reviewed(finding, state));
        }
        if let Some(waiver) = &finding.waiver {
            posture.exceptions.push(ReviewException {
                check: finding.check.to_string(),
                resource: finding.resource.to_string(),
                owner: waiver.owner.clone(),
                reason: waiver.reason.clone(),
                expires: waiver.expires.clone(),
            });
        }
    }
    for duty in &assessment.duties {
        let party = duty.responsibility.party;
        let party_id = party.map_or("unknown", partywall_model::Party::id);
        *posture.duties.entry(party_id.to_owned()).or_default().entry(duty.status.id().to_owned()).or_default() += 1;
        if party.is_none_or(partywall_model::Party::is_ours) {
            let name = format!("{} · {}", duty.responsibility.resource, duty.responsibility.layer.id());
            posture.our_duties.insert(name, format!("{party_id}: {}", duty.status.id()));
        }
    }
    posture.exceptions.sort();
    posture.exceptions.dedup();
    posture.gaps = assessment.gaps.iter().map(|gap| (place(gap), gap.cure.clone())).collect();
    posture.gaps.sort();
    posture.gaps.dedup();
    posture
}

fn place(gap: &partywall_model::Gap) -> String {
    if gap.file.is_empty() { gap.cause.clone() } else { format!("{}:{}: {}", gap.file, gap.line, gap.cause) }
}

/// What the review calls a finding that is no pass.
fn state(finding: &Finding) -> Option<&'static str> {
    match finding.verdict {
        Verdict::Fail if finding.is_open_fault() => Some("fail"),
        Verdict::Fail => Some("accepted"),
        Verdict::Unknown => Some("unknown"),
        Verdict::Pass | Verdict::NotApplicable => None,
    }
}

fn count(counts: &mut VerdictCounts, finding: &Finding) {
    let counter = match finding.verdict {
        Verdict::Fail if finding.is_open_fault() => &mut counts.failed,
        Verdict::Fail => &mut counts.accepted,
        Verdict::Unknown => &mut counts.unknown,
        Verdict::Pass => &mut counts.passed,
        Verdict::NotApplicable => &mut counts.not_applicable,
    };
    *counter += 1;
}

fn reviewed(finding: &Finding, state: &str) -> ReviewFinding {
    let message = if finding.verdict == Verdict::Unknown { finding.causes.join("; ") } else { finding.message.clone() };
    ReviewFinding {
        check: finding.check.to_string(),
        title: finding.title.to_string(),
        severity: finding.severity.id().to_owned(),
        layer: finding.layer.id().to_owned(),
        state: state.to_owned(),
        resource: finding.resource.to_string(),
        message,
    }
}

fn matrix(report: &DrillReport) -> ReviewDrill {
    let level = |outcome: &DrillOutcome| outcome.level.id().to_owned();
    let mut misses = BTreeMap::new();
    for workload in &report.workloads {
        for (outcome, miss) in
            workload.outcomes.iter().flat_map(|outcome| outcome.misses.iter().map(move |miss| (outcome, miss)))
        {
            let word = if miss.is_certain { "misses" } else { "may miss" };
            let text = format!("{} {word} its target, {}: {}", workload.name, outcome.scenario, miss.what);
            misses.insert(text, ());
        }
    }
    ReviewDrill {
        scenarios: report.scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        workloads: report
            .workloads
            .iter()
            .map(|workload| (workload.name.clone(), workload.outcomes.iter().map(level).collect()))
            .collect(),
        misses: misses.into_keys().collect(),
    }
}

//! Faults that somebody has accepted: waivers in the configuration, comments in the code, baselines.

use std::collections::BTreeSet;

use partywall_model::{Finding, Gap, GapKind, Suppression, Verdict, Waiver};
use serde::{Deserialize, Serialize};

use crate::library::Library;

/// A waiver of `partywall.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredWaiver {
    /// Id or alias of the check.
    pub check: String,
    /// The `resource`, in which `*` stands for any text.
    pub resource: String,
    /// Who accepted the fault.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Last day on which it holds, `YYYY-MM-DD`.
    pub expires: String,
}

/// Faults that were there when the baseline was written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Fingerprints of failed findings.
    pub fingerprints: BTreeSet<String>,
}

/// What to accept.
#[derive(Debug, Default)]
pub struct Accepted<'a> {
    /// Waivers of the configuration.
    pub waivers: &'a [ConfiguredWaiver],
    /// Comments in the code.
    pub suppressions: &'a [Suppression],
    /// The baseline, when one is given.
    pub baseline: Option<&'a Baseline>,
    /// The day of the scan, `YYYY-MM-DD`.
    pub today: &'a str,
}

impl Baseline {
    /// A baseline of everything that fails now.
    pub fn of(findings: &[Finding]) -> Self {
        let failed = findings.iter().filter(|finding| finding.verdict == Verdict::Fail && finding.waiver.is_none());
        Self { fingerprints: failed.map(|finding| finding.fingerprint.clone()).collect() }
    }
}

/// Marks findings that somebody accepted. Answers a gap for each acceptance that is void: expired, or about nothing.
pub fn accept(findings: &mut [Finding], library: &Library, accepted: &Accepted<'_>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for waiver in accepted.waivers {
        match library.find(&waiver.check) {
            None => gaps.push(void(waiver, "there is no such check")),
            Some(_) if waiver.expires.as_str() < accepted.today => gaps.push(void(waiver, "it has expired")),
            Some(_) if !is_day(&waiver.expires) => gaps.push(void(waiver, "`expires` must be a day, YYYY-MM-DD")),
            Some(_) if waiver.owner.trim().is_empty() || waiver.reason.trim().is_empty() => {
                gaps.push(void(waiver, "it needs an owner and a reason"));
            }
            Some(check) => {
                for finding in findings.iter_mut().filter(|finding| finding.check == check.id) {
                    if matches_wildcard(&waiver.resource, &finding.resource) {
                        finding.waiver = Some(Waiver {
                            owner: waiver.owner.clone(),
                            reason: waiver.reason.clone(),
                            expires: Some(waiver.expires.clone()),
                        });
                    }
                }
            }
        }
    }
    for suppression in accepted.suppressions {
        let Some(check) = library.find(&suppression.check) else {
            gaps.push(Gap::in_file(
                GapKind::NotEvaluated,
                suppression.file.clone(),
                suppression.line,
                format!("the comment waives `{}`, which is no check", suppression.check),
                "correct the id; `partywall checks list` shows them",
            ));
            continue;
        };
        for finding in findings.iter_mut().filter(|finding| finding.check == check.id && is_at(finding, suppression)) {
            finding.waiver =
                Some(Waiver { owner: "the code".into(), reason: suppression.reason.clone(), expires: None });
        }
    }
    if let Some(baseline) = accepted.baseline {
        for finding in findings.iter_mut() {
            finding.in_baseline = baseline.fingerprints.contains(&finding.fingerprint);
        }
    }
    gaps
}

/// Whether a comment stands inside the resource's block or on the line before it.
fn is_at(finding: &Finding, suppression: &Suppression) -> bool {
    finding.origin.as_ref().is_some_and(|origin| {
        let (first, last) = origin.lines();
        origin.file() == suppression.file.as_ref() && suppression.line + 1 >= first && suppression.line <= last
    })
}

fn void(waiver: &ConfiguredWaiver, why: &str) -> Gap {
    Gap::in_file(
        GapKind::NotEvaluated,
        "partywall.toml",
        0,
        format!("the waiver of `{}` for `{}` does not count: {why}", waiver.check, waiver.resource),
        "renew it, correct it, or remove it",
    )
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number =
        |text: &str, length: usize| text.len() == length && text.chars().all(|character| character.is_ascii_digit());
    let within =
        |text: &str, most: u8| number(text, 2) && text.parse().is_ok_and(|number| (1..=most).contains(&number));
    matches!(parts.as_slice(), [year, month, day] if number(year, 4) && within(month, 12) && within(day, 31))
}

fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
        last = Some(piece);
    }
    match last {
        None => rest.is_empty(),
        Some(piece) => rest.is_empty() || piece.is_empty() || text.ends_with(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_day, matches_wildcard};

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, expected) in [
            ("aws_s3_bucket.logs", "aws_s3_bucket.logs", true),
            ("aws_s3_bucket.logs", "aws_s3_bucket.logs2", false),
            ("module.*.aws_s3_bucket.*", "module.a.aws_s3_bucket.logs", true),
            ("*logs", "aws_s3_bucket.logs.logs", true),
            ("*logs", "aws_s3_bucket.logs.old", false),
        ] {
            assert_eq!(matches_wildcard(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_day_is_written_in_full() {
        assert!(is_day("2026-11-21") && !is_day("2026-11") && !is_day("9999-99-99") && !is_day("soon"));
    }
}
